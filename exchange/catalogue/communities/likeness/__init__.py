"""Communities like ours: how far apart two are, which are nearest, and why.

`attributes` says what is compared and how much it counts, `table` compares fast, `reasons` puts the why
into words, `lists` makes the three lists that people see.
"""

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from sqlalchemy import select as sql
from sqlmodel import Session, col, func, select

from exchange.catalogue.communities import reference
from exchange.catalogue.communities.likeness.attributes import (
    FUA,
    NAMES,
    WEIGHTS,
    apart,
    read_factors,
    read_theme,
    values,
    weights,
)
from exchange.catalogue.communities.likeness.table import ATTRIBUTES, Table, cautious
from exchange.models.community import Community
from exchange.models.territory import ReferenceUnit
from exchange.vocabulary.names import ISO
from federation.ledger import journal

__all__ = [
    "NAMES",
    "WEIGHTS",
    "Likeness",
    "Reason",
    "distances",
    "like",
    "read_factors",
    "read_theme",
    "weights",
]

EQUAL = 0.005  # two distances that differ by less are no different: what is compared is not so exact
NEAR = 0.1  # a distance up to which an attribute speaks for two places: half or twice the inhabitants
KEPT = 4  # tables in memory: this database's and, in a process of many instances, a few others'
_tables: dict[tuple[Any, ...], tuple[Any, Table]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Reason:
    """One attribute in which two communities are near or far; `mine` and `theirs` as `attributes.values`."""

    attribute: str
    distance: float
    weight: float
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Likeness:
    """How like ours a place is. `key` is the address of a community, or (country, code) of a reference unit.

    `distance` is Gower's over what both know, 0 alike … 1 different; `certainty` the share of the weight
    that is known of both; `near` and `far` the two attributes that say most for and against.
    """

    key: Any
    distance: float
    certainty: float
    near: tuple[Reason, ...] = ()
    far: tuple[Reason, ...] = ()

    @property
    def rank(self) -> float:
        return cautious(self.distance, self.certainty)


def distances(
    session: Session, community: Community, weights: Mapping[str, float] | None = None
) -> dict[str, float]:
    """How far every community that we know is from this one, by its address, for putting things in order.

    0 is the same, 1 has nothing in common; what is not known of both counts as ordinary. The community
    itself is at 0. `weights` as `attributes.weights` makes them, the usual ones when there are none.
    """
    table = communities_table(session)
    ranks = table.ranks(own_values(session, community), weights or WEIGHTS)
    return dict(zip(table.keys, ranks, strict=True)) | {community.uri: 0.0}


def like(
    own: Sequence[Any],
    table: Table,
    weights: Mapping[str, float],
    *,
    limit: int,
    without: Any = None,
    region: str = "",
) -> list[tuple[Any, float, float]]:
    """(key, distance, weight known of both) of the rows that are nearest to these values, nearest first.

    Among those that are equally like, the ones of the same region come first (`region` is a NUTS 3 code),
    then those of each country in turn.
    """
    far, known = table.compare(own, weights)
    ranks = [
        cautious(d, w) if w and key != without else 2.0
        for d, w, key in zip(far, known, table.keys, strict=True)
    ]
    last = max(heapq.nsmallest(limit, ranks), default=0.0)
    chosen = [n for n, rank in enumerate(ranks) if rank <= last + EQUAL and rank < 2.0]
    ties: dict[tuple[int, int], list[int]] = {}
    for n in sorted(chosen, key=ranks.__getitem__):
        ties.setdefault((int(ranks[n] / EQUAL), -_shared(region, table.regions[n])), []).append(n)
    order = [n for _, equal in sorted(ties.items()) for n in _in_turn(equal, table.regions)]
    return [(table.keys[n], far[n], known[n]) for n in order[:limit]]


def _in_turn(equal: list[int], regions: Sequence[str]) -> list[int]:
    """Places that are equally like, one of each country in turn: no country fills a list by its letter."""
    met: Counter[str] = Counter()
    turns = []
    for number, n in enumerate(equal):
        land = regions[n][:2] or str(n)
        turns.append((met[land], number, n))
        met[land] += 1
    return [n for *_, n in sorted(turns)]


def _shared(region: str, other: str) -> int:
    """How much of a NUTS code two places share: none, country, NUTS 1, 2 or 3."""
    alike = 0
    for mine, theirs in zip(region, other, strict=False):
        if mine != theirs:
            break
        alike += 1
    return alike


def explained(
    key: Any,
    own: Sequence[Any],
    other: Sequence[Any],
    weights: Mapping[str, float],
    distance: float,
    known: float,
) -> Likeness:
    """One comparison with its reasons: the two nearest attributes, and the two that are farthest if any is."""
    reasons = []
    for name, mine, theirs in zip(ATTRIBUTES, own, other, strict=True):
        gap = apart(name, mine, theirs)
        if gap is not None and weights[name] > 0:
            reasons.append(Reason(name, gap, weights[name], mine, theirs))
    near = sorted((r for r in reasons if r.distance <= NEAR), key=lambda r: -r.weight * (1 - r.distance))[:2]
    far = sorted(
        (r for r in reasons if r.distance > NEAR and r not in near), key=lambda r: -r.weight * r.distance
    )
    return Likeness(key, distance, known, tuple(near), tuple(far[:2]))


# --------------------------------------------------------------------- the tables, kept while nothing changes


def own_values(session: Session, community: Community, digits: int = 2) -> tuple[Any, ...]:
    """The eleven values of a community, what it does not tell taken from the reference units where it is there."""
    columns = {k: getattr(community, k) for k in ("population", "degurba", "country")}
    return values(*next(_completed(session, [(columns, community.profile or {})])), digits)


def region_of(profile: Mapping[str, Any]) -> str:
    """The NUTS 3 code of a community."""
    nuts = profile.get("nuts3")
    return str(nuts.get("code") or "") if isinstance(nuts, dict) else ""


def communities_table(session: Session) -> Table:
    """All communities that are still there, by address."""
    newest = select(func.count(), func.max(Community.id), func.max(Community.modified_at))
    state = (journal.last(session), *session.exec(newest).one(), reference.held(session))
    return _kept(session, "communities", state, _community_rows)


def reference_table(session: Session) -> Table:
    """All reference units, by (country, code)."""
    newest = select(func.count(), func.max(ReferenceUnit.year), func.sum(ReferenceUnit.population))
    return _kept(session, "reference", tuple(session.exec(newest).one()), _reference_rows)


def _kept(session: Session, name: str, state: Any, rows: Callable[[Session], Any]) -> Table:
    key = (str(session.connection().engine.url), name)
    with _lock:
        held = _tables.get(key)
    if held is not None and held[0] == state:
        return held[1]
    made = Table(rows(session))
    with _lock:
        _tables.pop(key, None)
        _tables[key] = (state, made)
        while len(_tables) > KEPT:
            _tables.pop(next(iter(_tables)))
    return made


def _community_rows(session: Session) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    wanted = (Community.uri, Community.population, Community.degurba, Community.country, Community.profile)
    query = select(*wanted).where(Community.gone == False).order_by(col(Community.id))  # type: ignore[call-overload] # noqa: E712
    found = session.exec(query).all()
    told = [({"population": p, "degurba": d, "country": c}, profile or {}) for _, p, d, c, profile in found]
    for (uri, *_), (columns, profile) in zip(found, _completed(session, told), strict=True):
        yield uri, region_of(profile), values(columns, profile)


def _completed(
    session: Session, told: list[tuple[dict[str, Any], dict[str, Any]]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Columns and profiles with what official statistics say of them, where they name their local units."""
    wanted = [(c["country"], [u["code"] for u in p.get("lau") or [] if u.get("code")]) for c, p in told]
    units = reference.by_codes(session, [(land, code) for land, codes in wanted for code in codes])
    for (columns, profile), (land, codes) in zip(told, wanted, strict=True):
        here = [units.get((land, code)) for code in codes]
        if here and all(here):
            made = reference.filled(columns | {"profile": profile}, reference.facts([u for u in here if u]))
            yield made, made["profile"]
        else:
            yield columns, profile


def _reference_rows(session: Session) -> Iterator[tuple[tuple[str, str], str, tuple[Any, ...]]]:
    u = ReferenceUnit.__table__.c  # type: ignore[attr-defined]
    told = (u.country, u.code, u.nuts3, u.population, u.degurba, u.area_km2, u.fua_role, u.coastal)
    places: dict[Any, tuple[None, bool]] = {True: (None, True), False: (None, False)}
    for row in session.connection().execute(sql(*told).order_by(u.country, u.code)):
        land, code, nuts, people, degurba, area, role, coast = row
        yield (
            (land, code),
            nuts or "",
            (
                round(log10(people), 2) if people else None,
                int(degurba[-1]) if degurba else None,
                round(log10(people / area), 2) if people and area else None,
                FUA.get(role),
                *(None, None, None),
                places.get(coast),
                *(None, None),
                ISO.get(land, land),
            ),
        )
