"""What commands give out: JSON for programs, tables for people, progress for whoever waits, files."""

import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text


def print_json(data: Any) -> None:
    """One JSON document on stdout; the order of languages is kept."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """A table on a terminal, tab-separated lines elsewhere; `empty` is said when there are no rows."""
    console = Console()
    if not rows:
        click.echo(empty, err=True)
        return
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(_cell(value).replace("\t", " ").replace("\n", " ") for value in row))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    console.print(table)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file; when that does not succeed (OSError), what was there before stays, and nothing is left beside it.

    What is no plain file, a pipe say, is written as it is. A link stays one, and who might read the file still may.
    """
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return
    place = Path(os.path.realpath(file))
    part = place.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        if place.exists():
            part.chmod(place.stat().st_mode & 0o777)
        part.replace(place)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        part.unlink(missing_ok=True)


def counted(number: int, one: str, many: str = "") -> str:
    """So many of something, as one says it."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def say(text: str) -> None:
    """One line for people."""
    click.echo(text)


class Steps:
    """A bar that moves on, or silence where nobody watches."""

    def __init__(self, progress: Progress | None, title: str, total: float | None) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=total) if progress else None

    def to(self, completed: float, total: float | None = None, title: str | None = None) -> None:
        """Show that so much is done."""
        if self._progress is not None and self._task is not None:
            changes: dict[str, Any] = {"completed": completed}
            if total is not None:
                changes["total"] = total
            if title is not None:
                changes["description"] = title
            self._progress.update(self._task, **changes)


@contextmanager
def progress(title: str, total: float | None = None) -> Iterator[Steps]:
    """A progress bar on stderr while the block runs, only on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Steps(None, title, total)
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        yield Steps(bar, title, total)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
