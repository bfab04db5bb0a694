"""The query language: trees, and a sentence for every mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import QueryError
from search.language import And, Facet, Near, Not, Or, Phrase, Prefix, Range, Term, Tree, parse, read
from tests.search.library import moment


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", And()),
        ("Energie", Term("energie")),
        ("a b", And((Term("a"), Term("b")))),
        ("a AND b", And((Term("a"), Term("b")))),
        ("a and b", And((Term("a"), Term("and"), Term("b")))),
        ("a OR b c", Or((Term("a"), And((Term("b"), Term("c")))))),
        ("(a OR b) c", And((Or((Term("a"), Term("b"))), Term("c")))),
        ("-a", Not(Term("a"))),
        ("NOT a", Not(Term("a"))),
        ("--a", Term("a")),
        ("-(a b)", Not(And((Term("a"), Term("b"))))),
        ("a - b", And((Term("a"), Term("b")))),
        ('"solar roof"', Phrase(("solar", "roof"))),
        ("„Wind und Sonne“", Phrase(("wind", "und", "sonne"))),
        ("«énergie douce»", Phrase(("énergie", "douce"))),
        ('"solar"', Term("solar")),
        ("smart-city", Phrase(("smart", "city"))),
        ("l'énergie", Term("énergie")),
        ("mobil*", Prefix("mobil")),
        ("e-mobil*", And((Term("e"), Prefix("mobil")))),
        ("theme:th-energy", Facet("theme", ("th-energy",))),
        ("THEME:a,b", Facet("theme", ("a", "b"))),
        ('community:"a, b"', Facet("community", ("a, b",))),
        ("title:solar", Term("solar", "title")),
        ('title:"solar roof"', Phrase(("solar", "roof"), "title")),
        ("title:sol*", Prefix("sol", "title")),
        ("population:5k", Range("population", 5000, 5000)),
        ("population:>=5000", Range("population", 5000, None)),
        ("population:..7", Range("population", None, 7)),
        ("near:48.1,-11.6~100km", Near(48.1, -11.6, 100)),
        ("near:48.1,11.6", Near(48.1, 11.6, 50)),
        ("Projekt: Sonne", And((Term("projekt"), Term("sonne")))),
        ("14:30", Phrase(("14", "30"))),
    ],
)
def test_what_is_typed_becomes_a_tree(text: str, tree: Tree) -> None:
    assert parse(text) == tree


def test_a_year_and_a_day_are_spans_of_time() -> None:
    years = parse("started:2018..2022")
    assert isinstance(years, Range)
    assert years.low == 2018
    assert years.high is not None
    assert 2022.99 < years.high < 2023
    day = parse("issued:2024-12-31")
    assert isinstance(day, Range)
    assert day.low == moment(2024, 12, 31)
    assert day.high is not None
    assert moment(2025) - 1 < day.high < moment(2025)


@pytest.mark.parametrize(
    ("text", "sentence", "position"),
    [
        ('solar "roof', "This quotation mark is never closed.", 6),
        ("(solar", "This “(” is never closed.", 0),
        ("solar)", "This “)” closes nothing.", 5),
        ("solar ()", "There is nothing between these parentheses.", 6),
        ("solar OR", "“OR” needs something on both sides.", 6),
        ("OR solar", "“OR” needs something on both sides.", 0),
        ("a AND AND b", "“AND” needs something on both sides.", 2),
        ("solar NOT", "“NOT” needs something after it.", 6),
        ("a*", "“a*” is too short: at least 2 letters before the asterisk.", 0),
        ("*", "There is no word in “*”.", 0),
        ("colour:red", "There is no field called “colour”.", 0),
        ("x theme:,", "“theme:” needs a value.", 2),
        ("population:many", "“many” is not a number that “population:” can use.", 0),
        ("population:9..1", "“9..1” begins after its end.", 0),
        ("population:..", "“..” has neither a beginning nor an end.", 0),
        ("issued:2024-13", "“2024-13” is not a date; write 2024, 2024-05 or 2024-05-31.", 0),
        ("issued:9999", "“9999” is not a date; write 2024, 2024-05 or 2024-05-31.", 0),
        ("near:Ulm", "“Ulm” is not a place; write latitude,longitude~distance: 48.1,11.6~100km.", 0),
        ("near:91,0", "“91,0” is not a place on Earth.", 0),
        ("(" * 30 + "a" + ")" * 30, "Too many parentheses within each other.", 20),
        ("a " * 70, "Only the first 64 terms were read.", 128),
        ("a" * 1001, "Only the first 1000 characters were read.", 1000),
    ],
)
def test_every_mistake_gets_a_sentence_that_says_where(text: str, sentence: str, position: int) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    assert (str(raised.value), raised.value.position) == (sentence, position)
    assert raised.value.message % raised.value.params == sentence


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('solar "roof', And((Term("solar"), Term("roof")))),
        ("(solar", Term("solar")),
        ("solar OR", Term("solar")),
        ("a*", Term("a")),
        ("colour:red", Phrase(("colour", "red"))),
        ("solar population:many", Term("solar")),
        ("NOT OR x", Term("x")),
        ("http://example.org", Phrase(("http", "example", "org"))),
    ],
)
def test_a_mistake_does_not_stop_the_rest_from_being_read(text: str, tree: Tree) -> None:
    assert read(text).tree == tree


pieces = st.sampled_from(
    [
        "OR",
        "AND",
        "NOT",
        "-",
        "(",
        ")",
        '"',
        "*",
        "a",
        "ab*",
        "theme:x",
        "population:",
        "near:",
        ":",
        "..",
        " ",
        "„",
        "issued:2024-",
    ]
)


@given(
    st.one_of(
        st.text(), st.lists(pieces, max_size=60).map("".join), st.lists(pieces, max_size=60).map(" ".join)
    )
)
def test_anything_can_be_read(text: str) -> None:
    reading = read(text)
    assert all(0 <= mistake.position <= max(len(text), 0) for mistake in reading.mistakes)
    assert all(str(mistake) for mistake in reading.mistakes)
