"""What an adoption must say at each stage, for our own and for those that arrive."""

from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.base import now
from exchange.vocabulary import completeness, concepts
from exchange.vocabulary.adoption import AdoptionRecord
from exchange.vocabulary.fields import to_come

TO_COME = N_("This date is still to come.")
TOO_EARLY = N_("It began in %(since)s, as you say: this stage was not reached before that, in %(reached)s.")
NO_REASON = N_("Say why it was not pursued or was stopped; others learn most from that.")


def read(stage: Any, record: dict[str, Any], *, documented: bool = False) -> AdoptionRecord:
    """The record of an adoption at `stage`, or Refusal with a Problem at each field.

    An adoption that others documented need not tell what only the adopter knows.
    """
    known = concepts.scheme("adoption-stage")
    if not isinstance(stage, str) or stage not in known:
        raise Refusal([Problem("stage", Message(N_("Choose how far the adoption is.")))])
    try:
        found = AdoptionRecord.model_validate(record)
    except ValidationError as error:
        raise Refusal(completeness.problems(error)) from error
    tomorrow = now().date() + timedelta(days=1)  # somewhere it is tomorrow already
    owed: dict[str, str] = {}
    if found.since and to_come(found.since, tomorrow):
        owed["since"] = TO_COME
    dates = [*found.stage_dates.values(), *(step.date for step in found.history)]
    if any(to_come(date, tomorrow) for date in dates):
        owed["on"] = TO_COME
    if "reason" in known.concepts[stage].more.get("requires", ()) and not found.reason.text:
        owed["reason"] = NO_REASON
    if not documented and stage == "ad-decided" and found.adaptation_type is None:
        owed["adaptationType"] = N_("Say how closely you follow the practice.")
    if not documented and stage == "ad-evaluated" and not (found.outcome.results or found.outcome.text):
        owed["outcome"] = N_("Say what came out.")
    if owed:
        raise Refusal([Problem(path, Message(text)) for path, text in owed.items()])
    return found


def check_began(since: str | None, reached: str, field: str) -> None:
    """Refuse, at that field, a stage that was reached before the adoption began.

    Earlier steps may lie before it: who stops and begins again has a new beginning. A year is before a month of
    another year only, and what is told as approximate (2014~) is before nothing.
    """
    if since is None or since[-1] in "~?%" or reached[-1] in "~?%":
        return
    known = min(len(since), len(reached))
    if reached[:known] < since[:known]:
        raise Refusal([Problem(field, Message(TOO_EARLY, {"since": since, "reached": reached}))])
