"""Where practices are and which way they went: the places and the adoptions of a question, ready for a map."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding.find import SearchParams, answered
from exchange.models.adoption import STANDING, Adoption
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from search.engine import Engine

PORTION, PORTIONS = (
    100,
    20,
)  # hits that are read at once, and how often: practices that were taken up come first


@dataclass(frozen=True)
class Place:
    """A community, how many of the practices are its own, how many it took up, and how often others took up its."""

    uri: str
    name: Mapping[str, str]
    country: str
    degurba: str | None = None
    lat: float | None = None
    lon: float | None = None
    practices: int = 0
    took: int = 0
    gave: int = 0
    known: bool = True  # False: only a name and a country; nobody knows where it lies

    @property
    def placed(self) -> bool:
        return self.lat is not None and self.lon is not None


@dataclass(frozen=True)
class Flow:
    """How many practices went from one place to another."""

    origin: str
    taker: str
    n: int


@dataclass(frozen=True)
class Atlas:
    """Places by their address (or, of whom only the name is known, by that), and what went between them."""

    places: dict[str, Place]
    flows: list[Flow]
    practices: int

    @property
    def tellers(self) -> list[Place]:
        """The places with practices, those with most first."""
        found = [one for one in self.places.values() if one.practices]
        return sorted(found, key=lambda one: (-one.practices, one.uri))

    @property
    def adoptions(self) -> int:
        return sum(flow.n for flow in self.flows)


def atlas(session: Session, engine: Engine, params: SearchParams) -> Atlas:
    """The places and flows of what a question finds; of the whole catalogue when it asks for nothing.

    A question with more than a thousand owners shows the thousand with most practices, as its facet counts them.
    """
    if not (params.q or params.filters or params.near):
        return _put_together(session, _all(session), None)
    params = replace(finding.addressed(session, params), sort="relevance", page=1, per_page=1, after="")
    query = replace(params.query(), facets=("community",), snippets=False)
    counted = dict(answered(engine.find(query)).facets.get("community", ()))
    if only := params.filters.get("community"):
        counted = {uri: n for uri, n in counted.items() if uri in only}
    return _put_together(session, counted, _taken_up(engine, params))


def _all(session: Session) -> dict[str, int]:
    numbers = shelf.numbers(session)
    return {
        uri: numbers[key] for key, uri in session.exec(select(Community.id, Community.uri)) if key in numbers
    }


def _taken_up(engine: Engine, params: SearchParams) -> set[str]:
    """The practices of a question that somebody took up."""
    found: set[str] = set()
    asked = replace(params.query(), sort="adoptions", per_page=PORTION, facets=(), snippets=False)
    for page in range(1, PORTIONS + 1):
        hits = answered(engine.find(replace(asked, page=page))).hits
        found |= {hit.id for hit in hits if hit.stored.get("adoptions")}
        if len(hits) < PORTION or not hits[-1].stored.get("adoptions"):
            break
    return found


def _put_together(session: Session, practices: Mapping[str, int], only: Collection[str] | None) -> Atlas:
    ids = dict(session.exec(select(Community.id, Community.uri)).all())
    named: dict[str, Place] = {}
    flows: Counter[tuple[str, str]] = Counter()
    for owner, adopter_id, adopter, inverse in _adoptions(session, only):
        here = ids.get(owner, "")
        there = ids.get(adopter_id or 0) or _named(adopter, named)
        if there and here != there:
            flows[(there, here) if inverse else (here, there)] += 1
    took: Counter[str] = Counter()
    gave: Counter[str] = Counter()
    for (origin, taker), n in flows.items():
        gave[origin] += n
        took[taker] += n
    places = _known(session, {*practices, *took, *gave}) | named
    places = {
        uri: replace(one, practices=practices.get(uri, 0), took=took[uri], gave=gave[uri])
        for uri, one in places.items()
    }
    told = [Flow(*ends, n) for ends, n in flows.most_common() if set(ends) <= set(places)]
    return Atlas(places, told, sum(practices.values()))


def _adoptions(
    session: Session, only: Collection[str] | None
) -> Iterator[tuple[int, int | None, dict[str, Any], bool]]:
    query = (
        select(Practice.uri, Practice.community_id, Adoption.adopter_id, Adoption.adopter, Adoption.record)  # type: ignore[call-overload]
        .join(Adoption, Adoption.practice_id == Practice.id)
        .where(Practice.state == PUBLISHED, *STANDING)
        .order_by(col(Adoption.id))
    )
    for uri, owner, adopter_id, adopter, record in session.exec(query):
        if only is None or uri in only:
            yield owner, adopter_id, adopter, bool(record.get("inverse"))


def _named(adopter: Mapping[str, Any], named: dict[str, Place]) -> str:
    name, country = str(adopter.get("name") or ""), str(adopter.get("country") or "")
    if not name:
        return ""
    key = f"{name}, {country}"
    named.setdefault(key, Place(key, {"und": name}, country, known=False))
    return key


def _known(session: Session, uris: set[str]) -> dict[str, Place]:
    columns = select(  # type: ignore[call-overload]
        Community.uri, Community.name, Community.country, Community.degurba, Community.lat, Community.lon
    )
    return {row[0]: Place(*row) for row in session.exec(columns) if row[0] in uris}
