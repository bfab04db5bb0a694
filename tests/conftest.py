"""What every test may ask for: a fresh database on either engine, a directory, and a quiet environment."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from exchange.db import Database
from tests import haste
from tests.databases import CreateTables, Template, on_postgresql, on_sqlite

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

haste.begin()


def pytest_collection_finish() -> None:
    haste.rest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for a database is marked so, and runs once more on PostgreSQL.

    Files with something slow in them come first. `./run test` hands whole files to its processes (the tests
    of some tell one story in their order), and a long file that begins last would be waited for alone.
    """
    for item in items:
        if "new_database" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)
    slow = {item.path for item in items if item.get_closest_marker("slow") or "browser" in item.path.parts}
    items.sort(key=lambda item: item.path not in slow)


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
                number = len(made)
                made[create_tables] = stack.enter_context(
                    on_postgresql(SERVER, create_tables, number)
                    if SERVER
                    else on_sqlite(create_tables, place, number)
                )
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
