"""Counting what crosses between kinds of place, against what chance would let cross.

Chance is what would be if everybody who gives and everybody who takes met at random: the product of how often
each kind gives and how often each kind takes (the marginals). The E-I index is Krackhardt and Stern's (1988):
(across − within) / all, from −1 (everybody keeps to their own kind) to 1.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from exchange.catalogue.measures.bridging.edges import KINDS, Edge, Owned

# Eurostat's degree of urbanisation, local units and people of Europe that are rural.
RURAL_UNITS, RURAL_PEOPLE = 0.78, 0.22
SMALL = 5_000  # inhabitants: below it a place is a village


@dataclass(frozen=True)
class Flow:
    """What goes from one kind of place to another: `n`, its share of all, the share that chance gives it.

    `ratio` is share / chance: 1 as often as by chance, None where chance gives nothing.
    """

    origin: str
    taker: str
    n: int
    share: float
    chance: float

    @property
    def ratio(self) -> float | None:
        return self.share / self.chance if self.chance else None


@dataclass(frozen=True)
class Exchange:
    """The measures of one kind of edge. Shares are of the `placed` edges, None where there is none.

    `size_ratio` is the median of larger/smaller population over the edges where both are known, `upward` the
    share of those in which the taker is the larger.
    """

    placed: int
    unplaced: int
    flows: tuple[Flow, ...] = ()
    cross_share: float | None = None
    cross_chance: float | None = None
    ei: float | None = None
    size_ratio: float | None = None
    upward: float | None = None

    def flow(self, origin: str, taker: str) -> Flow:
        """The flow in one direction."""
        return next(f for f in self.flows if (f.origin, f.taker) == (origin, taker))


@dataclass(frozen=True)
class Reach:
    """How far practices of places under 5,000 inhabitants come: how many there are, and were taken up."""

    practices: int
    taken_up: int
    adoptions: int
    share_of_adoptions: float | None  # of all adoptions of practices whose owner's size is known


@dataclass(frozen=True)
class Representation:
    """How many practices come from each kind of place, against how Europe is made up."""

    practices: int  # whose owner's kind of place is known
    by_kind: dict[str, int]
    unplaced: int
    rural_units: float = RURAL_UNITS
    rural_people: float = RURAL_PEOPLE

    @property
    def rural_share(self) -> float | None:
        return self.by_kind["rural"] / self.practices if self.practices else None


def exchange(edges: Sequence[Edge]) -> Exchange:
    """The measures over some edges."""
    placed = [e for e in edges if e.placed]
    unplaced = len(edges) - len(placed)
    ratios, upward = _sizes(edges)
    size_ratio = median(ratios) if ratios else None
    up = upward / len(ratios) if ratios else None
    if not placed:
        return Exchange(0, unplaced, size_ratio=size_ratio, upward=up)
    n = len(placed)
    pairs = Counter((e.origin.kind, e.taker.kind) for e in placed)
    gives, takes = Counter(e.origin.kind for e in placed), Counter(e.taker.kind for e in placed)
    flows = tuple(
        Flow(a, b, pairs[a, b], pairs[a, b] / n, gives[a] * takes[b] / n**2) for a in KINDS for b in KINDS
    )
    across = sum(f.n for f in flows if f.origin != f.taker)
    return Exchange(
        n,
        unplaced,
        flows,
        cross_share=across / n,
        cross_chance=sum(f.chance for f in flows if f.origin != f.taker),
        ei=(across - (n - across)) / n,
        size_ratio=size_ratio,
        upward=up,
    )


def reach(owned: Sequence[Owned]) -> Reach:
    """How far the practices of small places come."""
    known = [o for o in owned if o.owner.population is not None]
    small = [o for o in known if (o.owner.population or 0) < SMALL]
    adoptions, all_adoptions = sum(o.taken_up for o in small), sum(o.taken_up for o in known)
    return Reach(
        practices=len(small),
        taken_up=sum(o.taken_up > 0 for o in small),
        adoptions=adoptions,
        share_of_adoptions=adoptions / all_adoptions if all_adoptions else None,
    )


def representation(owned: Sequence[Owned]) -> Representation:
    """From which kinds of place the practices come."""
    kinds = Counter(o.owner.kind for o in owned)
    by_kind = {kind: kinds[kind] for kind in KINDS}
    return Representation(sum(by_kind.values()), by_kind, kinds[None])


def _sizes(edges: Sequence[Edge]) -> tuple[list[float], int]:
    ratios, upward = [], 0
    for edge in edges:
        giver, taker = edge.origin.population, edge.taker.population
        if giver and taker:
            ratios.append(max(giver, taker) / min(giver, taker))
            upward += taker > giver
    return ratios, upward
