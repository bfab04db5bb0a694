"""Sorting and paging, on every engine."""

import pytest

from search.answer.order import keys, tie
from search.engine import Document, Engine, Query
from tests.search.library import ask, document, moment


@pytest.mark.parametrize(
    ("sort", "first", "without"),
    [
        ("newest", ["ulm", "wildpoldsried", "saillans", "gent", "loos"], {"nowhere"}),
        ("oldest", ["loos", "gent", "saillans", "wildpoldsried", "ulm"], {"nowhere"}),
        ("population", ["gent", "ulm", "loos", "wildpoldsried", "saillans"], {"nowhere"}),
        ("evidence", ["gent", "wildpoldsried", "saillans", "ulm"], {"loos", "nowhere"}),
        ("title", ["nowhere", "wildpoldsried", "gent", "saillans", "loos", "ulm"], set()),
    ],
)
def test_sorting(engine: Engine, sort: str, first: list[str], without: set[str]) -> None:
    found = ask(engine, sort=sort)
    assert found[: len(first)] == first
    assert set(found[len(first) :]) == without


def in_two_languages() -> list[Document]:
    """Titles whose order is another in English, French and German; one that is in neither of these."""
    return [
        document(
            "bread", "fr", "Zéro pain perdu", texts={"title": {"en": "bread for all", "de": "Ohne Rest"}}
        ),
        document("water", "it", "Acqua di tutti", texts={"title": {"en": "Water of all"}}),
        document("oak", "de", "Über Eichen", texts={"title": {"fr": "Écoles sous les chênes"}}),
        document("mill", "pl", "Młyn we wsi"),
    ]


@pytest.mark.parametrize(
    ("languages", "order"),
    [
        (("en",), ["bread", "mill", "oak", "water"]),  # bread, Młyn, Über Eichen, Water
        (("en-GB", "fr"), ["bread", "mill", "oak", "water"]),
        (("fr",), ["oak", "mill", "water", "bread"]),  # Écoles, Młyn, Water (in English), Zéro
        (("de",), ["mill", "bread", "oak", "water"]),
        (("it",), ["water", "bread", "mill", "oak"]),
        (("pl",), ["bread", "mill", "oak", "water"]),
        ((), ["water", "mill", "oak", "bread"]),  # as their authors call them
    ],
)
def test_titles_stand_in_the_order_in_which_a_reader_sees_them(
    empty: Engine, languages: tuple[str, ...], order: list[str]
) -> None:
    empty.put(in_two_languages(), [], 1)
    assert ask(empty, sort="title", languages=languages) == order
    paged = [ask(empty, sort="title", languages=languages, page=page, per_page=1) for page in range(1, 5)]
    assert [name for page in paged for name in page] == order


def test_equal_values_keep_one_order_in_every_engine(engine: Engine) -> None:
    most, *rest = ask(engine, sort="adoptions")
    equal = sorted(["saillans", "gent"], key=tie, reverse=True)
    none = sorted(["ulm", "loos", "nowhere"], key=tie, reverse=True)
    assert [most, *rest] == ["wildpoldsried", *equal, *none]


def test_nearest_first_and_those_without_a_place_never(engine: Engine) -> None:
    hits = engine.find(Query("", near=(48.4, 10.0, 5000), sort="nearest"))
    assert [hit.id for hit in hits.hits] == ["ulm", "wildpoldsried", "gent", "saillans", "loos"]
    assert hits.hits[0].distance == pytest.approx(0.65, abs=0.05)


def test_nearest_takes_the_place_of_the_text(engine: Engine) -> None:
    assert ask(engine, "near:51,3.7~500km", sort="nearest")[:2] == ["gent", "loos"]


def test_nearest_without_a_place_and_relevance_without_words_mean_newest(engine: Engine) -> None:
    newest = ask(engine, sort="newest")
    assert ask(engine, sort="nearest") == newest
    assert ask(engine, sort="relevance") == newest
    assert ask(engine, sort="by magic") == newest


def test_sorting_does_not_change_what_is_found(engine: Engine) -> None:
    found = set(ask(engine, "énergie"))
    assert all(set(ask(engine, "énergie", sort=sort)) == found for sort in ("newest", "title", "population"))


@pytest.mark.parametrize("sort", ["relevance", "newest", "title", "adoptions"])
def test_pages_neither_overlap_nor_leave_out(empty: Engine, sort: str) -> None:
    documents = [
        document(f"d{n}", title="same words for all", numbers={"issued": moment(2020 + n % 3)})
        for n in range(47)
    ]
    for start in range(0, 47, 10):  # in several segments, where an engine has those
        empty.put(documents[start : start + 10], [], start + 1)
    pages = [empty.find(Query("same words", sort=sort, page=page, per_page=10)) for page in range(1, 7)]
    assert [page.total for page in pages] == [47] * 6
    found = [hit.id for page in pages for hit in page.hits]
    assert (len(found), len(set(found))) == (47, 47)


def test_a_page_beyond_the_end_is_empty_but_knows_the_total(engine: Engine) -> None:
    for page in (50, 10**9):
        hits = engine.find(Query("", page=page, facets=("country",)))
        assert (hits.hits, hits.total, len(hits.facets["country"])) == ([], 6, 3)


def test_strange_pages_are_read_as_the_first(engine: Engine) -> None:
    assert ask(engine, page=0) == ask(engine, page=-3) == ask(engine)
    assert engine.find(Query("", per_page=0)).total == 6
    assert ask(engine, "énergie", per_page=0) == []


def test_the_key_of_a_sort_is_unique_even_for_absurd_numbers() -> None:
    absurd = [document(f"x{n}", numbers={"issued": value}) for n, value in enumerate([-1e18, 0, 1e18, 1e18])]
    newest = [keys(one)["newest"] for one in absurd]
    assert len(set(newest)) == 4
    assert all(0 <= key < 2**63 for key in newest)
    assert keys(document("none"))["newest"] < min(newest)
