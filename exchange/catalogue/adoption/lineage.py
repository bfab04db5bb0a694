"""Lineage: what came from what, over all instances, as far as anybody has told it here.

A station is a practice, an adoption that has no practice of its own, or an address that we do not hold;
a line leads from what came first to what came of it. Two sources say so: adoptions (of the practice; the
adopter's own practice is the next station), and practices that name what they were built on. The graph
is made anew from what is held, in the order of addresses: whatever came first, and over whichever
instances, it is the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue.adoption import handshake
from exchange.catalogue.practices import links
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.handshake import CONFIRMED, CONTESTED
from exchange.models.link import BASED_ON
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.vocabulary.adoption import STOPPED
from federation.ledger.hosts import Host
from federation.wire.activity import host_of, same_origin

MOST = 150  # stations of one graph; a picture of more is read by nobody
PORTION = 500  # parameters in one query that every database takes
CLAIMED, DOCUMENTED, DECLARED = "claimed", "documented", "declared"
PRACTICE, ADOPTION, ELSEWHERE = "practice", "adoption", "elsewhere"


@dataclass
class Station:
    """One place on the map. `last_seen` is set where its instance does not answer any more."""

    id: str
    kind: str
    practice: Practice | None = None
    community: Community | None = None
    name: str = ""
    country: str = ""
    last_seen: datetime | None = None
    silent: bool = False
    since: str = "9999"  # when it was first told, by its origin; what we do not hold comes last

    @property
    def withdrawn(self) -> bool:
        return self.practice is not None and self.practice.state != PUBLISHED


@dataclass(frozen=True)
class Line:
    """From what came first to what came of it; `state` says who stands for it.

    confirmed, claimed, contested: an adoption, and what the origin says of it; documented: told by
    others; declared: the later practice names the earlier one. `back` closes a circle.
    """

    source: str
    target: str
    state: str
    adoption: Adoption | None = None
    reason: dict[str, str] = field(default_factory=dict)
    back: bool = False

    @property
    def stopped(self) -> bool:
        return self.adoption is not None and self.adoption.stage in STOPPED


@dataclass
class Lineage:
    """The graph around one practice; `left_out` says whether there is more than is shown."""

    stations: dict[str, Station]
    lines: list[Line]
    left_out: bool = False

    @property
    def circles(self) -> list[Line]:
        """The lines that lead back to something earlier."""
        return [line for line in self.lines if line.back]


def of(session: Session, practice: Practice) -> Lineage:
    """All that is connected with a practice, in whichever direction."""
    found: dict[str, Station] = {}
    # Adoptions without a practice of their own come last into the room.
    adopters: dict[str, Station] = {}
    lines: dict[tuple[str, str], Line] = {}
    waiting, left_out = [practice.uri], False
    while waiting:
        uri = waiting.pop(0)
        if uri in found or uri in adopters:
            continue
        if len(found) >= MOST:
            left_out = True
            break
        held = links.at(session, uri)
        found[uri] = _practice(session, held) if held else _elsewhere(session, uri)
        around = list(_around(session, uri, held, adopters))
        for line in around:
            key = (line.source, line.target)
            if key not in lines or _weight(line) < _weight(lines[key]):
                lines[key] = line
        waiting += sorted({end for line in around for end in (line.source, line.target)} - found.keys())
    left_out = left_out or len(found) + len(adopters) > MOST
    found |= dict(islice(adopters.items(), MOST - len(found)))
    known = [line for line in lines.values() if {line.source, line.target} <= found.keys()]
    stations = dict(sorted(found.items(), key=lambda one: (one[1].since, one[0])))
    return Lineage(stations, _with_circles(known, list(stations)), left_out)


def _around(
    session: Session, uri: str, held: Practice | None, adopters: dict[str, Station]
) -> Iterable[Line]:
    """The lines that begin or end at an address; adoptions without a practice of their own come with them."""
    if held is not None:
        adoptions = _drawable(session, held)
        _together = _read(session, adoptions)  # as long as it is held, each is read from memory
        for adoption in adoptions:
            yield _adopted(session, adoption, held, adopters)
        for target in links.named_by(session, held, BASED_ON):
            yield Line(target, uri, DECLARED)
    for later in links.naming(session, uri, BASED_ON, limit=MOST):
        yield Line(uri, later.uri, DECLARED)
    for adoption in _adoptions(session, Adoption.own_practice == uri)[: MOST + 1]:
        if _own(session, adoption) != uri:
            continue
        yield _adopted(session, adoption, session.get_one(Practice, adoption.practice_id), adopters)


def _read(session: Session, adoptions: list[Adoption]) -> list[Any]:
    """The adopters and their hosts in two questions, in the place of two for each adoption."""
    ids = sorted({a.adopter_id for a in adoptions if a.adopter_id})[:PORTION]
    hosts = sorted({host_of(a.uri) or "" for a in adoptions if not a.local})[:PORTION]
    return [
        *session.exec(select(Community).where(col(Community.id).in_(ids))),
        *session.exec(select(Host).where(col(Host.host).in_(hosts))),
    ]


def _adoptions(session: Session, where: Any) -> list[Adoption]:
    query = select(Adoption).where(where, Adoption.withdrawn_at == None)  # noqa: E711
    return sorted(session.exec(query), key=lambda a: a.uri)


def _drawable(session: Session, practice: Practice) -> list[Adoption]:
    """The adoptions of a practice that a graph may have room for, with a practice of their own or without one."""
    columns = select(Adoption.id, Adoption.uri, Adoption.own_practice).where(
        Adoption.practice_id == practice.id,
        Adoption.withdrawn_at == None,  # noqa: E711
    )
    # Sorted here: a database may order by its own language.
    ordered = sorted(session.exec(columns), key=lambda row: row[1])
    drawn = [[row[0] for row in ordered if bool(row[2]) is own][: MOST + 1] for own in (True, False)]
    return _adoptions(session, col(Adoption.id).in_([*drawn[0], *drawn[1]]))


def _adopted(session: Session, adoption: Adoption, practice: Practice, adopters: dict[str, Station]) -> Line:
    """The line of an adoption; where it has no practice of its own, its adopter becomes a station."""
    end = _own(session, adoption)
    if end is None or end == practice.uri:
        end = adoption.uri
        adopters[end] = _adopter(session, adoption)
    if adoption.documented_by == OTHERS:
        state = DOCUMENTED
    else:
        state = {True: CONFIRMED, False: CONTESTED, None: CLAIMED}[adoption.confirmed]
    ends = (end, practice.uri) if adoption.record.get("inverse") else (practice.uri, end)
    owner = session.get_one(Community, practice.community_id)
    said = handshake.of(session, adoption, owner) if state == CONTESTED else None
    return Line(*ends, state, adoption, dict(said.reason) if said else {})


def _own(session: Session, adoption: Adoption) -> str | None:
    """The adopter's own practice, as far as it is the adopter's to name: nobody names another's so."""
    uri = adoption.own_practice
    if uri is None:
        return None
    held = links.at(session, uri)
    if held is not None:
        return uri if held.community_id == adoption.adopter_id else None
    return uri if adoption.documented_by != OTHERS and same_origin(uri, adoption.uri) else None


def _weight(line: Line) -> tuple[bool, str]:
    """Of two statements of the same line the adoption tells more; of two adoptions that of the first address."""
    return (line.adoption is None, line.adoption.uri if line.adoption else "")


def _practice(session: Session, practice: Practice) -> Station:
    owner = session.get_one(Community, practice.community_id)
    station = Station(practice.uri, PRACTICE, practice, owner, owner.called(), owner.country)
    station.since = practice.issued_at.isoformat()
    return _seen(session, station, practice.local)


def _adopter(session: Session, adoption: Adoption) -> Station:
    community = session.get(Community, adoption.adopter_id) if adoption.adopter_id else None
    name = community.called() if community else str(adoption.adopter.get("name", ""))
    country = community.country if community else str(adoption.adopter.get("country", ""))
    station = Station(adoption.uri, ADOPTION, None, community, name, country)
    station.since = adoption.issued_at.isoformat()
    return _seen(session, station, adoption.local)


def _elsewhere(session: Session, uri: str) -> Station:
    """An address that somebody names and that we do not hold; an adopter may have named its own so."""
    for adoption in _adoptions(session, Adoption.own_practice == uri)[: MOST + 1]:
        if _own(session, adoption) == uri:
            station = _adopter(session, adoption)
            return _seen(session, replace(station, id=uri, kind=ELSEWHERE), False)
    return _seen(session, Station(uri, ELSEWHERE, name=host_of(uri) or uri), False)


def _seen(session: Session, station: Station, local: bool) -> Station:
    """When its instance was heard from last; it is silent when it is suspended or has taken leave."""
    if local:
        return station
    host = session.get(Host, host_of(station.id) or "")
    gone = station.community is not None and station.community.gone
    if host is not None:
        times = [at for at in (host.last_in, host.last_out) if at is not None]
        station.last_seen = max(times) if times else None
        station.silent = host.failures > 0 and host.state != "ok"
    station.silent = station.silent or gone
    return station


def _with_circles(lines: list[Line], order: list[str]) -> list[Line]:
    """The lines in order, those that close a circle marked: where a walk from the oldest station comes back."""
    place = {uri: n for n, uri in enumerate(order)}
    ordered = sorted(lines, key=lambda line: (place[line.source], place[line.target]))
    nexts: dict[str, list[str]] = {}
    for line in ordered:
        nexts.setdefault(line.source, []).append(line.target)
    ends = {line.target for line in ordered}
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in [uri for uri in order if uri not in ends] + order:
        _walk(start, nexts, done, back)
    return [replace(one, back=(one.source, one.target) in back) for one in ordered]


def _walk(start: str, nexts: dict[str, list[str]], done: set[str], back: set[tuple[str, str]]) -> None:
    path: dict[str, None] = {}
    stack: list[tuple[str, int]] = [(start, 0)] if start not in done else []
    while stack:
        uri, at = stack.pop()
        path[uri] = None
        following = nexts.get(uri, [])
        if at == len(following):
            done.add(uri)
            del path[uri]
            continue
        stack.append((uri, at + 1))
        target = following[at]
        if target in path:
            back.add((uri, target))
        elif target not in done:
            stack.append((target, 0))


def depths(lineage: Lineage) -> dict[str, int]:
    """How many lines lead to each station at most, counted from where everything began; circles are cut."""
    depth = dict.fromkeys(lineage.stations, 0)
    onward = [line for line in lineage.lines if not line.back]
    for _ in lineage.stations:
        moved = False
        for line in onward:
            if depth[line.target] <= depth[line.source]:
                depth[line.target] = depth[line.source] + 1
                moved = True
        if not moved:
            break
    return depth
