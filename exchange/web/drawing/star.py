"""The federation as a graph: this instance in the middle, the others around it, lines for who follows whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from markupsafe import Markup

from exchange.web import drawing
from exchange.web.language import gettext as _
from exchange.web.language import ngettext, number

WIDTH, HEIGHT = 720.0, 520.0
MOST = 40  # instances around; more are told in the list
SMALLEST, LARGEST, OWN = 7.0, 34.0, 16.0


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
    for one, (x, y) in zip(shown, rings, strict=True):
        made.add(*_ties(one, middle, max(OWN, radius(own, most)), (x, y), radius(one.practices, most)))
    for one, (x, y) in zip(shown, rings, strict=True):
        made.add(
            _node(x, y, radius(one.practices, most), one.host, one.practices, "" if one.well else "unwell")
        )
    made.add(_node(*middle, max(OWN, radius(own, most)), name, own, "ours"))
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


def _ties(
    one: Peer, middle: tuple[float, float], own: float, at: tuple[float, float], size: float
) -> list[Markup]:
    made = []
    if one.followed:
        made.append(_tie(at, size, middle, own, one))
    if one.follows:
        made.append(_tie(middle, own, at, size, one))
    return made


def _tie(start: tuple[float, float], r1: float, end: tuple[float, float], r2: float, one: Peer) -> Markup:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = sqrt(dx * dx + dy * dy) or 1.0
    ux, uy = dx / length, dy / length
    aside = 5.0 if one.followed and one.follows else 0.0
    x1, y1 = start[0] + ux * (r1 + 3) + uy * aside, start[1] + uy * (r1 + 3) - ux * aside
    x2, y2 = end[0] - ux * (r2 + 5) + uy * aside, end[1] - uy * (r2 + 5) - ux * aside
    return drawing.arrow(x1, y1, x2, y2, 1.6, "flow" if one.well else "flow rough", head=8)


def _node(x: float, y: float, size: float, name: str, practices: int, cls: str) -> Markup:
    below = y + size + 16
    return drawing.group(
        drawing.circle(x, y, size, "circle"),
        drawing.wrapped(x, below, name, "small-text strong-text name", most=28, leading=15, anchor="middle"),
        drawing.text(
            x,
            y + 4 if size > 22 else below + 15 * (1 + len(name) // 29),
            ngettext("%(shown)s practice", "%(shown)s practices", practices) % {"shown": number(practices)}
            if size <= 22
            else number(practices),
            "small-text quiet-text figure" if size <= 22 else "strong-text figure",
            anchor="middle",
        ),
        cls=cls,
    )
