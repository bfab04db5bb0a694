"""Whose judgement counts for whom: delegations followed to the reviews in which they end.

A voice counts once, whatever ways lead from it to reviews:

- who has reviewed a practice speaks for itself, and whatever it lent does not count there;
- a lent voice follows, theme by theme in the practice's own order, from receiver to receiver until it
  comes to somebody who has reviewed the practice; the first theme in which it arrives is the one that counts;
- a chain that runs in a circle, or through the owner of the practice, ends nowhere;
- it counts only when the review that it ends in names every statement on the way (`onBehalfOf`), and
  each of these is held here and has not ended. So whoever holds the review and the statements, which are
  signed, comes to the same count as everybody else.

The rule follows Ford, "Delegative Democracy" (2002), with its chains cut where a circle closes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.models.community import Community
from exchange.models.delegation import Delegation, LentVoice
from exchange.models.practice import Practice
from exchange.models.review import Review

MOST = 500  # statements that one review names
PORTION = 500  # parameters in one query that every database takes


@dataclass(frozen=True)
class Voice:
    """One community's say about a practice: `by` wrote the review, `of` is whose voice it is.

    `way` are the delegations from `of` to `by`; it is empty where both are the same.
    """

    review: Review
    by: Community
    of: Community
    way: tuple[Delegation, ...] = ()

    @property
    def lent(self) -> bool:
        return bool(self.way)


def voices(session: Session, practice: Practice) -> list[Voice]:
    """Every voice that counts for a practice, the direct ones first, newest first."""
    given = shelf.reviews_of(session, practice)
    direct = [Voice(review, by, by) for review, by in given]
    return direct + _lent(session, practice, given)


def _lent(session: Session, practice: Practice, given: Sequence[tuple[Review, Community]]) -> list[Voice]:
    named = _named(session, [review.id for review, _ in given])
    if not named or not practice.themes:
        return []
    held = _held(session, {uri for uris in named.values() for uri in uris}, practice.themes)
    owner = session.get_one(Community, practice.community_id)
    reviewers = {by.uri: (review, by) for review, by in given}
    found: list[Voice] = []
    counted = {owner.uri, *reviewers}
    for theme in practice.themes:
        nexts = {giver.uri: (statement, giver) for statement, giver in held if statement.theme == theme}
        for uri, (_, giver) in nexts.items():
            way = () if uri in counted else _way(uri, nexts, reviewers, owner.uri)
            if not way:
                continue
            review, by = reviewers[way[-1].receiver]
            if all(statement.uri in named.get(review.id, ()) for statement in way):
                found.append(Voice(review, by, giver, way))
                counted.add(uri)
    return sorted(found, key=lambda voice: voice.of.called().casefold())


def _way(
    start: str,
    nexts: dict[str, tuple[Delegation, Community]],
    reviewers: dict[str, tuple[Review, Community]],
    owner: str,
) -> tuple[Delegation, ...]:
    """The statements from `start` to the first reviewer on the way; empty when there is none."""
    way: list[Delegation] = []
    seen = {owner}
    at = start
    while at not in seen and at in nexts:
        seen.add(at)
        way.append(nexts[at][0])
        at = way[-1].receiver
        if at in reviewers:
            return tuple(way)
    return ()


def _named(session: Session, review_ids: Sequence[int | None]) -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = defaultdict(set)
    for part in _parts(review_ids):
        query = select(LentVoice.review_id, LentVoice.statement).where(col(LentVoice.review_id).in_(part))
        for review_id, statement in session.exec(query):
            found[review_id].add(statement)
    return found


def _held(session: Session, uris: Iterable[str], themes: Sequence[str]) -> list[tuple[Delegation, Community]]:
    """Those statements that are held and hold, with their givers; of two by one giver the newer comes last."""
    found: list[tuple[Delegation, Community]] = []
    for part in _parts(sorted(uris)):
        query = (
            select(Delegation, Community)
            .join(Community, Community.id == Delegation.giver_id)  # type: ignore[arg-type]
            .where(
                col(Delegation.uri).in_(part),
                col(Delegation.theme).in_(themes),
                col(Delegation.ended_at).is_(None),
                col(Community.gone).is_(False),
            )
        )
        found += session.exec(query).all()
    return sorted(found, key=lambda pair: (pair[0].issued_at, pair[0].uri))


def reaching(
    session: Session, receiver: str, themes: Sequence[str], *, without: str = ""
) -> list[Delegation]:
    """The statements that hold and lead to `receiver`, straight or through others, in one of the themes.

    `without` is an actor through whom nothing leads: the owner of a practice. At most MOST, the nearest
    first.
    """
    found: dict[str, Delegation] = {}
    for theme in themes:
        seen, frontier = {receiver, without}, [receiver]
        while frontier and len(found) < MOST:
            rows: list[tuple[Delegation, str]] = []
            for part in _parts(frontier):
                query = (
                    select(Delegation, Community.uri)
                    .join(Community, Community.id == Delegation.giver_id)  # type: ignore[arg-type]
                    .where(
                        col(Delegation.receiver).in_(part),
                        Delegation.theme == theme,
                        col(Delegation.ended_at).is_(None),
                        col(Community.gone).is_(False),
                    )
                    .order_by(col(Delegation.issued_at), col(Delegation.uri))
                )
                rows += list(session.exec(query))
            fresh = [(statement, giver) for statement, giver in rows if giver not in seen]
            found.update({statement.uri: statement for statement, _ in fresh})
            frontier = list(dict.fromkeys(giver for _, giver in fresh))
            seen.update(frontier)
    return list(found.values())[:MOST]


def holding(session: Session, giver: Community, theme: str | None = None) -> list[Delegation]:
    """The delegations of a community that hold, by theme."""
    query = select(Delegation).where(Delegation.giver_id == giver.id, col(Delegation.ended_at).is_(None))
    if theme is not None:
        query = query.where(Delegation.theme == theme)
    return list(session.exec(query.order_by(col(Delegation.theme), col(Delegation.issued_at).desc())))


def spoken_for(session: Session, receiver: Community) -> list[tuple[Delegation, Community]]:
    """Who lends a community their voice straight, with the statements, by theme."""
    query = (
        select(Delegation, Community)
        .join(Community, Community.id == Delegation.giver_id)  # type: ignore[arg-type]
        .where(
            Delegation.receiver == receiver.uri,
            col(Delegation.ended_at).is_(None),
            col(Community.gone).is_(False),
        )
    )
    return list(session.exec(query.order_by(col(Delegation.theme), col(Delegation.issued_at))))


def _parts(values: Sequence[object]) -> Iterable[list[object]]:
    for start in range(0, len(values), PORTION):
        yield list(values[start : start + PORTION])
