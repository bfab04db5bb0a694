"""A house with a practice, and a citizen elsewhere."""

from collections.abc import Iterator

import pytest

from exchange.models.practice import Practice
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def house(rig: Rig) -> House:
    made = rig.instance("ulm", search="memory")
    made.community("ulm", "Ulm", "DE")
    made.community("arvieu", "Arvieu", "FR")
    return made


@pytest.fixture
def practice(house: House) -> Practice:
    return house.publish("ulm", complete({"language": "en", "title": "A roof for all"}))


@pytest.fixture
def ana(fedi: Outsider) -> str:
    return fedi.actor("ana", type="Person", summary="<p>Lives somewhere</p>")
