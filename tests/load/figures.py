"""A figure as it is shown: its value, and how much of what this machine can do at best that is."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measurement. `ratio` compares it with the baseline `of`, measured in the same run."""

    name: str
    value: float
    unit: str
    of: str = ""
    ratio: float | None = None
    aim: str = ""
    note: str = ""


@dataclass(frozen=True)
class Baselines:
    """What the machine does at this moment when nothing of ours is in the way."""

    commits: float  # a second: bare SQLite, one row each, flushed to this disk
    verifications: float  # a second: bare RSA-2048 on one core
    requests: float  # a second: bare waitress that says hello to as many senders

    def figures(self) -> list[Figure]:
        return [
            Figure("bare SQLite commits, flushed to this disk", self.commits, "/s"),
            Figure("bare RSA-2048 verifications, one core", self.verifications, "/s"),
            Figure("bare waitress requests that say hello", self.requests, "/s"),
        ]


def spread(values: list[float]) -> tuple[float, float]:
    """The median and the value that 95 of 100 stay below."""
    return median(values), quantiles(values, n=20)[-1]


def table(parts: dict[str, list[Figure]]) -> Iterable[str]:
    """The lines of the table, one part below another."""
    for part, figures in parts.items():
        yield f"── {part}"
        for one in figures:
            ratio = f"{one.ratio:.3g} × {one.of}" if one.ratio is not None else ""
            aim = f"aim {one.aim}" if one.aim else ""
            more = " · ".join(filter(None, (ratio, aim, one.note)))
            yield f"{one.name:<58}{_shown(one.value):>10} {one.unit:<5} {more}".rstrip()


def plain(parts: dict[str, list[Figure]]) -> dict[str, list[dict[str, Any]]]:
    """The same as JSON."""
    return {part: [asdict(one) for one in figures] for part, figures in parts.items()}


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
