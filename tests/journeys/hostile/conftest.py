"""An attacked instance for every test in here."""

from collections.abc import Iterator

import pytest

from tests.journeys.hostile.forger import Forger
from tests.journeys.hostile.stage import Stage
from tests.journeys.hostile.stage import stage as opened
from tests.rig import Rig


@pytest.fixture
def stage(rig: Rig) -> Iterator[Stage]:
    """An instance with a practice, and a neighbour that means harm."""
    with opened(rig) as made:
        yield made


@pytest.fixture
def forger(stage: Stage) -> Forger:
    return Forger(stage)
