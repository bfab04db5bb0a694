"""The measures as programs read them."""

from typing import Any

from exchange.catalogue.measures.bridging import Bridging, Exchange


def told(found: Bridging) -> dict[str, Any]:
    """{adoptions, ratings, follows: exchange, over_time: {period: exchange}, reach, representation}."""
    kept, reach = found.representation, found.reach
    return {
        **{source: exchanged(one) for source, one in found.exchanges.items()},
        "over_time": {period: exchanged(one) for period, one in found.over_time.items()},
        "reach": {
            "small_practices": reach.practices,
            "taken_up": reach.taken_up,
            "adoptions": reach.adoptions,
            "share_of_adoptions": _short(reach.share_of_adoptions),
        },
        "representation": {
            "practices": kept.practices,
            "by_kind": kept.by_kind,
            "unplaced": kept.unplaced,
            "rural_share": _short(kept.rural_share),
            "rural_share_of_units": kept.rural_units,
            "rural_share_of_people": kept.rural_people,
        },
    }


def exchanged(one: Exchange) -> dict[str, Any]:
    """The measures of one kind of edge."""
    return {
        "placed": one.placed,
        "unplaced": one.unplaced,
        "cross_share": _short(one.cross_share),
        "cross_share_by_chance": _short(one.cross_chance),
        "ei_index": _short(one.ei),
        "median_size_ratio": _short(one.size_ratio),
        "share_taken_by_the_larger": _short(one.upward),
        "flows": [
            {
                "from": flow.origin,
                "to": flow.taker,
                "n": flow.n,
                "share": _short(flow.share),
                "share_by_chance": _short(flow.chance),
                "ratio": _short(flow.ratio),
            }
            for flow in one.flows
        ],
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
