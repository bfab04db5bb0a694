"""The lineage of a practice as a tram map: where each station stands, and how each line runs to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.catalogue.adoption.lineage import Line, Lineage, Station, depths

COLUMN, ROW = 178, 104  # between stations, in units of the picture
LEFT, TOP, FOOT = 76, 34, 66  # room for the first name, above the first station, and for the words below
ARC = 34  # how far a line that leads back rises above its stations
BEND = 16  # of a line that turns
LANES = (0, 6, 12, 16)  # beside each other, where lines of several kinds leave a station downward


@dataclass(frozen=True)
class Stop:
    """A station where it stands."""

    station: Station
    x: int
    y: int
    here: bool
    lines: tuple[Line, ...]  # that end here


@dataclass(frozen=True)
class Track:
    """A line as a path, with what it looks like."""

    line: Line
    path: str
    kind: str

    @property
    def depth(self) -> int:
        """Thin lines lie below thick ones, so that both are seen."""
        return ("declared", "documented", "claimed", "confirmed", "contested").index(self.line.state)


@dataclass(frozen=True)
class Map:
    """The whole picture."""

    stops: list[Stop]
    tracks: list[Track]
    width: int
    height: int
    left_out: bool = False

    def stop(self, uri: str) -> Stop:
        """The station of that address."""
        return next(one for one in self.stops if one.station.id == uri)


def drawn(lineage: Lineage, here: str) -> Map:
    """The map of a lineage; `here` is the practice whose page it stands on."""
    columns = depths(lineage)
    first = _first_parents(lineage, columns)
    rows = _rows(lineage, first)
    skips = any(not x.back and first[x.target] != x.source for x in lineage.lines)
    top = TOP + (ARC if lineage.circles or skips else 0)
    places = {uri: (LEFT + columns[uri] * COLUMN, top + rows[uri] * ROW) for uri in lineage.stations}
    stops = [
        Stop(station, *places[uri], uri == here, tuple(x for x in lineage.lines if x.target == uri))
        for uri, station in lineage.stations.items()
    ]
    lanes = _lanes(lineage, places, first)
    tracks = [
        Track(
            line,
            _path(line, places, first, lanes.get((line.source, line.state), 0)),
            line.state + (" stopped" if line.stopped else ""),
        )
        for line in lineage.lines
    ]
    width = max(x for x, _y in places.values()) + LEFT
    return Map(stops, tracks, width, max(y for _x, y in places.values()) + FOOT, lineage.left_out)


def _first_parents(lineage: Lineage, columns: Mapping[str, int]) -> dict[str, str]:
    """From which station each is drawn onward: the last of those before it; others run across."""
    first: dict[str, str] = {}
    for line in lineage.lines:
        if line.back:
            continue
        held = first.get(line.target)
        if held is None or columns[line.source] > columns[held]:
            first[line.target] = line.source
    return first


def _rows(lineage: Lineage, first: Mapping[str, str]) -> dict[str, int]:
    """A row for each branch: the longest one goes straight on, the others leave below it."""
    children: dict[str, list[str]] = {}
    for target, source in first.items():
        children.setdefault(source, []).append(target)
    order = {uri: n for n, uri in enumerate(lineage.stations)}
    length: dict[str, int] = {}
    columns = depths(lineage)
    for uri in sorted(lineage.stations, key=lambda u: -columns[u]):
        length[uri] = 1 + max((length[c] for c in children.get(uri, [])), default=0)
    rows: dict[str, int] = {}
    last = -1
    stack = [uri for uri in reversed(order) if uri not in first]
    straight: dict[str, int] = {}
    while stack:
        uri = stack.pop()
        if uri in straight:
            rows[uri] = straight[uri]
        else:
            last += 1
            rows[uri] = last
        onward = sorted(children.get(uri, []), key=lambda u: (-length[u], order[u]))
        if onward:
            straight[onward[0]] = rows[uri]
        stack += reversed(onward)
    return rows


def _lanes(
    lineage: Lineage, places: Mapping[str, tuple[int, int]], first: Mapping[str, str]
) -> dict[tuple[str, str], int]:
    """How far from the straight line those of each station and state run, so that none hides another.

    What goes straight on keeps the middle; of the others the one that goes down farthest is the outermost.
    """
    straight: dict[str, str] = {}
    deepest: dict[str, dict[str, int]] = {}
    for line in lineage.lines:
        if line.back or first.get(line.target) != line.source:
            continue
        (_x, y1), (_x, y2) = places[line.source], places[line.target]
        if y1 == y2:
            straight[line.source] = line.state
        else:
            states = deepest.setdefault(line.source, {})
            states[line.state] = max(y2, states.get(line.state, 0))
    lanes: dict[tuple[str, str], int] = {}
    for source, states in deepest.items():
        middle = straight.get(source)
        order = sorted(states, key=lambda state: (state != middle, states[state], state))
        free = LANES if middle is None or middle in states else LANES[1:]
        lanes |= {(source, state): free[min(n, len(free) - 1)] for n, state in enumerate(order)}
    return lanes


def _path(line: Line, places: Mapping[str, tuple[int, int]], first: Mapping[str, str], lane: int) -> str:
    (x1, y1), (x2, y2) = places[line.source], places[line.target]
    if line.back:
        return f"M{x1} {y1}C{x1} {y1 - 2 * ARC} {x2} {y2 - 2 * ARC} {x2} {y2}"
    if y1 == y2 and first.get(line.target) == line.source:
        return f"M{x1} {y1}H{x2}"
    if y2 > y1 and first.get(line.target) == line.source:
        turn, y1 = x1 + COLUMN // 2 - lane, y1 + lane
        return (
            f"M{x1} {y1}H{turn - BEND}Q{turn} {y1} {turn} {y1 + BEND}"
            f"V{y2 - BEND}Q{turn} {y2} {turn + BEND} {y2}H{x2}"
        )
    if y1 == y2:  # past the stations between, not through them
        return f"M{x1} {y1}C{x1 + BEND} {y1 - 2 * ARC} {x2 - BEND} {y2 - 2 * ARC} {x2} {y2}"
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
