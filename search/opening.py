"""Opening the index of an instance, and beginning it anew whenever that is not possible.

An index lives in a generation directory whose name says by which engine, analysis and layout it was
built: `tantivy-1.1-0003`. What has another name is never read; what cannot be read is followed by the
next number and removed. The host notices that `seen()` is 0 again and feeds it. One that is built beside
another is called `….building` until it is adopted. A search server is named by its address instead:
`opensearch+https://search.example:9200`.
"""

import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from search.engine import Document, Engine, Hits, Index, Query
from search.engines.memory import MemoryEngine
from search.errors import IndexBroken, QueryError, UnknownEngine
from search.layout import LAYOUT, LAYOUT_VERSION, Layout
from search.words.text import ANALYSIS_VERSION

KINDS = ("tantivy", "whoosh", "memory")
SERVERS = ("opensearch+", "elasticsearch+")
BUILDING = ".building"
Make = Callable[[Path, str, Layout], Index]
Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


def open_engine(
    kind: str,
    directory: Path,
    layout: Layout = LAYOUT,
    *,
    prefix: str = "jumelage",
    key: str = "",
    ca: str | None = None,
) -> Engine:
    """The engine of that kind on its newest generation in the directory, or on a fresh one.

    A `kind` that is the address of a search server may carry user, password and, as its path, the prefix
    of its indexes; `prefix` is taken where it has none. `key` is an API key, `ca` a file of certificates.
    """
    if kind.startswith(SERVERS):
        from search.engines.cluster import ClusterEngine
        from search.engines.cluster_server import Server

        server = Server(kind.partition("+")[2], key, ca)
        return ClusterEngine(server, server.prefix or prefix, layout)
    if kind == "memory":
        return MemoryEngine(layout)
    return KeptEngine(_maker(kind), kind, Path(directory), layout)


def _maker(kind: str) -> Make:
    # Each engine's package is of no use, and may be missing, where another one was chosen.
    if kind == "tantivy":
        from search.engines.fast import FastEngine

        return FastEngine
    if kind == "whoosh":
        from search.engines.pure import PureEngine

        return PureEngine
    raise UnknownEngine(
        f"“{kind}” is not a search engine; choose one of {', '.join(KINDS)}, or opensearch+https://HOST."
    )


def _mistake(message: str) -> QueryError:
    return QueryError(message)


class KeptEngine:
    """An engine on disk that is begun anew when its files fail.

    A `find()` that meets a broken index is answered by the fresh, still empty one. A `put()` raises
    IndexBroken instead: its number must not be remembered by an index without everything before it.
    """

    def __init__(self, make: Make, kind: str, directory: Path, layout: Layout) -> None:
        self.name = kind
        self._make = make
        self._directory = directory
        self._layout = layout
        self._family = f"{kind}-{ANALYSIS_VERSION}.{LAYOUT_VERSION}"
        self._lock = threading.RLock()
        self._engine = self._open()

    @property
    def generation(self) -> str:
        return self._engine.generation

    def seen(self) -> int:
        return self._asked(lambda engine: engine.seen())

    def find(self, query: Query) -> Hits:
        try:
            return self._asked(lambda engine: engine.find(query))
        except IndexBroken:
            log.exception("this query cannot be answered: %r", query)
            return Hits(0, [], mistakes=(_mistake("This search could not be done."),))

    def count(self) -> int:
        return self._asked(lambda engine: engine.count())

    def put(self, documents: Iterable[Document], deletes: Iterable[str], number: int) -> None:
        engine = self._engine
        try:
            engine.put(documents, deletes, number)
        except IndexBroken:
            self.seen()  # still readable after, say, a full disk? If not, this begins the next generation
            raise

    def clear(self) -> None:
        self._engine.clear()

    def close(self) -> None:
        self._engine.close()

    def beside(self) -> Index:
        serial = self._newest() + 1
        generation = f"{self._family}-{serial:04d}"
        self._remove_building()
        return self._make(self._directory / f"{generation}{BUILDING}", generation, self._layout)

    def adopt(self, fresh: Index) -> None:
        fresh.close()
        path = self._directory / fresh.generation
        with self._lock:
            try:
                (self._directory / f"{fresh.generation}{BUILDING}").rename(path)
            except OSError as error:
                raise IndexBroken(f"The index that was built cannot be taken: {error}") from error
            old, self._engine = self._engine, self._make(path, fresh.generation, self._layout)
            old.close()
            self._remove_others(fresh.generation)

    def tidy(self) -> None:
        self._remove_others(self.generation)
        self._remove_building()

    def _remove_building(self) -> None:
        """What was begun beside the index and never came to its end."""
        for path in self._directory.glob(f"{self.name}-*{BUILDING}"):
            shutil.rmtree(path, ignore_errors=True)

    def _asked(self, ask: Callable[[Index], Answer]) -> Answer:
        """Ask; then ask the same index opened again, for the fault may have been passing; then a fresh one."""
        engine = self._engine
        try:
            return ask(engine)
        except IndexBroken as error:
            engine = self._instead_of(engine, error, fresh=False)
        try:
            return ask(engine)
        except IndexBroken as error:
            if self._is_healthy(engine):  # one question that fails is no reason to give up an index
                raise
            return ask(self._instead_of(engine, error, fresh=True))

    def _is_healthy(self, engine: Index) -> bool:
        try:
            engine.seen()
            engine.find(Query(per_page=50, facets=self._layout.facets))
        except IndexBroken:
            return False
        return True

    def _instead_of(self, broken: Index, error: IndexBroken, *, fresh: bool) -> Index:
        with self._lock:
            if self._engine is broken:  # no other thread has been here before
                log.warning("index %s is broken and opened anew: %s", broken.generation, error)
                broken.close()
                self._engine = self._open(fresh=fresh)
            return self._engine

    def _open(self, *, fresh: bool = False) -> Index:
        last: IndexBroken | None = None
        for serial in self._serials(fresh):
            generation = f"{self._family}-{serial:04d}"
            try:
                engine = self._make(self._directory / generation, generation, self._layout)
            except IndexBroken as error:
                log.warning("index %s cannot be opened: %s", generation, error)
                last = error
                continue
            self._remove_others(generation, of=f"{self._family}-")
            return engine
        raise IndexBroken(f"No index can be made in {self._directory}: {last}") from last

    def _serials(self, fresh: bool) -> list[int]:
        """The newest generation unless a fresh one is wanted, then two numbers that nothing has had."""
        newest = self._newest()
        return [newest + 1, newest + 2] if fresh or not newest else [newest, newest + 1, newest + 2]

    def _newest(self) -> int:
        return max((int(path.name[-4:]) for path in self._generations() if self._is_ours(path)), default=0)

    def _generations(self) -> list[Path]:
        pattern = re.compile(rf"{self.name}-\d+\.\d+-\d{{4}}")
        if not self._directory.is_dir():
            return []
        return [path for path in self._directory.iterdir() if pattern.fullmatch(path.name)]

    def _is_ours(self, path: Path) -> bool:
        return path.name.startswith(f"{self._family}-")

    def _remove_others(self, generation: str, of: str = "") -> None:
        """What is not this generation; of another version only what no other program may be at work on: see tidy()."""
        for path in self._generations():
            if path.name != generation and path.name.startswith(of):
                shutil.rmtree(path, ignore_errors=True)
