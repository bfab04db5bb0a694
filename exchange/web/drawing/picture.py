"""A whole picture: its frame, its title and description, and the colours it takes along as a file."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from exchange.web.drawing.shapes import element

STYLE = Path(__file__).parents[2] / "static" / "style.css"
BEGIN, END = "/* Pictures */", "/* end of Pictures */"


class Picture:
    """A picture that is being drawn: `add` shapes, later ones lie over earlier ones.

    `key` makes its ids, so it is its own on a page; `fluid` lets it grow with the column it stands in.
    """

    def __init__(self, key: str, width: float, height: float, *, title: str, desc: str) -> None:
        self.key, self.width, self.height = key, width, height
        self.title, self.desc = title, desc
        self.parts: list[Markup] = []

    def add(self, *parts: Markup) -> None:
        self.parts.extend(parts)

    def page(self) -> Markup:
        """The picture as it stands in a page."""
        return self._svg({"role": "img" if not self._leads() else "group"})

    def __html__(self) -> Markup:
        return self.page()

    def _leads(self) -> bool:
        return any("<a " in part for part in self.parts)

    def _svg(self, more: dict[str, Any], *inside: Markup) -> Markup:
        title, desc = f"{self.key}-title", f"{self.key}-desc"
        return element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "cls": f"picture {self.key}",
                "viewBox": f"0 0 {self.width:g} {self.height:g}",
                "width": float(self.width),
                "height": float(self.height),
                "aria_labelledby": f"{title} {desc}",
                **more,
            },
            element("title", {"id": title}, self.title),
            element("desc", {"id": desc}, self.desc),
            *inside,
            *self.parts,
        )


def file(picture: Picture, tokens: str = "") -> str:
    """The picture as a file of its own, with its colours, light and dark, and a ground to stand on.

    `tokens` are those of the style sheet that a house has replaced.
    """
    ground = element("rect", {"cls": "ground", "width": "100%", "height": "100%"})
    style = element("style", {}, _colours() + tokens)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{picture._svg({"role": "img"}, style, ground)}\n'


@cache
def _colours() -> str:
    """The tokens of the style sheet, and its part about pictures."""
    css = STYLE.read_text(encoding="utf-8")
    tokens = re.search(r"(:root \{.*?\n\}\n@media \(prefers-color-scheme: dark\) \{.*?\n\})", css, re.DOTALL)
    pictures = css[css.index(BEGIN) + len(BEGIN) : css.index(END)]
    font = ".picture { font-family: 'Atkinson Hyperlegible Next', system-ui, sans-serif; }"
    return f"{tokens[1] if tokens else ''}\n{pictures}\n{font}\n"
