"""What every test may ask for: a fresh database on either engine, a directory, and a quiet environment."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy.engine import make_url

from exchange.db import Database
from tests import haste

SERVER = os.environ.get("JUMELAGE_TEST_DATABASE", "")
COUNTS = os.environ.get("JUMELAGE_TEST_COUNTS", "")

CreateTables = Callable[[Database], None]


class Template(NamedTuple):
    """A database with its tables: `copy` gives the URL of a copy, `drop` removes that copy."""

    copy: Callable[[], str]
    drop: Callable[[str], None]


# The settings of whoever runs the tests are not those of the instances in them.
for _name in [name for name in os.environ if name.startswith("JUMELAGE_") and "_TEST_" not in name]:
    del os.environ[_name]

settings.register_profile(
    "usual", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", settings.get_profile("usual"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("usual"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "usual"))

haste.begin()


def pytest_collection_finish() -> None:
    haste.rest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for a database is marked so, and runs once more on PostgreSQL."""
    for item in items:
        if "new_database" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells `./run test`, which adds up several rounds, what this one came to."""
    if COUNTS:
        stats = terminalreporter.stats
        passed = len(stats.get("passed", ()))
        failed = len(stats.get("failed", ())) + len(stats.get("error", ()))
        skipped = len(stats.get("skipped", ())) + len(stats.get("xfailed", ()))
        Path(COUNTS).write_text(f"{passed} {failed} {skipped}\n")


@pytest.fixture(scope="session")
def create_tables() -> CreateTables:
    """What fills the template; a directory of tests that needs fewer tables says so in its conftest."""
    from exchange import schema

    return schema.create


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[CreateTables], Template]]:
    """For each way to create tables one template, made when it is first asked for."""
    place = tmp_path_factory.mktemp("databases")
    made: dict[CreateTables, Template] = {}
    with ExitStack() as stack:

        def template(create_tables: CreateTables) -> Template:
            if create_tables not in made:
                kind = _on_postgresql if SERVER else _on_sqlite
                made[create_tables] = stack.enter_context(kind(create_tables, place, len(made)))
            return made[create_tables]

        yield template


@pytest.fixture
def new_database(
    create_tables: CreateTables, templates: Callable[[CreateTables], Template]
) -> Iterator[Callable[[], str]]:
    """A function that gives the URL of one more fresh database, for tests with several instances."""
    template = templates(create_tables)
    made: list[str] = []

    def new() -> str:
        made.append(template.copy())
        return made[-1]

    yield new
    for url in made:
        template.drop(url)


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The URL of a fresh database with every table in it."""
    return new_database()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with every table in it."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A directory for an instance, not made yet."""
    return tmp_path / "instance"


@contextmanager
def _on_sqlite(create_tables: CreateTables, place: Path, number: int) -> Iterator[Template]:
    template = place / f"template-{number}.sqlite"
    _create(f"sqlite:///{template}", create_tables)
    numbers = count(1)

    def copy() -> str:
        path = place / f"{number}-{next(numbers)}.sqlite"
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    def drop(url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)

    yield Template(copy, drop)


@contextmanager
def _on_postgresql(create_tables: CreateTables, _place: Path, number: int) -> Iterator[Template]:
    server = make_url(SERVER)
    template = f"jumelage_test_{os.getpid()}_{number}"
    numbers = count(1)

    def execute(statement: str, *names: str) -> None:
        plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def url(name: str) -> str:
        return server.set(database=name).render_as_string(hide_password=False)

    def copy() -> str:
        name = f"{template}_{next(numbers)}"
        execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return url(name)

    def drop(which: str) -> None:
        execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", str(make_url(which).database))

    execute("CREATE DATABASE {}", template)
    try:
        _create(url(template), create_tables)
        yield Template(copy, drop)
    finally:
        drop(url(template))


def _create(url: str, create_tables: CreateTables) -> None:
    database = Database(url)
    create_tables(database)
    database.close()
