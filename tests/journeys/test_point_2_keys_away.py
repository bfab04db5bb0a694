"""Point 2: what carries a proof whose key cannot be had just now waits for it, and is passed over by nobody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from federation.arriving import backfill
from federation.ledger.reading import Backfill
from tests.rig import House, Rig, complete

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC), tick=True) as travelling:
        yield travelling


class Shut:
    """An application of which one path answers that it is busy, as long as it is shut."""

    def __init__(self, house: House, path: str) -> None:
        self.open, self.path, self.asked = False, path, 0
        self.inner: Wsgi = house.app.wsgi_app
        house.app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if self.open or environ["PATH_INFO"] != self.path:
            return self.inner(environ, start)
        self.asked += 1
        start("503 Service Unavailable", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"busy"]


def _progress(house: House) -> Backfill:
    with house.instance.database.reading() as session:
        return backfill.progress(session)[0]


def test_a_catalogue_whose_keys_are_away_is_there_as_soon_as_they_are_back(
    rig: Rig, clock: time_machine.Traveller
) -> None:
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community("ulm", "Ulm", "DE", population=126329)
    a.community("arvieu", "Arvieu", "FR", population=822)
    titles = [f"A shared oven {number}" for number in range(12)]
    for title in titles:
        a.publish("ulm", complete({"language": "en", "title": title}))
    a.publish("arvieu", complete({"language": "en", "title": "A bakery"}))
    door = Shut(a, "/communities/ulm")

    b.follow(a)
    rig.settle()
    assert door.asked
    assert b.titles() == ["A bakery"]
    row = _progress(b)
    assert (row.state, row.refused) == ("done", 0)

    door.open = True
    waited = timedelta()
    while len(b.titles()) < len(titles) + 1 and waited < timedelta(hours=1):
        clock.shift(timedelta(minutes=1))
        waited += timedelta(minutes=1)
        rig.settle()
    assert sorted(b.titles()) == sorted([*titles, "A bakery"])
    assert waited <= timedelta(minutes=5)
    assert _progress(b).refused == 0
