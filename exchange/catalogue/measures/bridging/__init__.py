"""How much goes between the countryside, towns and cities, and whether everybody is heard.

`edges` finds who learned from whom, `measures` counts; what is asked here is both together.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from exchange.catalogue.measures.bridging import edges, measures
from exchange.catalogue.measures.bridging.edges import KINDS, SOURCES, Edge
from exchange.catalogue.measures.bridging.measures import Exchange, Flow, Reach, Representation
from exchange.models.cluster import Cluster

__all__ = ["KINDS", "SOURCES", "Bridging", "Edge", "Exchange", "Flow", "Reach", "Representation", "bridging"]


@dataclass(frozen=True)
class Bridging:
    """What an instance, or a cluster, exchanges between kinds of place; `over_time` is of adoptions, by period."""

    exchanges: dict[str, Exchange]
    over_time: dict[str, Exchange]
    reach: Reach
    representation: Representation


def bridging(session: Session, *, cluster: Cluster | None = None, by: str = "year") -> Bridging:
    """The measures over all that is known here, or over what a member of `cluster` has part in.

    `by` is year or quarter. Practices that were withdrawn, and adoptions that were withdrawn or that the
    origin contests, do not count.
    """
    members: Collection[str] | None = edges.members_of(session, cluster) if cluster else None
    found = {source: edges.of(session, source, members) for source in SOURCES}
    periods: dict[str, list[Edge]] = {}
    for edge in found["adoptions"]:
        periods.setdefault(edge.period(by), []).append(edge)
    owned = edges.practices(session, members)
    return Bridging(
        exchanges={source: measures.exchange(all_of_it) for source, all_of_it in found.items()},
        over_time={period: measures.exchange(periods[period]) for period in sorted(periods)},
        reach=measures.reach(owned),
        representation=measures.representation(owned),
    )
