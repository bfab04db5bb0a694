"""A world for every journey."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig import Rig


@pytest.fixture
def rig(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Rig]:
    """A small world without instances yet."""
    with Rig(tmp_path, new_database) as world:
        yield world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "rig" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)
