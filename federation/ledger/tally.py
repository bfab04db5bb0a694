"""What was turned away at the door is counted in memory, and written down now and then for all at once.

Somebody who is refused must not be able to make us write: a storm of refusals would be a storm of
commits. And what a request only claims about its sender is kept apart from what a sender has proven.
"""

import threading
import time
from dataclasses import dataclass, field

from sqlmodel import col, select

from federation.base import Database
from federation.ledger.hosts import Host

EVERY = 10.0  # seconds between two writings
MOST = 2_000  # hosts between two writings


@dataclass
class Count:
    """What became of one host's requests since the last writing."""

    refused: int = 0
    unproven: int = 0
    throttled: int = 0
    last: dict[str, str] = field(default_factory=dict)


class Tally:
    """The counts of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._counts: dict[str, Count] = {}
        self._next = time.monotonic()  # the first is written at once

    def note(self, kind: str, host: str, reason: str = "") -> None:
        """Count one: `kind` is "refused" (the sender is proven), "unproven" or "throttled"."""
        with self._lock:
            if host not in self._counts and len(self._counts) >= MOST:
                return
            count = self._counts.setdefault(host, Count())
            setattr(count, kind, getattr(count, kind) + 1)
            count.last[kind] = reason[:500]
            due = time.monotonic() >= self._next
            if due:
                self._next = time.monotonic() + EVERY
        if due:
            self.write()

    def write(self) -> int:
        """Write the counts of hosts that we know; those of others are forgotten. The number of hosts."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return 0
        with self._database.reading() as session:
            if session.exec(select(Host.host).where(col(Host.host).in_(counts))).first() is None:
                return 0
        with self._database.writing() as session:
            rows = session.exec(select(Host).where(col(Host.host).in_(counts)).order_by(col(Host.host))).all()
            for row in rows:
                count = counts[row.host]
                row.refused_count += count.refused
                row.unproven_count += count.unproven
                row.throttled_count += count.throttled
                row.last_refusal = count.last.get("refused", row.last_refusal)
                row.last_unproven = count.last.get("unproven", row.last_unproven)
                session.add(row)
            return len(rows)
