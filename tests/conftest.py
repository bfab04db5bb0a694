"""What every test may ask for: a fresh database on either engine, a directory, and a quiet environment."""

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy.engine import make_url

from exchange.db import Database

SERVER = os.environ.get("JUMELAGE_TEST_DATABASE", "")
COUNTS = os.environ.get("JUMELAGE_TEST_COUNTS", "")

# The settings of whoever runs the tests are not those of the instances in them.
for _name in [name for name in os.environ if name.startswith("JUMELAGE_") and "_TEST_" not in name]:
    del os.environ[_name]

settings.register_profile(
    "usual", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", settings.get_profile("usual"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("usual"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "usual"))


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
def create_tables() -> Callable[[Database], None]:
    """What fills the template; a directory of tests that needs fewer tables says so in its conftest."""
    from exchange import schema

    return schema.create


@pytest.fixture(scope="session")
def new_database(
    create_tables: Callable[[Database], None], tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[], str]]:
    """A function that copies the template and gives the URL of the copy, for tests with several instances."""
    place = tmp_path_factory.mktemp("databases")
    if SERVER:
        yield from _on_postgresql(create_tables, worker_id)
    else:
        yield _on_sqlite(create_tables, place)


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


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this process among those that share the work."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _on_sqlite(create_tables: Callable[[Database], None], place: Path) -> Callable[[], str]:
    template = place / "template.sqlite"
    _create(f"sqlite:///{template}", create_tables)
    numbers = count(1)

    def copy() -> str:
        path = place / f"{next(numbers)}.sqlite"
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    return copy


def _on_postgresql(create_tables: Callable[[Database], None], worker_id: str) -> Iterator[Callable[[], str]]:
    server = make_url(SERVER)
    prefix = f"jumelage_test_{os.getpid()}_{worker_id}"
    made: list[str] = []

    def execute(statement: str, *names: str) -> None:
        plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def url(name: str) -> str:
        return server.set(database=name).render_as_string(hide_password=False)

    def copy() -> str:
        name = f"{prefix}_{len(made)}"
        execute("CREATE DATABASE {} TEMPLATE {}", name, prefix)
        made.append(name)
        return url(name)

    execute("CREATE DATABASE {}", prefix)
    try:
        _create(url(prefix), create_tables)
        yield copy
    finally:
        for name in [*made, prefix]:
            execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _create(url: str, create_tables: Callable[[Database], None]) -> None:
    database = Database(url)
    create_tables(database)
    database.close()
