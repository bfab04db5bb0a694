"""One state of a Whoosh index: its postings for the words, and plain columns for all the rest.

Whoosh is asked only for what it does well, lists of documents per term. Filters, counts and sorting
run over columns kept in memory, and what a query means is worked out with sets: nothing that a person
typed ever reaches Whoosh's own parser, prefixes or facets.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any as Anything

from search import analysis, geo
from search.answer import order
from search.answer.finding import Page, Request, Row
from search.engine import Document
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

K1, B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of a document without its texts."""

    id: str
    tie: int
    titles: dict[str, str]
    keys: dict[str, int]
    choices: list[str]
    facets: dict[str, list[str]]
    numbers: dict[str, float]
    spot: str | None


class State:
    """The columns of all living documents, and which documents have which value."""

    def __init__(self, reader: Anything, kept: dict[str, list[Columns | None]]) -> None:
        self.reader = reader
        self.segments: dict[str, list[Columns | None]] = {}
        self.columns: dict[int, Columns] = {}
        for leaf, offset in reader.leaf_readers():
            name = _segment_name(leaf)
            self.segments[name] = rows = kept.get(name) or _load(leaf)
            for number, columns in enumerate(rows):
                if columns is not None and not leaf.is_deleted(number):
                    self.columns[offset + number] = columns
        self.living = set(self.columns)
        self.choices: dict[str, set[int]] = defaultdict(set)
        self.facets: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self.spots: dict[str, set[int]] = defaultdict(set)
        for number, columns in self.columns.items():
            for choice in columns.choices:
                self.choices[choice].add(number)
            for name, values in columns.facets.items():
                for value in values:
                    self.facets[name][value].add(number)
            if columns.spot:
                self.spots[columns.spot].add(number)


def _segment_name(leaf: Anything) -> str:
    segment = leaf.segment()
    return str(segment.segment_id()) if segment is not None else ""


def _load(leaf: Anything) -> list[Columns | None]:
    loaded: list[Columns | None] = []
    for number in range(leaf.doc_count_all()):
        stored = leaf.stored_fields(number).get("columns")
        loaded.append(Columns(**json.loads(stored)) if stored else None)
    return loaded


class PureShelf:
    """Answers one query from one state."""

    def __init__(self, state: State, layout: Layout) -> None:
        self.state = state
        self.reader = state.reader
        self.layout = layout
        self._read: dict[tuple[str, str], dict[int, float]] = {}

    def page(self, request: Request) -> Page:
        found = self.documents(request.whole())
        scores = self.scores(request.text, found) if request.sort == "relevance" else {}
        ordered = sorted(found, key=self._sorting(request, scores))
        page = ordered[request.offset : request.offset + request.limit]
        facets = {name: self._facet(request, name, found) for name in request.facets}
        return Page(len(found), [self._row(number, scores.get(number, 0.0)) for number in page], facets)

    def _row(self, number: int, score: float) -> Row:
        columns = self.state.columns[number]
        kept = json.loads(self.reader.stored_fields(number)["row"])
        return Row(columns.id, score, **kept)

    def _facet(self, request: Request, name: str, found: set[int]) -> list[tuple[str, int]]:
        if name in request.filters:
            found = self.documents(request.without(name))
        counts = ((value, len(having & found)) for value, having in self.state.facets.get(name, {}).items())
        return sorted(((value, n) for value, n in counts if n), key=lambda pair: (-pair[1], pair[0]))

    def _sorting(
        self, request: Request, scores: dict[int, float]
    ) -> Callable[[int], tuple[float | str, int]]:
        columns = self.state.columns
        origin = request.origin
        if request.sort == "relevance":
            return lambda number: (-scores.get(number, 0.0), -columns[number].tie)
        if request.sort == "title":
            titles = order.titles_for(request.reader)
            return lambda number: (columns[number].titles[titles], 0)
        if request.sort == "nearest" and origin:
            far: dict[str | None, float] = {None: math.inf}
            for spot in self.state.spots:
                far[spot] = geo.distance(origin.lat, origin.lon, *geo.place_of(spot))
            return lambda number: (far[columns[number].spot], -columns[number].tie)
        return lambda number: (-columns[number].keys[request.sort], 0)

    def worth(self, parts: Sequence[Meaning], ids: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """What each part adds to the score of each of these documents."""
        wanted = set(ids)
        numbers = {n: columns.id for n, columns in self.state.columns.items() if columns.id in wanted}
        found = []
        for part in parts:
            having = self.documents(part) & set(numbers)
            scores = self.scores(part, having, extra=False)
            found.append({numbers[n]: scores.get(n, 0.0) for n in having})
        return found

    def documents(self, meaning: Meaning) -> set[int]:
        """The numbers of the documents that are meant."""
        match meaning:
            case Word(_, surfaces, stems, zone):
                found: set[int] = set()
                for form in surfaces:
                    found.update(self._postings(f"words_{zone}", form))
                for stem, _ in stems:
                    found.update(self._postings(f"stems_{zone}", stem))
                for parts, _ in meaning.compounds:
                    found.update(self._every_part(parts, zone))
                return found
            case Run(words, zone):
                return self._run(words, f"words_{zone}")
            case Start(beginning, zone):
                terms = (term.decode() for term in self.reader.expand_prefix(f"words_{zone}", beginning))
                return set().union(*(self._postings(f"words_{zone}", term) for term in list(terms)))
            case Chosen(name, values):
                having = (self.state.choices.get(analysis.choice(name, value), set()) for value in values)
                return set().union(*having)
            case Subject(name, value):
                return set(self.state.choices.get(analysis.choice(name, value), ()))
            case Among(ids):
                return {n for n, columns in self.state.columns.items() if columns.id in ids}
            case Between(name, low, high):
                return {
                    n
                    for n, columns in self.state.columns.items()
                    if _between(columns.numbers.get(name), low, high)
                }
            case Around(lat, lon, km):
                circle = geo.Circle(lat, lon, km)
                near = (having for spot, having in self.state.spots.items() if circle.has(spot))
                return set().union(*near)
            case Without(part):
                return self.state.living - self.documents(part)
            case Any(parts):
                return set().union(*(self.documents(part) for part in parts))
            case All(parts):
                return reduce(set.__and__, (self.documents(part) for part in parts), set(self.state.living))

    def _every_part(self, parts: tuple[str, ...], zone: str) -> set[int]:
        """The documents with all parts of a compound."""
        return set.intersection(*(set(self._postings(f"stems_{zone}", stem)) for stem in parts))

    def _postings(self, field: str, term: str) -> dict[int, float]:
        """Document → how often the term stands in the field."""
        key = (field, term)
        if key not in self._read:
            self._read[key] = dict(self._matched(field, term, lambda matcher: matcher.weight()))
        return self._read[key]

    def _matched(
        self, field: str, term: str, what: Callable[[Anything], Anything]
    ) -> Iterator[tuple[int, Anything]]:
        if (field, term) not in self.reader:
            return
        matcher = self.reader.postings(field, term)
        while matcher.is_active():
            yield matcher.id(), what(matcher)
            matcher.next()

    def _run(self, words: tuple[str, ...], field: str) -> set[int]:
        """The documents in which the words stand one after the other."""
        starts: dict[int, set[int]] | None = None
        for at, word in enumerate(words):
            places = {
                number: {position - at for position in positions}
                for number, positions in self._matched(
                    field, word, lambda matcher: matcher.value_as("positions")
                )
                if starts is None or number in starts
            }
            starts = {
                number: both
                for number, here in places.items()
                if (both := here if starts is None else here & starts[number])
            }
        return set(starts or ())

    def scores(self, meaning: Meaning, found: set[int], *, extra: bool = True) -> dict[int, float]:
        """BM25 of everything that the query wants, and again, weighted, in each text that weighs more."""
        scores: dict[int, float] = dict.fromkeys(found, 0.0)
        anywhere = ((part, 1.0) for part in positive(meaning))
        for part, weight in (*anywhere, *(weighted(meaning, self.layout.texts) if extra else ())):
            match part:
                case Word(_, surfaces, stems, zone):
                    for form in surfaces:
                        self._add(scores, f"words_{zone}", form, weight)
                    for stem, less in stems:
                        self._add(scores, f"stems_{zone}", stem, weight * less)
                    for parts, less in part.compounds:
                        if having := self._every_part(parts, zone):
                            for stem in parts:
                                self._add(scores, f"stems_{zone}", stem, weight * less, having)
                case Run(words, zone):
                    having = self.documents(part)
                    for word in words:
                        self._add(scores, f"words_{zone}", word, weight, having)
                case Start():
                    for number in self.documents(part) & found:
                        scores[number] += weight
                case Subject():
                    for number in self.documents(part) & found:
                        scores[number] += part.weight
        return scores

    def _add(
        self, scores: dict[int, float], field: str, term: str, weight: float, only: set[int] | None = None
    ) -> None:
        postings = self._postings(field, term)
        if not postings:
            return
        total = len(self.state.living)
        rarity = math.log(1 + (total - len(postings) + 0.5) / (len(postings) + 0.5))
        usual = self.reader.field_length(field) / max(self.reader.doc_count_all(), 1) or 1.0
        for number, frequency in postings.items():
            if number in scores and (only is None or number in only):
                length = self.reader.doc_field_length(number, field) / usual
                scores[number] += (
                    weight * rarity * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length))
                )

    def knows(self, word: Word) -> bool:
        return bool(self.documents(word))

    def frequencies(self, stems: Iterable[str]) -> list[int]:
        return [self.reader.doc_frequency("stems_all", stem) for stem in stems]

    def vocabulary(self, beginning: str) -> Iterable[tuple[str, int]]:
        for term in list(self.reader.expand_prefix("words_all", beginning)):
            yield term.decode(), self.reader.doc_frequency("words_all", term)


def _between(number: float | None, low: float | None, high: float | None) -> bool:
    return number is not None and (low is None or number >= low) and (high is None or number <= high)


def columns(document: Document, layout: Layout) -> str:
    """The columns of a document as they are stored."""
    kept = Columns(
        id=document.id,
        tie=order.tie(document.id),
        titles=order.title_keys(document, layout),
        keys=order.keys(document),
        choices=analysis.choices(document),
        facets=analysis.facets(document),
        numbers=analysis.numbers(document),
        spot=analysis.spot_of(document),
    )
    return json.dumps({name: getattr(kept, name) for name in Columns.__slots__}, separators=(",", ":"))
