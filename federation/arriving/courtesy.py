"""Work that goes on beside a door in use: a little of it, then a pause, so that who stands there goes first.

A process has one interpreter, and a SQLite file one writer. What has arrived is judged as fast as it can
be while nobody waits; while somebody does, judging takes a part of the time and never all of it.
"""

import time
from collections.abc import Callable

SLICE = 0.01  # seconds of work between two looks at the door
REST = 9.0  # a pause is as long as so many of the slice before it: a tenth of the time is for the work
LONGEST = 0.25  # seconds that one pause takes at most, whatever the slice took


class Courtesy:
    """Says when it is time to make room. `busy` tells whether anybody waits at the door."""

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._began = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether somebody waits, and has for as long as a slice of work takes."""
        return time.monotonic() - self._began >= SLICE and self._busy()

    def give_way(self) -> None:
        """Make room when it is time to; never while holding the database for writing."""
        if self.due:
            time.sleep(min(LONGEST, REST * (time.monotonic() - self._began)))
            self._began = time.monotonic()
