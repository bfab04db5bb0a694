"""The search engines by themselves: a whole page of results, and how soon a change shows."""

import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlmodel import select

from exchange.catalogue.find import SearchParams, find
from exchange.indexing import documents
from exchange.models.practice import Practice
from exchange.vocabulary import concepts
from search.engine import Document, Engine
from search.opening import open_engine
from tests.load.figures import Figure, spread
from tests.load.measurements import WORDS
from tests.load.town import Town

BATCH = 500
ASKED = (
    *({"q": one} for one in WORDS),
    *({"q": one, "country": "FR"} for one in WORDS[:3]),
    *({"theme": "th-energy", "sort": "newest"}, {"q": "solar", "sort": "adoptions"}, {}),
)


def seeds(town: Town) -> list[Document]:
    """The practices of an instance as documents."""
    with town.database.reading() as session:
        return documents(session, session.exec(select(Practice).limit(40)).all())


def varied(originals: list[Document], count: int) -> list[Document]:
    """Many documents from few: sentences of several of one language, facets drawn from the vocabularies."""
    chance = random.Random(7)
    themes = [one.id for one in concepts.scheme("themes")]
    places = ["dg-1", "dg-2", "dg-3"]
    countries = ["FR", "DE", "IT", "ES", "AT", "BE", "NL", "SE", "PL", "EL"]
    sentences: dict[str, list[str]] = {}
    for one in originals:
        for language, text in one.texts.get("body", {}).items():
            sentences.setdefault(language, []).extend(text.split(". "))
    made = []
    for number in range(count):
        one = originals[number % len(originals)]
        body = {
            language: ". ".join(chance.choices(sentences[language], k=len(text.split(". "))))
            for language, text in one.texts.get("body", {}).items()
        }
        facets: dict[str, Any] = {
            "theme": tuple(chance.sample(themes, 2)),
            "degurba": (chance.choice(places),),
            "country": (chance.choice(countries),),
        }
        made.append(
            replace(
                one,
                id=f"{one.id}/{number}",
                texts={**one.texts, "body": body},
                facets={**one.facets, **facets},
            )
        )
    return made


def measure(kind: str, place: Path, originals: list[Document], count: int, times: int) -> list[Figure]:
    """A page of twenty hits with snippets and all facets, and the way of one change into the answers."""
    engine = open_engine(kind, place / f"{kind}-{count}")
    try:
        many = varied(originals, count)
        began = time.perf_counter()
        for start in range(0, count, BATCH):
            engine.put(many[start : start + BATCH], [], start + 1)
        rate = count / (time.perf_counter() - began)
        half, most = spread([_asked(engine, ASKED[n % len(ASKED)]) for n in range(times)])
        seen = spread([_shown(engine, many[n], count + n + 1) for n in range(10)])[0]
    finally:
        engine.close()
    name = f"{kind}, {count:,} documents"
    return [
        Figure(f"{name}, page of results, median", half * 1000, "ms"),
        Figure(f"{name}, page of results, p95", most * 1000, "ms"),
        Figure(f"{name}, change to answer, median", seen * 1000, "ms"),
        Figure(f"{name}, taken in", rate, "/s"),
    ]


def _asked(engine: Engine, question: dict[str, str]) -> float:
    began = time.perf_counter()
    find(engine, SearchParams.from_args(question), language="fr")
    return time.perf_counter() - began


def _shown(engine: Engine, document: Document, number: int) -> float:
    mark = f"zq{number}"
    changed = replace(document, texts={**document.texts, "title": {document.language: mark}})
    began = time.perf_counter()
    engine.put([changed], [], number)
    assert find(engine, SearchParams(q=mark)).total == 1
    return time.perf_counter() - began
