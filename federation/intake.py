"""Many requests, one transaction: while one is being written down, the next ones gather.

A commit costs a flush to disk, whatever it holds. Whoever comes while another commits waits for its
turn, and the first of those who waited writes for all of them.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlmodel import Session

from federation.base import Database

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Ticket(Generic[Item, Answer]):
    item: Item
    answer: Answer | None = None
    error: BaseException | None = None
    done: bool = False


class Intake(Generic[Item, Answer]):
    """Writes items in batches; `write` gets a session and items, and gives one answer for each.

    `put` returns after the commit. When a batch fails its items are written one by one, so that
    nobody suffers for another.
    """

    def __init__(
        self, database: Database, write: Callable[[Session, list[Item]], list[Answer]], *, most: int = 200
    ) -> None:
        self._database = database
        self._write = write
        self._most = most
        self._gathered: list[_Ticket[Item, Answer]] = []
        self._gathering = threading.Lock()
        self._turn = threading.Lock()

    def put(self, item: Item) -> Answer:
        ticket: _Ticket[Item, Answer] = _Ticket(item)
        with self._gathering:
            self._gathered.append(ticket)
        while not ticket.done:
            with self._turn:
                if not ticket.done:
                    with self._gathering:
                        batch, self._gathered = self._gathered[: self._most], self._gathered[self._most :]
                    self._commit(batch)
        if ticket.error is not None:
            raise ticket.error
        return ticket.answer  # type: ignore[return-value]

    def _commit(self, batch: list[_Ticket[Item, Answer]]) -> None:
        try:
            with self._database.writing() as session:
                answers = self._write(session, [ticket.item for ticket in batch])
            for ticket, answer in zip(batch, answers, strict=True):
                ticket.answer, ticket.done = answer, True
        except Exception as error:
            if len(batch) == 1:
                batch[0].error, batch[0].done = error, True
            else:
                for ticket in batch:
                    self._commit([ticket])
