"""The map: land in raised paper on a faint sea, circles as large as the practices of a place, arrows for adoptions."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import hypot, sqrt

from markupsafe import Markup

from exchange.catalogue.finding.atlas import Atlas, Place
from exchange.web import drawing
from exchange.web.drawing import land
from exchange.web.drawing.flows import WORDS
from exchange.web.drawing.labels import Labels
from exchange.web.drawing.projection import project
from exchange.web.frame.language import gettext as _
from exchange.web.frame.language import ngettext, number

SMALLEST, ONE, LARGEST = (
    3.5,
    6.0,
    26.0,
)  # radius of the smallest circle, of one practice where there is room, of the largest
GROWN = 1.8  # times, where the picture is small
TOGETHER = 13.0  # places nearer to each other than this share a circle
LONGEST = 26  # characters of a name on the map
ARROWS = 150  # the strongest are drawn
LEGEND = 66.0  # height of the legend
KINDS = {"dg-3": "rural", "dg-2": "town", "dg-1": "city"}
Where = Callable[[list[Place]], str]


@dataclass
class Circle:
    """One or several places that stand together, the largest first."""

    x: float
    y: float
    places: list[Place] = field(default_factory=list)
    radius: float = SMALLEST

    @property
    def practices(self) -> int:
        return sum(place.practices for place in self.places)

    @property
    def kind(self) -> str:
        kinds = {KINDS.get(place.degurba or "", "") for place in self.places if place.practices}
        return kinds.pop() if len(kinds) == 1 else ""


@dataclass(frozen=True)
class Drawn:
    """The picture, and what could not be in it."""

    picture: drawing.Picture
    beyond: list[Place]  # with practices, but not on this piece of the map
    arrows: int
    left_out: int  # adoptions whose arrow would leave the map, or is one of too many


def picture(
    found: Atlas,
    view: land.View,
    *,
    name: Callable[[Place], str],
    where: Where | None = None,
    own: tuple[str, float, float] | None = None,
    small: bool = False,
) -> Drawn:
    """The map of an atlas. `where` gives the address that a circle leads to; `own` is (name, latitude,
    longitude) of the reader's place; `small` leaves
    out words, links and arrows, for an image beside a list.
    """
    circles, standing, beyond = _circles(found, view)
    most = max((c.practices for c in circles), default=1)
    for circle in circles:
        circle.radius = radius(circle.practices, most) * (GROWN if small else 1) if circle.practices else 3.0
    rough = {} if small else _rough(found, view)
    arrows, left_out = ([], 0) if small else _arrows(found, standing, rough)
    made = drawing.Picture(
        "map-small" if small else "map",
        land.WIDTH,
        view.height + (0 if small else LEGEND),
        title=_("Where practices are, and where they went"),
        desc=_described(found, beyond),
    )
    made.add(_ground(view, [(c.x, c.y) for c in circles] + list(rough.values())))
    made.add(*(drawing.circle(*point, 3, "rough-place") for point in set(rough.values())))
    shown = [c for c in circles if c.practices or not small]
    made.add(*(_circle(c, name, None if small else where) for c in shown))
    made.add(*arrows)
    if own and not small:
        made.add(_own(own, view))
    if not small:
        labels = Labels(land.WIDTH, view.height, [(c.x, c.y, c.radius) for c in circles])
        made.add(
            *labels.placed([(c.x, c.y, c.radius, _called(c.places, name)) for c in circles if c.practices])
        )
        made.add(_legend(view.height, most, any(c.practices and not c.kind for c in circles)))
    return Drawn(made, beyond, len(arrows), left_out)


def radius(practices: int, most: int) -> float:
    """Of a circle: its area goes with its practices, as long as a single one can still be seen."""
    return max(SMALLEST, min(ONE, LARGEST / sqrt(max(most, 1))) * sqrt(practices))


def _described(found: Atlas, beyond: list[Place]) -> str:
    tellers = found.tellers
    told = [
        ngettext("%(shown)s practice", "%(shown)s practices", found.practices)
        % {"shown": number(found.practices)}
        + ", "
        + ngettext("%(shown)s place", "%(shown)s places", len(tellers)) % {"shown": number(len(tellers))}
        + ", "
        + ngettext("%(shown)s adoption", "%(shown)s adoptions", found.adoptions)
        % {"shown": number(found.adoptions)}
        + "."
    ]
    if beyond:
        told.append(
            ngettext(
                "%(shown)s place with practices is not on this piece of the map.",
                "%(shown)s places with practices are not on this piece of the map.",
                len(beyond),
            )
            % {"shown": number(len(beyond))}
        )
    return " ".join(told)


def _circles(found: Atlas, view: land.View) -> tuple[list[Circle], dict[str, Circle], list[Place]]:
    """The circles, which place stands in which, and the places with practices that are not on the map."""
    circles: list[Circle] = []
    standing: dict[str, Circle] = {}
    beyond: list[Place] = []
    near: dict[tuple[int, int], list[Circle]] = {}
    for place in sorted(found.places.values(), key=lambda one: (-one.practices, one.uri)):
        point = view.at(project(place.lat, place.lon)) if place.placed else None  # type: ignore[arg-type]
        if point is None:
            beyond += [place] if place.practices else []
            continue
        x, y = point
        column, row = int(x // TOGETHER), int(y // TOGETHER)
        cells = ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        beside = (c for cell in cells for c in near.get(cell, ()) if hypot(c.x - x, c.y - y) < TOGETHER)
        circle = next(beside, None)
        if circle is None:
            circle = Circle(x, y)
            circles.append(circle)
            near.setdefault((column, row), []).append(circle)
        circle.places.append(place)
        standing[place.uri] = circle
    return circles, standing, beyond


def _rough(found: Atlas, view: land.View) -> dict[str, land.Point]:
    """Where the arrow to somebody ends of whom only the country is known: in its midst."""
    ends = {}
    for place in found.places.values():
        midst = land.midst_of(place.country) if not place.placed and place.country else None
        point = view.at(midst) if midst else None
        if point and (place.took or place.gave):
            ends[place.uri] = point
    return ends


def _arrows(
    found: Atlas, standing: dict[str, Circle], rough: dict[str, land.Point]
) -> tuple[list[Markup], int]:
    counted: Counter[tuple[float, float, float, float, float, float, bool]] = Counter()
    left_out = 0
    for flow in found.flows:
        ends = []
        for uri in (flow.origin, flow.taker):
            circle = standing.get(uri)
            ends.append(
                (circle.x, circle.y, circle.radius)
                if circle
                else (*rough[uri], 3.0)
                if uri in rough
                else None
            )
        one, other = ends
        if one is None or other is None:
            left_out += flow.n
        elif one != other:
            counted[(*one, *other, flow.origin in rough or flow.taker in rough)] += flow.n
    drawn = counted.most_common(ARROWS)
    left_out += sum(counted.values()) - sum(n for _ends, n in drawn)
    return [arrow for ends, n in reversed(drawn) if (arrow := _arrow(*ends, n))], left_out


def _arrow(
    x1: float, y1: float, r1: float, x2: float, y2: float, r2: float, rough: bool, n: int
) -> Markup | None:
    length = hypot(x2 - x1, y2 - y1)
    if length < r1 + r2 + 6:
        return None
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    start, end = (x1 + ux * (r1 + 1), y1 + uy * (r1 + 1)), (x2 - ux * (r2 + 2), y2 - uy * (r2 + 2))
    return drawing.arrow(
        *start,
        *end,
        width(n),
        "flow rough" if rough else "flow",
        bend=min(length * 0.09, 34),
        head=7 + n * 0.4,
    )


def width(n: int) -> float:
    """Of an arrow that stands for so many adoptions."""
    return round(min(1.1 + 0.7 * sqrt(n), 7), 2)


def _ground(view: land.View, points: list[land.Point]) -> Markup:
    """Sea and land; a box of far islands only where something is in it."""
    shrunk = f"scale({1 / land.PARTS:g})"
    parts = [
        drawing.rect(0, 0, land.WIDTH, view.height, "sea"),
        drawing.path(land.outline(view), "land", transform=shrunk),
    ]
    for inset, outline in land.inset_outlines() if view.insets else ():
        if not any(inset.holds(point) for point in points):
            continue
        parts += [
            drawing.rect(inset.left, inset.top, inset.width, inset.height, "sea inset"),
            drawing.path(outline, "land", transform=shrunk),
        ]
    return drawing.group(*parts)


def _circle(circle: Circle, name: Callable[[Place], str], where: Where | None) -> Markup:
    shape = drawing.circle(circle.x, circle.y, circle.radius, "circle" if circle.practices else "taker")
    shape = drawing.group(shape, cls=circle.kind) if circle.kind else shape
    if not circle.practices or where is None:
        return shape
    tellers = [place for place in circle.places if place.practices]
    return drawing.link(where(tellers), shape, label=said(tellers, name))


def _called(places: list[Place], name: Callable[[Place], str]) -> str:
    """A circle on the map: its first place, and how many more there are in it."""
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    return short(name(places[0])) + more


def short(name: str) -> str:
    """A name as it stands on the map: without what is in brackets behind it, and not endless."""
    name = name.partition(" (")[0] or name
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


def said(places: list[Place], name: Callable[[Place], str]) -> str:
    """A circle in words: the places, the first three by name, and their practices."""
    named = ", ".join(name(place) for place in places[:3])
    if len(places) > 3:
        named += " " + _("and %(n)s more") % {"n": number(len(places) - 3)}
    practices = sum(place.practices for place in places)
    return f"{named}: " + ngettext("%(shown)s practice", "%(shown)s practices", practices) % {
        "shown": number(practices)
    }


def _own(own: tuple[str, float, float], view: land.View) -> Markup:
    """The reader's place: a sign on its post."""
    name, latitude, longitude = own
    point = view.at(project(latitude, longitude))
    if point is None:
        return Markup("")
    x, y = point
    name = short(name)
    half = max(26.0, 4.2 * len(name) + 6)
    left = min(max(2.0, x - half), land.WIDTH - 2 * half - 2)
    return drawing.group(
        drawing.line(x, y, x, y - 34, "post"),
        drawing.circle(x, y, 3.5, "foot"),
        drawing.rect(left, y - 52, 2 * half, 22, "plate", rx=3),
        drawing.text(left + half, y - 36, name, "small-text strong-text", anchor="middle"),
        cls="own-place",
    )


def _legend(top: float, most: int, mixed: bool) -> Markup:
    row = top + 24
    parts: list[Markup] = []
    x = 10.0
    for kind in ("rural", "town", "city"):
        words = _(WORDS[kind])
        parts += [
            drawing.group(
                drawing.circle(x + 7, row - 4, 6, "circle"),
                drawing.place(kind, x + 18, row - 15, 18),
                cls=kind,
            ),
            drawing.text(x + 42, row, words, "small-text"),
        ]
        x += 60 + 6.6 * len(words)
    if mixed:
        words = _("several kinds, or not known")
        parts += [drawing.circle(x + 7, row - 4, 6, "circle"), drawing.text(x + 20, row, words, "small-text")]
    row, x = top + 52, 10.0
    for n in sorted({1, most}):
        r = radius(n, most)
        words = ngettext("%(shown)s practice", "%(shown)s practices", n) % {"shown": number(n)}
        parts += [
            drawing.circle(x + r, row - 4, r, "circle"),
            drawing.text(x + 2 * r + 7, row, words, "small-text"),
        ]
        x += 2 * r + 24 + 6.6 * len(words)
    for cls, words in (
        ("flow", _("an adoption, and its direction")),
        ("flow rough", _("only the country is known")),
    ):
        parts += [
            drawing.arrow(x, row - 4, x + 34, row - 4, width(1), cls, head=7),
            drawing.text(x + 41, row, words, "small-text"),
        ]
        x += 60 + 6.6 * len(words)
    return drawing.group(*parts)
