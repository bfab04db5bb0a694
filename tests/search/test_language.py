"""The query language: trees, and a sentence for every mistake."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import QueryError
from search.question.language import (
    And,
    Facet,
    Like,
    Near,
    NearNamed,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Reading,
    Term,
    Tree,
    parse,
    read,
)
from search.words.thesaurus import Concept, Thesaurus
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
        ('"solar"', Term("solar", plain=True)),
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
        ("population:<5.000", Range("population", None, math.nextafter(5000, 0))),
        ("population:10,000..1'000'000", Range("population", 10_000, 1_000_000)),
        ("cost:4.5", Range("cost", 4.5, 4.5)),
        ("cost:<=50k€", Range("cost", None, 50_000)),
        ("population:..7", Range("population", None, 7)),
        ("near:48.1,-11.6~100km", Near(48.1, -11.6, 100)),
        ("near:48.1,11.6", Near(48.1, 11.6, 50)),
        ("near:Ulm~20km", NearNamed("Ulm", 20, (0, 13))),
        ('x near:"Bad Belzig"~7', And((Term("x"), NearNamed("Bad Belzig", 7, (2, 21))))),
        ("like:https://a.example/practices/b", Like("https://a.example/practices/b", (0, 34))),
        ("evidence:>=2", Range("evidence_rank", 2, None)),
        ("evidence:1..3", Range("evidence_rank", 1, 3)),
        ("evidence:ev-2", Facet("evidence", ("ev-2",))),
        ("solar & wind !", And((Term("solar"), Term("wind")))),
        ("Projekt: Sonne", And((Term("projekt"), Term("sonne")))),
        ("14:30", Phrase(("14", "30"))),
        ("school/canteen", And((Term("school"), Term("canteen")))),
        ("x energy,water;waste", And((Term("x"), Term("energy"), Term("water"), Term("waste")))),
        ("title:solar+wind", And((Term("solar", "title"), Term("wind", "title")))),
        ("solar/e-mobil*", And((Term("solar"), Term("e"), Prefix("mobil")))),
        ("-school/canteen", Not(And((Term("school"), Term("canteen"))))),
        ("R&D", Phrase(("r", "d"))),
        ("24/7", Phrase(("24", "7"))),
        ("population:<5 000", Range("population", None, math.nextafter(5000, 0))),
        ("population:>=1 000 000 x", And((Range("population", 1_000_000, None), Term("x")))),
        ("population:1 000..20\u202f000", Range("population", 1_000, 20_000)),
        ("population:20\u00a0000", Range("population", 20_000, 20_000)),
        ("population:5 000", And((Range("population", 5, 5), Term("000")))),
        ("population:>5 0000", And((Range("population", math.nextafter(5, 9), None), Term("0000")))),
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
        (
            "near:48,1,10",
            "“48,1,10” is not a place; write a name or latitude,longitude: near:Ulm or near:48.4,10.0~50km.",
            0,
        ),
        ("near:Ulm~far", "“far” is not a distance; write kilometres: ~100km.", 0),
        ("a country: FR", "“country:” needs a value.", 2),
        ("title:!", "There is no word in “!”.", 0),
        (" !? ", "There is no word in “!?”.", 1),
        ("evidence:>", "“>” is not a number that “evidence:” can use.", 0),
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


THEMES = Thesaurus(
    [
        Concept("theme", "th-mobility", {"en": ["Mobility", "cycling"], "de": ["Mobilität", "Radverkehr"]}),
        Concept("theme", "th-public-space", {"fr": ["Espace public"]}),
    ]
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("theme:th-mobility", ("th-mobility",)),
        ("theme:Mobility", ("th-mobility",)),
        ("theme:mobilitat,TH-PUBLIC-SPACE", ("th-mobility", "th-public-space")),
        ("theme:radverkehr,cycling", ("th-mobility",)),
        ('theme:"espace public"', ("th-public-space",)),
        ("theme:public-space", ("th-public-space",)),
        ("country:FR", ("FR",)),
    ],
)
def test_the_values_of_a_facet_may_be_called_by_their_names(text: str, values: tuple[str, ...]) -> None:
    tree = parse(text, thesaurus=THEMES)
    assert isinstance(tree, Facet)
    assert tree.values == values


def test_words_of_a_name_are_enough_where_only_one_value_has_them() -> None:
    places = Thesaurus(
        [
            Concept("degurba", "dg-3", {"en": ["Rural area (thinly populated)"]}),
            Concept("degurba", "dg-1", {"en": ["City (densely populated)"]}),
        ]
    )
    assert read("degurba:rural", thesaurus=places).tree == Facet("degurba", ("dg-3",))
    assert read('degurba:"thinly populated"', thesaurus=places).tree == Facet("degurba", ("dg-3",))
    (mistake,) = read("degurba:populated", thesaurus=places).mistakes
    assert str(mistake) == (
        "“populated” is none of the values of “degurba:”. "
        "Did you mean City (densely populated) · Rural area (thinly populated)?"
    )
    assert read("degurba:ural", thesaurus=places).mistakes


def test_a_value_that_a_facet_does_not_have_is_a_mistake() -> None:
    reading = read("bus theme:mobility,kayaks", thesaurus=THEMES)
    assert reading.tree == And((Term("bus"), Facet("theme", ("th-mobility",))))
    (mistake,) = reading.mistakes
    assert str(mistake) == "“kayaks” is none of the values of “theme:”."
    assert "bus theme:mobility,kayaks"[mistake.position :][: mistake.length] == "theme:mobility,kayaks"
    assert read("theme:kayaks", thesaurus=THEMES).tree == And()


ALL_VALUES = Thesaurus(
    [Concept("theme", "th-water", {"en": ["Water"]}), Concept("theme", "th-energy", {"en": ["Energy"]})],
    later={
        "country": lambda: [Concept("country", "EL", {"en": ["Greece"], "de": ["Griechenland"]}, ("GR",))]
    },
    open={"country": re.compile(".+")},
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("theme:(energy OR water)", Or((Facet("theme", ("th-energy",)), Facet("theme", ("th-water",))))),
        ("-theme:(energy water)", Not(And((Facet("theme", ("th-energy",)), Facet("theme", ("th-water",)))))),
        ("title:(solar \"green roof\")", And((Term("solar", "title"), Phrase(("green", "roof"), "title")))),
        ("title:(solar OR (wind theme:water)) sun", And((
            Or((Term("solar", "title"), And((Term("wind", "title"), Facet("theme", ("th-water",)))))),
            Term("sun"),
        ))),
    ],
)  # fmt: skip
def test_a_field_before_a_parenthesis_is_the_field_of_each_word_within(text: str, tree: Tree) -> None:
    reading = read(text, thesaurus=ALL_VALUES)
    assert reading == Reading(tree)


def test_parentheses_of_no_field_are_read_as_if_it_were_not_there() -> None:
    reading = read("colour:(red OR blue)", thesaurus=ALL_VALUES)
    assert reading.tree == Or((Term("red"), Term("blue")))
    assert [str(mistake) for mistake in reading.mistakes] == ["There is no field called “colour”."]


def test_a_field_that_there_is_not_is_a_word_like_the_one_after_it() -> None:
    reading = read("tema:energia scuola")
    assert reading.tree == And((Term("tema"), Term("energia"), Term("scuola")))
    assert [str(mistake) for mistake in reading.mistakes] == ["There is no field called “tema”."]


def test_many_words_typed_as_one_are_read_up_to_the_same_limit() -> None:
    reading = read(",".join(["aa"] * 100))
    assert reading.tree == And((Term("aa"),) * 64)
    assert [str(mistake) for mistake in reading.mistakes] == ["Only the first 64 terms were read."]


@pytest.mark.parametrize("name", ["EL", "gr", "Greece", "griechenland"])
def test_a_thing_with_several_ids_is_found_under_each_of_them_by_any_name(name: str) -> None:
    assert read(f"country:{name}", thesaurus=ALL_VALUES).tree == Facet("country", ("EL", "GR"))


def test_a_field_whose_values_are_not_all_listed_takes_others_as_they_are() -> None:
    assert read("country:Atlantis", thesaurus=ALL_VALUES) == Reading(Facet("country", ("Atlantis",)))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('solar "roof', And((Term("solar"), Term("roof", plain=True)))),
        ("(solar", Term("solar")),
        ("solar OR", Term("solar")),
        ("a*", Term("a")),
        ("colour:red", And((Term("colour"), Term("red")))),
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
        "near:a~",
        "like:",
        "evidence:>",
        "~1",
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
    for mistake in reading.mistakes:
        assert 0 <= mistake.position <= mistake.position + mistake.length <= len(text)
    if reading.tree == And() and text.strip():
        assert reading.mistakes
    assert all(str(mistake) for mistake in reading.mistakes)


def test_a_value_that_is_nearly_one_comes_with_what_was_meant() -> None:
    (mistake,) = read("theme:mobilty", thesaurus=THEMES).mistakes
    assert str(mistake).endswith("“theme:”. Did you mean mobility?")


def test_an_open_field_takes_what_is_written_as_its_values_are() -> None:
    languages = Thesaurus(
        [Concept("language", "de", {"en": ["German"], "pl": ["niemiecki"]})],
        open={"language": re.compile("[a-z]{2,3}")},
    )
    assert read("language:ast", thesaurus=languages).tree == Facet("language", ("ast",))
    assert read("language:niemiecki", thesaurus=languages).tree == Facet("language", ("de",))
    (mistake,) = read("language:gemran", thesaurus=languages).mistakes
    assert mistake.params["near"] == "German"


def test_values_of_other_fields_stand_beside_those_of_the_vocabularies() -> None:
    towns = Thesaurus([Concept("community", "https://a/ulm", {"und": ["Ulm"]})], fields=("adopted_by",))
    both = THEMES.beside(towns)
    assert read("community:ulm theme:mobility", thesaurus=both).tree == And(
        (Facet("community", ("https://a/ulm",)), Facet("theme", ("th-mobility",)))
    )
    assert read("adopted_by:ulm", thesaurus=both).mistakes
    assert not read("adopted_by:ulm", thesaurus=THEMES).mistakes
