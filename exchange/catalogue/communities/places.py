"""What worked in places like ours, for whoever names a place: one that is known here, one of official
statistics, or only a size and a kind.

A place that is no community here is described by a `Community` that is never stored, so that it is
compared exactly as a community would be.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from exchange.catalogue.communities import reference
from exchange.catalogue.communities.likeness import lists
from exchange.catalogue.communities.likeness.lists import Found, Place
from exchange.messages import N_, NotFound
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.territory import ReferenceUnit
from exchange.vocabulary import concepts
from exchange.vocabulary.names import same_country

MOST = 20  # places to choose from
LOOKED_AT = 40  # places like ours whose practices are looked at
OF_EACH = 2  # practices of one place in a list
Choice = Community | ReferenceUnit


@dataclass(frozen=True)
class Lists:
    """What others did: places like this one, what they took up, and the same theme in another kind of place."""

    done: Sequence[tuple[Practice, Place]]
    adopted: Sequence[Found]
    bridges: Sequence[Found]


def named(session: Session, typed: str) -> list[Choice]:
    """The places that are called so, wherever they are: communities first, then those with most inhabitants.

    Where none is called exactly so, those whose name begins so. A unit that is a community here is not
    named twice.
    """
    wanted = reference.folded(typed)
    if not wanted:
        return []
    return _called(session, wanted, exactly=True) or _called(session, wanted, exactly=False)


def _called(session: Session, wanted: str, *, exactly: bool) -> list[Choice]:
    def fits(name: str) -> bool:
        told = reference.folded(name)
        return told == wanted if exactly else told.startswith(wanted)

    known = select(Community.id, Community.name).where(Community.gone == False)  # noqa: E712
    ids = [key for key, names in session.exec(known) if any(map(fits, names.values()))]
    towns = session.exec(select(Community).where(col(Community.id).in_(ids[:MOST])))
    columns = col(ReferenceUnit.folded), col(ReferenceUnit.folded_latin)
    if exactly:
        either = (columns[0] == wanted) | (columns[1] == wanted)
    else:  # a range, which an index answers; nothing that is typed is a pattern
        after = wanted + "\U0010ffff"
        either = columns[0].between(wanted, after) | columns[1].between(wanted, after)
    query = select(ReferenceUnit).where(either).order_by(col(ReferenceUnit.population).desc().nulls_last())
    units = list(session.exec(query.limit(2 * MOST)))
    known_here = sorted(towns, key=lambda c: (-(c.population or 0), c.uri))
    taken = {(c.country, u.get("code")) for c in known_here for u in _units(c)}
    found: list[Choice] = [*known_here]
    found += [u for u in units if not any((land, u.code) in taken for land in same_country(u.country))]
    return found[:MOST]


def _units(community: Community) -> list[dict[str, str]]:
    return (community.profile or {}).get("lau") or []


def unit(session: Session, ref: str) -> Community:
    """A unit of official statistics by COUNTRY:CODE, as a place to compare with."""
    land, _, code = ref.partition(":")
    found = reference.by_code(session, land[:2].upper(), code[:20])
    if found is None:
        raise NotFound(N_("There is no local unit “%(ref)s” here."), ref=ref[:80])
    told = reference.facts([found])
    profile = {k: v for k, v in told.items() if k not in ("population", "degurba")}
    made = described(found.population, found.degurba, found.country)
    made.name, made.profile = {"und": found.name}, profile
    return made


def described(population: int | None, degurba: str | None, country: str = "") -> Community:
    """A place of which only this is said."""
    return Community(
        uri="",
        slug="",
        local=False,
        instance="",
        name={},
        country=country,
        population=population,
        population_class=concepts.population_class(population),
        degurba=degurba,
        profile={},
    )


def lists_for(
    session: Session, place: Community, weights: Mapping[str, float], *, theme: str | None = None, limit: int
) -> Lists:
    """The three lists, on one theme or on all. The bridge needs a theme, or those that the place works on."""
    near = lists.like_us(session, place, weights, limit=LOOKED_AT)
    adopted = lists.adopted_by_alike(session, place, weights, limit=10 * limit)
    return Lists(
        done=_done(session, near, theme, limit),
        adopted=[one for one in adopted if theme is None or theme in one.practice.themes][:limit],
        bridges=lists.bridges(session, place, weights, themes=(theme,) if theme else (), limit=limit),
    )


def _done(
    session: Session, near: Sequence[Place], theme: str | None, limit: int
) -> list[tuple[Practice, Place]]:
    """The practices of those places, nearest first, of each the newest few."""
    places = {one.community.id: one for one in near if one.community is not None}
    order = {key: number for number, key in enumerate(places)}
    query = (
        select(Practice.id, Practice.community_id, Practice.themes)  # type: ignore[call-overload]
        .where(col(Practice.community_id).in_(list(places)), Practice.state == PUBLISHED)
        .order_by(col(Practice.issued_at).desc())
    )
    found = [
        (order[owner], key, owner)
        for key, owner, themes in session.exec(query)
        if theme is None or theme in themes
    ]
    met: Counter[int] = Counter()
    chosen: dict[int | None, Place] = {}
    for _, key, owner in sorted(found, key=lambda row: row[0]):
        met[owner] += 1
        if met[owner] <= OF_EACH and len(chosen) < limit:
            chosen[key] = places[owner]
    rows = {p.id: p for p in session.exec(select(Practice).where(col(Practice.id).in_(list(chosen))))}
    return [(rows[key], place) for key, place in chosen.items()]
