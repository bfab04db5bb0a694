"""Carrying: how often, in which order, how many at once, and what answers do."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from exchange.db import Database
from federation.base import now
from federation.leaving import delivery, dueness
from federation.leaving.delivery import deliver_due
from federation.ledger import hosts
from tests.federation.world import Instance, World, took_less_than
from tests.plans import plans


@pytest.fixture
def pair(world: World) -> tuple[Instance, Instance]:
    """Ulm publishes, Saillans follows."""
    ulm, saillans = world["ulm"], world["saillans"]
    saillans.follow(ulm.actor)
    world.settle()
    return ulm, saillans


def posts(instance: Instance) -> int:
    return sum(method == "POST" for method, _ in instance.requests)


def test_every_try_sends_the_same_bytes_with_a_fresh_signature(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    seen: list[tuple[bytes, str]] = []
    original = ulm.node.client.post

    def spy(url: str, body: bytes, headers: dict[str, str]):  # type: ignore[no-untyped-def]
        seen.append((body, headers["Signature"]))
        return original(url, body, headers)

    ulm.node.client.post = spy  # type: ignore[method-assign, assignment]
    saillans.answer = lambda method, path: 503 if len(seen) < 3 else None
    ulm.say("one", "text")
    world.settle()
    world.later(minutes=1.3)
    world.later(minutes=6.5)
    assert len(seen) == 3
    assert len({body for body, _ in seen}) == 1
    assert len({signature for _, signature in seen}) == 3
    assert saillans.notebook.notes == {f"{ulm.origin}/notes/one": "text"}


def test_a_host_that_fails_is_tried_again_for_a_week_and_then_no_more(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: 503
    before = posts(saillans)
    ulm.say("one", "text")
    started = now()
    moments = []
    for _ in range(10 * 24 * 12):
        if posts(saillans) > before + len(moments):
            moments.append(now() - started)
        if ulm.deliveries()[0].state == "dead":
            break
        world.later(minutes=5 if now() - started < timedelta(days=1) else 60)
    assert 13 <= len(moments) <= 16
    assert timedelta(days=6) < moments[-1] < timedelta(days=8)
    assert ulm.deliveries()[0].last_status == 503


@pytest.mark.parametrize("status", [400, 404, 405, 406, 413, 415, 422])
def test_an_answer_that_will_not_change_ends_the_tries(
    world: World, pair: tuple[Instance, Instance], status: int
) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: status
    ulm.say("one", "text")
    world.settle()
    (delivery,) = ulm.deliveries()
    assert (delivery.state, delivery.last_status, delivery.attempts) == ("dead", status, 1)
    assert world.later(days=1) == 0


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_is_tried_three_times_in_both_dialects(
    world: World, pair: tuple[Instance, Instance], status: int
) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: status
    before = posts(saillans)
    ulm.say("one", "text")
    world.settle()
    for _ in range(4):
        world.later(hours=1)
    assert posts(saillans) - before == 6
    assert ulm.deliveries()[0].state == "dead"


def test_the_dialect_that_a_host_takes_is_remembered(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    dialects: list[str] = []
    original = ulm.node.client.post

    def spy(url: str, body: bytes, headers: dict[str, str]):  # type: ignore[no-untyped-def]
        dialects.append("rfc9421" if "Signature-Input" in headers else "cavage")
        return original(url, body, headers)

    ulm.node.client.post = spy  # type: ignore[method-assign, assignment]
    saillans.answer = lambda method, path: 401 if dialects and dialects[-1] == "cavage" else None
    ulm.say("one", "text")
    world.settle()
    ulm.say("two", "text")
    world.settle()
    assert dialects == ["cavage", "rfc9421", "rfc9421"]
    assert len(saillans.notebook.notes) == 2


def test_gone_ends_the_tries_and_drops_the_follower(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: 410
    ulm.say("one", "text")
    ulm.say("two", "text")
    world.settle()
    ulm.say("three", "text")
    assert world.settle() == 0
    assert {delivery.state for delivery in ulm.deliveries()} <= {"dead"}


def test_two_lanes_that_hear_at_once_that_nobody_is_there_any_more_end_both(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    ulm.say("one", "text")  # taken: from now on the host has two lanes
    world.settle()
    both = threading.Barrier(2)

    def gone(method: str, path: str) -> int:
        both.wait(20)
        return 410

    saillans.answer = gone
    ulm.say("two", "text")
    ulm.say("three", "text")
    slow = delivery.wait

    def wait_for_both(flying: Any, **_: Any) -> Any:
        return slow(flying, timeout=20)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "wait", wait_for_both)
        assert deliver_due(ulm.node) == 2
    assert [delivery.state for delivery in ulm.deliveries()] == ["dead", "dead"]


@pytest.mark.parametrize(("asked", "kept"), [("7200", 2.0), ("999999", 12.0)])
def test_retry_after_is_honoured_up_to_twelve_hours(
    world: World, pair: tuple[Instance, Instance], asked: str, kept: float
) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: (429, {"Retry-After": asked})
    ulm.say("one", "text")
    world.settle()
    wait = ulm.deliveries()[0].due_at - now()
    assert timedelta(hours=kept - 0.1) < wait <= timedelta(hours=kept)
    saillans.answer = lambda method, path: None
    ulm.say("two", "text")
    assert world.later(hours=kept - 0.2) == 0
    world.later(hours=0.3)
    assert len(saillans.notebook.notes) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_all_day_uses_up_no_try_and_is_not_given_up(
    world: World, pair: tuple[Instance, Instance], status: int
) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: (status, {"Retry-After": "5"})
    for number in range(10):
        ulm.say(str(number), "text")
    before = posts(saillans)
    for _ in range(30):
        world.later(seconds=6)
    assert {delivery.attempts for delivery in ulm.deliveries()} == {0}
    assert posts(saillans) - before <= 2 * 30  # the host rests between two of its answers
    saillans.answer = lambda method, path: None
    world.later(minutes=1)
    assert len(saillans.notebook.notes) == 10


def test_a_slow_host_delays_nobody_else(world: World) -> None:
    ulm = world["ulm"]
    for name in ("saillans", "arvieu", "slow"):
        world[name].follow(ulm.actor)
    world.settle()
    release = threading.Event()
    world["slow"].answer = lambda method, path: None if release.wait(5) else 503
    for number in range(5):
        ulm.say(str(number), "text")
    carrier = threading.Thread(target=deliver_due, args=(ulm.node,))
    carrier.start()
    with took_less_than(2):
        while posts(world["saillans"]) < 6 or posts(world["arvieu"]) < 6:
            time.sleep(0.01)
        ulm.say("later", "text")  # also what comes while the slow one is still thinking
        while posts(world["saillans"]) < 7:
            time.sleep(0.01)
    assert carrier.is_alive()
    release.set()
    carrier.join(10)
    world.settle()
    assert len(world["slow"].notebook.notes) == 6


def test_a_host_gets_two_at_a_time_and_one_about_the_same_object(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    lock, running, most = threading.Lock(), [0], [0]

    def answer(method: str, path: str) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.02)
        with lock:
            running[0] -= 1

    saillans.answer = answer  # type: ignore[assignment]
    for number in range(12):
        ulm.say(str(number), "text")
    deliver_due(ulm.node)
    assert most[0] == 2

    most[0] = 0
    for number in range(6):
        ulm.say("same", f"version {number}", "Update")
    deliver_due(ulm.node)
    assert most[0] == 1
    world.settle()
    assert saillans.notebook.notes[f"{ulm.origin}/notes/same"] == "version 5"


def test_a_later_word_about_an_object_waits_for_an_earlier_one(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    failing = True
    saillans.answer = lambda method, path: 503 if failing else None
    ulm.say("one", "first")
    world.settle()
    failing = False
    ulm.say("one", "second", "Update")
    ulm.say("two", "other")
    world.settle()
    assert saillans.notebook.notes == {f"{ulm.origin}/notes/two": "other"}
    world.later(minutes=2)
    assert saillans.notebook.notes[f"{ulm.origin}/notes/one"] == "second"
    assert saillans.notebook.heard[-2:] == [
        ("Create", f"{ulm.origin}/notes/one"),
        ("Update", f"{ulm.origin}/notes/one"),
    ]


def test_a_host_that_fails_again_and_again_is_only_probed(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    saillans.answer = lambda method, path: 503
    for number in range(30):
        ulm.say(str(number), "text")
    before = posts(saillans)
    world.settle()
    assert posts(saillans) - before == 5
    host = ulm.known_host(saillans.host)
    assert host is not None
    assert host.state == "suspended"
    world.later(minutes=1.5)
    assert posts(saillans) - before == 6
    assert world.settle() == 0
    saillans.answer = lambda method, path: None
    world.later(minutes=7)
    assert len(saillans.notebook.notes) == 30
    assert ulm.deliveries() == []


def test_a_verified_request_reopens_a_suspended_host(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.follow(saillans.actor)
    world.settle()
    saillans.answer = lambda method, path: 503 if method == "POST" else None
    for number in range(10):
        ulm.say(str(number), "text")
    world.settle()
    saillans.answer = lambda method, path: None
    assert world.settle() == 0
    saillans.say("hello", "we are back")
    world.settle()
    assert len(saillans.notebook.notes) == 10


def test_a_dead_host_is_unreachable_without_an_answer(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.stop()
    ulm.say("one", "text")
    with took_less_than(5):
        deliver_due(ulm.node)
    (delivery,) = ulm.deliveries()
    assert (delivery.state, delivery.last_status, delivery.attempts) == ("waiting", None, 1)
    assert delivery.last_error


def test_nothing_leaves_for_a_blocked_host(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.say("one", "text")
    with ulm.node.database.writing() as session:
        hosts.judge(session, "localhost", False)
    before = posts(saillans)
    world.settle()
    assert posts(saillans) == before
    assert ulm.deliveries() == []


def test_a_limit_bounds_the_tries_of_one_call(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, _ = pair
    for number in range(5):
        ulm.say(str(number), "text")
    assert deliver_due(ulm.node, limit=2) == 2
    assert len(ulm.deliveries()) == 3


def test_taking_looks_at_one_hosts_line_and_never_at_all_that_waits(database: Database) -> None:
    def ask(session: Session) -> None:
        dueness._ready(session, now(), 8, failing=False)
        list(session.scalars(dueness._first_of("a.example", 10, now())))

    found = plans(database, ask, about="delivery")
    assert len(found) == 2
    for steps in found:
        assert any("ix_delivery_line (host=? AND state=?)" in step for step in steps), steps
        assert not any("ix_delivery_due" in step or "SCAN delivery" in step for step in steps), steps
