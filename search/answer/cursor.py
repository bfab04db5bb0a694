"""Turning the page while the index changes: a cursor names what was shown, not how far one has read.

A position moves whenever a document is put or deleted before it, and the score of every document moves
a little with every change. So the next page is the best of what was not shown yet: nothing comes twice,
and nothing is passed over because something else came or went. The cursor carries the number of hits
shown and a mark for each of the last `WINDOW`. Further back the marks are spared: the page then starts
`OVERLAP` hits before the position, at the first one whose mark is known, which holds as long as fewer
than `OVERLAP` documents before it came or went between two pages.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ARRANGED = 60  # hits that the host may put in another order; all of them are marked in a cursor
OVERLAP = 100
WINDOW = ARRANGED + OVERLAP
MARK = 5  # bytes: one chance in 70,000 that any of 100,000 documents is taken for one that was shown
COUNT = 3  # bytes


@dataclass(frozen=True)
class Shown:
    """How many hits were shown on the pages before, and the marks of the last of them in their order."""

    count: int = 0
    marks: tuple[bytes, ...] = ()

    @property
    def start(self) -> int:
        """The rank from which on a page has to look."""
        return 0 if self.count <= WINDOW else self.count - OVERLAP

    def written(self) -> str:
        """The cursor as text that an address can hold; "" before anything was shown."""
        if not self.count:
            return ""
        raw = self.count.to_bytes(COUNT, "big") + b"".join(self.marks)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def and_then(self, ids: Iterable[str]) -> "Shown":
        """With one more page."""
        more = tuple(mark(one) for one in ids)
        return Shown(self.count + len(more), (*self.marks, *more)[-WINDOW:])

    def without_last(self, hits: int) -> "Shown | None":
        """Before the last page of so many hits; None when its marks are not known any more."""
        count = self.count - hits
        if count <= 0:
            return Shown()
        marks = self.marks[:-hits]
        return Shown(count, marks) if len(marks) == min(count, WINDOW) else None

    def unseen(self, ids: Sequence[str]) -> list[int]:
        """Which of the ids, in the order from rank `start` on, were not shown."""
        known = set(self.marks)
        marks = [mark(one) for one in ids]
        first = 0
        if self.start:  # what stands before the first known mark was shown longer ago
            first = next((at for at, one in enumerate(marks) if one in known), 0)
        return [at for at in range(first, len(ids)) if marks[at] not in known]


def read(text: str) -> Shown:
    """The cursor that `written()` wrote; ValueError when it is none."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("This is not a cursor.") from error
    count, marks = int.from_bytes(raw[:COUNT], "big"), raw[COUNT:]
    if len(marks) != MARK * min(count, WINDOW) or (text and not count):
        raise ValueError("This is not a cursor.")
    return Shown(count, tuple(marks[at : at + MARK] for at in range(0, len(marks), MARK)))


def mark(document_id: str) -> bytes:
    """What stands for a document in a cursor, on every engine and after every rebuild."""
    return hashlib.sha256(document_id.encode()).digest()[:MARK]
