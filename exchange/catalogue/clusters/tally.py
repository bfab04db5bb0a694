"""What a consultation came to, by rule: how many contributions, from how many communities, what places, what countries."""

from collections import Counter
from typing import Any

from sqlmodel import Session

from exchange.catalogue.clusters import calls
from exchange.models.call import Call

KIND = {"dg-3": "rural", "dg-2": "town", "dg-1": "city"}


def tally(session: Session, of: Call) -> dict[str, Any]:
    """{contributions, supports, communities, countries, places: {rural, town, city}}.

    Counted are the contributions that can be read, not the comments, and every community that made or
    supported one, once. Of places and countries count those that are known here.
    """
    said = [one for one in calls.shown(session, of) if one.readable]
    actors = {one.entry.author for one in said} | {uri for one in said for uri, _place in one.backers}
    places = list(calls.known(session, actors).values())
    kinds = Counter(KIND[one.degurba] for one in places if one.degurba in KIND)
    return {
        "contributions": len(said),
        "supports": sum(len(one.backers) for one in said),
        "communities": len(actors),
        "countries": len({one.country for one in places if one.country}),
        "places": {name: kinds[name] for name in ("rural", "town", "city")},
    }
