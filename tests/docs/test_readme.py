"""The README takes a newcomer to a first practice, command by command."""

import re
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


def test_the_pictures_are_there_in_light_and_dark_and_on_a_phone_and_small() -> None:
    shown = re.findall(
        r"\(pictures/([a-z]+)-(light|dark|phone)\.webp\)", (ROOT / "docs/pictures.md").read_text()
    )
    kept = sorted(path.stem.rpartition("-")[::2] for path in (ROOT / "docs/pictures").iterdir())
    assert sorted(shown) == kept
    assert len(kept) >= 3 * 20
    for name, way in kept:
        picture = ROOT / f"docs/pictures/{name}-{way}.webp"
        assert picture.read_bytes()[8:12] == b"WEBP"
        assert 10_000 < picture.stat().st_size < 100_000
    page = (ROOT / "README.md").read_text()
    assert all(f"docs/pictures/home-{scheme}.webp" in page for scheme in ("light", "dark"))
