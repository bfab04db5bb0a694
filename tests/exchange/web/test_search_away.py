"""A search that does not answer says so, and when to ask again; nobody takes it for nothing to be found."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig import House, Rig

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NOBODY = "opensearch+http://127.0.0.1:9/village"


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[House]:
    with Rig(tmp_path, new_database) as rig:
        made = rig.instance("ulm", search=NOBODY)
        made.community("ulm", "Ulm", "DE")
        yield made


@pytest.mark.parametrize(
    "path",
    [
        "/practices?q=water",
        "/practices?q=water&sort=nearest",
        "/practices.atom",
        "/practices.csv",
        "/practices.xlsx?q=water",
        "/practices.geojson",
        "/map?q=water",
        "/api/v1/practices?q=water",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_whoever_asks_meanwhile_is_told_to_come_again(house: House, path: str, accept: str) -> None:
    answer = house.get(path, accept=accept, headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "does not answer since" in answer.text
    assert "127.0.0.1:9" not in answer.text  # where the search stands is the operator's business


@pytest.mark.parametrize("accept", ["*/*", BROWSER])
def test_everything_else_goes_on(house: House, accept: str) -> None:
    pages = ("/", "/map", "/communities", "/communities/ulm", "/clusters", "/gaps", "/bridging", "/growth")
    for path in (*pages, "/compare", "/help/search", "/api/v1/suggest?q=wa", "/healthz", "/metrics"):
        assert house.get(path, accept=accept).status_code == 200, path


def test_the_page_of_the_search_counts_nothing_and_marks_no_word(house: House) -> None:
    page = house.get("/practices?q=water", accept=BROWSER, headers={"Accept-Language": "en"}).text
    assert "The search does not answer just now" in page
    assert ("0 practices" in page, "<mark" in page) == (False, False)
    other = house.get("/map?q=water", accept=BROWSER, headers={"Accept-Language": "en"}).text
    assert ("This site cannot answer just now" in other, "Too much" in other) == (True, False)
