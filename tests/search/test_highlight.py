"""Snippets: the right part, the right language, and never a tag that we did not write."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.answer.highlight import LONGEST, Marker, render, snippet
from search.engine import Engine, Query
from search.question.language import read
from search.question.meaning import compile
from search.words.text import normalise
from tests.search.library import document


def marker(text: str, *languages: str) -> Marker:
    return Marker(compile(read(text).tree, languages))


def marked(query: str, text: str, language: str = "en") -> list[str]:
    html, _ = snippet({"summary": {language: text}}, (language,), marker(query))
    return [unescape(found) for found in re.findall("<mark>(.*?)</mark>", html)]


@pytest.mark.parametrize(
    ("query", "language", "text", "found"),
    [
        ("energies", "fr", "L'énergie et les Énergies", ["énergie", "Énergies"]),
        ("mobil*", "de", "Mobilität und Automobil", ["Mobilität"]),
        ('"ville pilote"', "fr", "Une ville, puis la ville pilote", ["ville pilote"]),
        ("strasse", "de", "Die Straße & die <Gasse>", ["Straße"]),
        ("solar -roof", "en", "No solar roof", ["solar"]),
        ("the plan", "en", "The plan of the city", ["plan"]),
        ("theme:solar", "en", "solar", []),
        ("πολη", "el", "Η πόλη και οι πόλεις", ["πόλη", "πόλεις"]),
    ],
)
def test_what_was_found_is_marked_as_it_is_written(
    query: str, language: str, text: str, found: list[str]
) -> None:
    assert marked(query, text, language) == found


WORDS = st.sampled_from(
    "énergie Énergies l'eau ß Straße straße ÆRØ aero İzmir izmir K2 2025 x_ray ray πόλη Όρος 東京 東 日本 Zug-Zug "
    "Bürgerenergie energie d'Eu Œuvre oeuvre þing thing ŋa — … e é É bhean bean Fahrräder Rad".split()
)


@given(
    st.lists(WORDS, min_size=1, max_size=4),
    st.lists(st.tuples(WORDS, st.sampled_from((" ", "_", "-", "’", "…", ""))), max_size=12),
    st.sampled_from(("fr", "de", "en", "el", "ga", "tr", "ja", "is")),
)
def test_words_that_are_passed_over_unread_are_none_of_those_meant(
    query: list[str], text: list[tuple[str, str]], language: str
) -> None:
    written = normalise("".join(part for pair in text for part in pair))
    quick, careful = marker(" ".join(query), language), marker(" ".join(query), language)
    careful._few = False
    assert quick.spans(written, language) == careful.spans(written, language)


def test_everything_else_is_escaped() -> None:
    html, _ = snippet({"summary": {"en": '<script>alert("solar")</script> & more'}}, (), marker("solar"))
    assert html == "&lt;script&gt;alert(&quot;<mark>solar</mark>&quot;)&lt;/script&gt; &amp; more"


def test_a_long_text_is_cut_at_words_around_most_of_the_marks() -> None:
    text = "nothing here " * 60 + "a solar roof beside another solar roof " + "nothing more " * 60
    html, _ = snippet({"summary": {"en": text}}, (), marker("solar roof"))
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert html.count("<mark>") == 4
    assert len(re.sub("<.*?>", "", html)) <= LONGEST + 4
    assert set(re.sub("<.*?>|…", "", html).split()) <= set(text.split())


def test_a_word_longer_than_the_window_is_cut_all_the_same() -> None:
    assert render("x" * 2000, []) == "x" * LONGEST + " …"


def test_the_readers_language_is_shown_when_it_has_the_words() -> None:
    texts = {"summary": {"nl": "Fietsen in Gent", "en": "Cycling in Ghent"}, "body": {"en": "More cycling"}}
    assert snippet(texts, ("en", "nl"), marker("cycling")) == ("<mark>Cycling</mark> in Ghent", "en")
    assert snippet(texts, ("en-GB", "nl"), marker("fietsen")) == ("<mark>Fietsen</mark> in Gent", "nl")
    assert snippet(texts, ("nl",), marker("xyzzy")) == ("Fietsen in Gent", "nl")
    assert snippet(texts, ("fi",), marker("more")) == ("<mark>More</mark> cycling", "en")


def test_a_text_without_words_has_an_empty_snippet() -> None:
    assert snippet({}, ("fr",), marker("x")) == ("", "")


def test_the_body_is_shown_when_only_it_has_the_words(engine: Engine) -> None:
    engine.put([document("b", title="T", summary="Nothing.", body="The heat pump hums.")], [], 2)
    hit = engine.find(Query("pump")).hits[0]
    assert (hit.snippet, hit.language) == ("The heat <mark>pump</mark> hums.", "en")


@given(st.text(), st.text())
def test_a_snippet_is_the_text_with_marks_and_nothing_else(query: str, text: str) -> None:
    html, _ = snippet({"summary": {"en": text}}, (), marker(query))
    plain = unescape(html.replace("<mark>", "").replace("</mark>", ""))
    assert plain.removeprefix("… ").removesuffix(" …").rstrip() in text
    assert html.count("<mark>") == html.count("</mark>")
    assert "<" not in html.replace("<mark>", "").replace("</mark>", "")
