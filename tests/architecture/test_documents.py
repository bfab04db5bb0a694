"""The texts keep up with the code: settings, commands and decisions are documented."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from exchange.cli.manual import settings_page
from exchange.config import PREFIX, Settings
from tests.architecture.sources import ROOT, named, texts

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def test_the_page_of_settings_is_the_one_made_from_their_descriptions() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text() == settings_page(), "./run docs writes it anew"


def test_every_setting_is_explained_in_a_sentence() -> None:
    mute = [
        name
        for name, field in Settings.model_fields.items()
        if not field.description or not field.description.endswith(".")
    ]
    assert mute == []


def test_every_setting_that_a_text_names_exists() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    strangers = {
        f"{named(path)}: {word}"
        for path in texts("*.md", "docs/**/*.md", "exchange/**/*.py", "exchange/templates/**/*")
        for word in re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]", path.read_text())
        if word not in known and not word.startswith(f"{PREFIX}TEST_")
    }
    assert strangers == set()


def test_the_page_of_commands_is_the_one_made_from_their_help() -> None:
    from exchange.cli import cli, manual

    assert (ROOT / "docs" / "commands.md").read_text() == manual.documentation(cli), (
        "./run docs writes it anew"
    )


def test_every_command_and_option_says_what_it_does() -> None:
    from exchange.cli import cli

    assert [name for name, command in _commands(cli) if not command.help] == []
    assert [
        f"{name} {parameter.name}"
        for name, command in _commands(cli)
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help and not parameter.hidden
    ] == []


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_and_what_would_change_it_on_one_page(path: Path) -> None:
    text = path.read_text()
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings == ["Context", "Decision", "What would change our mind"]
    assert re.match(rf"# {int(path.name[:4])}\. .+\n", text)
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_links_between_texts_lead_somewhere() -> None:
    broken = []
    for path in texts("*.md", "docs/**/*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
            if (
                "://" not in target
                and not target.startswith("mailto:")
                and not (path.parent / target).exists()
            ):
                broken.append(f"{named(path)}: {target}")
    assert broken == []
