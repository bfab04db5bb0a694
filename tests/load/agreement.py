"""Thousands of random questions: what each engine finds is what the oracle finds, or the run ends with the question."""

import importlib.util
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from search.engine import Engine, Query
from search.engines.memory import MemoryEngine
from search.opening import open_engine
from search.words.text import words
from tests.load import corpus
from tests.load.figures import Figure

DOCUMENTS = 200  # as many as one page shows: by relevance each engine would cut more of them elsewhere
SORTS = ("relevance", "newest", "oldest", "adoptions", "title", "population", "nearest")
FACETS = ("theme", "country", "degurba", "language", "adopted_by")


def measure(place: Path, count: int) -> list[Figure]:
    """Every engine that can be had, the same questions to each; AssertionError names the first difference."""
    documents = [corpus.document(number) for number in range(DOCUMENTS)]
    figures = []
    with ExitStack() as stack:
        engines = {kind: open_engine(kind, place / f"agreement-{kind}") for kind in ("tantivy", "whoosh")}
        if server := stack.enter_context(_server()):
            engines["opensearch"] = open_engine(server, place)
        oracle = MemoryEngine()
        for engine in (oracle, *engines.values()):
            engine.put(documents, [], 1)
            engine.put(documents[:40], [one.id for one in documents[40:60]], 2)
        asked = list(_questions(count))
        expected = [_found(oracle, query) for query in asked]
        for kind, engine in engines.items():
            began = time.perf_counter()
            for query, right in zip(asked, expected, strict=True):
                assert _found(engine, query) == right, f"{kind} finds something else for {query}"
            note = f"in {time.perf_counter() - began:.0f} s; {sum(bool(r[0]) for r in expected):,} found something"
            figures.append(
                Figure(f"{kind} and the oracle, random questions of one answer", count, "", note=note)
            )
            engine.close()
    return figures


def _found(engine: Engine, query: Query) -> tuple[object, ...]:
    """What must be the same: all but the order by relevance, which each engine's arithmetic rounds for itself."""
    hits = engine.find(query)
    ids = [hit.id for hit in hits.hits]
    ordered = hits.sort not in ("relevance",)
    return hits.total, ids if ordered else sorted(ids), hits.facets, hits.relaxed, hits.mistakes == ()


def _questions(count: int) -> Iterator[Query]:
    """From words of the documents, joined by everything that the language has."""
    chance = random.Random(count)
    texts = [words(corpus.document(n).texts["body"][corpus.document(n).language]) for n in range(60)]

    def one(depth: int) -> str:
        text = chance.choice(texts)
        at = chance.randrange(len(text) - 3)
        kind = chance.random()
        if depth and kind < 0.35:
            joined = chance.choice((" ", " OR ", " "))
            return f"({joined.join(one(depth - 1) for _ in range(chance.randint(2, 3)))})"
        if depth and kind < 0.42:
            return f"-{one(depth - 1)}"
        if kind < 0.65:
            return text[at]
        if kind < 0.75:
            return f'"{" ".join(text[at : at + chance.randint(2, 3)])}"'
        if kind < 0.83:
            return f"{text[at][:3]}*"
        if kind < 0.88:
            return f"{chance.choice(('title', 'body', 'place'))}:{text[at]}"
        return chance.choice(
            (
                *("theme:th-energy", "theme:th-energy,th-mobility", "country:FR", "population:<5000"),
                *("population:2000..90000", "started:>=2015", "issued:2022", "evidence:ev-1"),
                f"near:{chance.uniform(38, 60):.2f},{chance.uniform(-5, 25):.2f}~{chance.choice((50, 300, 2000))}",
            )
        )

    for _ in range(count):
        filters = {"country": ("FR", "DE")} if chance.random() < 0.2 else {}
        near = (48.0, 8.0, 20_000.0) if chance.random() < 0.1 else None
        yield Query(
            one(2),
            chance.choice(((), ("fr",), ("de", "en"))),
            filters,
            near=near,
            sort="nearest" if near else chance.choice(SORTS),
            per_page=200,
            facets=FACETS,
            snippets=False,
        )


@contextmanager
def _server() -> Iterator[str]:
    """The address of a search server, the real one where one is named; "" when there is none to be had."""
    import os

    if named := os.environ.get("JUMELAGE_TEST_OPENSEARCH"):
        yield f"opensearch+{named.rstrip('/')}/bench-agreement"
    elif importlib.util.find_spec("osmem_server") is None:
        yield ""
    else:
        from osmem_server import OsmemServer

        with OsmemServer.start(japanese=False) as server:
            yield f"opensearch+{server.url}/bench"
