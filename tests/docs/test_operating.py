"""What the page for operators says is typed against instances that run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.catalogue.files import imports
from tests.architecture.sources import ROOT
from tests.docs.pages import Block, blocks
from tests.docs.terminal import Terminal
from tests.rig import SEEDS, Rig

PAGE = ROOT / "docs" / "operating.md"
SEPARATE = ("index rebuild",)  # the page says to stop the service before


def _transcripts() -> list[Block]:
    return [block for block in blocks(PAGE) if block.kind == "console"]


def test_an_instance_is_made_with_its_communities_and_officers(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {"/srv/jumelage": str(tmp_path / "jumelage")})
    for block in _transcripts():
        if "peer" in block.text:
            break
        terminal.play(block)
    assert any("doctor" in command for command in terminal.ran)
    assert (tmp_path / "jumelage" / "jumelage.toml").is_file()


def test_it_follows_another_and_looks_inside(tmp_path: Path, new_database: Callable[[], str]) -> None:
    with Rig(tmp_path, new_database) as rig:
        uplands, villages = rig.instance("uplands"), rig.instance("villages")
        uplands.community("hillfoot", "Hillfoot", "IE")
        imports.import_file(villages.instance.database, villages.origin, SEEDS, only={"saillans", "arvieu"})
        rig.settle()
        terminal = Terminal(
            tmp_path,
            {"https://villages.example": villages.origin, "https://uplands.example": uplands.origin},
            JUMELAGE_DATA=str(uplands.data),
            JUMELAGE_DATABASE=uplands.instance.settings.database,
            JUMELAGE_LAB="1",
        )
        rest = [block for block in _transcripts() if not terminal_of_an_install(block)]
        for block in rest:
            if not any(words in block.text for words in SEPARATE):
                terminal.play(block)
                rig.settle()
    assert len(terminal.ran) >= 9


def test_the_index_is_made_anew(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, JUMELAGE_DATA=str(tmp_path / "data"), JUMELAGE_LAB="1")
    terminal.type("jumelage init --origin http://localhost:8000 --name Here", "")
    terminal.type(f"jumelage practice import {SEEDS} --only saillans", "")
    for block in _transcripts():
        if any(words in block.text for words in SEPARATE):
            terminal.play(block)
    assert "./run jumelage index rebuild" in terminal.ran


def terminal_of_an_install(block: Block) -> bool:
    return any(word in block.text for word in (" init ", "officer add", "community add", "serve", "doctor"))


@pytest.mark.parametrize("role", ["officer", "editor", "coordinator", "admin"])
def test_every_role_is_explained(role: str) -> None:
    assert f"`{role}`" in PAGE.read_text()
