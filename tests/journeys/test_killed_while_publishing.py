"""Instances that are killed between save and send lose nothing that was saved, and all receivers end equal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.load import kills
from tests.load.mortal import TRAPS

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(300)]


def test_killed_at_five_points_nothing_is_lost_and_the_receivers_end_equal(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    """SIGKILL from within, of real processes; `./run bench --only kills` does it at full size."""
    outcome = kills.play(tmp_path, activities=50, receivers=2, deaths=1, new_database=new_database)
    assert outcome.deaths == dict.fromkeys(TRAPS, 1)
    assert (outcome.lost, outcome.equal) == (0, True)
