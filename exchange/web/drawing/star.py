"""The federation as a graph: this instance in the middle, the others around it, lines for who follows whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from markupsafe import Markup

from exchange.web import drawing
from exchange.web.drawing.clear import LINE, Box, Point, Room, until
from exchange.web.drawing.shapes import fill
from exchange.web.frame.language import gettext as _
from exchange.web.frame.language import ngettext, number

WIDTH, HEIGHT = 720.0, 520.0
MOST = 40  # instances around; more are told in the list
SMALLEST, LARGEST, OWN = 7.0, 34.0, 16.0
ROOMY, MOST_LETTERS = 22.0, 28  # from here on a circle has its figure inside; of one row of a name


@dataclass(frozen=True)
class Label:
    """The rows of words beside a circle, and where they stand."""

    rows: tuple[str, ...]
    box: Box
    anchor: str


@dataclass(frozen=True)
class Peer:
    """Another instance: its practices that are held here, whether we follow it, it follows us, and it is well."""

    host: str
    practices: int = 0
    followed: bool = False
    follows: bool = False
    well: bool = True


def picture(name: str, own: int, peers: Sequence[Peer]) -> drawing.Picture:
    """The graph: lines run from who is followed to who follows, the way that practices go."""
    shown = sorted(peers, key=lambda one: (-one.practices, one.host))[:MOST]
    made = drawing.Picture(
        "star", WIDTH, HEIGHT, title=_("The instances around this one"), desc=described(peers)
    )
    most = max([own, *(one.practices for one in shown)], default=1)
    middle = (WIDTH / 2, HEIGHT / 2)
    rings = _ring(len(shown))
    core = max(OWN, radius(own, most))
    ties = [
        _ties(one, middle, core, at, radius(one.practices, most))
        for one, at in zip(shown, rings, strict=True)
    ]
    room = Room(WIDTH, HEIGHT)
    room.lines = [(start, end) for two in ties for start, end in two]
    circles = [
        (*middle, core),
        *((*at, radius(one.practices, most)) for one, at in zip(shown, rings, strict=True)),
    ]
    room.boxes = [(x - size, y - size, x + size, y + size) for x, y, size in circles]
    ours, *names = [
        _named(room, *circle, called, practices)
        for circle, (called, practices) in zip(
            circles, [(name, own), *((one.host, one.practices) for one in shown)], strict=True
        )
    ]
    for one, two in zip(shown, ties, strict=True):
        for start, end in two:
            made.add(_arrow(start, end, ours.box, one, inwards=one.followed and (start, end) == two[0]))
    for one, circle, label in zip(shown, circles[1:], names, strict=True):
        made.add(_node(*circle, label, one.practices, "" if one.well else "unwell"))
    made.add(_node(*circles[0], ours, own, "ours"))
    return made


def described(peers: Sequence[Peer]) -> str:
    """The graph in a sentence."""
    return _("%(all)s other instances: %(followed)s are followed from here, %(follow)s follow this one.") % {
        "all": number(len(peers)),
        "followed": number(sum(one.followed for one in peers)),
        "follow": number(sum(one.follows for one in peers)),
    }


def radius(practices: int, most: int) -> float:
    return max(SMALLEST, LARGEST * sqrt(practices / max(most, 1)))


def _ring(count: int) -> list[tuple[float, float]]:
    """Places around the middle; of many every second one stands nearer, so that names have room."""
    made = []
    for n in range(count):
        angle = 2 * pi * n / max(count, 1) - pi / 2 + (pi / 6 if count < 4 else 0)
        near = 0.62 if count > 10 and n % 2 else 1.0
        made.append((WIDTH / 2 + 250 * near * cos(angle), HEIGHT / 2 + 190 * near * sin(angle)))
    return made


def _ties(one: Peer, middle: Point, core: float, at: Point, size: float) -> list[tuple[Point, Point]]:
    aside = 5.0 if one.followed and one.follows else 0.0
    made = []
    if one.followed:
        made.append(_tie(at, size, middle, core, aside))
    if one.follows:
        made.append(_tie(middle, core, at, size, aside))
    return made


def _tie(start: Point, r1: float, end: Point, r2: float, aside: float) -> tuple[Point, Point]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = sqrt(dx * dx + dy * dy) or 1.0
    ux, uy = dx / length, dy / length
    return (
        (start[0] + ux * (r1 + 3) + uy * aside, start[1] + uy * (r1 + 3) - ux * aside),
        (end[0] - ux * (r2 + 5) + uy * aside, end[1] - uy * (r2 + 5) - ux * aside),
    )


def _arrow(start: Point, end: Point, label: Box, one: Peer, *, inwards: bool) -> Markup:
    """An arrow; at the middle it ends, or begins, before the name when that found no clear place."""
    if inwards:
        end = until(start, end, label)
    else:
        start = until(end, start, label)
    return drawing.arrow(*start, *end, 1.6, "flow" if one.well else "flow rough", head=8)


def _named(room: Room, x: float, y: float, size: float, name: str, practices: int) -> Label:
    """The rows of a name and where they stand; a large circle has its figure inside."""
    rows = fill(name, MOST_LETTERS)
    if size <= ROOMY:
        rows.append(
            ngettext("%(shown)s practice", "%(shown)s practices", practices) % {"shown": number(practices)}
        )
    box, anchor = room.place(x, y, size, rows, above=y < HEIGHT / 2 - 1)
    return Label(tuple(rows), box, anchor)


def _node(x: float, y: float, size: float, label: Label, practices: int, cls: str) -> Markup:
    left, top, right, _bottom = label.box
    at = {"start": left, "middle": (left + right) / 2, "end": right}[label.anchor]
    words = label.rows[:-1] if size <= ROOMY else label.rows
    parts = [
        drawing.circle(x, y, size, "circle"),
        drawing.rows(at, top + 12, words, "small-text strong-text name", leading=LINE, anchor=label.anchor),
    ]
    if size <= ROOMY:
        base = top + 12 + LINE * len(words)
        parts.append(
            drawing.text(at, base, label.rows[-1], "small-text quiet-text figure", anchor=label.anchor)
        )
    else:
        parts.append(drawing.text(x, y + 4, number(practices), "strong-text figure", anchor="middle"))
    return drawing.group(*parts, cls=cls)
