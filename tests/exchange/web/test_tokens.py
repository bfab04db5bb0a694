"""The colours keep their contrast, in light and in dark; what a machine cannot see in a page is checked here."""

import re
from pathlib import Path

import pytest

import exchange

SHEET = (Path(exchange.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
TEXT, CONTROL = 4.5, 3.0  # WCAG 2.2: 1.4.3 and 1.4.11


def tokens(dark: bool) -> dict[str, str]:
    light, night = re.findall(r":root \{(.*?)\n\s*\}", SHEET, flags=re.S)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", night)) if dark else found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize(
    ("ink", "least"),
    [
        ("ink", 7),
        ("quiet", TEXT),
        ("verdigris", TEXT),
        ("ochre", TEXT),
        ("brick", TEXT),
        ("strong-line", CONTROL),
        ("rural", CONTROL),
        ("town", CONTROL),
        ("city", CONTROL),
    ],
)
def test_a_colour_stands_out_from_its_ground(dark: bool, ground: str, ink: str, least: float) -> None:
    found = tokens(dark)
    assert contrast(found[ink], found[ground]) >= least


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [("on-verdigris", "verdigris"), ("ink", "verdigris-wash"), ("ink", "ochre-wash"), ("ink", "brick-wash")],
)
def test_text_on_a_wash_can_be_read(dark: bool, ink: str, ground: str) -> None:
    found = tokens(dark)
    assert contrast(found[ink], found[ground]) >= TEXT


def test_the_two_tones_of_a_rating_can_be_told_apart() -> None:
    for dark in (False, True):
        found = tokens(dark)
        assert contrast(found["verdigris"], found["strong-line"]) >= 1.8
