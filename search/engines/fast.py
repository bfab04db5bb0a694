"""Tantivy: the embedded engine that an instance uses by default."""

import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from heapq import nsmallest
from pathlib import Path
from typing import Any

import tantivy

from search import analysis, geo
from search.answer import order
from search.answer.finding import Page, Request, Row, find
from search.engine import Document, Hits, Query
from search.engines import fast_fields
from search.engines.fast_query import Translator
from search.errors import IndexBroken, IndexBusy
from search.layout import LAYOUT, Layout
from search.question.meaning import Around, Meaning, Word
from search.question.shelf import Rows

# The least that Tantivy accepts for one thread. An instance writes a few documents at a time, and it
# is idle most of its life.
WRITER_HEAP = 15_000_000
MOST_FACET_VALUES = 1_000
MORE_FOR_TIES = 8
MOST_FOR_TIES = 2_000


class FastEngine:
    """A Tantivy index in one directory.

    The writer is made with the first `put()` and then kept: two that live long side by side leak
    segments, and Tantivy lets only one process have it. Whoever only reads never makes one, and looks
    before each query whether another process has committed.
    """

    name = "tantivy"

    def __init__(self, directory: Path, generation: str, layout: Layout = LAYOUT) -> None:
        self.generation = generation
        self.layout = layout
        self.directory = directory
        self._lock = threading.RLock()
        self._reloading = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        self._stamp: tuple[int, int, int] | None = None
        with _careful("The index cannot be opened"):
            directory.mkdir(parents=True, exist_ok=True)
            self._schema = fast_fields.schema(layout)
            self._index = tantivy.Index(self._schema, path=str(directory), reuse=True)
            plain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            self._index.register_tokenizer(fast_fields.PLAIN, plain)
            self._index.config_reader("manual")
        self.seen()

    def _searcher(self) -> Any:  # the package's own types leave out what it returns
        """The present state of the index, another process's commits included.

        Without the lock as long as nothing changed: who reads would wait for every commit, and for each other.
        """
        with _careful("The index cannot be read"):
            stat = os.stat(self.directory / "meta.json")
            stamp = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
            if stamp != self._stamp:
                with self._reloading:
                    if stamp != self._stamp:
                        self._index.reload()
                        self._stamp = stamp
            return self._index.searcher()

    def seen(self) -> int:
        searcher = self._searcher()
        with _careful("The index cannot be read"):
            query = tantivy.Query.term_query(self._schema, "id", analysis.SEEN_ID, "basic")
            hits = searcher.search(query, limit=1).hits
            return searcher.doc(hits[0][1]).get_first("seen") or 0 if hits else 0

    def count(self) -> int:
        searcher = self._searcher()
        with _careful("The index cannot be read"):
            live = tantivy.Query.term_query(self._schema, "live", "1", "basic")
            return int(searcher.search(live, limit=1).count or 0)

    def put(self, documents: Iterable[Document], deletes: Iterable[str], number: int) -> None:
        fresh: dict[str, tantivy.Document] = {}
        for document in documents:  # all of the analysis comes before the first change
            self.layout.check(document)
            fresh[document.id] = fast_fields.document(document, self.layout)
        with self._writing() as writer:
            for name in {*fresh, *deletes, analysis.SEEN_ID}:
                writer.delete_documents_by_term("id", name)
            for made in fresh.values():
                writer.add_document(made)
            writer.add_document(fast_fields.seen(number))

    def clear(self) -> None:
        with self._writing() as writer:
            writer.delete_all_documents()

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        with self._lock, _careful("The index cannot be written"):
            if not (self.directory / "meta.json").exists():
                raise IndexBroken(f"The index is gone: {self.directory}")
            if self._writer is None:
                self._writer = self._index.writer(WRITER_HEAP, 1)
            try:
                yield self._writer
                self._writer.commit()
            except BaseException:
                # After a failed commit this writer is not to be trusted; without it, what was added
                # since the last commit is gone, and the next put makes another.
                self._writer = None
                raise

    def find(self, query: Query) -> Hits:
        searcher = self._searcher()
        with _careful("The index cannot be read"):
            return find(_Shelf(self._schema, searcher, self.layout), query, self.layout)

    def close(self) -> None:
        with self._lock:
            writer, self._writer = self._writer, None
            if writer is not None:
                with suppress(Exception):
                    writer.wait_merging_threads()


class _Shelf:
    """One state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: Any, layout: Layout) -> None:
        self.searcher = searcher
        self.translate = Translator(schema, searcher, layout)

    def page(self, request: Request) -> Page:
        if request.sort == "relevance":
            total, found = self._by_relevance(request)
        elif request.sort == "nearest":
            total, found = self._by_distance(request)
        else:
            total, found = self._by_key(request)
        rows = Rows(len(found), lambda at: self._row(*found[at]))
        return Page(total, rows, self._facets(request) if request.facets else {})

    def _by_relevance(self, request: Request) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
        """The page by score; equal scores are put in order here, so their whole run has to be fetched."""
        wanted = request.offset + request.limit
        if not wanted:  # only counted, so nothing is scored
            found = self.searcher.search(self.translate.matching(request.whole()), limit=1)
            return int(found.count or 0), []
        query = self.translate.scoring(request.whole())
        more = MORE_FOR_TIES
        while True:
            result = self.searcher.search(query, limit=wanted + more)
            hits = result.hits
            complete = len(hits) < wanted + more or hits[-1][0] != hits[wanted - 1][0]
            if complete or more >= MOST_FOR_TIES:
                break
            more *= 16
        ties = self.searcher.fast_field_values("tie", [address for _, address in hits])
        ordered = sorted(zip(hits, ties, strict=True), key=lambda pair: (-pair[0][0], -(pair[1] or 0)))
        return int(result.count or 0), [hit for hit, _ in ordered[request.offset : wanted]]

    def _by_key(self, request: Request) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
        query = self.translate.matching(request.whole())
        titles = request.sort == "title"
        result = self.searcher.search(
            query,
            limit=max(request.limit, 1),
            offset=request.offset,
            order_by_field=f"sort_{order.titles_for(request.reader) if titles else request.sort}",
            order=tantivy.Order.Asc if titles else tantivy.Order.Desc,
        )
        return int(result.count or 0), [(0.0, address) for _, address in result.hits[: request.limit]]

    def _by_distance(self, request: Request) -> tuple[int, list[tuple[float, tantivy.DocAddress]]]:
        query = self.translate.matching(request.whole())
        origin = request.origin
        hits = self.searcher.search(query, limit=max(self.searcher.num_docs, 1)).hits
        addresses = [address for _, address in hits]
        lats, lons, ties = (
            self.searcher.fast_field_values(name, addresses) for name in ("lat", "lon", "tie")
        )
        # Documents of one town share their place: there are far fewer places than hits.
        far = {place: _far(origin, *place) for place in set(zip(lats, lons, strict=True))}
        ranked = (
            (far[lat, lon], -tie, at) for at, (lat, lon, tie) in enumerate(zip(lats, lons, ties, strict=True))
        )
        page = nsmallest(request.offset + request.limit, ranked)[request.offset :]
        return len(hits), [(0.0, addresses[at]) for _, _, at in page]

    def _row(self, score: float, address: tantivy.DocAddress) -> Row:
        document = self.searcher.doc(address)
        kept = json.loads(document.get_first("row"))
        return Row(document.get_first("id"), score, **kept)

    def _facets(self, request: Request) -> dict[str, list[tuple[str, int]]]:
        """One look for all facets that are not filtered by, and one for each that is."""
        free = [name for name in request.facets if name not in request.filters]
        counted = self._count(request.whole(), free) if free else {}
        for name in request.facets:
            if name in request.filters:
                counted |= self._count(request.without(name), [name])
        return {name: counted[name] for name in request.facets}

    def _count(self, meaning: Meaning, names: list[str]) -> dict[str, list[tuple[str, int]]]:
        wanted = {name: {"terms": {"field": f"facets.{name}", "size": MOST_FACET_VALUES}} for name in names}
        answer = self.searcher.aggregate(self.translate.matching(meaning), wanted)
        return {
            name: sorted(
                ((bucket["key"], bucket["doc_count"]) for bucket in answer[name]["buckets"]),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for name in names
        }

    def worth(self, parts: Sequence[Meaning], ids: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """What each part adds to the score of each of these documents."""
        these = tantivy.Query.const_score_query(self.translate.any_id(ids), 0.0)
        named = {order.tie(name): name for name in ids}
        found = []
        for part in parts:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, these), (tantivy.Occur.Must, self.translate.matching(part))]
            )
            hits = self.searcher.search(query, limit=len(ids), count=False).hits
            ties = self.searcher.fast_field_values("tie", [address for _score, address in hits])
            found.append({named[tie]: score for (score, _address), tie in zip(hits, ties, strict=True)})
        return found

    def knows(self, word: Word) -> bool:
        return any(self.searcher.doc_freq(f"words_{word.zone}", form) for form in word.surfaces) or any(
            self.searcher.doc_freq(f"stems_{word.zone}", stem) for stem, _ in word.stems
        )

    def frequencies(self, stems: Iterable[str]) -> list[int]:
        return [self.searcher.doc_freq("stems_all", stem) for stem in stems]

    def vocabulary(self, beginning: str) -> Iterable[tuple[str, int]]:
        return self.searcher.terms_with_prefix("words_all", beginning)


def _far(origin: Around | None, lat: float | None, lon: float | None) -> float:
    """Kilometres from where it is asked; without a place, farther than any."""
    if origin is None or lat is None or lon is None:
        return geo.FARTHEST_KM * 2
    return geo.distance(origin.lat, origin.lon, lat, lon)


@contextmanager
def _careful(what: str) -> Iterator[None]:
    """Everything that Tantivy raises, its panics included, becomes an error of ours."""
    try:
        yield
    except (IndexBroken, IndexBusy):
        raise
    except Exception as error:
        if "lock" in str(error).lower():
            raise IndexBusy("Another process is writing to this index.") from error
        raise IndexBroken(f"{what}: {error}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise IndexBroken(f"{what}: {error}") from error
        raise
