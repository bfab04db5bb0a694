"""An owner's answer on the wire: an Add or a Remove of an adoption that says how it means it; and why it withdrew."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exchange.messages import N_
from exchange.models.handshake import CONFIRMED, CONTESTED, OPEN
from exchange.vocabulary.activitystreams.reading import moment_at, refuse
from exchange.vocabulary.activitystreams.shared import spoken
from exchange.vocabulary.fields import Text

_TEXT: TypeAdapter[dict[str, str]] = TypeAdapter(Text)


@dataclass(frozen=True)
class ReadAnswer:
    """How an origin stands to an adoption, since when, and why it contests it ({language: text})."""

    state: str
    reason: dict[str, str]
    at: datetime


def answer_words(state: str, reason: dict[str, str]) -> dict[str, Any]:
    """What an Add or a Remove of an adoption says beyond its object and target.

    The reason stands once for our own kind, by language, and once as the content that anybody shows.
    """
    inner: dict[str, Any] = {"type": "Handshake", "state": state}
    return {**spoken(reason), "handshake": inner | ({"reason": dict(reason)} if reason else {})}


def answer_of(activity: dict[str, Any], received: datetime) -> ReadAnswer:
    """The answer in an Add or a Remove; one that does not say more means what its type says.

    Raises Refusal for an answer that contradicts its activity.
    """
    adds = activity.get("type") == "Add"
    inner = activity.get("handshake")
    if not isinstance(inner, dict):
        inner = {}
    state = inner.get("state", CONFIRMED if adds else CONTESTED)
    if state not in ((CONFIRMED,) if adds else (CONTESTED, OPEN)):
        raise refuse("handshake.state", N_("The answer says another thing than its activity."))
    try:
        reason = _TEXT.validate_python(inner.get("reason") or {})
    except ValidationError as error:
        raise refuse("handshake.reason", N_("A text is expected here, or texts by language.")) from error
    at = min(moment_at(activity, "published", received), received)
    return ReadAnswer(state, reason if state == CONTESTED else {}, at)


def reason_of(stone: Any) -> dict[str, str]:
    """Why something was withdrawn, as its Tombstone says; nothing when it says nothing that can be shown."""
    said = stone.get("reason") if isinstance(stone, dict) else None
    try:
        return _TEXT.validate_python(said or {})
    except ValidationError:
        return {}
