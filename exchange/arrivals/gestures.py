"""Likes and boosts of our practices, and what others report to our operator. None of it enters a rating."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, or_, select

from exchange.models.base import now
from exchange.models.comment import Comment
from exchange.models.community import Community
from exchange.models.endorsement import BOOST, LIKE, Endorsement
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.report import Report
from exchange.models.tombstone import buried, raise_stone
from exchange.vocabulary import hypertext
from federation.ledger import arrivals, hosts
from federation.node import Incoming
from federation.wire.activity import host_of, id_of, ids_of, strings

KINDS = {"Like": LIKE, "Announce": BOOST}
DAY = timedelta(days=1)
PER_HOST_AND_DAY = 1_000
REPORTS_PER_HOST_AND_DAY = 50
REPORTS_PER_REPORTER = 20
REPORTS_IN_ALL = 2_000
REASON = 2_000  # characters
ABOUT = 20  # things of ours in one report


def endorse(session: Session, incoming: Incoming) -> None:
    """Count a like or a boost of a practice of ours, once for each actor."""
    kind = KINDS[incoming.kind]
    query = select(Practice).where(
        Practice.uri == incoming.object_id, Practice.local, Practice.state == PUBLISHED
    )
    practice = session.exec(query).first()
    if practice is None or _undone(session, incoming) or _given(session, practice, incoming.actor, kind):
        return
    host = host_of(incoming.actor) or ""
    lately = select(func.count()).where(Endorsement.host == host, Endorsement.at > now() - DAY)
    if session.exec(lately.select_from(Endorsement)).one() >= PER_HOST_AND_DAY:
        hosts.refused(session, host, "Too many likes from there.")
        return
    session.add(
        Endorsement(
            practice_id=practice.id,  # type: ignore[arg-type]
            actor=incoming.actor,
            host=host,
            kind=kind,
            activity_id=incoming.id,
        )
    )
    session.flush()


def _given(session: Session, practice: Practice, actor: str, kind: str) -> Endorsement | None:
    return session.exec(
        select(Endorsement).where(
            Endorsement.practice_id == practice.id, Endorsement.actor == actor, Endorsement.kind == kind
        )
    ).first()


def _undone(session: Session, incoming: Incoming) -> bool:
    """An Undo that overtook what it undoes has the last word, whether it told the whole or its id only."""
    return buried(session, incoming.id, incoming.actor) or arrivals.undone(
        session, incoming.actor, incoming.id
    )


def undo(session: Session, incoming: Incoming) -> None:
    """An actor takes a like or a boost back."""
    told = incoming.object
    undone = incoming.object_id
    if isinstance(told, dict):
        if KINDS.keys().isdisjoint(strings(told.get("type"))):
            return
        if undone is not None:
            raise_stone(session, undone, incoming.actor)
    matches: list[Any] = [Endorsement.activity_id == undone]
    if isinstance(told, dict) and (thing := id_of(told.get("object"))):
        practice = select(Practice.id).where(Practice.uri == thing).scalar_subquery()
        matches.append((col(Endorsement.practice_id) == practice) & (Endorsement.kind == KINDS[told["type"]]))
    session.exec(delete(Endorsement).where(col(Endorsement.actor) == incoming.actor, or_(*matches)))


def report(session: Session, incoming: Incoming) -> None:
    """Keep what somebody flags, when it is about something of ours or about a comment that we show."""
    about = [uri for uri in ids_of(incoming.object)[:200] if _concerns_us(session, uri)][:ABOUT]
    host = host_of(incoming.actor) or ""
    if not about or not _room(session, incoming.actor, host):
        return
    reason = " ".join(strings(incoming.activity.get("content")))[: 10 * REASON]
    session.add(
        Report(reporter=incoming.actor, host=host, about=about, text=hypertext.plain(reason)[:REASON])
    )
    session.flush()


def _concerns_us(session: Session, uri: str) -> bool:
    queries: list[Any] = [
        select(Practice.id).where(Practice.uri == uri, Practice.local),
        select(Community.id).where(Community.uri == uri, Community.local),
        select(Comment.id).where(Comment.uri == uri),
    ]
    return any(session.exec(query).first() is not None for query in queries)


def _room(session: Session, reporter: str, host: str) -> bool:
    def number(*where: Any) -> int:
        return session.exec(select(func.count()).select_from(Report).where(*where)).one()

    waiting = col(Report.done_at).is_(None)
    full = (
        number(Report.reporter == reporter, waiting) >= REPORTS_PER_REPORTER
        or number(Report.host == host, Report.received_at > now() - DAY) >= REPORTS_PER_HOST_AND_DAY
        or number(waiting) >= REPORTS_IN_ALL
    )
    if full:
        hosts.refused(session, host, "Too many reports from there wait to be read.")
    return not full


def forget(session: Session, actor: str) -> None:
    """Somebody is gone: what they liked, passed on and reported goes with them."""
    session.exec(delete(Endorsement).where(col(Endorsement.actor) == actor))
    session.exec(delete(Report).where(col(Report.reporter) == actor))
