"""`./run python -m tests.docs.outline PACKAGE`: the outline of Europe's land, for the map, out of Natural Earth.

PACKAGE is the unpacked npm package world-atlas 2.0.2, which is Natural Earth 4.1 (public domain) as TopoJSON.
Land is cut to what the map shows, put on the European grid, and thinned by Visvalingam's rule: the corner
that spans the smallest triangle goes first.
"""

import heapq
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from exchange.web.drawing.land import FILE, INSETS, UNIT
from exchange.web.drawing.projection import project

Point = tuple[float, float]
Box = tuple[float, float, float, float]
WHOLE: Box = (2000, 1200, 7500, 5650)  # kilometres of the grid: what is kept around the map
CORNER = 22.0  # square kilometres that a corner must span to be kept
ISLAND = 16.0  # square kilometres below which an island is left out
PART = 0.08  # of its largest part that another part of a country must have to count for its box
CODES = {
    **{"008": "AL", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY"},
    **{"191": "HR", "196": "CY", "203": "CZ", "208": "DK", "233": "EE", "246": "FI", "250": "FR"},
    **{"276": "DE", "300": "GR", "348": "HU", "352": "IS", "372": "IE", "380": "IT", "428": "LV"},
    **{"438": "LI", "440": "LT", "442": "LU", "470": "MT", "492": "MC", "498": "MD", "499": "ME"},
    **{"528": "NL", "578": "NO", "616": "PL", "620": "PT", "642": "RO", "674": "SM", "688": "RS"},
    **{"703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH", "792": "TR", "804": "UA"},
    **{"807": "MK", "826": "GB", "268": "GE", "051": "AM"},
}


def main(package: Path) -> None:
    """Write the file that ships."""
    land = _rings(json.loads((package / "land-10m.json").read_text()), "land")
    flat = [[project(lat, lon) for lon, lat in ring] for _name, ring in land if _near(ring)]
    kept = [whole for ring in flat for box in (WHOLE, *(i.box for i in INSETS)) if (whole := _cut(ring, box))]
    thinned = [thin for ring in kept if abs(_area(ring)) >= ISLAND and len(thin := _thin(ring)) >= 3]
    thinned.sort(key=lambda ring: -abs(_area(ring)))
    held = {
        "source": "Natural Earth 4.1, 1:10 million (public domain), by way of world-atlas 2.0.2; "
        "EPSG:3035, steps of half a kilometre, made by tests/docs/outline.py",
        "countries": _countries(json.loads((package / "countries-10m.json").read_text())),
        "rings": [_steps(ring) for ring in thinned],
    }
    FILE.write_text(json.dumps(held, separators=(",", ":")) + "\n")
    print(FILE, FILE.stat().st_size, "bytes,", sum(map(len, thinned)), "corners")


def _rings(topology: dict[str, Any], layer: str) -> Iterator[tuple[str, list[Point]]]:
    """Every ring of a layer as (numeric code of its country, [(longitude, latitude)])."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    for shape in topology["objects"][layer]["geometries"]:
        parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for part in parts:
            for ring in part:
                points = []
                for n in ring:
                    points += (arcs[n] if n >= 0 else arcs[~n][::-1])[bool(points) :]
                yield str(shape.get("id", "")), points


def _near(ring: list[Point]) -> bool:
    return any(-35 < lon < 60 and 25 < lat < 74 for lon, lat in ring)


def _cut(ring: list[Point], box: Box) -> list[Point]:
    """What of a ring lies in a box (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        cut: list[Point] = []
        for one, other in zip(ring, [*ring[1:], *ring[:1]], strict=True):
            inside, next_inside = ((p[axis] - limit) * sign >= 0 for p in (one, other))
            if inside:
                cut.append(one)
            if inside != next_inside:
                share = (limit - one[axis]) / (other[axis] - one[axis])
                cut.append((one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])))
        ring = cut
    return ring


def _area(ring: list[Point]) -> float:
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def _thin(ring: list[Point]) -> list[Point]:
    """A ring without the corners that change its area least."""
    n = len(ring)
    before, after = [(i - 1) % n for i in range(n)], [(i + 1) % n for i in range(n)]
    gone = [False] * n

    def spans(i: int) -> float:
        return abs(_area([ring[before[i]], ring[i], ring[after[i]]]))

    size = [spans(i) for i in range(n)]
    heap = [(size[i], i) for i in range(n)]
    heapq.heapify(heap)
    least = min(CORNER, abs(_area(ring)) / 8)
    left = n
    while heap and left > 3:
        area, i = heapq.heappop(heap)
        if gone[i] or area != size[i]:
            continue
        if area >= least:
            break
        gone[i], left = True, left - 1
        for j in (before[i], after[i]):
            after[before[i]], before[after[i]] = after[i], before[i]
            size[j] = max(area, spans(j))
            heapq.heappush(heap, (size[j], j))
    return [point for i, point in enumerate(ring) if not gone[i]]


def _steps(ring: list[Point]) -> list[int]:
    """A ring as whole units: where it begins, then each step."""
    units = [(round(x / UNIT), round(y / UNIT)) for x, y in ring]
    told = [*units[0]]
    for one, other in pairwise(units):
        if one != other:
            told += [other[0] - one[0], other[1] - one[1]]
    return told


def _countries(topology: dict[str, Any]) -> dict[str, list[int]]:
    """For each country the box of its land on the map and a point in its midst, in kilometres."""
    parts: dict[str, list[list[Point]]] = {}
    for name, ring in _rings(topology, "countries"):
        if name in CODES and _near(ring):
            parts.setdefault(CODES[name], []).append([project(lat, lon) for lon, lat in ring])
    found = {}
    for code, rings in sorted(parts.items()):
        rings = [cut for ring in rings if (cut := _cut(ring, WHOLE))]
        if not rings:
            continue
        largest = max(rings, key=lambda ring: abs(_area(ring)))
        shown = [r for r in rings if abs(_area(r)) >= PART * abs(_area(largest))]
        xs, ys = [x for r in shown for x, _ in r], [y for r in shown for _, y in r]
        box = [min(xs), min(ys), max(xs), max(ys), *_midst(largest)]
        found[code] = [round(value) for value in box]
    return found


def _midst(ring: list[Point]) -> Point:
    pairs = list(zip(ring, [*ring[1:], *ring[:1]], strict=True))
    turns = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    whole = 3 * sum(turns)
    x = sum((a[0] + b[0]) * t for (a, b), t in zip(pairs, turns, strict=True)) / whole
    y = sum((a[1] + b[1]) * t for (a, b), t in zip(pairs, turns, strict=True)) / whole
    return x, y


if __name__ == "__main__":
    main(Path(sys.argv[1]))
