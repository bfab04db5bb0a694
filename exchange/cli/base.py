"""How every command behaves: which instance it means, how it fails, in which language it speaks."""

import errno
import functools
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from exchange.messages import Refusal
from federation.errors import FederationError
from search.errors import SearchError

if TYPE_CHECKING:  # nothing that takes long to load stands between a person and the first word
    from sqlalchemy.exc import DatabaseError, SQLAlchemyError

    from exchange.config import Settings
    from exchange.instance import Instance

_DATA = "jumelage.data"


class Command(click.Command):
    """A command that takes `--data DIR` wherever one would write it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_data_option())


class Group(click.Group):
    """A group of such commands."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_data_option())


class Root(Group):
    """The command line itself: loads a command when it is asked for, and lets none fail badly.

    Whatever happens ends in a status of 0, 1 or 2 and one clear sentence. `modules` is command → the
    module in which it stands under its own name: what is not asked for is not loaded. Therefore the
    help of all of them shows `summaries`, command → the first sentence of its own help.
    """

    def __init__(
        self, *args: Any, modules: Mapping[str, str], summaries: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules
        self._summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        limit = formatter.width - 6 - max(map(len, self._summaries))
        rows = [
            (name, textwrap.shorten(self._summaries[name], limit, placeholder=" …"))
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return None
        command = getattr(import_module(self._modules[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def main(  # type: ignore[override]
        self, args: Any = None, prog_name: str | None = None, *, standalone_mode: bool = True, **kwargs: Any
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, standalone_mode=False, **kwargs)
        try:
            status = super().main(args, prog_name, standalone_mode=False, **kwargs)
            sys.stdout.flush()
        except click.UsageError as error:
            error.show()
            sys.exit(2)
        except click.ClickException as error:
            fail(error.format_message())
        except (click.Abort, KeyboardInterrupt):
            fail("Interrupted.")
        except BrokenPipeError:
            _leave_the_pipe()
        except OSError as error:
            if error.errno == errno.EPIPE:
                _leave_the_pipe()
            fail(sentence(error))
        except Exception as error:
            if not (text := sentence(error)):
                raise
            fail(text)
        sys.exit(status if isinstance(status, int) else 0)


def fail(text: str) -> NoReturn:
    """Say on stderr what is wrong, and end with status 1."""
    click.echo(f"jumelage: {text}".encode(errors="replace").decode(), err=True)
    sys.exit(1)


def sentence(error: BaseException) -> str:
    """What a person reads about an error; empty when it is a fault of ours."""
    from sqlalchemy.exc import DatabaseError, SQLAlchemyError

    from exchange.config import ConfigurationError

    if isinstance(error, Refusal):
        return refusal_text(error)
    if isinstance(error, ConfigurationError | SearchError):
        return str(error)
    if isinstance(error, FederationError):
        text = gettext()(error.reason)
        return f"{text} ({error.detail})" if error.detail else text
    if isinstance(error, DatabaseError):
        return _database_sentence(error)
    if isinstance(error, SQLAlchemyError):
        return f"The database cannot be used: {_one_line(error)}."
    if isinstance(error, UnicodeError):
        return "This is not UTF-8 text."
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}."
    return ""


def refusal_text(refusal: Refusal) -> str:
    """All problems of a refusal, on one line when there is one."""
    render = gettext()
    lines = [
        f"{problem.path}: {problem.message.render(render)}"
        if problem.path
        else problem.message.render(render)
        for problem in refusal.problems
    ]
    return "\n  ".join(lines) if len(lines) == 1 else "\n  ".join(["This was refused:", *lines])


def language() -> str:
    """The language of the person at the terminal, as far as we speak it."""
    from exchange.vocabulary.concepts import LANGUAGES

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            code = value[:2].lower()
            return code if code in LANGUAGES else "en"
    return "en"


def gettext() -> Callable[[str], str]:
    """The translations of that language."""
    try:
        from exchange.translation import gettext_for
    except ImportError:
        return str
    return gettext_for(language())


def data_directory() -> Path | None:
    """The directory named by `--data`, if one was."""
    context = click.get_current_context()
    return context.find_root().meta.get(_DATA)


def settings(**overrides: Any) -> "Settings":
    """The settings of the instance that this command is about."""
    from exchange.config import ConfigurationError, load

    found = load(data_directory(), **overrides)
    if found.database.startswith("sqlite") and not Path(found.database.removeprefix("sqlite:///")).is_file():
        raise ConfigurationError(_no_database(found))
    return found


def _no_database(found: "Settings") -> str:
    """There is no file of SQLite where the settings say; perhaps nobody has said that it is PostgreSQL."""
    from exchange.config import FILE

    if not (found.data / FILE).is_file():
        return f"There is no instance in {found.data}: make one with `jumelage init`."
    place = found.database.removeprefix("sqlite:///")
    return (
        f"{found.data / FILE} is there, and the database {place} is not. Say where it is, in that file or as "
        "JUMELAGE_DATABASE, which an instance on PostgreSQL needs at every command; or restore a backup."
    )


@contextmanager
def opened(**overrides: Any) -> Iterator["Instance"]:
    """The instance that this command is about, closed again afterwards."""
    from exchange.instance import Instance

    instance = Instance.open(settings(**overrides))
    try:
        yield instance
    finally:
        instance.close()


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that only reads: it takes `--json`."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped


def _data_option() -> click.Option:
    return click.Option(
        ["--data"],
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=_remember,
        help="The directory of the instance (or JUMELAGE_DATA).",
    )


def _remember(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.find_root().meta[_DATA] = value


def _database_sentence(error: "DatabaseError") -> str:
    text = _one_line(error)
    lower = text.lower()
    if "locked" in lower or "busy" in lower:
        return "The database is busy; another process is writing to it. Try again."
    if "not a database" in lower or "malformed" in lower or "corrupt" in lower:
        return f"The database is damaged ({text}); restore a backup."
    unfit = "no such table" in lower or "does not exist" in lower
    if unfit and "connection" not in lower:  # else the whole database is missing, or its user
        return f"The database is not one of this version ({text}); run `jumelage upgrade`."
    return f"The database cannot be used: {text}."


def _one_line(error: "SQLAlchemyError") -> str:
    original = getattr(error, "orig", None) or error
    return (
        str(original).strip().splitlines()[0].rstrip(".") if str(original).strip() else type(error).__name__
    )


def _leave_the_pipe() -> NoReturn:
    """Whoever read our output has gone; say nothing, and do not let the interpreter complain either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
