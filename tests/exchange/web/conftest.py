"""The house whose pages are tested: real villages and towns, their practices, reviews and adoptions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.exchange.web.world import Visitor, settle
from tests.rig import House


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The house stands on a database, so its tests run once more on PostgreSQL."""
    for item in items:
        if "house" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


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
