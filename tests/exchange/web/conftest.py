"""The house whose pages are tested: real villages and towns, their practices, reviews and adoptions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher

from exchange.catalogue.people import officers
from tests.exchange.web.hamlets import settle as found_hamlets
from tests.exchange.web.world import Visitor, settle
from tests.rig import House


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The house stands on a database, so its tests run once more on PostgreSQL."""
    for item in items:
        if "house" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed as always, only with less toil: dozens of people log in here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(officers, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        patch.setattr(officers, "_nobody", [])
        yield


@pytest.fixture(scope="module")
def house(
    create_tables: Any, templates: Callable[[Any], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One for all tests of a module, because founding its communities takes seconds."""
    template = templates(create_tables)
    url = template.copy()
    made = House("towns", tmp_path_factory.mktemp("house") / "towns", url, search="memory")
    made.app.config["PROPAGATE_EXCEPTIONS"] = False  # a test sees the page that people would see
    settle(made.instance)
    yield made
    made.close()
    template.drop(url)


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(house)


@pytest.fixture(scope="module")
def hamlets(
    create_tables: Any, templates: Callable[[Any], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, dict[str, str]]]:
    """Two communities on one instance, and the keys of what belongs to the first of them."""
    template = templates(create_tables)
    url = template.copy()
    made = House("hamlets", tmp_path_factory.mktemp("hamlets") / "hamlets", url, search="memory")
    made.app.config["PROPAGATE_EXCEPTIONS"] = False
    yield made, found_hamlets(made)
    made.close()
    template.drop(url)
