"""How a word is written that the index knows folded: with its accents, and with a capital where it is a name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from search.question.shelf import Row
from search.words.text import fold, normalise, tokens

_BEGINS = re.compile(r"(^|[.!?:»“”\"\n])\W*\Z")
SMALL, NAME, BEGINNING = 3, 2, 1


def as_written(words: Iterable[str], rows: Sequence[Row]) -> dict[str, str]:
    """Folded word → the word as what was found has it, or as it is where that has it not.

    A capital at the beginning of a sentence says nothing; one within a sentence, or in what the host keeps
    with a document besides its texts, such as its owner, says that it is a name.
    """
    best = {word: (0, word) for word in words}
    for row in rows:
        texts = [text for by_language in row.texts.values() for text in by_language.values()]
        kept = (text for text in map(normalise, _strings(row.stored)) if text not in texts)
        for text, stored in (*((one, False) for one in texts), *((one, True) for one in kept)):
            for token in tokens(text):
                name = fold(token.text)
                if name not in best:
                    continue
                found = text[token.start : token.end]
                sure = _sure(found, stored, text[max(0, token.start - 4) : token.start])
                best[name] = max(best[name], (sure, found.lower() if sure == BEGINNING else found))
    return {word: written for word, (_sure, written) in best.items()}


def _sure(found: str, stored: bool, before: str) -> int:
    if not found[0].isupper():
        return 0 if stored else SMALL  # addresses and short names are written small, whatever they name
    if not found.istitle():
        return 0
    return NAME if stored or not _BEGINS.search(before) else BEGINNING


def _strings(value: Any) -> Iterator[str]:
    """All texts that the host has stored, wherever in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for one in value.values() for text in _strings(one))
    elif isinstance(value, list | tuple):
        yield from (text for one in value for text in _strings(one))
