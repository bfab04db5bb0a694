"""The record of a practice: one model behind the form, the API, the sheets and what comes over the wire.

Every field of `seeds/record-schema.yaml` stands here under its own name. The model says what a value
may be; `missing()` says what publication still lacks, because a draft, and a record that others
documented, may be incomplete and still be worth keeping.
"""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from exchange.messages import N_
from exchange.vocabulary.fields import (
    Certainty,
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
from exchange.vocabulary.parts import (
    Attachment,
    ContactRole,
    Cost,
    DataProtection,
    Engagement,
    Financing,
    Inclusion,
    Lesson,
    Partner,
    Point,
    Prerequisite,
    Procurement,
    Replication,
    Result,
    Software,
    Source,
    Translation,
    Validation,
    bare_prerequisite,
)
from exchange.vocabulary.texts import filled, in_order, length

Theme = concept_of("themes")
Commitment = concept_of("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta")
DEFAULT_LICENCE = "CC-BY-4.0"
WHOLE = 150_000  # characters of a record; it travels in one message, beside its article


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
        list[Annotated[Prerequisite, BeforeValidator(bare_prerequisite)]], Field(max_length=40)
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
        if length(self.model_dump()) > WHOLE:
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
