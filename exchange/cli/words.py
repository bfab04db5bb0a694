"""The health of an exchange, and what a recount came to, in words, for the terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from exchange.catalogue.judging.audit import Audit
from exchange.cli.output import counted
from federation.neighbours.health import Health


def of_health(one: Health) -> Iterator[tuple[str, str]]:
    """Pairs of a heading and what is to be said under it; only what there is to say."""
    yield "host", one.host
    yield "state", _state(one)
    if one.allowed is not None:
        whose = f"by the list {one.rule_source}" if one.rule_source else "by the operator"
        about = f" (as part of {one.rule})" if one.rule != one.host else ""
        why = f": {one.reason}" if one.reason else ""
        yield "word", f"{'allowed' if one.allowed else 'blocked'} {whose}{about}{why}"
    yield "last in", _moment(one.last_in)
    yield "last out", _moment(one.last_out)
    yield "backlog", _backlog(one)
    if one.last_error:
        yield "last error", one.last_error
    if one.skew_seconds is not None:
        yield "clock", _clock(one)
    yield "dialect", f"we sign in {one.dialect}" + (f", they in {one.signs}" if one.signs else "")
    proofs = {
        True: "its actors can prove objects",
        False: "its actors cannot prove objects",
        None: "not known",
    }
    yield "proofs", proofs[one.proofs]
    if one.software:
        yield "software", one.software
    yield from _turned_away(one)
    if one.compared_at:
        found = f"{one.missing} were missing here, {one.vanished} had vanished there"
        yield "compared", f"{_moment(one.compared_at)}: {found}"


def _state(one: Health) -> str:
    if one.state == "suspended":
        return f"not answering since {counted(one.failures, 'try', 'tries')}; tried again {_moment(one.next_probe)}"
    if one.failures:
        return "in trouble at the last " + ("try" if one.failures == 1 else f"{one.failures} tries")
    return "well" if one.last_in or one.last_out else "not heard from yet"


def _backlog(one: Health) -> str:
    since = f", the oldest of {_moment(one.oldest)}" if one.oldest else ""
    dead = f"; {one.dead} given up" if one.dead else ""
    return f"{one.waiting} waiting{since}{dead}"


def _clock(one: Health) -> str:
    seconds = one.skew_seconds or 0
    if not one.clock_is_off:
        return "in step"
    return f"{counted(abs(seconds), 'second')} {'ahead of' if seconds > 0 else 'behind'} ours"


def _turned_away(one: Health) -> Iterator[tuple[str, str]]:
    if one.refused_count:
        yield "refused", f"{one.refused_count}, the last because: {one.last_refusal}"
    if one.unproven_count:
        yield "unproven", f"{one.unproven_count} claimed to come from there, the last: {one.last_unproven}"
    if one.throttled_count:
        yield "too many", f"{counted(one.throttled_count, 'request')} beyond its budget"


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else "never"


def of_audit(found: Audit) -> Iterator[str]:
    """What a recount came to, line by line."""
    judged = found.judgement
    lent = f", {judged.lent} of them lent to others" if judged.lent else ""
    yield (
        f"{counted(judged.n, 'voice')}{lent}, of {counted(judged.municipalities, 'municipality', 'municipalities')}"
        f" in {counted(judged.countries, 'country', 'countries')}, on {counted(judged.instances, 'instance')}; "
        f"{counted(found.signed, 'review is', 'reviews are')} signed"
    )
    for one in judged.distributions:
        if one.n:
            yield f"{one.criterion}\t{' '.join(map(str, one.counts))}"
    for origin, (voices, weigh) in found.stuffed.items():
        yield f"{origin} has {counted(voices, 'voice')}, which weigh{'s' if voices == 1 else ''} as {weigh:g}"
    for text, uris in (
        ("carries no proof", found.unsigned),
        ("is not what its author signed, and was left out", found.forged),
        ("is not counted by the owner", found.missing_there),
        ("is counted by the owner and could not be had", found.missing_here),
    ):
        yield from (f"{uri} {text}" for uri in uris)
    for criterion, ours, theirs in found.differences:
        yield f"{criterion}: we count {' '.join(map(str, ours))}, the owner {' '.join(map(str, theirs))}"
    if not found.compared:
        yield "The owner's count could not be read."
    elif found.agrees:
        yield "The owner's count is the same."
    else:
        yield "The owner's count differs."


def of_audit_as_data(found: Audit) -> dict[str, Any]:
    """The same for programs."""
    judged = found.judgement
    return {
        "voices": judged.n,
        "lent": judged.lent,
        "municipalities": judged.municipalities,
        "countries": judged.countries,
        "instances": judged.instances,
        "counts": {one.criterion: one.counts for one in judged.distributions if one.n},
        "stuffed": {origin: {"voices": n, "weigh": weigh} for origin, (n, weigh) in found.stuffed.items()},
        "signed": found.signed,
        "unsigned": found.unsigned,
        "forged": found.forged,
        "missing_there": found.missing_there,
        "missing_here": found.missing_here,
        "differences": [
            {"criterion": criterion, "ours": ours, "theirs": theirs}
            for criterion, ours, theirs in found.differences
        ],
        "compared": found.compared,
        "agrees": found.agrees,
    }
