"""How good the answers of each engine are: the judged questions over the practices that come along."""

from collections.abc import Iterator
from pathlib import Path

from search.answer import sense
from search.answer.sense import Sense
from search.engine import Engine
from search.opening import open_engine
from tests.load.engines import address
from tests.load.figures import Figure
from tests.search import relevance


def measure(place: Path, kinds: tuple[str, ...]) -> list[Figure]:
    """nDCG@10 and recall@20 of each engine: of all questions, by kind and by language."""
    return [figure for kind in kinds for figure in _of(kind, place)]


def _of(kind: str, place: Path) -> Iterator[Figure]:
    documents = relevance.documents()
    engine = open_engine(address(kind, len(documents)), place / f"{kind}-judged")
    try:
        engine.put(documents, [], 1)
        yield from _figures(kind, engine)
        if encoder := sense.installed():
            yield from _figures(f"{kind} + encoder", engine, encoder)
    finally:
        engine.clear()
        engine.close()


def _figures(label: str, engine: Engine, encoder: Sense | None = None) -> Iterator[Figure]:
    for group, score in relevance.measure(engine, encoder).items():
        yield Figure(f"{label}, {group}: nDCG@10", 100 * score.ndcg, "%", note=f"{score.questions} questions")
        yield Figure(f"{label}, {group}: recall@20", 100 * score.recall, "%")
