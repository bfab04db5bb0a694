"""The page about the search language says what the language is."""

import re
from pathlib import Path

from exchange.catalogue.finding.find import MOST_WORDS, SORTS
from search.layout import LAYOUT
from search.question import language
from search.question.values import DEFAULT_KM
from tests.architecture.sources import ROOT
from tests.docs.pages import blocks
from tests.docs.terminal import Terminal
from tests.rig import SEEDS

PATH = ROOT / "docs" / "search.md"
PAGE = PATH.read_text()


def test_every_query_of_the_table_is_understood() -> None:
    queries = [
        query for row in re.findall(r"^\| (`.+?`) \|", PAGE, re.M) for query in re.findall(r"`([^`]+)`", row)
    ]
    assert len(queries) >= 12
    assert {query: language.read(query).mistakes for query in queries if language.read(query).mistakes} == {}


def test_the_page_names_every_field() -> None:
    for heading, names in (
        ("Texts", LAYOUT.texts),
        ("Choices", LAYOUT.facets),
        ("Numbers", LAYOUT.numbers),
    ):
        line = next(line for line in PAGE.splitlines() if line.startswith(f"**{heading}**"))
        told = set(re.findall(r"`(\w+)`", line.partition(". ")[0]))
        assert told == set(names), heading


def test_the_limits_and_orders_are_those_of_the_code() -> None:
    assert (language.MOST_CHARACTERS, language.MOST_TERMS, language.DEEPEST) == (1000, 64, 20)
    assert (language.SHORTEST_PREFIX, DEFAULT_KM, MOST_WORDS) == (2, 50, 500)
    told = re.findall(r"`(\w+)`", PAGE.partition("with `--sort`, by")[2].partition("How it is done")[0])
    assert {*told, "relevance"} == set(SORTS)


def test_the_examples_find_what_the_page_shows(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, JUMELAGE_DATA=str(tmp_path / "data"), JUMELAGE_LAB="1")
    terminal.type("jumelage init --origin http://localhost:8000 --name Here", "")
    terminal.type(f"jumelage practice import {SEEDS}", "34 practices new")
    for block in blocks(PATH):
        terminal.play(block)
    assert len(terminal.ran) == 6
