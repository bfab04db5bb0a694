"""The page about records has every field, and its files go in and come out."""

import re
from pathlib import Path

import yaml

from exchange.catalogue.communities.lau import HEADER
from exchange.vocabulary import completeness, concepts, sheet
from exchange.vocabulary.adoption import AdoptionRecord
from exchange.web.frame.show import FACTS
from tests.architecture.sources import ROOT
from tests.docs.pages import blocks
from tests.docs.terminal import Terminal
from tests.rig import SEEDS

PAGE = (ROOT / "docs" / "records.md").read_text()
PRACTICE, _, REST = PAGE.partition("## An adoption")
ADOPTION = REST.partition("## A review")[0]


def test_every_field_of_a_practice_is_in_the_table() -> None:
    for column in sheet.columns():
        first, *rest = column.split(".")
        row = re.search(rf"^\| `{first}` \|.*$", PRACTICE, re.M)
        assert row, column
        if first not in ("result", "certainty") and rest and rest[-1] != "certainty":
            assert f"`{rest[0]}`" in row[0], column


def test_the_required_fields_are_marked_and_no_others() -> None:
    marked = set(re.findall(r"^\| `(\w+)` \| R \|", PRACTICE, re.M))
    assert marked == {path.partition(".")[0] for path in completeness.REQUIRED}
    strong = set(re.findall(r"^\| `(\w+)` \| S \|", PRACTICE, re.M))
    assert strong == {path.partition(".")[0] for path in completeness.RECOMMENDED} - marked


def test_every_field_of_an_adoption_is_in_the_table() -> None:
    fields = {info.alias or name for name, info in AdoptionRecord.model_fields.items()}
    assert {f"`{name}`" for name in fields | {"stage"}} <= set(re.findall(r"`\w+`", ADOPTION))


def test_every_vocabulary_that_the_page_names_exists() -> None:
    named = set(re.findall(r"(?<!list )of `([a-z-]+)`", PAGE))
    assert named
    assert named <= set(concepts.schemes())


def test_every_mark_of_certainty_in_the_seeds_is_explained_as_it_is_shown() -> None:
    seeds = yaml.load(SEEDS.read_text(encoding="utf-8"), yaml.CSafeLoader)
    rows = dict(re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", PAGE.partition("## Documented")[2], re.M))
    assert set(rows) == set(seeds["meta"]["certainty_codes"])
    assert {mark for mark, shown in rows.items() if shown == "a fact"} == set(FACTS)


def test_the_files_of_the_page_go_in_and_come_out(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, JUMELAGE_DATA=str(tmp_path / "data"), JUMELAGE_LAB="1")
    terminal.type("jumelage init --origin http://localhost:8000 --name Here", "")
    (tmp_path / "lau.csv").write_text(f"{','.join(HEADER)}\nIE,1,Upper Vale,IE041,900,3,0\n")
    waiting = [block for block in blocks(ROOT / "docs" / "records.md") if block.kind == "yaml"]
    (tmp_path / "hillfoot.yaml").write_text(waiting[0].text)
    for block in blocks(ROOT / "docs" / "records.md"):
        terminal.play(block)
    assert len(terminal.ran) == 8
