"""When to try again, and what an answer means."""

from datetime import timedelta

import pytest

from federation.base import now
from federation.ledger.schedule import Answer, judge, next_try, pause


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Answer.TAKEN),
        (202, Answer.TAKEN),
        (410, Answer.GONE),
        *[(status, Answer.REFUSED) for status in (400, 404, 405, 406, 413, 415, 422)],
        *[(status, Answer.DENIED) for status in (401, 403)],
        *[(status, Answer.LATER) for status in (None, 408, 429, 500, 502, 503, 504, 301)],
    ],
)
def test_each_status_has_its_class(status: int | None, answer: Answer) -> None:
    assert judge(status) is answer


def test_the_pauses_grow_from_a_minute_to_a_day_and_vary_by_a_fifth() -> None:
    minutes = [1, 5, 15, 60, 180, 360, 720, 1440, 1440]
    for tries, base in enumerate(minutes, 1):
        drawn = [pause(tries) / timedelta(minutes=1) for _ in range(200)]
        assert 0.8 * base <= min(drawn) < 0.9 * base
        assert 1.1 * base < max(drawn) <= 1.2 * base


def test_after_a_week_nobody_tries_again() -> None:
    at = now()
    arguments = {"tries": 12, "at": at, "status": 503, "retry_after": None}
    assert next_try(created_at=at - timedelta(days=3), **arguments) is not None  # type: ignore[arg-type]
    assert next_try(created_at=at - timedelta(days=7, hours=1), **arguments) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_says_when_to_come_again_up_to_twelve_hours(status: int) -> None:
    at = now()
    for wish, kept in (("0", 1), ("-9", 1), ("5", 5), ("7200", 7200), ("999999", 12 * 3600)):
        due = next_try(tries=3, created_at=at, at=at, status=status, retry_after=timedelta(seconds=int(wish)))
        assert due == at + timedelta(seconds=kept)


def test_what_has_waited_long_comes_less_often_however_soon_it_may() -> None:
    at = now()
    for waited, least in ((timedelta(hours=1), 72), (timedelta(days=1), 24 * 72)):
        due = next_try(tries=0, created_at=at - waited, at=at, status=429, retry_after=timedelta(seconds=1))
        assert due == at + timedelta(seconds=least)


@pytest.mark.parametrize("status", [None, 408, 500, 502])
def test_who_is_in_trouble_may_ask_for_more_time_and_not_for_less(status: int | None) -> None:
    at = now()
    for wish in (timedelta(0), timedelta(seconds=5), timedelta(hours=-1)):
        for tries, minutes in ((1, 1), (2, 5), (3, 15)):
            due = next_try(tries=tries, created_at=at, at=at, status=status, retry_after=wish)
            assert due is not None
            assert due >= at + timedelta(minutes=minutes) * 0.8
    late = next_try(tries=1, created_at=at, at=at, status=status, retry_after=timedelta(hours=2))
    assert late == at + timedelta(hours=2)


def test_the_third_closed_door_is_the_last() -> None:
    at = now()
    tries = [next_try(tries=n, created_at=at, at=at, status=401, retry_after=None) for n in (1, 2, 3)]
    assert [due is None for due in tries] == [False, False, True]
