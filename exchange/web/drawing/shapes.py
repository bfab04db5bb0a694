"""The shapes of pictures, each as safe markup; positions are in the picture's own units, from the top left."""

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Any

from markupsafe import Markup, escape

# The glyphs of the three kinds of place, 20 units square, as on the town signs.
PLACES = {
    "rural": "M2.5 17V10l4-3.5 4 3.5v7zM5.5 17v-4h2v4M14.5 17v-4.5M14.5 12.5a3 3.5 0 1 1 .01 0M1 17.25h18",
    "town": "M1.5 17v-6l3-2.5 3 2.5v6zM12.5 17v-5l3-2.5 3 2.5v5zM8 17V7.5L10 3l2 4.5V17M10 1v3M9 2h2M1 17.25h18",
    "city": "M2 17V8h4.5v9M6.5 17V3h5v14M11.5 17V6.5l5.5 2V17M4 10.5h.5M4 13.5h.5M8.5 6h1M8.5 9h1M8.5 12h1M14 11h.5"
    "M14 14h.5M1 17.25h18",
}


def element(name: str, attributes: Mapping[str, Any], *inside: Any) -> Markup:
    """One element; `cls` is its class, `stroke_width` becomes stroke-width, None is left out."""
    told = []
    for key, value in attributes.items():
        if value is None or value == "":
            continue
        value = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
        told.append(f' {"class" if key == "cls" else key.replace("_", "-")}="{escape(value)}"')
    content = "".join(escape(part) for part in inside)
    made = f"<{name}{''.join(told)}>{content}</{name}>" if inside else f"<{name}{''.join(told)}/>"
    return Markup(made)  # noqa: S704 - every value and every part was escaped above, or is markup already


def rect(x: float, y: float, width: float, height: float, cls: str = "", **more: Any) -> Markup:
    return element("rect", {"x": x, "y": y, "width": width, "height": height, "cls": cls, **more})


def circle(x: float, y: float, radius: float, cls: str = "", **more: Any) -> Markup:
    return element("circle", {"cx": x, "cy": y, "r": radius, "cls": cls, **more})


def line(x1: float, y1: float, x2: float, y2: float, cls: str = "", **more: Any) -> Markup:
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "cls": cls, **more})


def path(d: str, cls: str = "", **more: Any) -> Markup:
    return element("path", {"d": d, "cls": cls, **more})


def text(x: float, y: float, words: Any, cls: str = "", *, anchor: str = "start", **more: Any) -> Markup:
    """Words that begin, are centred (`middle`) or end at x, standing on y."""
    return element("text", {"x": x, "y": y, "cls": cls, "text_anchor": anchor, **more}, str(words))


def wrapped(
    x: float, y: float, words: str, cls: str = "", *, most: int, leading: float = 18, anchor: str = "start"
) -> Markup:
    """Words on as many lines as they need, each of about `most` characters."""
    return rows(x, y, fill(words, most), cls, leading=leading, anchor=anchor)


def fill(words: str, most: int) -> list[str]:
    """Words in lines of about `most` characters."""
    made: list[str] = []
    for word in words.split():
        if made and len(made[-1]) + 1 + len(word) <= most:
            made[-1] += f" {word}"
        else:
            made.append(word)
    return made


def rows(
    x: float, y: float, lines: Sequence[str], cls: str = "", *, leading: float, anchor: str = "start"
) -> Markup:
    """Lines of words below each other; the first stands on y."""
    spans = [element("tspan", {"x": x, "dy": leading if n else 0}, row) for n, row in enumerate(lines)]
    return element("text", {"x": x, "y": y, "cls": cls, "text_anchor": anchor}, *spans)


def group(*parts: Any, cls: str = "", **more: Any) -> Markup:
    return element("g", {"cls": cls, **more}, *parts)


def link(href: str, *parts: Any, label: str = "") -> Markup:
    """Shapes that lead somewhere; `label` says where to whoever does not see them."""
    return element("a", {"href": href, "aria_label": label}, *parts)


def place(kind: str, x: float, y: float, size: float = 20) -> Markup:
    """The glyph of a kind of place, its top left corner at (x, y)."""
    return path(PLACES[kind], f"glyph-line {kind}", transform=f"translate({x:g} {y:g}) scale({size / 20:g})")


def arrow(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    width: float,
    cls: str = "",
    *,
    bend: float = 0,
    head: float = 0,
) -> Markup:
    """An arrow of that width whose tip is at (x2, y2); `bend` is how far its middle swings to its left."""
    length = hypot(x2 - x1, y2 - y1) or 1.0
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    mx, my = (x1 + x2) / 2 + uy * 2 * bend, (y1 + y2) / 2 - ux * 2 * bend
    dx, dy = x2 - mx, y2 - my
    last = hypot(dx, dy) or 1.0
    dx, dy = dx / last, dy / last
    head = head or max(7.0, width * 1.6)
    bx, by = x2 - dx * head, y2 - dy * head
    side = head * 0.6
    shaft = path(
        f"M{x1:.1f} {y1:.1f}Q{mx:.1f} {my:.1f} {bx:.1f} {by:.1f}", "shaft", stroke_width=float(width)
    )
    tip = path(
        f"M{x2:.1f} {y2:.1f}L{bx - dy * side:.1f} {by + dx * side:.1f}L{bx + dy * side:.1f} {by - dx * side:.1f}z",
        "tip",
    )
    return group(shaft, tip, cls=f"arrow {cls}".strip())
