"""The pages of the documentation, and the pieces of them that can be tried."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import ROOT

PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_EXAMPLE = re.compile(r"<!-- example: ([a-z0-9-]+) -->\n```(\w+)\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced piece of a page: its language, its text, and the line of prose before it."""

    kind: str
    text: str
    before: str


def blocks(path: Path) -> Iterator[Block]:
    """The fenced pieces of a page, in order."""
    page = path.read_text(encoding="utf-8")
    for found in _FENCE.finditer(page):
        yield Block(found[1], found[2], page[: found.start()].rstrip().rpartition("\n")[2])


def examples(page: str) -> dict[str, str]:
    """The examples of a page by the names in the comments above them."""
    return {found[1]: found[3] for found in _EXAMPLE.finditer(page)}


def with_examples(page: str, made: dict[str, str]) -> str:
    """The page with its examples replaced by those of the same names."""
    return _EXAMPLE.sub(lambda it: f"<!-- example: {it[1]} -->\n```{it[2]}\n{made[it[1]]}```", page)


def without_code(page: str) -> str:
    """The prose of a page."""
    return _FENCE.sub("", page)
