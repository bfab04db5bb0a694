"""When to try again, and what an answer means: the rules of delivery as data.

Nothing here touches a database or the network.
"""

import random
from datetime import datetime, timedelta
from enum import Enum

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# The pause before the first try, the second, ...; after the last it is a try a day.
PAUSES = (0 * MINUTE, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR)
LAST_DAY = 7 * DAY
JITTER = 0.2
LONGEST_RETRY_AFTER = 12 * HOUR
SOONEST = timedelta(seconds=1)  # however soon the other side would have us back
PART_OF_AGE = 50  # ... and never sooner than this part of the time that it has waited already
KNOCKS = 3  # tries at a door that says 401 or 403
SUSPEND_AFTER = 5  # failures in a row, after which a host is only probed


class Answer(Enum):
    """What the other side's answer asks of us."""

    TAKEN = "taken"  # it has arrived
    GONE = "gone"  # nobody will ever be there again
    REFUSED = "refused"  # the same bytes will be refused again
    DENIED = "denied"  # the signature or the sender is not accepted, perhaps not yet
    LATER = "later"  # try again


def judge(status: int | None) -> Answer:
    """The class of an HTTP status; None stands for no answer at all."""
    if status is None or status >= 500 or status in (408, 409, 423, 425, 429):
        return Answer.LATER
    if 200 <= status < 300:
        return Answer.TAKEN
    if status == 410:
        return Answer.GONE
    if status in (401, 403):
        return Answer.DENIED
    return Answer.REFUSED if status >= 400 else Answer.LATER


def speaks_of_signature(status: int | None) -> bool:
    """Whether another dialect of HTTP signatures may help."""
    return status in (400, 401, 403)


def is_host_failure(status: int | None) -> bool:
    """Whether the host itself is in trouble, not only this activity."""
    return status is None or status >= 500


def is_appointment(status: int | None, retry_after: timedelta | None) -> bool:
    """Whether the host is there, has too much to do, and says when to come again.

    RFC 9110 (503) and RFC 6585 (429) give `Retry-After` this meaning. Such an answer blames neither the
    activity nor the host, so it counts as no try: otherwise a busy hour would use up the schedule.
    """
    return status in (429, 503) and retry_after is not None


def pause(tries: int) -> timedelta:
    """The time between the last of `tries` tries and the next one, ±20 %."""
    base = PAUSES[tries] if tries < len(PAUSES) else DAY
    return base * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing


def next_try(
    *, tries: int, created_at: datetime, at: datetime, status: int | None, retry_after: timedelta | None
) -> datetime | None:
    """When to try again after `tries` tries; None when it is time to give up."""
    answer = judge(status)
    if answer in (Answer.TAKEN, Answer.GONE, Answer.REFUSED):
        return None
    if answer is Answer.DENIED and tries >= KNOCKS:
        return None
    wait = SOONEST if is_appointment(status, retry_after) else pause(tries)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_RETRY_AFTER), (at - created_at) / PART_OF_AGE)
    return None if at + wait > created_at + LAST_DAY * (1 + JITTER / 2) else at + wait
