"""The record of a practice: one model behind the form, the API, the sheets and what comes over the wire.

Every field of `seeds/record-schema.yaml` stands here under its own name. The model says what a value
may be; `missing()` says what publication still lacks, because a draft, and a record that others
documented, may be incomplete and still be worth keeping.
"""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from exchange.messages import N_
from exchange.vocabulary.fields import (
    UNDETERMINED,
    Certainty,
    ContactAddress,
    Date,
    Language,
    Line,
    Part,
    Summary,
    Text,
    Title,
    Url,
    complain,
    concept_of,
)

Theme = concept_of("themes")
Commitment = concept_of("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta")
DEFAULT_LICENCE = "CC-BY-4.0"
MOST_PEOPLE = 10_000_000_000
WHOLE = 150_000  # characters of a record; it travels in one message, beside its article


class Point(Part):
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    name: Line = ""


class Partner(Part):
    role: Line = ""
    name: Line


class Figure(Part):
    label: Text
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
    text: Text
    cause: concept_of("lesson-cause") | None = None  # type: ignore[valid-type]
    differently: Text = {}
    certainty: Certainty = ""


class Prerequisite(Part):
    kind: concept_of("prerequisite-kind") | None = None  # type: ignore[valid-type]
    text: Text
    essential: bool | None = None


def _bare_text(value: Any) -> Any:
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

    role: Line
    organisation: Line = ""
    url: ContactAddress


class Attachment(Part):
    title: Line
    url: Url
    licence: Line = ""
    language: Language | None = None
    accessible: bool | None = None


class Software(Part):
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
    by: Line
    level: Annotated[str, Field(pattern=r"^(self|peer|expert|label)$")]
    date: Date | None = None
    note: Text = {}


class PracticeRecord(Part):
    """A practice, as its owner tells it. Texts are {language: text}, the original language first."""

    language: Language
    title: Title = {}
    summary: Summary = {}
    place: Annotated[list[Point], Field(max_length=20)] = []
    partners: Annotated[list[Partner], Field(max_length=40)] = []
    theme: Annotated[list[Theme], Field(max_length=6)] = []  # type: ignore[valid-type]
    keyword: Annotated[list[Title], Field(max_length=10)] = []
    sdg: Annotated[list[Annotated[int, Field(ge=1, le=17)]], Field(max_length=5)] = []
    commitment: Annotated[list[Commitment], Field(max_length=40)] = []  # type: ignore[valid-type]
    city_type: dict[concept_of("city-typology"), Annotated[int, Field(ge=0, le=100)]] = {}  # type: ignore[valid-type,misc]
    democratic_mode: Annotated[list[concept_of("city-typology")], Field(max_length=6)] = []  # type: ignore[valid-type]
    status: concept_of("status") | None = None  # type: ignore[valid-type]
    maturity: concept_of("maturity") | None = None  # type: ignore[valid-type]
    start_date: Date | None = None
    end_date: Date | None = None
    problem: Text = {}
    context: Text = {}
    objectives: Text = {}
    solution: Text = {}
    engagement: Engagement = Engagement()
    inclusion: Inclusion = Inclusion()
    governance: Text = {}
    procurement: Procurement | None = None
    cost: Cost = Cost()
    financing: Annotated[list[Financing], Field(max_length=20)] = []
    legal: Text = {}
    data_protection: DataProtection = DataProtection()
    result: Annotated[list[Result], Field(max_length=40)] = []
    evidence_level: concept_of("evidence-level") | None = None  # type: ignore[valid-type]
    lesson: Annotated[list[Lesson], Field(max_length=40)] = []
    prerequisite: Annotated[
        list[Annotated[Prerequisite, BeforeValidator(_bare_text)]], Field(max_length=40)
    ] = []
    replication: Replication = Replication()
    contact_role: Annotated[list[ContactRole], Field(max_length=10)] = []
    attachment: Annotated[list[Attachment], Field(max_length=40)] = []
    software: Annotated[list[Software], Field(max_length=20)] = []
    dataset: Annotated[list[Url], Field(max_length=20)] = []
    source: Annotated[list[Source], Field(max_length=40)] = []
    based_on: Annotated[list[Url], Field(max_length=20)] = []
    same_as: Annotated[list[Url], Field(max_length=20)] = []
    licence: Line = DEFAULT_LICENCE
    translation: Annotated[list[Translation], Field(max_length=40)] = []
    validation: Annotated[list[Validation], Field(max_length=20)] = []
    certainty: Annotated[dict[Line, Certainty], Field(max_length=60)] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.city_type and sum(self.city_type.values()) != 100:
            raise complain("weights", N_("The weights of the city types must add up to 100."))
        if self.start_date and self.end_date and self.end_date[:4] < self.start_date[:4]:
            raise complain("dates", N_("The end lies before the beginning."))
        if _length(self.model_dump()) > WHOLE:
            raise complain("too_long", N_("At most %(limit)s characters in the whole record."), limit=WHOLE)
        return self

    @model_validator(mode="before")
    @classmethod
    def _original_language(cls, value: Any) -> Any:
        """A bare text is in the record's own language, and that language comes first in every text."""
        if isinstance(value, dict) and isinstance(value.get("language"), str):
            return in_order(value, value["language"])
        return value

    def data(self) -> dict[str, Any]:
        """The record as it is stored and sent: names of the schema, empty fields left out."""
        return filled(self.model_dump(by_alias=True, mode="json", exclude_none=True))


_TEXT_NAMES = {
    *(
        "title",
        "summary",
        "problem",
        "context",
        "objectives",
        "solution",
        "governance",
        "legal",
        "text",
        "process",
    ),
    *("measures", "differently", "indicator", "method", "core", "label", "note"),
    *("kept", "changed", "dropped", "added"),
}
_LINES = {"source", "attachment", "place"}  # whose own `title` and `name` are plain lines


def in_order(value: Any, language: str, inside: str = "") -> Any:
    """Give bare texts their language, and put that language first in every text."""
    if isinstance(value, dict):
        return {k: _one(k, v, language, inside) for k, v in value.items()}
    if isinstance(value, list):
        return [in_order(v, language, inside) for v in value]
    return value


def _one(name: str, value: Any, language: str, inside: str) -> Any:
    if name in _TEXT_NAMES and inside not in _LINES:
        return _first(value, language)
    if name in ("keyword", "steps", "prerequisite") and isinstance(value, list):
        return [
            _first(v, language) if isinstance(v, str) or _is_text(v) else in_order(v, language, name)
            for v in value
        ]
    return in_order(value, language, name)


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and "text" not in value
        and all(len(str(k)) <= 7 for k in value)
    )


def _first(value: Any, language: str) -> Any:
    if isinstance(value, str):
        return {language: value}
    if isinstance(value, dict):
        value = {(language if k == UNDETERMINED else k): v for k, v in value.items()}
        return {k: value[k] for k in sorted(value, key=lambda k: k != language)}
    return value


def _length(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_length(v) for v in value.values())
    return (
        sum(_length(v) for v in value)
        if isinstance(value, list)
        else len(value)
        if isinstance(value, str)
        else 0
    )


def filled(value: Any) -> Any:
    """The value without anything empty in it."""
    if isinstance(value, dict):
        return {k: f for k, v in value.items() if (f := filled(v)) not in ({}, [], "", None)}
    if isinstance(value, list):
        return [f for v in value if (f := filled(v)) not in ({}, [], "", None)]
    return value
