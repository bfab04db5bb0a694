"""What the record of an adoption must and may say, for our own adoptions and for those that arrive."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from exchange.messages import N_, Message, Problem
from exchange.vocabulary import concepts
from exchange.vocabulary.completeness import problems as sentences
from exchange.vocabulary.fields import Certainty, Date, Line, Part, Text, Url, concept_of
from exchange.vocabulary.record import CostItem, Result


class Reason(Part):
    cause: concept_of("lesson-cause") | None = None  # type: ignore[valid-type]
    text: Text = {}


class Changes(Part):
    kept: Text = {}
    changed: Text = {}
    dropped: Text = {}
    added: Text = {}


class Outcome(Part):
    results: Annotated[list[Result], Field(max_length=20)] = []
    compared: Annotated[str, Field(pattern=r"^(better|same|worse)$")] | None = None
    text: Text = {}


def _bare_changes(value: Any) -> Any:
    """Changes may be told in one sentence."""
    known = {"kept", "changed", "dropped", "added"}
    return (
        {"changed": value}
        if isinstance(value, str) or (isinstance(value, dict) and not known & set(value))
        else value
    )


def _bare_text(value: Any) -> Any:
    known = {"cause", "text", "results", "compared"}
    return (
        {"text": value}
        if isinstance(value, str) or (isinstance(value, dict) and not known & set(value))
        else value
    )


class AdoptionRecord(Part):
    """All of an adoption beside who, what and how far."""

    since: Date | None = None
    stage_dates: dict[concept_of("adoption-stage"), Date] = {}  # type: ignore[valid-type,misc]
    adaptation_type: concept_of("adaptation-type") | None = None  # type: ignore[valid-type]
    changes: Annotated[Changes, BeforeValidator(_bare_changes)] = Changes()
    reason: Annotated[Reason, BeforeValidator(_bare_text)] = Reason()
    cost_actual: Annotated[list[CostItem], Field(max_length=20)] = []
    outcome: Annotated[Outcome, BeforeValidator(_bare_text)] = Outcome()
    help: Annotated[list[concept_of("help")], Field(max_length=10)] = []  # type: ignore[valid-type]
    own_practice: Url | None = None
    through: Line = ""
    note: Line = ""
    inverse: bool = False
    certainty: Certainty = ""


def faults(stage: str, record: dict[str, Any], *, documented: bool = False) -> list[Problem]:
    """All that the rules of adoption refuse, each at its field.

    An adoption that others documented need not tell what only the adopter knows.
    """
    known = concepts.scheme("adoption-stage")
    if not isinstance(stage, str) or stage not in known:
        return [Problem("stage", Message(N_("Choose how far the adoption is.")))]
    try:
        read = AdoptionRecord.model_validate(record)
    except ValidationError as error:
        return sentences(error)
    problems = []
    if "reason" in known.concepts[stage].more.get("requires", ()) and not read.reason.text:
        problems.append(
            Problem(
                "reason",
                Message(N_("Say why it was not pursued or was stopped; others learn most from that.")),
            )
        )
    if not documented and stage == "ad-decided" and read.adaptation_type is None:
        problems.append(Problem("adaptationType", Message(N_("Say how closely you follow the practice."))))
    if not documented and stage == "ad-evaluated" and not (read.outcome.results or read.outcome.text):
        problems.append(Problem("outcome", Message(N_("Say what came out."))))
    return problems


def filled(record: dict[str, Any]) -> dict[str, Any]:
    """The record without its empty fields."""
    return {k: v for k, v in record.items() if v not in (None, "", {}, [])}
