"""The reference engine: everything in a dictionary, each query asked of each document; slow and obvious.

It is the oracle of the tests: the other engines must find what it finds. It remembers nothing on disk,
so `seen()` begins at 0 and the host feeds it again.
"""

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from search import analysis, geo
from search.answer import order
from search.answer.finding import Page, Request, Row, find, meant
from search.engine import Document, Hits, Index, Query
from search.layout import LAYOUT, LAYOUT_VERSION, Layout
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
from search.words.text import ANALYSIS_VERSION

K1, B = 1.2, 0.75  # the usual constants of BM25


@dataclass(frozen=True)
class Entry:
    """A document as it was analysed."""

    document: Document
    zones: dict[str, analysis.Zone]
    words: dict[str, Counter[str]]  # zone → word or stem → how often
    choices: frozenset[str]
    numbers: dict[str, float]
    spot: str | None
    keys: dict[str, int]
    titles: dict[str, str]


class MemoryEngine:
    """Documents in a dictionary."""

    name = "memory"

    def __init__(self, layout: Layout = LAYOUT) -> None:
        self.layout = layout
        self.generation = f"memory-{ANALYSIS_VERSION}.{LAYOUT_VERSION}"
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._seen = 0

    def seen(self) -> int:
        return self._seen

    def put(self, documents: Iterable[Document], deletes: Iterable[str], number: int) -> None:
        fresh = {document.id: _entry(document, self.layout) for document in documents}
        gone = set(deletes)
        with self._lock:
            kept = {name: entry for name, entry in self._entries.items() if name not in gone}
            self._entries = {**kept, **fresh}
            self._seen = number

    def find(self, query: Query) -> Hits:
        return find(_Shelf(self._entries, self.layout), query, self.layout)

    def meant(self, query: Query) -> set[str]:
        """The ids of all documents that a query asks for to the letter, on no page and in no order."""
        whole = meant(query, self.layout)
        return {name for name, entry in self._entries.items() if whole and matches(whole, entry)}

    def count(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        with self._lock:
            self._entries, self._seen = {}, 0

    def close(self) -> None:
        self.clear()

    def beside(self) -> Index:
        return MemoryEngine(self.layout)

    def adopt(self, fresh: Index) -> None:
        assert isinstance(fresh, MemoryEngine)
        with self._lock:
            self._entries, self._seen = fresh._entries, fresh._seen

    def tidy(self) -> None:
        """There is nothing else."""


def _entry(document: Document, layout: Layout) -> Entry:
    layout.check(document)
    zones = analysis.zones(document, layout)
    return Entry(
        document,
        zones,
        {name: Counter(zone.words) + Counter(zone.stems) for name, zone in zones.items()},
        frozenset(analysis.choices(document)),
        analysis.numbers(document),
        analysis.spot_of(document),
        order.keys(document),
        order.title_keys(document, layout),
    )


class _Shelf:
    """The documents as they were when the query came."""

    def __init__(self, entries: dict[str, Entry], layout: Layout) -> None:
        self.entries = list(entries.values())
        self.layout = layout
        self._rarity: dict[tuple[str, str], float] = {}
        self._length: dict[str, float] = {}

    def page(self, request: Request) -> Page:
        whole = request.whole()
        found = [entry for entry in self.entries if matches(whole, entry)]
        scores = {entry.document.id: self.score(request.text, entry) for entry in found}
        found.sort(key=_sorting(request, scores))
        rows = [
            _row(entry, scores, self.layout)
            for entry in found[request.offset : request.offset + request.limit]
        ]
        return Page(len(found), rows, {name: self._facet(request, name) for name in request.facets})

    def _facet(self, request: Request, name: str) -> list[tuple[str, int]]:
        others = request.without(name)
        counts = Counter(
            value
            for entry in self.entries
            if matches(others, entry)
            for value in analysis.facets(entry.document).get(name, ())
        )
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def knows(self, word: Word) -> bool:
        return any(matches(word, entry) for entry in self.entries)

    def frequencies(self, stems: Iterable[str]) -> list[int]:
        return [sum(stem in entry.words[analysis.ALL] for entry in self.entries) for stem in stems]

    def vocabulary(self, beginning: str) -> Iterator[tuple[str, int]]:
        counts = Counter(word for entry in self.entries for word in set(entry.zones[analysis.ALL].words))
        return ((word, count) for word, count in counts.items() if word.startswith(beginning))

    def score(self, meaning: Meaning, entry: Entry) -> float:
        """BM25 of everything that the query wants, and again, weighted, for each text that weighs more."""
        anywhere = sum(self._part(part, entry) for part in positive(meaning))
        return anywhere + sum(w * self._part(part, entry) for part, w in weighted(meaning, self.layout.texts))

    def worth(self, parts: Sequence[Meaning], ids: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """What each part adds to the score of each of these documents."""
        entries = [entry for entry in self.entries if entry.document.id in ids]
        return [
            {entry.document.id: sum(self._part(one, entry) for one in positive(part)) for entry in having}
            for part in parts
            if (having := [entry for entry in entries if matches(part, entry)]) is not None
        ]

    def _part(self, part: Word | Run | Start | Subject, entry: Entry) -> float:
        if not matches(part, entry):
            return 0.0
        match part:
            case Word(_, surfaces, stems, zone):
                having = entry.words[zone]
                whole = [(parts, weight) for parts, weight in part.compounds if having.keys() >= set(parts)]
                forms = [*((form, 1.0) for form in surfaces), *stems]
                forms += [(stem, weight) for parts, weight in whole for stem in parts]
                return sum(weight * self._bm25(form, zone, entry) for form, weight in forms)
            case Run(words, zone):
                return sum(self._bm25(word, zone, entry) for word in words)
            case Start():
                return 1.0
            case Subject():
                return part.weight

    def _bm25(self, term: str, zone: str, entry: Entry) -> float:
        frequency = entry.words[zone][term]
        if not frequency:
            return 0.0
        if zone not in self._length:
            self._length[zone] = (
                sum(len(e.zones[zone].words) for e in self.entries) / len(self.entries) or 1.0
            )
        length = len(entry.zones[zone].words) / self._length[zone]
        return self._idf(term, zone) * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length))

    def _idf(self, term: str, zone: str) -> float:
        if (zone, term) not in self._rarity:
            having = sum(term in entry.words[zone] for entry in self.entries)
            self._rarity[zone, term] = math.log(1 + (len(self.entries) - having + 0.5) / (having + 0.5))
        return self._rarity[zone, term]


def matches(meaning: Meaning, entry: Entry) -> bool:
    """Whether the document is what was meant."""
    match meaning:
        case Word(_, surfaces, stems, zone):
            having = entry.words[zone]
            return (
                any(form in having for form in surfaces)
                or any(stem in having for stem, _ in stems)
                or any(having.keys() >= set(parts) for parts, _ in meaning.compounds)
            )
        case Run(words, zone):
            text = entry.zones[zone].words
            return any(tuple(text[at : at + len(words)]) == words for at in range(len(text)))
        case Start(beginning, zone):
            return any(word.startswith(beginning) for word in entry.zones[zone].words)
        case Chosen(name, values):
            return any(analysis.choice(name, value) in entry.choices for value in values)
        case Subject(name, value):
            return analysis.choice(name, value) in entry.choices
        case Among(ids):
            return entry.document.id in ids
        case Between(name, low, high):
            number = entry.numbers.get(name)
            return number is not None and (low is None or number >= low) and (high is None or number <= high)
        case Around(lat, lon, km):
            return entry.spot is not None and geo.within(entry.spot, lat, lon, km)
        case Without(part):
            return not matches(part, entry)
        case All(parts):
            return all(matches(part, entry) for part in parts)
        case Any(parts):
            return any(matches(part, entry) for part in parts)


def _sorting(request: Request, scores: dict[str, float]) -> Callable[[Entry], tuple[float | str, int]]:
    def key(entry: Entry) -> tuple[float | str, int]:
        last = -order.tie(entry.document.id)
        match request.sort:
            case "relevance":
                return -scores[entry.document.id], last
            case "title":
                return entry.titles[order.titles_for(request.reader)], last
            case "nearest" if request.origin and entry.spot:
                here = request.origin
                return geo.distance(here.lat, here.lon, *geo.place_of(entry.spot)), last
            case "nearest":
                return math.inf, last
            case sort:
                return -entry.keys[sort], last

    return key


def _row(entry: Entry, scores: dict[str, float], layout: Layout) -> Row:
    document = entry.document
    texts = analysis.snippet_texts(document)
    about = analysis.subjects(document, layout)
    return Row(document.id, scores[document.id], document.language, document.stored, texts, entry.spot, about)
