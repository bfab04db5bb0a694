"""The search engines by themselves: built, asked and changed, beside the full-text search of two databases."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from exchange.catalogue.finding.find import SearchParams, find
from exchange.indexing import BATCH
from search import analysis
from search.engine import Engine
from search.opening import open_engine
from tests import postgres
from tests.load import corpus
from tests.load.asking import KINDS, questions
from tests.load.figures import Figure, spread
from tests.load.sqltext import COMPARED, Fts5, Postgres, Rival

SERVER = "JUMELAGE_TEST_OPENSEARCH"
WARM = 3  # questions of each kind before the measuring begins
CHANGES = 10
BY_ITSELF = 500  # documents that are taken in as an instance does it, analysis included
MOST = {"whoosh": 2_000, "memory": 500}  # documents, with which an engine is still worth measuring
RIVALS_UP_TO = 100_000


class Took(NamedTuple):
    """How long something took, and how long the processor was at it in this thread; both in seconds."""

    wall: float
    processor: float

    @classmethod
    def since(cls, began: "Took") -> "Took":
        return cls(time.perf_counter() - began.wall, time.thread_time() - began.processor)

    @classmethod
    def now(cls) -> "Took":
        return cls(time.perf_counter(), time.thread_time())


def measure(place: Path, count: int, kinds: tuple[str, ...], times: int, *, rivals: bool) -> list[Figure]:
    """Everything for one number of documents; the documents are made and analysed once for all."""
    kinds = tuple(kind for kind in kinds if count <= MOST.get(kind, count))
    figures: list[Figure] = []
    with ExitStack() as stack:
        engines = {kind: open_engine(address(kind, count), place / f"{kind}-{count}") for kind in kinds}
        others: list[Rival] = []
        if rivals:
            others.append(Fts5(place))
            if postgres.problem() is None:
                others.append(Postgres(stack.enter_context(postgres.server())))
        figures += _build(count, engines, others)
        asked = questions(count)
        for kind, engine in engines.items():
            label = f"{kind}, {count:,}"
            figures += _questions(label, engine, asked, times)
            figures += _pages(label, engine, asked, times)
            figures += _changes(label, engine, count)
            figures += _room(label, kind, place / f"{kind}-{count}", count)
            engine.close()
        for rival in others:
            figures += _rival(f"{rival.name}, {count:,}", rival, asked, times, count)
            rival.close()
    return figures


def address(kind: str, count: int) -> str:
    return f"opensearch+{os.environ[SERVER].rstrip('/')}/bench-{count}" if kind == "opensearch" else kind


def _build(count: int, engines: dict[str, Engine], rivals: list[Rival]) -> list[Figure]:
    took: dict[str, float] = dict.fromkeys([*engines, *(rival.name for rival in rivals)], 0.0)
    portions, done, making = corpus.analysed(count), 0, 0.0
    while True:
        began = time.perf_counter()
        portion = [*next(portions, []), *next(portions, [])]
        making += time.perf_counter() - began
        if not portion:
            break
        documents = [one for one, _zones in portion]
        with _already_analysed(portion):
            for kind, engine in engines.items():
                took[kind] += _timed(engine.put, documents, [], done + len(documents))
        for rival in rivals:
            took[rival.name] += _timed(rival.take, portion, done)
        done += len(portion)
    for rival in rivals:
        took[rival.name] += _timed(rival.finish)
    figures = [Figure(f"{count:,} documents, waited for their making and analysis", making, "s")]
    for name, seconds in took.items():
        figures.append(
            Figure(
                f"{name}, {count:,}: taken in, ready analysed", count / seconds, "/s", note=f"{seconds:.0f} s"
            )
        )
    more = [corpus.document(number) for number in range(BY_ITSELF)]
    for kind, engine in engines.items():
        seconds = _timed(engine.put, more, [], count)
        name = f"{kind}, {count:,}: taken in, analysis included"
        figures.append(Figure(name, BY_ITSELF / seconds, "/s", note=f"a batch of {BATCH}, one process"))
    return figures


@contextmanager
def _already_analysed(portion: list[corpus.Analysed]) -> Iterator[None]:
    """What several processes have analysed is not analysed once more for each engine."""
    held = {one.id: zones for one, zones in portion}
    with mock.patch.object(analysis, "zones", lambda one, _layout: held[one.id]):
        yield


def _questions(label: str, engine: Engine, asked: dict[str, Any], times: int) -> list[Figure]:
    figures = []
    with _bare(engine) as bare:
        for kind in KINDS:
            queries = asked[kind]
            for query in queries[:WARM]:
                engine.find(query)
            took, own = _asked(bare, times, lambda turn, q=queries: engine.find(q[turn % len(q)]))
            figures.append(_figure(f"{label}: {kind}", took, own, "< 1.5" if kind == "six facets" else ""))
    return figures


def _asked(bare: list[Took], times: int, ask: Callable[[int], Any]) -> tuple[list[Took], list[float]]:
    """What each question took, and how much of it the processor was inside the bare engine."""
    took, own = [], []
    for turn in range(times):
        bare.clear()
        began = Took.now()
        ask(turn)
        took.append(Took.since(began))
        own.append(sum(one.processor for one in bare))
    return took, own


def _figure(name: str, took: list[Took], own: list[float], aim: str = "") -> Figure:
    """The time on the clock; beside it that of the processor, which the ratio is made of."""
    half, most = spread([one.wall for one in took])
    busy, busiest = spread([one.processor for one in took])
    alone = spread(own)[0]
    ratio = busy / alone if alone else None
    note = f"p95 {most * 1000:.1f}; of the processor {busy * 1000:.1f}, p95 {busiest * 1000:.1f}"
    return Figure(name, half * 1000, "ms", "the bare engine" if ratio else "", ratio, aim, note)


def _pages(label: str, engine: Engine, asked: dict[str, Any], times: int) -> list[Figure]:
    """A page of twenty hits with snippets and all facets, as the pages of an instance ask for it."""
    pages = [
        *(SearchParams(q=query.text) for query in asked["term"][:15]),
        *(SearchParams(q=query.text) for query in asked["six facets"][:15]),
        *(SearchParams(q=query.text, filters={"country": ("FR",)}) for query in asked["term"][15:20]),
        *(SearchParams(q=query.text, sort="newest") for query in asked["term"][20:25]),
        *(SearchParams(filters={"theme": ("th-energy",)}, sort="newest"), SearchParams()),
    ]
    for params in pages[:WARM]:
        find(engine, params, language="fr")
    with _bare(engine) as bare:
        took, own = _asked(bare, times, lambda turn: find(engine, pages[turn % len(pages)], language="fr"))
    aim = "p50 < 8, p95 < 25" if label.startswith("tantivy") else ""
    return [_figure(f"{label}: page with snippets and all facets", took, own, aim)]


def _changes(label: str, engine: Engine, count: int) -> list[Figure]:
    def change(number: int) -> None:
        mark = f"zq{number}"
        one = corpus.document(number)
        changed = replace(one, texts={**one.texts, "title": {one.language: mark}})
        engine.put([changed], [], count + number + 1)
        assert find(engine, SearchParams(q=mark)).total == 1

    half, most = spread([_timed(change, number) for number in range(CHANGES)])
    return [
        Figure(f"{label}: change to answer", half * 1000, "ms", aim="< 1,000", note=f"p95 {most * 1000:.1f}")
    ]


OPENED = """
import json, sys
from pathlib import Path
def memory():
    lines = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Rss"))
    return [int(lines[name].split()[0]) for name in ("RssAnon", "RssFile")]
from exchange.catalogue.finding.find import SearchParams, find
from search.opening import open_engine
before = memory()
engine = open_engine(sys.argv[1], Path(sys.argv[2]))
for text in json.loads(sys.argv[3]):
    find(engine, SearchParams(q=text), language="fr")
print(json.dumps([now - then for now, then in zip(memory(), before)]))
"""


def _room(label: str, kind: str, directory: Path, count: int) -> list[Figure]:
    """What it takes on the disk, and in the memory of a process that has answered some questions."""
    if not directory.is_dir():
        return []
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    words = json.dumps([query.text for query in questions(count)["term"]])
    answer = subprocess.run(
        [sys.executable, "-c", OPENED, kind, str(directory), words],
        capture_output=True,
        text=True,
        check=True,
    )
    own, mapped = json.loads(answer.stdout)
    note = f"and {mapped / 1024:,.0f} MiB of files that are mapped"
    return [
        Figure(f"{label}: on the disk", size / 2**20, "MiB", note=f"{size / count / 1024:.1f} KiB each"),
        Figure(f"{label}: memory of a reader", own / 1024, "MiB", note=note),
    ]


def _rival(label: str, rival: Rival, asked: dict[str, Any], times: int, count: int) -> list[Figure]:
    figures = []
    for kind in COMPARED:
        queries = asked[kind]
        for query in queries[:WARM]:
            rival.ask(query)
        took = [_timed(rival.ask, queries[turn % len(queries)]) for turn in range(min(times, 40))]
        half, most = spread(took)
        figures.append(Figure(f"{label}: {kind}", half * 1000, "ms", note=f"p95 {most * 1000:.1f}"))
    figures.append(Figure(f"{label}: on the disk", rival.size() / 2**20, "MiB"))
    return figures


class _Clock:
    """A searcher of Tantivy that notes how long it is inside of it."""

    def __init__(self, searcher: Any, spent: list[Took]) -> None:
        self._searcher, self._spent = searcher, spent

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._searcher, name)
        if name not in ("search", "aggregate"):
            return found

        def timed(*given: Any, **named: Any) -> Any:
            began = Took.now()
            try:
                return found(*given, **named)
            finally:
                self._spent.append(Took.since(began))

        return timed


@contextmanager
def _bare(engine: Engine) -> Iterator[list[Took]]:
    """The time that each question spends in the engine's own searching and counting, for Tantivy."""
    spent: list[Took] = []
    if engine.name != "tantivy":
        yield spent
        return
    from search.engines.fast import FastEngine

    searcher = FastEngine._searcher
    with mock.patch.object(FastEngine, "_searcher", lambda self: _Clock(searcher(self), spent)):
        yield spent


def _timed(act: Callable[..., Any], *given: Any, **named: Any) -> float:
    began = time.perf_counter()
    act(*given, **named)
    return time.perf_counter() - began
