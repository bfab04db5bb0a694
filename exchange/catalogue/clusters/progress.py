"""How far a campaign is: what was published and taken up on its theme within its dates, and by whom not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.clusters import calls
from exchange.catalogue.clusters.tally import KIND
from exchange.models.adoption import Adoption
from exchange.models.call import ADOPTIONS, PRACTICES, Call
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice

PLACES = ("rural", "town", "city")


@dataclass(frozen=True)
class Row:
    """One kind of place ("" where it is not known): who is called, what came from them, who is still awaited."""

    place: str
    called: int
    practices: int
    adoptions: int
    awaited: Sequence[Community]


@dataclass(frozen=True)
class Progress:
    """What came, with the communities that it came from; `reached` counts towards the aim."""

    practices: Sequence[tuple[Practice, Community]]
    adoptions: Sequence[tuple[Adoption, Practice, Community]]
    rows: Sequence[Row]
    reached: int
    unknown: int  # of those who are called: communities that this instance does not know


def progress(session: Session, of: Call) -> Progress:
    """Count for the members of the cluster, and for whoever else takes part."""
    behind = calls.backers(session, of)[of.uri]
    called = list(dict.fromkeys([*calls.members(session, of), *behind]))
    places = calls.known(session, called)
    begin = datetime.combine(of.opens_on, time.min, UTC)
    end = datetime.combine(of.closes_on, time.max, UTC)
    ids = [one.id for one in places.values()]
    told = (
        select(Practice, Community)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(col(Practice.community_id).in_(ids), Practice.state == PUBLISHED)
        .where(Practice.issued_at >= begin, Practice.issued_at <= end)
        .order_by(col(Practice.issued_at).desc())
    )
    practices = [(p, owner) for p, owner in session.exec(told) if of.theme in p.themes]
    taken = (
        select(Adoption, Practice, Community)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .join(Community, Community.id == Adoption.adopter_id)  # type: ignore[arg-type]
        .where(col(Adoption.adopter_id).in_(ids), col(Adoption.withdrawn_at).is_(None))
        .where(Adoption.issued_at >= begin, Adoption.issued_at <= end, Practice.state == PUBLISHED)
        .order_by(col(Adoption.issued_at).desc())
    )
    adoptions = [
        (a, p, adopter)
        for a, p, adopter in session.exec(taken)
        if of.theme in p.themes and a.counts and not shelf.is_hearsay(a, adopter)
    ]
    rows = [_row(place, list(places.values()), practices, adoptions) for place in (*PLACES, "")]
    wanted = [row for row in rows if of.aim.get("place") in (None, "", row.place)]
    counts = of.aim.get("counts")
    reached = sum(
        (0 if counts == ADOPTIONS else row.practices) + (0 if counts == PRACTICES else row.adoptions)
        for row in wanted
    )
    return Progress(
        practices,
        adoptions,
        [row for row in rows if row.place or row.called],
        reached,
        len(called) - len(places),
    )


def _row(
    place: str,
    called: list[Community],
    practices: list[tuple[Practice, Community]],
    adoptions: list[tuple[Adoption, Practice, Community]],
) -> Row:
    mine = {one.id for one in called if KIND.get(one.degurba or "", "") == place}
    active = {owner.id for _p, owner in practices} | {adopter.id for _a, _p, adopter in adoptions}
    awaited = [one for one in called if one.id in mine and one.id not in active]
    return Row(
        place,
        len(mine),
        sum(owner.id in mine for _p, owner in practices),
        sum(adopter.id in mine for _a, _p, adopter in adoptions),
        sorted(awaited, key=lambda one: one.called().casefold()),
    )
