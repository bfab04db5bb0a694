"""The parts of which a record is made: costs, results, lessons, sources and the rest."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from exchange.messages import N_
from exchange.vocabulary.fields import (
    Certainty,
    ContactAddress,
    Date,
    Language,
    Line,
    Part,
    Text,
    Url,
    complain,
    concept_of,
)

MOST_PEOPLE = 10_000_000_000


class Point(Part):
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    name: Line = ""


class Partner(Part):
    needs = ("name",)
    role: Line = ""
    name: Line


class Figure(Part):
    needs = ("label",)
    label: Text = {}
    number: Annotated[float, Field(ge=0)]


class Engagement(Part):
    level: concept_of("participation-level") | None = None  # type: ignore[valid-type]
    process: Text = {}
    numbers: Annotated[list[Figure], Field(max_length=20)] = []


class Inclusion(Part):
    groups: Annotated[list[concept_of("inclusion-group")], Field(max_length=20)] = []  # type: ignore[valid-type]
    measures: Text = {}


class Procurement(Part):
    procedure: concept_of("procurement-procedure") | None = None  # type: ignore[valid-type]
    text: Text = {}
    url: Url | None = None


class CostItem(Part):
    text: Text = {}
    amount: Annotated[float, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    kind: Annotated[str, Field(pattern=r"^(capex|opex)$")] | None = None
    per: Line = ""
    certainty: Certainty = ""


class Staff(Part):
    fte: Annotated[float, Field(ge=0, le=10000)] | None = None
    person_months: Annotated[float, Field(ge=0, le=100000)] | None = None
    text: Text = {}


class Cost(Part):
    class_: Annotated[concept_of("practice-cost-class") | None, Field(alias="class")] = None  # type: ignore[valid-type]
    items: Annotated[list[CostItem], Field(max_length=40)] = []
    staff: Staff | None = None


class Financing(Part):
    source: concept_of("finance-source")  # type: ignore[valid-type]
    share: Annotated[float, Field(ge=0, le=100)] | None = None
    text: Text = {}


class DataProtection(Part):
    personal_data: bool | None = None
    legal_basis: Line = ""
    dpia: bool | None = None
    ai_system: bool | None = None
    hosting: Line = ""
    text: Text = {}


class Measure(Part):
    number: float
    date: Date | None = None


class Source(Part):
    needs = ("title",)
    title: Line
    url: Url | None = None
    publisher: Line = ""
    date: Date | None = None
    language: Language | None = None


class Result(Part):
    """What came out: an indicator with its figures, or, where only words are known, a sentence."""

    text: Text = {}
    indicator: Text = {}
    baseline: Measure | None = None
    target: Measure | None = None
    value: Line = ""
    unit: Line = ""
    period: Line = ""
    method: Text = {}
    source: Source | None = None
    certainty: Certainty = ""


class Lesson(Part):
    needs = ("text",)
    text: Text = {}
    cause: concept_of("lesson-cause") | None = None  # type: ignore[valid-type]
    differently: Text = {}
    certainty: Certainty = ""


class Prerequisite(Part):
    needs = ("text",)
    kind: concept_of("prerequisite-kind") | None = None  # type: ignore[valid-type]
    text: Text = {}
    essential: bool | None = None


def bare_prerequisite(value: Any) -> Any:
    """A prerequisite may be written as its bare text in several languages."""
    known = {"kind", "text", "essential"}
    return (
        {"text": value}
        if isinstance(value, str) or (isinstance(value, dict) and not known & set(value))
        else value
    )


class ScaleRange(Part):
    min: Annotated[int, Field(ge=0, le=MOST_PEOPLE)] | None = None
    max: Annotated[int, Field(ge=0, le=MOST_PEOPLE)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise complain("range", N_("The smallest size is above the largest."))
        return self


class Replication(Part):
    steps: Annotated[list[Text], Field(max_length=40)] = []
    core: Text = {}
    scale_range: ScaleRange | None = None
    offer: Annotated[list[concept_of("help")], Field(max_length=10)] = []  # type: ignore[valid-type]


class ContactRole(Part):
    """A function, never a person: a role, its organisation, and a mailbox or form."""

    needs = ("role",)
    role: Line
    organisation: Line = ""
    url: ContactAddress


class Attachment(Part):
    needs = ("title",)
    title: Line
    url: Url
    licence: Line = ""
    language: Language | None = None
    accessible: bool | None = None


class Software(Part):
    needs = ("name",)
    name: Line
    repository: Url | None = None
    licence: Line = ""
    publiccode: Url | None = None
    certainty: Certainty = ""


class Translation(Part):
    lang: Language
    kind: Annotated[str, Field(pattern=r"^(human|machine|reviewed)$")]
    date: Date | None = None


class Validation(Part):
    needs = ("by",)
    by: Line
    level: Annotated[str, Field(pattern=r"^(self|peer|expert|label)$")]
    date: Date | None = None
    note: Text = {}
