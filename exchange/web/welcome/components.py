"""The living page of components: each part of the house that pages are put together from, in its states.

Whoever writes a page takes from here; whoever dresses a house sees here what its colour does. The examples are
made up and belong to nobody; the words are those of the pages, in the reader's language.
"""

import re
from dataclasses import dataclass

from flask import render_template

from exchange.catalogue.judging.judgement import Distribution
from exchange.contrast import GROUNDS, contrast, house
from exchange.messages import Message, Problem
from exchange.vocabulary.completeness import REQUIRED
from exchange.web import drawing
from exchange.web.drawing.picture import STYLE
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import gettext as _
from exchange.web.frame.pictures import strips
from exchange.web.frame.reach import settings

STAGES = ("ad-watching", "ad-decided", "ad-piloting", "ad-evaluated", "ad-stopped")
PROBLEMS = [Problem("title", Message(REQUIRED["title"]))]
LESSON = "The lease took a year. Begin with it."
TOLD = {"fr": "La toiture est louée pour vingt ans.", "en": "The roof is rented for twenty years."}
SHOWN = ("ink", "quiet", "strong-line", "verdigris", "ochre", "brick", "rural", "town", "city")


@dataclass(frozen=True)
class Swatch:
    """A colour of the house, and its least contrast with the two grounds of each scheme."""

    name: str
    light: str
    dark: str

    @property
    def contrasts(self) -> tuple[float, float]:
        pairs = ((self.light, GROUNDS["light"]), (self.dark, GROUNDS["dark"]))
        light, dark = (round(min(contrast(own, ground) for ground in grounds), 1) for own, grounds in pairs)
        return light, dark


@public.get("/components")
def components() -> str:
    """Every component in its states."""
    return render_template(
        "components.html",
        swatches=_swatches(),
        stages=STAGES,
        problems=PROBLEMS,
        strips=strips([_sample()]),
        picture=_picture(),
        sign={
            "id": f"{settings().origin}/communities/hillfoot",
            "key": "hillfoot",
            "name": {"en": "Hillfoot"},
            "country": "IE",
            "degurba": "dg-3",
        },
        lesson=LESSON,
        told=TOLD,
    )


def _swatches() -> list[Swatch]:
    tones = house(settings().colour) if settings().colour else None
    own = {"verdigris": (tones["light"].verdigris, tones["dark"].verdigris)} if tones else {}
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part))
        for part in STYLE.read_text(encoding="utf-8").split(":root {")[1:3]
    )
    return [Swatch(name, *own.get(name, (light[name], dark[name]))) for name in SHOWN]


def _sample() -> Distribution:
    """Thirteen ratings, of which eight are from places of the owner's size."""
    same, other = [0, 1, 1, 4, 2], [1, 0, 2, 1, 1]
    return Distribution(
        "rc-effectiveness",
        counts=[a + b for a, b in zip(same, other, strict=True)],
        same_class=same,
        other_class=other,
        same_weight=[float(n) for n in same],
        other_weight=[float(n) for n in other],
    )


def _picture() -> drawing.Picture:
    made = drawing.Picture(
        "sample", 420, 120, title=_("Example"), desc=_("Two places, and an arrow between them.")
    )
    made.add(
        drawing.group(drawing.circle(70, 60, 34, "disc"), drawing.place("rural", 56, 46, 28), cls="rural"),
        drawing.arrow(112, 60, 300, 60, 6, "more", bend=10),
        drawing.group(drawing.circle(346, 60, 34, "disc"), drawing.place("city", 332, 46, 28), cls="city"),
    )
    return made
