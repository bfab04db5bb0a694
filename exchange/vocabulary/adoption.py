"""The record of an adoption: what was taken over, what was changed, and what came of it."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from exchange.vocabulary.fields import (
    UNDETERMINED,
    Certainty,
    Date,
    Language,
    Line,
    Part,
    Text,
    Url,
    concept_of,
)
from exchange.vocabulary.parts import CostItem, Result
from exchange.vocabulary.texts import filled, in_order

STOPPED = ("ad-rejected", "ad-stopped")  # the stages that owe others a reason


_BARE = {  # parts that may be written as their bare text, and the names that they have otherwise
    "changes": ("changed", "kept", "dropped", "added"),
    "reason": ("text", "cause"),
    "outcome": ("text", "results", "compared"),
}


class Changes(Part):
    """What became of the original, sorted by its fate."""

    kept: Text = {}
    changed: Text = {}
    dropped: Text = {}
    added: Text = {}


class Reason(Part):
    cause: concept_of("lesson-cause") | None = None  # type: ignore[valid-type]
    text: Text = {}


class Outcome(Part):
    """What came out, and how that compares with the origin."""

    results: Annotated[list[Result], Field(max_length=40)] = []
    compared: Annotated[str, Field(pattern=r"^(better|same|worse)$")] | None = None
    text: Text = {}


class Step(Part):
    """One step on the way of an adoption: the stage, when it was reached, and by which version of the practice."""

    stage: concept_of("adoption-stage")  # type: ignore[valid-type]
    date: Date
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class AdoptionRecord(Part):
    """What an adopter tells beyond the stage. A bare text is in the record's own language."""

    language: Language = UNDETERMINED
    since: Date | None = None
    stage_dates: dict[concept_of("adoption-stage"), Date] = {}  # type: ignore[valid-type,misc]
    history: Annotated[list[Step], Field(max_length=60)] = []
    adaptation_type: concept_of("adaptation-type") | None = None  # type: ignore[valid-type]
    changes: Changes = Changes()
    reason: Reason = Reason()
    cost_actual: Annotated[list[CostItem], Field(max_length=40)] = []
    outcome: Outcome = Outcome()
    help: Annotated[list[concept_of("help")], Field(max_length=10)] = []  # type: ignore[valid-type]
    own_practice: Url | None = None
    through: Line = ""
    note: Line = ""
    certainty: Certainty = ""
    inverse: bool | None = None  # the practice's owner is the one who took the idea over

    @model_validator(mode="before")
    @classmethod
    def _told(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        value = {name: _whole(name, part) for name, part in value.items()}
        if not isinstance(value.get("language"), str):
            return value
        note = {"note": value["note"]} if "note" in value else {}  # a plain line here, a text elsewhere
        return {**in_order(value, value["language"]), **note}

    def data(self) -> dict[str, Any]:
        """The record as it is stored and sent: names of the schema, empty fields left out."""
        data: dict[str, Any] = filled(self.model_dump(by_alias=True, mode="json", exclude_none=True))
        if data.get("language") == UNDETERMINED:
            del data["language"]
        return data


def _whole(name: str, part: Any) -> Any:
    """A part of the record, its bare text put where it belongs."""
    names = _BARE.get(name, ())
    bare = isinstance(part, str) or (isinstance(part, dict) and bool(part) and not set(names) & set(part))
    return {names[0]: part} if names and bare else part
