"""What a query says by pointing at something in the index: near a place by its name, like a document by its id."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from search.errors import QueryError
from search.question import language as tree
from search.question.meaning import Among, Any, Chosen, Meaning, Run, Word
from search.words.compounds import parts
from search.words.text import base_language, fold, normalise, stems, tokens, words

if TYPE_CHECKING:
    from search.question.shelf import Row

# A word of a title says more of what a document is about than one of its body.
WEIGHTS = {"title": 3.0, "summary": 2.0, "body": 1.0}
MOST_STEMS = 24
TOO_COMMON = 0.2  # a stem that more of the documents in its language have says nothing about one
Ask = Callable[[Meaning, int], "Sequence[Row]"]
Frequencies = Callable[[list[str]], list[int]]


class References:
    """Puts what an index knows in the place of names; `mistakes` are those that it does not know."""

    def __init__(self, ask: Ask, frequencies: Frequencies, subjects: Sequence[str]) -> None:
        self.ask = ask
        self.subjects = subjects
        self.frequencies = frequencies
        self.mistakes: list[QueryError] = []

    def resolve(self, node: tree.Tree) -> tree.Tree:
        """The tree without unresolved names; a name that nothing has is left out."""
        return self._resolved(node) or tree.And()

    def _resolved(self, node: tree.Tree) -> tree.Tree | None:
        match node:
            case tree.NearNamed():
                return self._near(node)
            case tree.Like():
                return self._like(node)
            case tree.Not(part):
                found = self._resolved(part)
                return None if found is None else tree.Not(found)
            case tree.And(several) | tree.Or(several):
                kept = tuple(found for part in several if (found := self._resolved(part)) is not None)
                if kept == several:
                    return node
                return kept[0] if len(kept) == 1 else replace(node, parts=kept) if kept else None
        return node

    def _mistake(self, message: str, at: tuple[int, int], **params: object) -> None:
        self.mistakes.append(QueryError(message, params, at[0], at[1] - at[0]))

    def _near(self, node: tree.NearNamed) -> tree.Near | None:
        name = tuple(fold(word) for word in words(node.name))
        for zone in ("owner", "place"):
            called = Run(name, zone) if len(name) > 1 else Word(name[0], name, (), zone)
            spots = (row.spot for row in self.ask(called, 5) if row.spot)
            if spot := next(spots, None):
                lat, _, lon = spot.partition("|")[2].partition(",")
                return tree.Near(float(lat), float(lon), node.km)
        self._mistake(
            "No place called “%(name)s” is known here; write latitude,longitude: near:48.4,10.0~50km.",
            node.at,
            name=node.name,
        )
        return None

    def _like(self, node: tree.Like) -> tree.Like | None:
        rows = self.ask(Any((Among((node.id,)), Chosen("key", (node.id,)))), 1)
        if not rows:
            self._mistake("“%(id)s” is not in this catalogue, so nothing is like it.", node.at, id=node.id)
            return None
        row = rows[0]
        about = tuple((name, value) for name in self.subjects for value in row.subjects.get(name, ()))
        return tree.Like(row.id, node.at, self._rarest(row), about)

    def _rarest(self, row: "Row") -> tuple[tuple[str, float], ...]:
        """The stems that tell this document from others and that another has too; each with its weight up to 1."""
        often: dict[str, float] = defaultdict(float)
        for name, weight in WEIGHTS.items():
            for tag, text in row.texts.get(name, {}).items():
                language = base_language(tag)
                for token in tokens(normalise(text)):
                    for stem in (*stems(token.text, language), *parts(token.text, language)):
                        often[stem] += weight
        having = dict(zip(often, self.frequencies(list(often)), strict=True))
        # A language is as large as its commonest word: in one of two documents nothing common is rare.
        written: Counter[str] = Counter()
        for stem, count in having.items():
            written[stem[:2]] = max(written[stem[:2]], count)
        weighed = {
            stem: math.log1p(often[stem]) * math.log((written[stem[:2]] + 1) / count)
            for stem, count in having.items()
            if 2 <= count <= max(2.0, written[stem[:2]] * TOO_COMMON)
        }
        best = sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_STEMS]
        return tuple((stem, weight / best[0][1]) for stem, weight in best)
