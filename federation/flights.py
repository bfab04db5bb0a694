"""Fetches that strangers make us do: one for each document, few for each host, some in all.

Whoever sends a request signed with an unknown key decides what we fetch. Without a bound, a slow
server and a handful of such requests would occupy every thread that answers the door.
"""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from federation.errors import TryLater


class Flights:
    """Lets one fetch of a document go at a time, `per_host` towards a host, `total` altogether.

    Each holds a thread that could answer the door, and so does each that waits for its turn: at most
    `waiting` may. `make_room` fits the bounds to how many threads there are.
    """

    def __init__(self, *, total: int = 5, per_host: int = 2, waiting: int = 3, patience: float = 3.0) -> None:
        self.total = total
        self.per_host = per_host
        self.waiting = waiting
        self.patience = patience
        self._waiting = 0
        self._changed = threading.Condition()
        self._flying: set[Hashable] = set()
        self._hosts: Counter[Hashable] = Counter()

    def make_room(self, threads: int) -> None:
        """Leave half of `threads`, and one at least, to requests that make nobody fetch anything."""
        half = max(1, threads // 2)
        self.total, self.waiting = min(self.total, max(1, half - 1)), min(self.waiting, half // 3)

    @contextmanager
    def one(self, document: Hashable, host: Hashable) -> Iterator[None]:
        """Wait for a turn; TryLater when it does not come within the patience, or too many wait already."""
        with self._changed:
            if not self._may(document, host) and not self._wait(document, host):
                raise TryLater(
                    "Too many keys of this instance are being fetched; please send it again later."
                )
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

    def _wait(self, document: Hashable, host: Hashable) -> bool:
        if self._waiting >= self.waiting:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(lambda: self._may(document, host), self.patience)
        finally:
            self._waiting -= 1

    def _may(self, document: Hashable, host: Hashable) -> bool:
        return (
            document not in self._flying
            and self._hosts[host] < self.per_host
            and len(self._flying) < self.total
        )
