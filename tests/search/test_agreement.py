"""Random documents and random queries: every engine finds exactly what the oracle finds."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Document, Engine, Query
from search.engines.memory import MemoryEngine
from search.opening import open_engine
from search.words.thesaurus import Concept, Thesaurus
from tests.search.library import ids, moment

WORDS = (
    "énergie energie Energien energy citoyenne Bürger Buerger buergerenergie Straße strasse Rad Radweg rue "
    "communauté communes city cities πόλη πόλεις ενέργεια град København oe und de the l'eau Loos-en-Gohelle 30 c40"
).split()
VALUES = ["th-a", "th-b", "FR", "Ö x"]
SUBJECTS = Thesaurus(
    [
        Concept("theme", "th-a", {"de": ["Energie", "Straße"]}),
        Concept("theme", "th-b", {"fr": ["rue", "l'eau"]}),
    ],
    ["theme"],
)
SORTS = ["relevance", "newest", "oldest", "adoptions", "title", "population", "nearest"]
LANGUAGES = ["fr", "de", "en", "el", "nb", "bg", "und"]

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
by_language = st.dictionaries(st.sampled_from(LANGUAGES), texts, max_size=2)
points = st.tuples(
    st.integers(-900, 900).map(lambda n: n / 10), st.integers(-1800, 1800).map(lambda n: n / 10)
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return Document(
        id=f"d{draw(st.integers(0, 12))}",
        language=draw(st.sampled_from(LANGUAGES)),
        texts=draw(
            st.dictionaries(st.sampled_from(["title", "summary", "body", "owner"]), by_language, max_size=3)
        ),
        facets=draw(
            st.dictionaries(
                st.sampled_from(["theme", "country"]),
                st.lists(st.sampled_from(VALUES), max_size=3).map(tuple),
                max_size=2,
            )
        ),
        numbers=draw(
            st.dictionaries(
                st.sampled_from(["population", "adoptions", "issued"]),
                st.sampled_from([0.0, 1.0, 2.5, 5000.0, -3.0, moment(2024)]),
                max_size=3,
            )
        ),
        point=draw(st.none() | points),
    )


terms = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["en*", "stra*", "πο*", "title:énergie", 'title:"rad radweg"', "owner:cit*"]),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(
        [
            "theme:th-a",
            "theme:th-a,th-b",
            'country:"ö X"',
            "population:<5000",
            "population:>=1",
            "issued:2024",
            "like:d0",
            "like:d1",
            "near:rad~9000",
        ]
    ),
    st.builds("near:{0[0]},{0[1]}~{1}".format, points, st.sampled_from([0, 100, 5000, 20000])),
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(" OR ".join),
        inner.map("({})".format),
        inner.map("-({})".format),
    ),
    max_leaves=5,
)
filters = st.dictionaries(
    st.sampled_from(["theme", "country"]),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=2).map(tuple),
    max_size=2,
)


@pytest.fixture(scope="module", params=["tantivy", "whoosh", "opensearch"])
def other(request: pytest.FixtureRequest, search_server: str) -> Iterator[Engine]:
    kind = request.param if request.param != "opensearch" else f"{search_server}/agreement-{os.getpid()}"
    with tempfile.TemporaryDirectory() as directory:
        engine = open_engine(kind, Path(directory))
        yield engine
        engine.close()


@pytest.mark.slow
@given(
    puts=st.lists(
        st.tuples(
            st.lists(documents(), max_size=6), st.lists(st.integers(0, 12).map("d{}".format), max_size=2)
        ),
        min_size=1,
        max_size=3,
    ),
    asked=st.lists(
        st.tuples(queries, filters, st.sampled_from(SORTS), st.sampled_from([(), ("fr",), ("de", "en")])),
        min_size=1,
        max_size=6,
    ),
)
def test_the_engine_finds_what_the_oracle_finds(other: Engine, puts: list, asked: list) -> None:
    oracle = MemoryEngine()
    other.clear()
    for number, (given_documents, deletes) in enumerate(puts, 1):
        for engine in (oracle, other):
            engine.put(given_documents, deletes, number)
    assert (other.count(), other.seen()) == (oracle.count(), oracle.seen())
    for text, chosen, sort, languages in asked:
        query = Query(
            *(text, languages, chosen),
            sort=sort,
            facets=("theme", "country"),
            per_page=50,
            thesaurus=SUBJECTS,
        )
        expected, found = oracle.find(query), other.find(query)
        assert set(ids(found)) == set(ids(expected)), query
        assert (found.total, found.relaxed) == (expected.total, expected.relaxed)
        assert found.facets == expected.facets, query
        assert found.sort == expected.sort, query
        if expected.sort != "relevance":  # also where “nearest” has no place to be near to
            assert ids(found) == ids(expected), query
        shown = [{hit.id: (hit.snippet, hit.through) for hit in hits.hits} for hits in (found, expected)]
        assert shown[0] == shown[1]
