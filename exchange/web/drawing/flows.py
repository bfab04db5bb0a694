"""Three circles, rural, town and city, and between them arrows as wide as what goes, against chance."""

from math import hypot

from markupsafe import Markup

from exchange.catalogue.measures.bridging import KINDS, Exchange, Flow
from exchange.messages import N_
from exchange.web import drawing
from exchange.web.frame.language import gettext as _
from exchange.web.frame.language import number

WORDS = {"rural": N_("Countryside"), "town": N_("Towns"), "city": N_("Cities")}
CENTRES = {"rural": (130.0, 300.0), "town": (510.0, 300.0), "city": (320.0, 90.0)}
RADIUS, APART, BEND = 58.0, 13.0, 16.0
BY_CHANCE, NARROWEST, WIDEST = 5.0, 1.5, 18.0  # the width of an arrow that carries what chance gives it
CLEAR = 0.15  # a ratio nearer to 1 than this is no different from chance


def picture(exchange: Exchange, key: str = "bridging") -> drawing.Picture:
    """The picture of one kind of exchange; where nothing goes there is no arrow, and the table says so."""
    made = drawing.Picture(
        key,
        640,
        400,
        title=_("What goes between countryside, towns and cities"),
        desc=" ".join(described(exchange)),
    )
    for flow in exchange.flows:
        if flow.origin != flow.taker and flow.n:
            made.add(_arrow(flow))
    for kind in KINDS:
        made.add(_place(kind, exchange))
    return made


def described(exchange: Exchange) -> list[str]:
    """Each direction in a sentence."""
    return [
        _("From %(origin)s to %(taker)s: %(n)s, %(ratio)s times what chance would give.")
        % {
            "origin": _(WORDS[f.origin]),
            "taker": _(WORDS[f.taker]),
            "n": f.n,
            "ratio": number(round(f.ratio, 1)),
        }
        for f in exchange.flows
        if f.ratio is not None
    ]


def tone(flow: Flow) -> str:
    """more, less or even: against chance."""
    ratio = flow.ratio if flow.ratio is not None else 1
    return "more" if ratio > 1 + CLEAR else "less" if ratio < 1 - CLEAR else "even"


def _place(kind: str, exchange: Exchange) -> Markup:
    x, y = CENTRES[kind]
    inside = exchange.flow(kind, kind).n if exchange.flows else 0
    return drawing.group(
        drawing.circle(x, y, RADIUS, "disc"),
        drawing.place(kind, x - 14, y - 44, 28),
        drawing.text(x, y + 8, _(WORDS[kind]), "strong-text", anchor="middle"),
        drawing.text(
            x, y + 30, _("%(n)s within") % {"n": inside}, "quiet-text small-text figure", anchor="middle"
        ),
        cls=kind,
    )


def _arrow(flow: Flow) -> Markup:
    (x1, y1), (x2, y2) = CENTRES[flow.origin], CENTRES[flow.taker]
    length = hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    nx, ny = uy, -ux  # to the left of the way, so that both directions have a lane of their own
    lane = APART + BY_CHANCE
    start = (x1 + ux * (RADIUS + 6) + nx * lane, y1 + uy * (RADIUS + 6) + ny * lane)
    end = (x2 - ux * (RADIUS + 8) + nx * lane, y2 - uy * (RADIUS + 8) + ny * lane)
    ratio = flow.ratio or 0.0
    width = min(WIDEST, max(NARROWEST, BY_CHANCE * ratio))
    mx = (start[0] + end[0]) / 2 + nx * (BEND + width / 2 + 12)
    my = (start[1] + end[1]) / 2 + ny * (BEND + width / 2 + 12)
    anchor = "middle" if abs(nx) < 0.3 else "start" if nx > 0 else "end"
    words = f"{number(round(ratio, 1))} × ({flow.n})"
    return drawing.group(
        drawing.arrow(*start, *end, width, tone(flow), bend=BEND / 2),
        drawing.text(mx, my + 5, words, "small-text figure", anchor=anchor),
    )
