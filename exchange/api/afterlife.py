"""What became of a practice, for programs: its lineage, its provenance, and what changed between versions."""

from typing import Any

from flask import Response, request
from sqlmodel import Session

from exchange.api import shapes
from exchange.api.answers import answer
from exchange.api.blueprint import api, database, instance, reader_language
from exchange.api.reading import held, plain
from exchange.catalogue import shelf
from exchange.catalogue.adoption import lineage
from exchange.catalogue.adoption.lineage import Line, Station
from exchange.catalogue.practices import differences, provenance
from exchange.messages import N_, NotFound
from exchange.models.practice import Practice


@api.get("/v1/practices/<ref>/lineage")
def lineage_of(ref: str) -> Response:
    """What a practice came from and what came from it."""
    with database().reading() as session:
        found = shelf.practice(session, plain(ref))  # one that was withdrawn has its place in it still
        drawn = lineage.of(session, found)
        data = {
            "practice": found.uri,
            "stations": [_station(one, reader_language()) for one in drawn.stations.values()],
            "lines": [_line(one) for one in drawn.lines],
            "circles": [[one.source, one.target] for one in drawn.circles],
            "complete": not drawn.left_out,
        }
    return answer(data)


@api.get("/v1/practices/<ref>/provenance")
def provenance_of(ref: str) -> Response:
    """Where a record comes from, who signed it, and what else is said to be the same."""
    with database().reading() as session:
        found = held(session, ref)
        traced = provenance.of(session, instance().node, found)
        data = {
            "practice": found.uri,
            "origin": traced.origin,
            "publisher": traced.publisher,
            "documented_by": found.documented_by,
            "proof": {
                "state": traced.proof,
                "key": traced.key,
                "created": shapes.moment(traced.signed_at),
            },
            "received": shapes.moment(found.received_at),
            "checked": shapes.moment(traced.checked_at),
            "answers": not traced.silent,
            "same_as": [
                {"id": p.uri, "key": p.key, "said_here": said, "title": p.title} for p, said in traced.same_as
            ],
            "same_as_elsewhere": traced.elsewhere,
        }
    return answer(data)


@api.get("/v1/practices/<ref>/differences")
def differences_between(ref: str) -> Response:
    """What changed between two versions, field by field: `?from=1&to=3`; by default the last two."""
    with database().reading() as session:
        found = held(session, ref)
        numbers = [one.number for one in shelf.versions_of(session, found)]
        newer = _number(session, found, "to", numbers[0] if numbers else found.version)
        older = _number(session, found, "from", next((n for n in numbers if n < newer), newer))
        before, after = shelf.version(session, found, older), shelf.version(session, found, newer)
        changes = differences.between(before.words(found), after.words(found))
    return answer(
        {
            "practice": found.uri,
            "from": older,
            "to": newer,
            "changes": [
                {"field": one.field, "change": one.kind, "before": one.before, "after": one.after}
                for one in changes
            ],
        }
    )


def _number(session: Session, of: Practice, name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound(N_("This practice has no version %(number)s here."), number=text[:20])
    return int(text)


def _station(one: Station, language: str | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "community": shapes.community(one.community, language) if one.community else None,
        "name": one.community.called(language or "en") if one.community else one.name,
        "country": one.country,
        "title": one.practice.title if one.practice else "",
        "version": one.practice.version if one.practice else None,
        "withdrawn": one.withdrawn,
        "last_seen": shapes.moment(one.last_seen) if one.silent else None,
        "answers": not one.silent,
    }


def _line(one: Line) -> dict[str, Any]:
    taken = one.adoption
    return {
        "from": one.source,
        "to": one.target,
        "state": one.state,
        "reason": one.reason,
        "adoption": taken.uri if taken else None,
        "version": taken.practice_version if taken else None,
        "stage": taken.stage if taken else None,
        "stage_dates": taken.record.get("stageDates", {}) if taken else {},
        "stopped": one.stopped,
        "cause": ((taken.record.get("reason") or {}).get("cause") if taken and one.stopped else None),
        "back": one.back,
    }
