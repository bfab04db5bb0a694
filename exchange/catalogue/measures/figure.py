"""The federation in one figure: how much is held here, of how many places, and how much of it is rural.

It is counted once for each state of the journal, so that a home page which is asked for often costs nothing.
"""

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, or_, select

from exchange.catalogue.measures.bridging.measures import Representation
from exchange.models.adoption import STANDING, Adoption
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary.names import ISO
from federation.ledger import journal

KEPT = 4  # figures in memory: this database's and, in a process of many instances, a few others'
_KINDS = {"dg-3": "rural", "dg-2": "town", "dg-1": "city"}
_figures: dict[str, tuple[Any, "Figure"]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Figure:
    """What is held here. `told` of the adoptions say what came out, or why it ended."""

    instances: int
    communities: int
    countries: int
    practices: int
    adoptions: int
    told: int
    representation: Representation


def figure(session: Session) -> Figure:
    """The figure as things stand."""
    newest = select(func.count(), func.max(Community.id), func.max(Community.modified_at))
    state = (journal.last(session), *session.exec(newest).one())
    key = str(session.connection().engine.url)
    with _lock:
        held = _figures.get(key)
    if held is not None and held[0] == state:
        return held[1]
    made = _counted(session)
    with _lock:
        _figures.pop(key, None)
        _figures[key] = (state, made)
        while len(_figures) > KEPT:
            _figures.pop(next(iter(_figures)))
    return made


def _counted(session: Session) -> Figure:
    there = Community.gone == False  # noqa: E712
    places = session.exec(
        select(Community.instance, Community.country, func.count())
        .where(there)
        .group_by(col(Community.instance), col(Community.country))
    ).all()
    kinds = session.exec(
        select(Community.degurba, func.count())
        .join(Practice, Practice.community_id == Community.id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED)
        .group_by(col(Community.degurba))
    ).all()
    record: Any = col(Adoption.record)
    said = or_(*(record[name].as_string().is_not(None) for name in ("outcome", "reason")))
    counted = Counter({_KINDS.get(degurba or "", ""): n for degurba, n in kinds})
    by_kind = {kind: counted[kind] for kind in _KINDS.values()}
    return Figure(
        instances=len({instance for instance, _, _ in places}),
        communities=sum(n for _, _, n in places),
        countries=len({ISO.get(country, country) for _, country, _ in places if country}),
        practices=sum(n for _, n in kinds),
        adoptions=_number(session, *STANDING),
        told=_number(session, *STANDING, said),
        representation=Representation(sum(by_kind.values()), by_kind, counted[""]),
    )


def _number(session: Session, *where: Any) -> int:
    return session.exec(select(func.count()).select_from(Adoption).where(*where)).one()
