"""Growth as small multiples: one line of steps for each kind of thing, each to a scale of its own, the last figure told."""

from markupsafe import Markup

from exchange.catalogue.measures.growth import KINDS, Period
from exchange.messages import N_
from exchange.web import drawing
from exchange.web.frame.language import gettext as _
from exchange.web.frame.language import number
from exchange.web.frame.language import year as written

WORDS = {
    "practices": N_("Practices"),
    "adoptions": N_("Adoptions"),
    "reviews": N_("Reviews"),
    "communities": N_("Communities"),
    "instances": N_("Instances"),
}
WIDTH, ROW, HIGH = 640.0, 92.0, 46.0  # of the picture, from line to line, of a line
LEFT, RIGHT, TOP = 132.0, 72.0, 14.0


def picture(found: list[Period]) -> drawing.Picture:
    """The lines, one below the other, over the same time."""
    made = drawing.Picture(
        "growth",
        WIDTH,
        TOP + ROW * len(KINDS) + 22,
        title=_("How the exchange has grown"),
        desc=" ".join(described(found)),
    )
    for n, kind in enumerate(KINDS):
        made.add(*_line(kind, [period.totals[kind] for period in found], TOP + ROW * n))
    base = TOP + ROW * len(KINDS) + 4
    if found:
        if len(found) > 1:
            made.add(drawing.text(LEFT, base, written(found[0].name), "small-text quiet-text"))
        made.add(
            drawing.text(WIDTH - RIGHT, base, written(found[-1].name), "small-text quiet-text", anchor="end"),
        )
    return made


def described(found: list[Period]) -> list[str]:
    """Each line in a sentence."""
    if not found:
        return []
    first, last = found[0], found[-1]
    return [
        _("%(what)s: %(first)s at the end of %(then)s, %(last)s at the end of %(now)s.")
        % {
            "what": _(WORDS[kind]),
            "first": number(first.totals[kind]),
            "then": written(first.name),
            "last": number(last.totals[kind]),
            "now": written(last.name),
        }
        for kind in KINDS
    ]


def _line(kind: str, totals: list[int], top: float) -> list[Markup]:
    floor, most = top + HIGH + 10, max(totals, default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(len(totals), 1)
    told = [f"M{LEFT:g} {floor:g}"]
    for n, total in enumerate(totals):
        told.append(f"V{floor - HIGH * total / most:.1f}H{LEFT + step * (n + 1):.1f}")
    line = "".join(told)
    return [
        drawing.text(LEFT - 12, floor - 4, _(WORDS[kind]), "small-text strong-text", anchor="end"),
        drawing.path(f"{line}V{floor:g}z", "under"),
        drawing.path(line, "rise"),
        drawing.line(LEFT, floor, WIDTH - RIGHT, floor, "edge"),
        drawing.text(WIDTH - RIGHT + 8, floor - HIGH * (totals[-1] if totals else 0) / most + 5,
                     number(totals[-1]) if totals else "0", "strong-text figure"),
    ]  # fmt: skip
