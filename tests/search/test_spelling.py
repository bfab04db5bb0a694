"""Did you mean, on every engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Engine, Query
from search.spelling import closest, distance


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


def test_the_nearest_word_wins_then_the_most_frequent() -> None:
    words = {"mobility": 5, "mobilite": 9, "mobilita": 20, "mob": 99}

    def vocabulary(beginning: str) -> list[tuple[str, int]]:
        return [(word, count) for word, count in words.items() if word.startswith(beginning)]

    assert closest("mobilitie", vocabulary) == "mobilite"
    assert closest("mobilitx", vocabulary) == "mobilita"
    assert closest("ombility", vocabulary) == "mobility"
    assert closest("kayaks", vocabulary) is None
    assert closest("mop", vocabulary) is None


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
