"""What takes long is done for few at a time; nobody keeps the others out by asking for much."""

from collections.abc import Iterator
from typing import Any

import pytest

from exchange.web.frame import crowd
from tests.exchange.web.world import Visitor
from tests.rig import House


@pytest.fixture
def held(house: House) -> Iterator[Any]:
    """As many tables as there may be at a time, begun and not read to their end."""
    begun = []
    for _n in range(crowd.AT_ONCE):
        answer = house.app.test_client().get("/practices.csv")
        assert answer.status_code == 200
        begun.append(answer)
    yield begun
    for answer in begun:
        answer.close()


def test_who_comes_too_many_for_a_table_is_told_when_to_come_again(house: House, held: Any) -> None:
    visitor = Visitor(house)
    for path in ("/practices.csv", "/practices.xlsx", "/practices.geojson", "/communities.csv"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
    assert "Too much is being asked just now" in visitor.get("/practices.csv").text
    for path in ("/", "/practices", "/map.svg", "/healthz", "/api/v1/practices"):
        assert visitor.get(path).status_code == 200, path


def test_a_page_of_an_outbox_is_as_long(house: House, held: Any) -> None:
    answer = house.get("/actor/outbox?page=0", accept="application/activity+json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert house.get("/actor/outbox", accept="application/activity+json").status_code == 200


def test_there_is_room_again_when_a_reader_is_done_or_gone(house: House, held: Any) -> None:
    visitor = Visitor(house)
    held[0].close()
    assert len(visitor.get("/practices.csv").get_data()) > 100
    assert len(held[1].get_data()) > 100
    for _again in range(3 * crowd.AT_ONCE):
        assert len(visitor.get("/practices.csv").get_data()) > 100
