"""The gap map as quiet squares: theme by kind of place, empty ones outlined as invitations."""

from flask import url_for
from markupsafe import Markup

from exchange.catalogue.measures.gaps import DEGURBA, KINDS, Cell, GapMap
from exchange.web import drawing
from exchange.web.drawing.flows import WORDS
from exchange.web.frame.language import gettext as _
from exchange.web.frame.language import label, ngettext

LEFT, TOP, CELL, ROW, GAP = 286.0, 56.0, 112.0, 34.0, 4.0
# Practices up to which a square has a tone; from the last on it is dark.
TONES = ((1, "few"), (3, "some"), (6, "more"))


def picture(found: GapMap, cluster: str | None = None) -> drawing.Picture:
    """The map; each square leads to what is there, an empty one to telling a practice.

    `cluster` is the short name of the one whose members are shown.
    """
    height = TOP + ROW * len(found.themes) + 8
    made = drawing.Picture(
        "gaps",
        LEFT + CELL * len(KINDS),
        height,
        title=_("What there is and what is missing, by theme and kind of place"),
        desc=_("%(empty)s of %(all)s squares are empty.") % {"empty": found.empty, "all": len(found.cells)},
    )
    for n, kind in enumerate(KINDS):
        x = LEFT + CELL * n
        glyph = drawing.place(kind, x + 4, 10, 22)
        made.add(
            drawing.group(glyph, cls=kind), drawing.text(x + 32, 27, _(WORDS[kind]), "small-text strong-text")
        )
    for n, theme in enumerate(found.themes):
        y = TOP + ROW * n
        made.add(drawing.text(LEFT - 12, y + 20, label(theme), "small-text", anchor="end"))
        made.add(
            *(
                _square(cell, where(cell, cluster), LEFT + CELL * i, y)
                for i, cell in enumerate(found.row(theme))
            )
        )
    return made


def _square(cell: Cell, address: str, x: float, y: float) -> Markup:
    tone = "none" if cell.empty else next((name for most, name in TONES if cell.practices <= most), "many")
    shapes = [drawing.rect(x, y, CELL - GAP, ROW - GAP, f"square {tone}{' sought' if cell.seekers else ''}")]
    words = str(cell.practices) if cell.practices else ""
    if cell.seekers:
        words += (" · " if words else "") + _("%(n)s looking") % {"n": cell.seekers}
    if words:
        ink = "many-text" if tone == "many" else ""
        shapes.append(
            drawing.text(
                x + (CELL - GAP) / 2, y + 20, words, f"small-text figure {ink}".strip(), anchor="middle"
            )
        )
    return drawing.link(address, *shapes, label=said(cell))


def where(cell: Cell, cluster: str | None = None) -> str:
    """Where a square leads; within a cluster to what its members have."""
    if cell.empty:
        return url_for("officer.new")
    return url_for("public.practices", theme=cell.theme, degurba=DEGURBA[cell.kind], cluster=cluster)


def said(cell: Cell) -> str:
    """A square in words."""
    what = (
        _("nobody yet: are you?")
        if cell.empty
        else ngettext("%(num)s practice", "%(num)s practices", cell.practices) % {"num": cell.practices}
    )
    wanted = f"; {_('%(n)s looking') % {'n': cell.seekers}}" if cell.seekers else ""
    return f"{label(cell.theme)}, {_(WORDS[cell.kind])}: {what}{wanted}"
