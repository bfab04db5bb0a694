"""What a search is asked when it is measured: words, phrases and mistakes taken from the documents themselves."""

import random
from collections import Counter
from dataclasses import replace

from search.engine import Document, Query
from search.words.stopwords import ANY_STOP_WORD
from search.words.text import fold, words
from tests.load import corpus

SAMPLE = 1_500  # documents that the words are taken from
EACH = 40  # questions of each kind
SIX = ("theme", "country", "degurba", "language", "maturity", "evidence")
KINDS = ("term", "three words", "phrase", "prefix", "filters", "six facets", "fuzzy", "near")


def questions(count: int) -> dict[str, list[Query]]:
    """Kind of question → questions, the same in every run; each finds something, but for what was mistyped."""
    chance = random.Random(11)
    sample = [corpus.document(number) for number in range(min(SAMPLE, count))]
    having = Counter(word for one in sample for word in {fold(word) for word in _body(one)})
    # Words as people ask for them: neither in every third document nor in one alone.
    useful = sorted(
        word
        for word, often in having.items()
        if len(word) > 3 and word.isalpha() and 3 <= often <= len(sample) // 10 and word not in ANY_STOP_WORD
    )
    known = set(useful)
    found: dict[str, list[Query]] = {kind: [] for kind in KINDS}
    base = Query(languages=("fr",), snippets=False)
    while any(len(asked) < EACH for asked in found.values()):
        one = chance.choice(sample)
        text = _body(one)
        own = sorted(set(map(fold, text)) & known)
        if len(own) < 3 or len(text) < 20:
            continue
        first, second, third = chance.sample(own, 3)
        at = chance.randrange(len(text) - 3)
        lat, lon = one.point or (48.0, 11.0)
        asked = {
            "term": replace(base, text=first),
            "three words": replace(base, text=f"{first} OR {second} OR {third}"),
            "phrase": replace(base, text=f'"{" ".join(text[at : at + 2])}"'),
            "prefix": replace(base, text=f"{first[:4]}*"),
            "filters": replace(
                base,
                text=first,
                filters={name: one.facets[name] for name in ("theme", "country")},
                ranges={"population": (None, 5_000_000)},
            ),
            "six facets": replace(base, text=f"{first} {second}", facets=SIX, per_page=0),
            "fuzzy": replace(base, text=_mistyped(chance, max(first, second, third, key=len))),
            "near": replace(base, text=first, near=(lat, lon, 150.0), sort="nearest"),
        }
        for kind, query in asked.items():
            found[kind].append(query)
    return {kind: asked[:EACH] for kind, asked in found.items()}


def _body(one: Document) -> list[str]:
    return words(one.texts["body"][one.language])


def _mistyped(chance: random.Random, word: str) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :] + "x"
