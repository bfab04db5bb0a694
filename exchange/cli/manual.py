"""The pages of commands and of settings, made from what each of them says about itself."""

import inspect
from collections.abc import Iterator
from typing import Any, Literal

import click

from exchange.config import FILE, PREFIX, Settings

_OPENING = """\
# Commands

This page is made from the commands' own help by `./run docs`.

`--data DIR` or `JUMELAGE_DATA` names the instance that a command is about. Commands that read take `--json`.
The exit status is 0 when it was done, 1 when it was refused or failed (with one sentence on stderr), and 2 when
the command was not understood. From a checkout, `./run jumelage` stands for `jumelage`.
"""


def documentation(group: click.Group) -> str:
    """Markdown with one section for each command, in the order of `jumelage --help`."""
    sections = _sections(group, click.Context(group, info_name="jumelage"))
    return "\n".join([_OPENING, *sections]).rstrip() + "\n"


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield from _section(command, inner)
            yield from _sections(command, inner)
        else:
            yield from _section(command, inner)


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`\n"
    yield f"{inspect.cleandoc(command.help or '')}\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"    {usage}\n"
    rows = [
        record
        for parameter in command.get_params(context)  # those of every command are in the opening
        if not {"--help", "--data"} & set(parameter.opts) and (record := parameter.get_help_record(context))
    ]
    if any(text for _, text in rows):
        yield "| option | |\n|---|---|"
        yield "\n".join(f"| `{_cell(option)}` | {_cell(text)} |" for option, text in rows if text)
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def settings_page() -> str:
    """docs/configuration.md: one paragraph for each setting, from its own description."""
    text = [
        "# Settings",
        "",
        "This page is made from the descriptions in `exchange/config.py` by `./run docs`.",
        "",
        f"Every setting can be given in the environment, or in `{FILE}` in the data directory of the "
        "instance, where its name is in lower case and without the prefix. What a command's option says "
        "counts most, then the environment, then the file. `jumelage init` writes the file. "
        "A name that is none of these is refused in the file; in the environment `jumelage doctor` and the log tell of it.",
        "",
    ]
    for name, field in Settings.model_fields.items():
        text += [f"## `{PREFIX}{name.upper()}`", "", str(field.description)]
        choices = getattr(field.annotation, "__args__", ()) if _is_choice(field.annotation) else ()
        if choices:
            text.append("One of " + ", ".join(f"`{choice}`" for choice in choices) + ".")
        text += ["", _default(field.default, required=field.is_required()), ""]
    return "\n".join(text)


def _is_choice(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is Literal


def _default(value: Any, *, required: bool) -> str:
    if required:
        return "It has no default."
    if value in ("", (), None):
        return "Default: none."
    if isinstance(value, tuple):
        value = ", ".join(value)
    return f"Default: `{str(value).lower() if isinstance(value, bool) else value}`."
