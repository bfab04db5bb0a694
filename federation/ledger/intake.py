"""Many requests, one transaction: while one is being written down, the next ones gather.

A commit costs a flush to disk, whatever it holds. Whoever comes while another commits waits, and the
first of those who waited writes for all of them.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlmodel import Session

from federation.base import Database

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Ticket(Generic[Item, Answer]):
    """What one thread waits for: that its item is written, or that it is its turn to write."""

    item: Item
    answer: Answer | None = None
    error: BaseException | None = None
    done: bool = False
    bell: threading.Lock = field(default_factory=threading.Lock)  # held until there is news

    def __post_init__(self) -> None:
        self.bell.acquire()


class Intake(Generic[Item, Answer]):
    """Writes items in batches; `write` gets a session and items, and gives one answer for each.

    `put` returns after the commit, which wakes nobody: that is for who puts something in. When a batch
    fails its items are written one by one, so that nobody suffers for another.
    """

    def __init__(
        self, database: Database, write: Callable[[Session, list[Item]], list[Answer]], *, most: int = 200
    ) -> None:
        self._database = database
        self._write = write
        self._most = most
        self._gathered: list[_Ticket[Item, Answer]] = []
        self._gathering = threading.Lock()
        self._writing = False

    def busy(self) -> bool:
        """Whether somebody is waiting for a commit at this moment."""
        return self._writing

    def put(self, item: Item) -> Answer:
        """Write an item together with others, and give the answer for it once that is on the disk."""
        ticket: _Ticket[Item, Answer] = _Ticket(item)
        with self._gathering:
            self._gathered.append(ticket)
            first, self._writing = not self._writing, True
        if not first:
            ticket.bell.acquire()
        if not ticket.done:
            self._write_for_all()
        if ticket.error is not None:
            raise ticket.error
        return ticket.answer  # type: ignore[return-value]

    def _write_for_all(self) -> None:
        with self._gathering:
            batch, self._gathered = self._gathered[: self._most], self._gathered[self._most :]
        try:
            self._commit(batch)
        except BaseException as error:  # this thread is being ended: whoever counts on it must hear so
            for ticket in batch:
                if not ticket.done:
                    ticket.error, ticket.done = error, True
            raise
        finally:
            with self._gathering:
                following = self._gathered[0] if self._gathered else None
                self._writing = following is not None
            for ticket in batch[1:] + ([following] if following else []):
                ticket.bell.release()

    def _commit(self, batch: list[_Ticket[Item, Answer]]) -> None:
        try:
            with self._database.writing(quietly=True, beside=True) as session:
                answers = self._write(session, [ticket.item for ticket in batch])
            for ticket, answer in zip(batch, answers, strict=True):
                ticket.answer, ticket.done = answer, True
        except Exception as error:
            if len(batch) == 1:
                batch[0].error, batch[0].done = error, True
            else:
                for ticket in batch:
                    self._commit([ticket])
