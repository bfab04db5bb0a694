"""Fetches that strangers make us do: one for each document, few for each host, some in all.

Whoever sends a request signed with an unknown key decides what we fetch. Without a bound, a slow
server and a handful of such requests would occupy every thread that answers the door: those that
fetch, and those that wait for their turn to.
"""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, nullcontext

from federation.errors import TryLater

_FULL = "Too many keys of this instance are being fetched; please send it again later."


class Flights:
    """Lets one fetch of a document go at a time, `per_host` towards a host, `total` altogether.

    Of the threads that answer the door, `door` may be in here at once, flying or waiting, and half as
    many for one host; work in the background waits its turn however many there are.
    """

    def __init__(self, *, total: int = 8, per_host: int = 2, patience: float = 3.0, door: int = 8) -> None:
        self.total = total
        self.per_host = per_host
        self.patience = patience
        self.door = door
        self._at_door: Counter[Hashable] = Counter()
        self._changed = threading.Condition()
        self._flying: set[Hashable] = set()
        self._hosts: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, document: Hashable, host: Hashable, *, at_door: bool = False) -> Iterator[None]:
        """Wait for a turn; TryLater when it does not come within the patience, in seconds.

        Who waits `at_door` is told so at once where too many do already.
        """
        with self._standing(host) if at_door else nullcontext(), self._flight(document, host):
            yield

    @contextmanager
    def _standing(self, host: Hashable) -> Iterator[None]:
        with self._changed:
            if self._at_door.total() >= self.door or self._at_door[host] >= max(1, self.door // 2):
                raise TryLater(_FULL)
            self._at_door[host] += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_door[host] -= 1
                if not self._at_door[host]:
                    del self._at_door[host]

    @contextmanager
    def _flight(self, document: Hashable, host: Hashable) -> Iterator[None]:
        with self._changed:
            if not self._changed.wait_for(lambda: self._may(document, host), self.patience):
                raise TryLater(_FULL)
            self._flying.add(document)
            self._hosts[host] += 1
        try:
            yield
        finally:
            with self._changed:
                self._flying.discard(document)
                self._hosts[host] -= 1
                if not self._hosts[host]:
                    del self._hosts[host]
                self._changed.notify_all()

    def _may(self, document: Hashable, host: Hashable) -> bool:
        return (
            document not in self._flying
            and self._hosts[host] < self.per_host
            and len(self._flying) < self.total
        )
