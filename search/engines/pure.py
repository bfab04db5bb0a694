"""Whoosh: the engine in pure Python, for machines without a wheel of Tantivy and for small catalogues.

Good for a city's thousands of documents, not for a hub. It never syncs to disk: after a power cut the
index may be unreadable, which is no loss, because it is then built again.
"""

import importlib
import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from search import analysis
from search.answer.finding import find
from search.engine import Document, Hits, Query
from search.engines import pure_shelf
from search.errors import IndexBroken, IndexBusy, IndexTooLarge, SearchError
from search.layout import LAYOUT, Layout

# Two maintained descendants of Whoosh, the same to us: one needs Python 3.12, the other is the older.
_PACKAGE = "wesh" if sys.version_info >= (3, 12) else "whoosh"
_fields = importlib.import_module(f"{_PACKAGE}.fields")
_index = importlib.import_module(f"{_PACKAGE}.index")
_analysis = importlib.import_module(f"{_PACKAGE}.analysis")

SLOW_ABOVE = 20_000
MOST_DOCUMENTS = 50_000
PATIENCE = 5.0  # seconds to wait for the lock of another writer

log = logging.getLogger(__name__)


class PureEngine:
    """A Whoosh index in one directory; one thread at a time, which is all that Python can use of it."""

    name = "whoosh"

    def __init__(self, directory: Path, generation: str, layout: Layout = LAYOUT) -> None:
        self.generation = generation
        self.layout = layout
        self.directory = directory
        self._lock = threading.RLock()
        self._state: pure_shelf.State | None = None
        self._generation = -1
        with _careful("The index cannot be opened"):
            directory.mkdir(parents=True, exist_ok=True)
            if _index.exists_in(str(directory)):
                self._index = _index.open_dir(str(directory))
            else:
                self._index = _index.create_in(str(directory), _schema(layout))
        self.seen()

    def _current(self) -> pure_shelf.State:
        """The present state, another process's commits included."""
        with _careful("The index cannot be read"):
            newest = self._index.latest_generation()
            if newest < 0:
                raise IndexBroken(f"The index is gone: {self.directory}")
            if self._state is None or newest != self._generation:
                old = self._state
                reader = self._index.reader()
                self._state = pure_shelf.State(reader, old.segments if old else {})
                self._generation = newest
                if old is not None:
                    old.reader.close()
            return self._state

    def seen(self) -> int:
        with self._lock, _careful("The index cannot be read"):
            reader = self._current().reader
            if ("id", analysis.SEEN_ID) not in reader:
                return 0
            return int(reader.stored_fields(reader.postings("id", analysis.SEEN_ID).id())["seen"])

    def count(self) -> int:
        with self._lock:
            return len(self._current().living)

    def put(self, documents: Iterable[Document], deletes: Iterable[str], number: int) -> None:
        fresh = {}
        for document in documents:
            self.layout.check(document)
            fresh[document.id] = _as_fields(document, self.layout)
        with self._lock:
            self._refuse_too_many(fresh)
            with self._writing() as writer, writer.searcher() as searcher:
                for name in {*fresh, *deletes, analysis.SEEN_ID}:
                    writer.delete_by_term("id", name, searcher=searcher)
                for fields in fresh.values():
                    writer.add_document(**fields)
                writer.add_document(id=analysis.SEEN_ID, seen=number)

    def _refuse_too_many(self, fresh: Iterable[str]) -> None:
        present = {columns.id for columns in self._current().columns.values()}
        total = len(present.union(fresh))
        if total > MOST_DOCUMENTS:
            raise IndexTooLarge(f"Whoosh is not made for more than {MOST_DOCUMENTS} documents; use tantivy.")
        if len(present) <= SLOW_ABOVE < total:
            log.warning("Whoosh is slow above %s documents; consider tantivy", SLOW_ABOVE)

    def clear(self) -> None:
        with self._lock, _careful("The index cannot be written"):
            self._forget()
            self._index = _index.create_in(str(self.directory), _schema(self.layout))

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with _careful("The index cannot be written"):
            # compound=False: compound segments are copied to the heap by every reader that opens them
            writer = self._index.writer(compound=False, timeout=PATIENCE)
            try:
                yield writer
                writer.commit()
            except BaseException:
                with suppress(Exception):
                    writer.cancel()  # without this the index stays locked after a failed commit
                raise

    def find(self, query: Query) -> Hits:
        with self._lock, _careful("The index cannot be read"):
            return find(pure_shelf.PureShelf(self._current(), self.layout), query, self.layout)

    def close(self) -> None:
        with self._lock, suppress(Exception):
            self._forget()
            self._index.close()

    def _forget(self) -> None:
        state, self._state = self._state, None
        if state is not None:
            state.reader.close()


def _schema(layout: Layout) -> Any:
    """Only field types and analysers of Whoosh itself: the schema is stored as a pickle."""
    spaces = _analysis.SpaceSeparatedTokenizer()
    fields = {"id": _fields.ID(unique=True), "row": _fields.STORED(), "columns": _fields.STORED()}
    for zone in (analysis.ALL, *layout.texts):
        fields[f"words_{zone}"] = _fields.TEXT(analyzer=spaces, phrase=True)
        fields[f"stems_{zone}"] = _fields.TEXT(analyzer=spaces, phrase=False)
    return _fields.Schema(seen=_fields.STORED(), **fields)


def _as_fields(document: Document, layout: Layout) -> dict[str, str]:
    fields = {
        "id": document.id,
        "row": analysis.row(document, layout),
        "columns": pure_shelf.columns(document, layout),
    }
    for name, zone in analysis.zones(document, layout).items():
        if zone.words:
            fields[f"words_{name}"] = " ".join(zone.words)
        if zone.stems:
            fields[f"stems_{name}"] = " ".join(zone.stems)
    return fields


@contextmanager
def _careful(what: str) -> Iterator[None]:
    """Whoosh raises whatever its pickles and structs raise; all of it means the same to us."""
    try:
        yield
    except SearchError:
        raise
    except _index.LockError as error:
        raise IndexBusy("Another process is writing to this index.") from error
    except Exception as error:
        raise IndexBroken(f"{what}: {type(error).__name__}: {error}") from error
