"""The README takes a newcomer to a first practice, command by command."""

from pathlib import Path

from tests.architecture.sources import ROOT
from tests.docs.pages import blocks
from tests.docs.terminal import Terminal


def test_a_newcomer_who_types_what_the_readme_says_finds_the_first_practice(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    for block in blocks(ROOT / "README.md"):
        terminal.play(block)
    assert [command.split()[2] for command in terminal.ran if command.startswith("./run")] == [
        *("init", "community", "officer", "serve", "practice", "search", "practice", "practice")
    ]


def test_the_picture_of_the_readme_is_there_in_light_and_dark_and_small() -> None:
    page = (ROOT / "README.md").read_text()
    for scheme in ("light", "dark"):
        picture = f"docs/pictures/search-{scheme}.png"
        assert picture in page
        assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
        assert 20_000 < (ROOT / picture).stat().st_size < 300_000
