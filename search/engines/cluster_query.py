"""What a query means, said in the query language of OpenSearch and Elasticsearch.

What must hold is a filter without a score; what a document scores is said beside it, as the oracle
counts it. A server refuses queries of more than 1,024 clauses, so the score of the least weight gives way.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any as Anything

from search import analysis
from search.engines.cluster_fields import key
from search.layout import Layout
from search.question.meaning import (
    All,
    Among,
    Any,
    Around,
    Between,
    Chosen,
    Meaning,
    Run,
    Start,
    Subject,
    Without,
    Word,
    positive,
    weighted,
)

MOST_CLAUSES = 1_000
MOST_TERMS = 60_000  # in one list; a server takes 65,536
Clause = dict[str, Anything]
NOTHING: Clause = {"match_none": {}}


class Translator:
    """Translates for one question; `spots` finds the places of the index that are near another."""

    def __init__(self, layout: Layout, spots: Callable[[Around], list[str]]) -> None:
        self.layout = layout
        self.spots = spots

    def scoring(self, meaning: Meaning, wanted: Meaning) -> Clause:
        """What must hold, with the score of what is wanted."""
        needed = self.matching(meaning)
        left = MOST_CLAUSES - count(needed)
        should: list[Clause] = []
        anywhere = ((part, 1.0) for part in positive(wanted))
        for part, weight in (*anywhere, *weighted(wanted, self.layout.texts)):
            for clause in self._scored(part, weight):
                if (left := left - count(clause)) < 0:
                    break
                should.append(clause)
        return {"bool": {"filter": [needed], "should": should, "minimum_should_match": 0}}

    def weighing(self, part: Word | Run | Start | Subject) -> Clause:
        """What matches one part, with its score."""
        return _some(list(self._scored(part, 1.0)))

    def _scored(self, part: Word | Run | Start | Subject, weight: float) -> Iterator[Clause]:
        if isinstance(part, Subject):
            yield {"constant_score": {"filter": self.matching(part), "boost": weight * part.weight}}
            return
        words, stems = f"words_{part.zone}", f"stems_{part.zone}"
        match part:
            case Word():
                for form in part.surfaces:
                    yield {"term": {words: {"value": form, "boost": weight}}}
                for stem, less in sorted(part.stems, key=lambda pair: -pair[1]):
                    yield {"term": {stems: {"value": stem, "boost": weight * less}}}
                for apart, less in part.compounds:
                    yield {"bool": {"must": [{"term": {stems: s}} for s in apart], "boost": weight * less}}
            case Run(run):
                yield {"match_phrase": {words: {"query": " ".join(run), "boost": weight}}}
            case Start(beginning):
                yield {"constant_score": {"filter": {"prefix": {words: beginning}}, "boost": weight}}

    def matching(self, meaning: Meaning) -> Clause:
        """The query, for what it matches."""
        match meaning:
            case Word(_, surfaces, stems, zone):
                found = [*_terms(f"words_{zone}", surfaces), *_terms(f"stems_{zone}", (s for s, _ in stems))]
                found += [
                    {"bool": {"filter": [{"term": {f"stems_{zone}": stem}} for stem in apart]}}
                    for apart, _ in meaning.compounds
                ]
                return _some(found)
            case Run(run, zone):
                return {"match_phrase": {f"words_{zone}": {"query": " ".join(run)}}}
            case Start(beginning, zone):
                return {"prefix": {f"words_{zone}": beginning}}
            case Chosen(name, values):
                return _some(_terms("choices", (analysis.choice(name, value) for value in values)))
            case Subject(name, value):
                return {"term": {"choices": analysis.choice(name, value)}}
            case Among(ids):
                return {"ids": {"values": [key(name) for name in ids]}}
            case Between(name, low, high):
                ends = {end: value for end, value in (("gte", low), ("lte", high)) if value is not None}
                field = f"number_{name}"
                return {"range": {field: ends}} if ends else {"exists": {"field": field}}
            case Around():
                return _some(_terms("spot", self.spots(meaning)))
            case Without(part):
                return {"bool": {"filter": [LIVE], "must_not": [self.matching(part)]}}
            case Any(parts):
                return _some([self.matching(part) for part in parts])
            case All(parts):
                return self._every(parts)

    def _every(self, parts: Iterable[Meaning]) -> Clause:
        needed = [self.matching(part) for part in parts if not isinstance(part, Without) and part != All()]
        refused = [self.matching(part.part) for part in parts if isinstance(part, Without)]
        if not refused and len(needed) == 1:
            return needed[0]
        return {"bool": {"filter": needed or [LIVE], "must_not": refused}}


LIVE: Clause = {"term": {"live": True}}


def _terms(field: str, terms: Iterable[str]) -> list[Clause]:
    given = list(terms)
    return [{"terms": {field: given[at : at + MOST_TERMS]}} for at in range(0, len(given), MOST_TERMS)]


def _some(clauses: list[Clause]) -> Clause:
    if not clauses:
        return NOTHING
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def count(clause: Clause) -> int:
    """How many clauses the server counts in it."""
    inside = clause.get("bool")
    if inside is None:
        return 1
    return sum(
        count(one) for kind in ("filter", "must", "should", "must_not") for one in inside.get(kind, ())
    )


def exactly(text: str) -> str:
    """The text as a regular expression of Lucene that means nothing but itself."""
    return "".join(f"\\{char}" if char in '.?+*|{}[]()"\\#@&<>~^$/-' else char for char in text)
