"""Strangers cannot make us fetch without bound."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from federation.errors import TryLater
from federation.flights import Flights


def test_one_fetch_of_a_document_goes_at_a_time() -> None:
    flights, flying, most = Flights(patience=5), [], []

    def fetch(_: int) -> None:
        with flights.one("document", "host"):
            flying.append(1)
            most.append(len(flying))
            time.sleep(0.005)
            flying.pop()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fetch, range(16)))
    assert max(most) == 1


def test_a_host_that_holds_its_answers_back_does_not_hold_others_up() -> None:
    flights, release = Flights(total=4, per_host=2, patience=0.05), threading.Event()
    ready = threading.Barrier(3)

    def slow(name: str) -> None:
        with flights.one(name, "slow.example"):
            ready.wait()
            release.wait(5)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(slow, name) for name in ("a", "b")]
        ready.wait()
        with pytest.raises(TryLater), flights.one("c", "slow.example"):
            raise AssertionError("flew")
        with flights.one("d", "quick.example"):
            assert not release.is_set()
        release.set()
        assert [job.result() for job in jobs] == [None, None]
    with flights.one("c", "slow.example"):
        assert release.is_set()


def test_a_fetch_that_fails_makes_room_again() -> None:
    flights = Flights(total=1, per_host=1, patience=0.05)
    for _ in range(3):
        with pytest.raises(KeyError), flights.one("a", "host"):
            raise KeyError
