"""Strangers cannot make us fetch without bound."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from federation.errors import TryLater
from federation.others.flights import Flights


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


def test_strangers_at_the_door_are_few_for_a_host_and_altogether_and_the_others_are_told_at_once() -> None:
    flights, release = Flights(door=4, patience=60), threading.Event()
    inside: list[str] = []

    def stand(document: str, host: str) -> None:
        with flights.one(document, host, at_door=True):
            inside.append(document)
            release.wait(60)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(stand, f"{host}{n}", host) for host in ("slow", "late") for n in (1, 2)]
        while len(inside) < 4:
            time.sleep(0.001)
        for host in ("slow", "other"):  # half of the door is taken by one host, then all of it by two
            with pytest.raises(TryLater), flights.one("more", host, at_door=True):
                raise AssertionError("flew")
        with flights.one("ours", "other"):  # what nobody waits for at the door has its turn
            assert not release.is_set()
        release.set()
        for job in jobs:
            job.result()
    with flights.one("more", "slow", at_door=True):
        assert release.is_set()


def test_who_waits_at_the_door_for_a_host_that_holds_back_counts_as_much_as_who_flies() -> None:
    flights, release = Flights(per_host=1, door=6, patience=60), threading.Event()

    def stand(document: str) -> None:
        with flights.one(document, "slow", at_door=True):
            release.wait(60)

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(stand, name) for name in "abc"]
        while flights._at_door["slow"] < 3:
            time.sleep(0.001)
        with pytest.raises(TryLater), flights.one("d", "slow", at_door=True):
            raise AssertionError("flew")
        release.set()
        for job in jobs:
            job.result()
