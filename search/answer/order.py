"""In which order hits stand: one key for each way of sorting, unique for each document.

Equal values are told apart by a number made from the document's id, so that the pages of a result
never overlap, in no engine and after no rebuild. A document without the value stands last.
"""

import hashlib
import math
from collections.abc import Sequence

from search.engine import Document
from search.layout import Layout
from search.words.text import base_language, fold, words

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


def title_keys(document: Document, layout: Layout) -> dict[str, str]:
    """Alphabetical order → key; the lowest stands first, a missing title last.

    `title` is the order of the titles in their original languages; there is one more for each language
    of readers, in which each title counts as they are shown it: in theirs, else in the first, else as it is.
    """
    titles = document.texts.get("title", {})
    last = f"{tie(document.id):08x}"
    found = {}
    for reader in ("", *layout.readers):
        wanted = (reader, *layout.readers[:1], document.language) if reader else (document.language,)
        title = next((titles[one] for one in wanted if titles.get(one)), next(iter(titles.values()), ""))
        letters = " ".join(fold(word) for word in words(title))[:60]
        found[titles_for(reader)] = f"{letters or chr(0xFFFF)} {last}"
    return found


def title_orders(layout: Layout) -> list[str]:
    """The names of the alphabetical orders."""
    return [titles_for(reader) for reader in ("", *layout.readers)]


def titles_for(reader: str) -> str:
    """The name of the alphabetical order for who reads this language; "" is for those of whom none is known."""
    return f"title_{reader}" if reader else "title"


def reader(languages: Sequence[str], layout: Layout) -> str:
    """The language of the alphabetical order that somebody who reads these is shown."""
    if not languages or not layout.readers:
        return ""
    preferred = base_language(languages[0])
    return preferred if preferred in layout.readers else layout.readers[0]
