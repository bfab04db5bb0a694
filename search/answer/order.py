"""In which order hits stand: one key for each way of sorting, unique for each document.

Equal values are told apart by a number made from the document's id, so that the pages of a result
never overlap, in no engine and after no rebuild. A document without the value stands last.
"""

import hashlib
import math

from search.engine import Document
from search.words.text import fold, words

TIE_BITS = 29
VALUE_BITS = 34  # seconds since 1970 fit until the year 2514

# way of sorting → the number, and whether the smallest comes first
NUMBERS = {
    "newest": ("issued", False),
    "oldest": ("issued", True),
    "updated": ("updated", False),
    "adoptions": ("adoptions", False),
    "evidence": ("evidence_rank", False),
    "population": ("population", False),
}


def tie(document_id: str) -> int:
    """A number that stays the same for a document wherever it is indexed."""
    return int.from_bytes(hashlib.sha256(document_id.encode()).digest()[:4], "big") >> (32 - TIE_BITS)


def keys(document: Document) -> dict[str, int]:
    """Way of sorting → key; the highest key stands first."""
    last = tie(document.id)
    return {
        name: (_value(document.numbers.get(number), ascending) << TIE_BITS) | last
        for name, (number, ascending) in NUMBERS.items()
    }


def _value(number: float | None, ascending: bool) -> int:
    if number is None or not math.isfinite(number):
        return 0
    most = (1 << VALUE_BITS) - 2
    whole = min(max(int(number), 0), most)
    return 1 + (most - whole if ascending else whole)


def title_key(document: Document) -> str:
    """The key of the alphabetical order; the lowest stands first, a missing title last."""
    titles = document.texts.get("title", {})
    title = titles.get(document.language) or next(iter(titles.values()), "")
    letters = " ".join(fold(word) for word in words(title))[:60]
    return f"{letters or chr(0xFFFF)} {tie(document.id):08x}"
