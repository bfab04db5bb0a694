"""All ratings of a practice in one picture: a strip of five bars for each criterion, its name before it, n behind it."""

from collections.abc import Sequence

from exchange.web import drawing
from exchange.web.frame.language import gettext as _
from exchange.web.frame.language import label, ngettext
from exchange.web.frame.pictures import WIDTH, Strip

LEFT, ROW, TOP, ACROSS = 300.0, 62.0, 44.0, 520.0


def picture(strips: Sequence[Strip], title: str) -> drawing.Picture:
    """The strips, one below the other, to one scale."""
    made = drawing.Picture(
        "ratings-picture",
        ACROSS,
        TOP + ROW * len(strips) + 6,
        title=_("How others judge it") + f": {title}",
        desc=" ".join(described(strips)),
    )
    made.add(
        drawing.rect(12, 12, 12, 12, "same"),
        drawing.text(30, 23, _("places of the same size as the owner"), "small-text"),
        drawing.rect(LEFT, 12, 12, 12, "other"),
        drawing.text(LEFT + 18, 23, _("other places"), "small-text"),
    )
    for n, strip in enumerate(strips):
        y = TOP + ROW * n
        floor = y + strip.floor
        made.add(
            drawing.wrapped(
                12, y + 22, label(strip.distribution.criterion), "small-text", most=42, leading=16
            )
        )
        for bar in strip.bars:
            x = LEFT + bar.x
            made.add(
                drawing.rect(x, y + bar.same_y, WIDTH, bar.same_height, "same"),
                drawing.rect(x, y + bar.other_y, WIDTH, bar.other_height, "other"),
                drawing.text(x + WIDTH / 2, floor + 13, bar.step, "tiny-text", anchor="middle"),
            )
        made.add(drawing.line(LEFT, floor, LEFT + strip.width, floor, "edge"))
        made.add(
            drawing.text(LEFT + strip.width + 20, floor, f"n = {strip.distribution.n}", "small-text figure")
        )
    return made


def described(strips: Sequence[Strip]) -> list[str]:
    """Each criterion in a sentence: how often 1 to 5 was given."""
    return [
        f"{label(strip.distribution.criterion)}: "
        + ngettext("%(num)s rating", "%(num)s ratings", strip.distribution.n) % {"num": strip.distribution.n}
        + f" (1–5: {', '.join(map(str, strip.distribution.counts))})."
        for strip in strips
    ]
