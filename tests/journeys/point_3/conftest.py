"""A house, a town that it follows, a neighbour of that town on its own host, and another origin."""

from collections.abc import Iterator

import pytest

from tests.journeys.point_3.said import follow
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    """A host with many actors, which the house follows one of."""
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def elsewhere() -> Iterator[Outsider]:
    """Another origin."""
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def house(rig: Rig) -> House:
    made = rig.instance("ulm", search="memory")
    made.community("ulm", "Ulm", "DE")
    made.publish("ulm", complete({"language": "en", "title": "A roof for all"}))
    return made


@pytest.fixture
def town(rig: Rig, house: House, fedi: Outsider) -> str:
    """A town elsewhere whom the house follows."""
    actor = fedi.town("town")
    follow(rig, house, fedi, actor)
    return actor


@pytest.fixture
def mallory(rig: Rig, house: House, fedi: Outsider, town: str) -> str:
    """Another actor of the town's own host, whom the house follows too."""
    actor = fedi.town("mallory")
    follow(rig, house, fedi, actor)
    return actor
