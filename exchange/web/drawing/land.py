"""The land of Europe as a shape behind the map, and what of the grid a picture shows.

The outline is Natural Earth's (public domain), thinned to what one sees; `tests/docs/outline.py` makes the file.
No borders: only land and sea. Islands far out in the Atlantic stand in boxes of their own at the left.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from exchange.vocabulary import names

FILE = Path(__file__).parents[2] / "seeds" / "land.json"
UNIT = 0.5  # kilometres: the step in which the outline is kept
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # west, south, east, north, in kilometres of the grid


@dataclass(frozen=True)
class Inset:
    """Islands that lie beyond the map, in a box of their own: where they are, and where that box stands."""

    name: str  # the code of their region in NUTS, for whoever reads the file
    box: Box
    left: float
    top: float  # in units of the picture, as in shapes
    width: float
    height: float

    def holds(self, point: Point) -> bool:
        """Whether a point of the picture is in this box."""
        x, y = point[0] - self.left, point[1] - self.top
        return 0 <= x <= self.width and 0 <= y <= self.height


INSETS = (
    Inset("PT20", (1050, 2320, 1530, 2720), 8, 416, 72, 60),
    Inset("PT30", (1740, 1460, 1900, 1560), 8, 482, 72, 45),
    Inset("ES70", (1510, 890, 2050, 1170), 8, 536, 81, 42),
)
EUROPE: Box = (2060, 1350, 6650, 5500)
WIDTH = 720.0  # of every map, in units of the picture
PARTS = 2  # of a unit of the picture: the step in which land is drawn, so that a path is short
FINEST = 2.2  # units of the picture: what is smaller is not drawn
LEAST = 160.0  # kilometres: the narrowest piece of land that is shown


@dataclass(frozen=True)
class View:
    """A piece of the grid and how large a kilometre is on it."""

    box: Box
    insets: bool = False

    @property
    def scale(self) -> float:
        return WIDTH / (self.box[2] - self.box[0])

    @property
    def height(self) -> float:
        return round((self.box[3] - self.box[1]) * self.scale, 1)

    def at(self, point: Point) -> Point | None:
        """Where a place of the grid stands in the picture; None when it is beyond it."""
        west, south, east, north = self.box
        if west <= point[0] <= east and south <= point[1] <= north:
            return (point[0] - west) * self.scale, (north - point[1]) * self.scale
        for inset in INSETS if self.insets else ():
            west, south, east, north = inset.box
            if west <= point[0] <= east and south <= point[1] <= north:
                share = inset.width / (east - west)
                return inset.left + (point[0] - west) * share, inset.top + (north - point[1]) * share
        return None


def view(codes: Iterable[str] = ()) -> View:
    """The whole of Europe, or the countries of these codes with some room around them."""
    boxes = [box for code in codes if (box := box_of(code))]
    if not boxes:
        return View(EUROPE, insets=True)
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    room = max(east - west, north - south, LEAST) * 0.08
    width = max(east - west, LEAST) + 2 * room
    height = min(max(north - south + 2 * room, width * 0.62), width * 1.25)
    if north - south + 2 * room > height:  # tall countries: the picture grows wider, not endless
        height = north - south + 2 * room
        width = height / 1.25
    x, y = (west + east) / 2, (south + north) / 2
    return View((x - width / 2, y - height / 2, x + width / 2, y + height / 2))


def box_of(code: str) -> Box | None:
    """What of the grid a country takes; None for one that is not on the map."""
    found = _held()["countries"].get(names.ISO.get(code, code))
    return tuple(found[:4]) if found else None


def midst_of(code: str) -> Point | None:
    """A point in the midst of a country, for whom only the country is known."""
    found = _held()["countries"].get(names.ISO.get(code, code))
    return tuple(found[4:]) if found else None


@lru_cache(maxsize=64)
def outline(of: View) -> str:
    """The land of a view as the `d` of a path, in `PARTS` of a unit; what is finer than the picture is left out."""
    told = [_ring(ring, of.box, 0, 0, of.scale) for ring in _rings()]
    return "".join(told)


@cache
def inset_outlines() -> tuple[tuple[Inset, str], ...]:
    """Each box of far islands, and its land."""
    made = []
    for inset in INSETS:
        scale = inset.width / (inset.box[2] - inset.box[0])
        rings = (_ring(r, inset.box, inset.left, inset.top, scale) for r in _rings())
        made.append((inset, "".join(rings)))
    return tuple(made)


def _ring(ring: list[Point], box: Box, left: float, top: float, scale: float) -> str:
    west, south, east, north = box
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    if max(xs) < west or min(xs) > east or max(ys) < south or min(ys) > north:
        return ""
    if max(max(xs) - min(xs), max(ys) - min(ys)) * scale < FINEST:
        return ""
    told: list[str] = []
    x = y = 0
    for east_of, north_of in _clip(ring, box):
        # Each step begins where the last one ended on paper, so that nothing drifts.
        dx = round((left + (east_of - west) * scale) * PARTS) - x
        dy = round((top + (north - north_of) * scale) * PARTS) - y
        if not told:
            told.append(f"M{dx} {dy}l")
        elif abs(dx) + abs(dy) >= FINEST * PARTS:
            told.append(f"{'' if dx < 0 or len(told) == 1 else ' '}{dx}{'' if dy < 0 else ' '}{dy}")
        else:
            continue
        x, y = x + dx, y + dy
    return "".join(told) + "z" if len(told) > 2 else ""


def _clip(ring: list[Point], box: Box) -> list[Point]:
    """A ring within a box: Sutherland and Hodgman, side by side."""
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        cut: list[Point] = []
        for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
            inside, onward = (one[axis] - limit) * sign >= 0, (other[axis] - limit) * sign >= 0
            if inside:
                cut.append(one)
            if inside != onward:
                share = (limit - one[axis]) / (other[axis] - one[axis])
                cut.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
        ring = cut
        if not ring:
            return ring
    return ring


@cache
def _held() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def _rings() -> tuple[list[Point], ...]:
    made = []
    for steps in _held()["rings"]:
        x, y = steps[0], steps[1]
        ring = [(x * UNIT, y * UNIT)]
        for dx, dy in zip(steps[2::2], steps[3::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x * UNIT, y * UNIT))
        made.append(ring)
    return tuple(made)
