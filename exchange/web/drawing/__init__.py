"""Pictures that the server draws: SVG out of a few shapes, coloured by the style sheet, readable without being seen.

A picture has a title and a description for whoever listens to it, no colours of its own (each shape has a
class, light and dark come from the style sheet), and no words that are not text. `page` gives it for a
page, `file` as a file of its own that carries its colours along. What it shows stands in a table beside it.
"""

from exchange.web.drawing.picture import Picture, file
from exchange.web.drawing.shapes import (
    arrow,
    circle,
    group,
    line,
    link,
    path,
    place,
    rect,
    rows,
    text,
    wrapped,
)

__all__ = [
    "Picture",
    "arrow",
    "circle",
    "file",
    "group",
    "line",
    "link",
    "path",
    "place",
    "rect",
    "rows",
    "text",
    "wrapped",
]
