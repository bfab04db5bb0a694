"""Colours that can be read: contrast as WCAG 2.2 counts it, and what the colour of a house needs beside it.

An operator may put one colour in the place of verdigris. What stands on it, its wash and its dark twin follow
from it; whether it can be read wherever it stands is counted here, and said in words when it cannot.
"""

import colorsys
import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from exchange.messages import N_, Message, Unfit

TEXT, TONES = 4.5, 1.8  # WCAG 2.2, 1.4.3; two tones beside each other in a picture
INK, WHITE, NIGHT = "#14211f", "#ffffff", "#0d1a16"
GROUNDS = {"light": ("#fbfaf6", "#ffffff"), "dark": ("#12181a", "#1a2225")}  # paper and raised
OTHER_TONE = {"light": "#7f8a85", "dark": "#7f8f89"}  # the strong line, the second tone of a rating
WASH = 0.1  # of the colour in its wash


@dataclass(frozen=True)
class Tones:
    """A colour on one of the two grounds, as the style sheet names its parts."""

    verdigris: str
    on_verdigris: str
    verdigris_wash: str


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.2)."""
    parts = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _parts(colour))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def house(colour: str) -> dict[str, Tones]:
    """The tones of a house's colour, light and dark. Unfit says in words why it cannot be read."""
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise Unfit(N_("A colour is written like #0b5d46: a number sign and six digits from 0 to f."))
    if wrong := _wrong(colour, "light"):
        if darker := _moved(colour, "light"):
            better = Message(N_("The same colour, dark enough, is %(colour)s."), {"colour": darker})
            wrong = Message("%(wrong)s %(better)s", {"wrong": wrong, "better": better})
        raise Unfit(wrong)
    dark = _moved(colour, "dark")
    if dark is None:
        raise Unfit(N_("This colour has no lighter twin that can be read on a dark page."))
    return {"light": _tones(colour, "light", WHITE), "dark": _tones(dark, "dark", NIGHT)}


def _wrong(colour: str, scheme: str) -> Message | None:
    for ground in GROUNDS[scheme]:
        if (found := contrast(colour, ground)) < TEXT:
            told = N_(
                "This colour cannot be read: its contrast with the page (%(ground)s) is %(found)s, and text needs %(needed)s."
            )
            return Message(told, {"ground": ground, "found": round(found, 1), "needed": TEXT})
    if (found := contrast(colour, OTHER_TONE[scheme])) < TONES:
        told = N_(
            "In pictures this colour is too near to the grey beside it: their contrast is %(found)s where %(needed)s is needed."
        )
        return Message(told, {"found": round(found, 1), "needed": TONES})
    return None


def _moved(colour: str, scheme: str) -> str | None:
    """The colour of the same hue that is just dark, or on a dark ground light, enough."""
    hue, light, strong = colorsys.rgb_to_hls(*_parts(colour))
    steps = range(100)
    for step in steps:
        share = step / 100
        value = light * (1 - share) if scheme == "light" else max(light, 0.4) + (1 - max(light, 0.4)) * share
        made = _written(colorsys.hls_to_rgb(hue, value, strong if scheme == "light" else strong * 0.85))
        if not _wrong(made, scheme) and contrast(made, WHITE if scheme == "light" else NIGHT) >= TEXT:
            return made
    return None


def _tones(colour: str, scheme: str, on: str) -> Tones:
    raised = GROUNDS[scheme][1]
    pairs = zip(_parts(colour), _parts(raised), strict=True)
    share = WASH if scheme == "light" else WASH * 1.5
    return Tones(colour, on, _written([share * one + (1 - share) * ground for one, ground in pairs]))


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _written(parts: tuple[float, ...] | list[float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _checked(value: str) -> str:
    value = value.strip().lower()
    if value:
        house(value)
    return value


Colour = Annotated[str, AfterValidator(_checked)]
