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


def test_a_wish_for_later_counts_up_to_twelve_hours() -> None:
    at = now()
    for wish, kept in ((timedelta(hours=2), 2), (timedelta(days=9), 12)):
        due = next_try(tries=1, created_at=at, at=at, status=503, retry_after=wish)
        assert due == at + timedelta(hours=kept)


def test_nobody_makes_us_hurry() -> None:
    at = now()
    for wish in (timedelta(0), timedelta(seconds=5), timedelta(hours=-1)):
        for tries, minutes in ((1, 1), (2, 5), (3, 15)):
            due = next_try(tries=tries, created_at=at, at=at, status=503, retry_after=wish)
            assert due is not None
            assert due >= at + timedelta(minutes=minutes) * 0.8


def test_the_third_closed_door_is_the_last() -> None:
    at = now()
    tries = [next_try(tries=n, created_at=at, at=at, status=401, retry_after=None) for n in (1, 2, 3)]
    assert [due is None for due in tries] == [False, False, True]
