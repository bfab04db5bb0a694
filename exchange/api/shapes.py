"""The shapes in which the API shows practices and what became of them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.adoption import handshake as answering
from exchange.catalogue.clusters import calls
from exchange.catalogue.clusters.calls import Said
from exchange.catalogue.clusters.collections import Shown
from exchange.catalogue.clusters.progress import Progress
from exchange.catalogue.finding.find import chosen
from exchange.catalogue.judging.judgement import Distribution, Judgement
from exchange.catalogue.judging.voices import Voice
from exchange.models.adoption import Adoption
from exchange.models.call import Call
from exchange.models.collection import Collection
from exchange.models.community import Community
from exchange.models.practice import Practice, PracticeVersion
from exchange.models.review import Review
from exchange.vocabulary import concepts


def moment(value: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


def community(one: Community, language: str | None) -> dict[str, Any]:
    """A community; `name` in the reader's language, `names` in all."""
    return {
        "id": one.uri,
        "key": one.slug,
        "handle": shelf.handle(one),
        "name": one.called(language or "en"),
        "names": one.name,
        "kind": one.kind,
        "country": one.country,
        "population": one.population,
        "population_class": one.population_class,
        "degurba": one.degurba,
        "lat": one.lat,
        "lon": one.lon,
        "instance": one.instance,
        "local": one.local,
    }


def community_in_full(session: Session, one: Community, language: str | None) -> dict[str, Any]:
    """A community with its profile, its practices and what it adopted."""
    return community(one, language) | {
        "profile": one.profile,
        "modified": moment(one.modified_at),
        "practices": [practice(p, one, language) for p in shelf.practices_of(session, one)],
        "adopted": [
            adoption(session, taken, language) | {"practice": of.uri}
            for taken, of in shelf.adopted_by(session, one)
        ],
    }


def practice(one: Practice, owner: Community, language: str | None) -> dict[str, Any]:
    """A practice as in a list."""
    title = chosen(one.title_texts, language, one.language)[1] or one.title
    summary = chosen(one.summary_texts, language, one.language)[1]
    return {
        "id": one.uri,
        "key": one.key,
        "url": one.uri,
        "path": f"/practices/{one.key}",
        "slug": one.slug,
        "title": title,
        "titles": one.title_texts,
        "summary": summary,
        "language": one.language,
        "community": community(owner, language),
        "themes": one.themes,
        "status": one.status,
        "maturity": one.maturity,
        "evidence_level": one.evidence_level,
        "documented_by": one.documented_by,
        "incomplete": one.incomplete,
        "version": one.version,
        "state": one.state,
        "local": one.local,
        "issued": moment(one.issued_at),
        "modified": moment(one.modified_at),
    }


def practice_in_full(
    session: Session, one: Practice, language: str | None, judged: list[Distribution]
) -> dict[str, Any]:
    """A practice with its whole record, how it was judged and how often it was taken up."""
    owner = shelf.community_of(session, one)
    return practice(one, owner, language) | {
        "record": one.record,
        "reviews": len(shelf.reviews_of(session, one)),
        "adoptions": shelf.taken_up(session, one),
        "ratings": [distribution(d, language) for d in judged],
        "review_due": one.review_due.isoformat() if one.review_due else None,
    }


def distribution(one: Distribution, language: str | None) -> dict[str, Any]:
    """How often each step from 1 to 5 was given on a criterion; `counts[0]` is how often 1 was."""
    return {
        "criterion": one.criterion,
        "label": concepts.label(one.criterion, language or "en"),
        "n": one.n,
        "counts": one.counts,
        "not_applicable": one.not_applicable,
        "same_class": one.same_class,
        "other_class": one.other_class,
        "by_relation": one.by_relation,
        "weighed": [round(weight, 3) for weight in one.weighed],
        "lent": one.lent,
        "median": one.middle,
        "spread": one.spread,
    }


def voice(one: Voice, language: str | None) -> dict[str, Any]:
    """A voice that counts without a review of its own: whose it is, and the statements that lent it."""
    return {
        "of": community(one.of, language),
        "theme": one.way[0].theme,
        "delegations": [statement.uri for statement in one.way],
    }


def standing(judged: Judgement) -> dict[str, Any]:
    """Who stands behind the figures of a practice."""
    return {
        "n": judged.n,
        "lent": judged.lent,
        "municipalities": judged.municipalities,
        "countries": judged.countries,
        "instances": judged.instances,
        "capped": [
            {"instance": origin, "voices": number, "weight": weight}
            for origin, (number, weight) in judged.capped.items()
        ],
    }


def version(one: PracticeVersion, of: Practice) -> dict[str, Any]:
    """A version as in a list."""
    return {
        "id": f"{of.uri}/versions/{one.number}",
        "number": one.number,
        "digest": one.digest,
        "note": one.note,
        "published": moment(one.published_at),
    }


def review(one: Review, by: Community, of: Practice, language: str | None) -> dict[str, Any]:
    """A review and who wrote it."""
    return {
        "id": one.uri,
        "key": one.key,
        "practice": of.uri,
        "practice_version": one.practice_version,
        "by": community(by, language),
        "relation": one.relation,
        "conflict": one.conflict,
        "ratings": one.ratings,
        "comment": one.comment,
        "local": one.local,
        "issued": moment(one.issued_at),
        "modified": moment(one.modified_at),
    }


def adoption(session: Session, one: Adoption, language: str | None) -> dict[str, Any]:
    """An adoption; `adopter` is a community we know or {name, country}."""
    known = session.get(Community, one.adopter_id) if one.adopter_id else None
    of = session.get_one(Practice, one.practice_id)
    said = answering.of(session, one, shelf.community_of(session, of))
    return {
        "id": one.uri,
        "key": one.key,
        "practice": of.uri,
        "practice_version": one.practice_version,
        "adopter": community(known, language) if known else one.adopter,
        "publisher": session.get_one(Community, one.publisher_id).uri,
        "stage": one.stage,
        "stage_label": concepts.label(one.stage, language or "en"),
        "confirmed": one.confirmed,
        "answer": {"state": said.state, "reason": said.reason, "at": moment(said.at)} if said else None,
        "documented_by": one.documented_by,
        "record": one.record,
        "local": one.local,
        "issued": moment(one.issued_at),
        "modified": moment(one.modified_at),
    }


def collection(one: Collection, size: int, language: str | None) -> dict[str, Any]:
    """A collection as in a list."""
    return {
        "id": one.uri,
        "key": one.key,
        "path": f"/collections/{one.key}",
        "title": one.called(language or "en"),
        "titles": one.title,
        "summaries": one.summary,
        "cluster": one.owner,
        "cluster_names": one.owner_name,
        "practices": size,
        "issued": moment(one.issued_at),
        "modified": moment(one.modified_at),
        "local": one.local,
    }


def call(one: Call, language: str | None) -> dict[str, Any]:
    """A consultation or campaign as in a list."""
    return {
        "id": one.uri,
        "key": one.key,
        "path": f"/{one.kind}s/{one.key}",
        "title": one.called(language or "en"),
        "titles": one.title,
        "words": one.words,
        "theme": one.theme,
        "cluster": one.owner,
        "cluster_names": one.owner_name,
        "opens": one.opens_on.isoformat(),
        "closes": one.closes_on.isoformat(),
        "open": calls.is_open(one),
        "open_to": one.open_to,
        "closed": moment(one.closed_at),
        "synthesis": one.synthesis,
        "issued": moment(one.issued_at),
        "modified": moment(one.modified_at),
        "local": one.local,
    }


def consultation_in_full(one: Call, said: list[Said], language: str | None) -> dict[str, Any]:
    """A consultation with what was said in it; of what is hidden or moved away the trace alone."""
    return call(one, language) | {
        "tally": one.tally or None,
        "contributions": [
            _said(what) | {"comments": [_said(reply) for reply in what.comments]} for what in said
        ],
    }


def _said(one: Said) -> dict[str, Any]:
    words = one.words if one.readable else None
    return {
        "id": one.entry.contribution,
        "community": one.entry.author,
        "accepted": moment(one.entry.at),
        "titles": words.title if words else {},
        "texts": words.text if words else {},
        "supported_by": [uri for uri, _place in one.backers],
        "hidden": one.entry.hidden or None,
        "moved_to": one.entry.moved_to,
        "moved_from": one.entry.moved_from,
    }


def campaign_in_full(
    one: Call, came: Progress, taking_part: list[str], language: str | None
) -> dict[str, Any]:
    """A campaign with what has come so far."""
    return call(one, language) | {
        "aim": one.aim or None,
        "taking_part": taking_part,
        "reached": came.reached,
        "practices": [p.uri for p, _owner in came.practices],
        "adoptions": [a.uri for a, _p, _by in came.adoptions],
        "progress": [
            {
                "place": row.place or None,
                "called": row.called,
                "practices": row.practices,
                "adoptions": row.adoptions,
                "awaited": [place.uri for place in row.awaited],
            }
            for row in came.rows
        ],
    }


def collection_in_full(one: Collection, shown: list[Shown], language: str | None) -> dict[str, Any]:
    """A collection with its items; `practice` is null where this instance does not hold it."""
    return collection(one, len(shown), language) | {
        "items": [
            {
                "id": item.practice,
                "words": item.words,
                "practice": practice(held, owner, language) if held and owner else None,
            }
            for item, held, owner in shown
        ]
    }
