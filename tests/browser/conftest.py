"""Chromium, and a house whose pages it opens over real HTTP."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.exchange.web.conftest import quick_passwords
from tests.exchange.web.world import officer, settle
from tests.rig import House

__all__ = ["quick_passwords"]  # a fixture for these tests too

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser that is installed; without one these tests say so and are skipped."""
    path = os.environ.get("JUMELAGE_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house(
    create_tables: Any, templates: Callable[[Any], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    template = templates(create_tables)
    url = template.copy()
    made = House("towns", tmp_path_factory.mktemp("house") / "towns", url, search="memory")
    settle(made.instance)
    yield made
    made.close()
    template.drop(url)


@pytest.fixture(scope="session")
def mailbox(house: House) -> str:
    """The officer of Ulm."""
    return officer(house.instance, "ulm", "coordinator")
