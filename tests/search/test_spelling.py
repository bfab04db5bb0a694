"""Did you mean, on every engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Engine, Query
from search.words.spelling import distance, nearest
from tests.search.library import document, ids


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [
        ("rad", "rad", 0),
        ("rad", "rat", 1),
        ("rad", "rda", 1),
        ("rad", "rads", 1),
        ("radweg", "rdawge", 2),
        ("", "ab", 2),
        ("abcdef", "uvwxyz", 3),
    ],
)
def test_mistakes_are_counted_up_to_the_most(one: str, other: str, mistakes: int) -> None:
    assert distance(one, other, 2) == mistakes


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_mistakes_do_not_depend_on_the_direction(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2)
    assert (distance(one, other, 2) == 0) == (one == other)


def test_near_words_are_told_with_how_often_each_occurs() -> None:
    words = {"mobility": 5, "mobilite": 9, "mobilita": 20, "mob": 99}

    def vocabulary(beginning: str) -> list[tuple[str, int]]:
        return [(word, count) for word, count in words.items() if word.startswith(beginning)]

    assert nearest("mobilitie", vocabulary) == {"mobilite": 9}
    assert nearest("mobilitx", vocabulary) == {"mobility": 5, "mobilite": 9, "mobilita": 20}
    assert nearest("ombility", vocabulary) == {"mobility": 5}
    assert nearest("kayaks", vocabulary) == {}
    assert nearest("mop", vocabulary) == {}


def test_the_nearest_words_are_those_with_the_fewest_mistakes() -> None:
    words = {"mobilite": 1, "mobilita": 9, "mobilities": 3, "nobility": 2}

    def vocabulary(beginning: str) -> list[tuple[str, int]]:
        return [(word, count) for word, count in words.items() if word.startswith(beginning)]

    assert nearest("mobilitee", vocabulary) == {"mobilite": 1}
    assert nearest("mobilito", vocabulary) == {"mobilita": 9, "mobilite": 1}


@pytest.mark.parametrize(
    "typed", ["Radvekehr", "Radverkher Ulm", "circulatoin plan", "Bürgernergie country:de"]
)
def test_a_misspelt_word_finds_what_was_meant_and_says_so(engine: Engine, typed: str) -> None:
    hits = engine.find(Query(typed))
    assert len(hits.hits) == 1
    assert hits.spelled
    assert not hits.relaxed
    assert "<mark>" in hits.hits[0].snippet or "circ" in typed or "Bürger" in typed


@pytest.mark.parametrize(
    ("language", "title", "typed"),
    [
        ("el", "Ενεργειακή κοινότητα", "κοινότιτα"),
        ("bg", "Енергийна общност", "общнсот"),
        ("pl", "Spółdzielnia energetyczna", "spoldzielnai"),
        ("sv", "Cykelvägar för alla", "cykelvgar"),
        ("fi", "Kyläkauppa ja kirjasto", "kirjatso"),
        ("mt", "Enerġija tal-komunità", "enerġijja"),
    ],
)
def test_mistakes_are_forgiven_in_every_language(
    empty: Engine, language: str, title: str, typed: str
) -> None:
    empty.put([document("a", language, title), document("b", "en", "Something else")], [], 1)
    assert ids(empty.find(Query(typed))) == ["a"]


def test_a_rare_word_gets_the_far_more_common_one_beside_it(empty: Engine) -> None:
    many = [document(f"m{n}", title="Mobility for all") for n in range(12)]
    empty.put([*many, document("odd", title="Mobilitz for all")], [], 1)
    hits = empty.find(Query("Mobilitz", per_page=20))
    assert (hits.total, hits.hits[0].id) == (13, "odd")
    assert hits.spelled == {"mobilitz": ("mobility",)}
    assert hits.did_you_mean == "mobility"
    assert empty.find(Query("Mobility")).spelled == {}


def test_a_word_that_half_of_a_large_corpus_has_is_no_help(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.question.tolerance.ALWAYS", 3)
    empty.put([document(f"m{n}", title="Mobility for all") for n in range(12)], [], 1)
    assert empty.find(Query("Mobilitx")).total == 0


def test_what_must_not_be_there_is_taken_as_typed(engine: Engine) -> None:
    assert "ulm" in ids(engine.find(Query("Radvekehr -Radverkher")))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Radvekehr", "radverkehr"),
        ("citoyenes Énergeis", "citoyenes énergies"),
        ("Bürgernergie country:de", "bürgerenergie country:de"),
        ("habitnats -Dorf", "habitants -Dorf"),
    ],
)
def test_a_misspelt_word_is_corrected_as_the_texts_write_it(engine: Engine, typed: str, meant: str) -> None:
    assert engine.find(Query(typed)).did_you_mean == meant


def test_what_is_found_needs_no_correction(engine: Engine) -> None:
    assert engine.find(Query("Radverkehr")).did_you_mean is None


def test_a_correction_that_would_find_nothing_is_not_offered(engine: Engine) -> None:
    assert engine.find(Query("Radvekehr country:fr")).did_you_mean is None
    assert engine.find(Query("Radvekehr", filters={"country": ("FR",)})).did_you_mean is None


def test_a_name_comes_back_as_it_is_written(empty: Engine) -> None:
    """With its capital and its accents, also where only what is kept beside the texts has them."""
    island = document("a", "da", "Vedvarende energi", "Øen Samsø ejer sine møller. Møller er dyre.", owner="Tranebjerg",
                      stored={"community": {"name": {"da": "Tranebjerg"}, "slug": "tranebjerg"}})  # fmt: skip
    empty.put([island, document("b", "en", "Something else")], [], 1)
    hits = empty.find(Query("Samsoo"))
    assert (hits.did_you_mean, hits.spelled) == ("Samsø", {"samsoo": ("Samsø",)})
    assert empty.find(Query("Tranebjeg")).did_you_mean == "Tranebjerg"
    assert empty.find(Query("Vedvarendde")).did_you_mean == "vedvarende"
    assert empty.find(Query("mølelr")).did_you_mean == "møller"
