"""Pictures as figures for the templates: where each bar of a distribution stands and how high it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.catalogue.judging.judgement import Distribution

WIDTH, GAP, HEIGHT, FOOT = 15, 3, 34, 12  # of a bar, between bars, of the tallest bar, of the scale below


@dataclass(frozen=True)
class Bar:
    """One step from 1 to 5: the lower part was given by places of the owner's class, the upper by others."""

    step: int
    x: float
    same_y: float
    same_height: float
    other_y: float
    other_height: float


@dataclass(frozen=True)
class Strip:
    """One criterion's distribution as five bars."""

    distribution: Distribution
    bars: Sequence[Bar]
    width: int = 5 * (WIDTH + GAP)
    height: int = HEIGHT + FOOT
    floor: int = HEIGHT


def strips(found: Sequence[Distribution]) -> list[Strip]:
    """All criteria that somebody rated, drawn to one scale so that they can be compared."""
    rated = [one for one in found if one.n or one.not_applicable]
    tallest = max((max(one.weighed) for one in rated), default=1) or 1
    return [Strip(one, [_bar(one, step, tallest) for step in range(5)]) for one in rated]


def _bar(one: Distribution, step: int, tallest: float) -> Bar:
    same = round(HEIGHT * one.same_weight[step] / tallest, 2)
    other = round(HEIGHT * one.other_weight[step] / tallest, 2)
    return Bar(
        step=step + 1,
        x=step * (WIDTH + GAP) + 1,
        same_y=round(HEIGHT - same, 2),
        same_height=same,
        other_y=round(HEIGHT - same - other, 2),
        other_height=other,
    )
