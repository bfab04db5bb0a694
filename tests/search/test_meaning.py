"""A query tree in the terms of the index."""

import pytest

from search.question.language import read
from search.question.meaning import (
    All,
    Any,
    Around,
    Chosen,
    Run,
    Start,
    Without,
    Word,
    compile,
    place,
    relaxed,
    spellings,
)
from search.words.stopwords import guess


def meaning(text: str, *languages: str) -> object:
    return compile(read(text).tree, languages)


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("bürger", {"burger", "buerger"}),
        ("buerger", {"buerger", "burger"}),
        ("københavn", {"kobenhavn", "koebenhavn"}),
        ("bleue", {"bleue"}),
        ("rue", {"rue"}),
        ("energie", {"energie"}),
        ("straße", {"strasse"}),
    ],
)
def test_how_people_write_a_word(word: str, forms: set[str]) -> None:
    assert set(spellings(word)) == forms


@pytest.mark.parametrize("typed", ["Buergerinnen", "Gruenflaechen", "Gebaeudesanierungen", "Buergerenergie"])
def test_an_umlaut_typed_as_two_letters_is_stemmed_and_taken_apart_as_one(typed: str) -> None:
    written = {"Bue": "Bü", "Grue": "Grü", "lae": "lä", "bae": "bä"}
    proper = typed
    for two, one in written.items():
        proper = proper.replace(two, one)
    given, meant = meaning(typed, "de"), meaning(proper, "de")
    assert isinstance(given, Word)
    assert isinstance(meant, Word)
    assert dict(given.stems).items() >= {s: w for s, w in meant.stems if s.startswith("de:")}.items()
    german = {apart for apart, _ in meant.compounds if apart[0].startswith("de:")}
    assert german <= {apart for apart, _ in given.compounds}


def test_two_letters_of_other_languages_are_no_umlaut() -> None:
    word = meaning("fietsroute", "nl")
    assert isinstance(word, Word)
    assert dict(word.stems)["nl:fietsrout"] == 1.0
    assert not any("nl:" in stem and "rut" in stem for stem, _ in word.stems)


def test_the_readers_language_weighs_more_than_the_others() -> None:
    word = meaning("communes", "fr-BE")
    assert isinstance(word, Word)
    weights = dict(word.stems)
    assert weights["fr:commun"] == 1.0
    assert all(weight < 1.0 for stem, weight in weights.items() if not stem.startswith("fr:"))


def test_small_words_betray_the_language() -> None:
    assert guess(["der", "radweg", "und", "die", "stadt"]) == "de"
    assert guess(["la", "piste", "dans", "les", "rues"]) == "fr"
    assert guess(["radweg"]) is None
    tree = meaning("die Wege und der Bus")
    assert isinstance(tree, All)
    assert any(dict(word.stems).get("de:weg") == 1.0 for word in tree.parts if isinstance(word, Word))


def test_small_words_are_spare_beside_others() -> None:
    tree = meaning("the plan")
    assert isinstance(tree, All)
    assert [part.typed for part in tree.spare if isinstance(part, Word)] == ["the"]
    assert len(tree.parts) == 1


def test_phrases_prefixes_facets_and_exclusions() -> None:
    assert meaning('"Ville d\'Énergie"') == Run(("ville", "energie"))
    assert meaning("title:Énerg*") == Start("energ", "title")
    assert meaning("-country:FR") == Without(Chosen("country", ("FR",)))
    assert isinstance(meaning("a OR b"), Any)


def test_only_words_are_given_up() -> None:
    tree = relaxed(compile(read("solar wind country:FR").tree))
    assert isinstance(tree, All)
    assert isinstance(tree.parts[0], Any)
    assert tree.parts[1] == Chosen("country", ("FR",))
    assert relaxed(compile(read("solar country:FR").tree)) is None
    assert relaxed(compile(read("solar OR wind").tree)) is None


def test_the_place_of_a_query_is_one_that_must_be_near() -> None:
    assert place(compile(read("solar near:48,10~5").tree)) == Around(48, 10, 5)
    assert place(compile(read("-near:48,10~5").tree)) is None


def test_no_stem_makes_a_small_word_of_a_word() -> None:
    """A Dutch stemmer takes -sel away, and of Insel leaves “in”, which stands in every Dutch text."""
    island, small = meaning("Insel", "de"), meaning("in", "nl")
    assert isinstance(island, Word)
    assert isinstance(small, Word)
    assert "nl:in" not in dict(island.stems)
    assert "nl:in" in dict(small.stems)
