"""The page about the API: its requests are made, and it names every operation and parameter."""

import re
from collections.abc import Callable
from pathlib import Path

from exchange.api.openapi import FILES, OPERATIONS
from exchange.catalogue.files import imports
from exchange.catalogue.finding.find import FILTERS, MOST_PAGES, MOST_PER_PAGE, SORTS
from tests.architecture.sources import ROOT
from tests.docs.pages import blocks
from tests.docs.terminal import Terminal
from tests.rig import SEEDS, Rig

PATH = ROOT / "docs" / "api.md"
PAGE = PATH.read_text()


def test_the_requests_of_the_page_are_answered_as_it_says(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    with Rig(tmp_path, new_database) as rig:
        house = rig.instance("here")
        imports.import_file(house.instance.database, house.origin, SEEDS)
        house.community("hillfoot", "Hillfoot", "IE", population=640, degurba="dg-3")
        rig.settle()
        terminal = Terminal(
            tmp_path,
            {"http://localhost:8000": house.origin},
            JUMELAGE_DATA=str(house.data),
            JUMELAGE_DATABASE=house.instance.settings.database,
            JUMELAGE_LAB="1",
        )
        for block in blocks(PATH):
            terminal.play(block)
    assert len(terminal.ran) == 11


def test_every_operation_is_on_the_page() -> None:
    for method, path, *_ in OPERATIONS:
        short = path.removeprefix("/v1")
        rows = [
            row for row in PAGE.splitlines() if f"{short}`" in row or f"{short}?" in row or f"`{short}" in row
        ]
        if method == "get":
            assert rows or short == "/practices", path
        else:
            assert any(f"`{method.upper()} {short}`" in row for row in PAGE.splitlines()), (method, path)


def test_every_file_beside_the_api_is_on_the_page() -> None:
    assert [path for path, *_ in FILES if f"`{path}`" not in PAGE and f"`{path}`]" not in PAGE] == []


def test_every_parameter_of_the_search_is_on_the_page() -> None:
    table = PAGE.partition("| parameter |")[2].partition("The answer has")[0]
    assert {*FILTERS, *SORTS, "q", "near", "sort", "page", "per_page"} <= set(re.findall(r"`(\w+)`", table))
    assert (MOST_PAGES, MOST_PER_PAGE) == (1000, 100)
