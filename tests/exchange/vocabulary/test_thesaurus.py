"""What people call the themes in each official language of the Union, and what they find with it."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from exchange.vocabulary import concepts
from exchange.vocabulary.thesaurus import thesaurus
from search.engine import Engine, Query
from search.opening import open_engine
from tests.search import relevance

ENERGY = {
    "bg": "енергия",
    "hr": "obnovljiva energija",
    "cs": "energetika",
    "da": "vedvarende energi",
    "nl": "hernieuwbare energie",
    "et": "taastuvenergia",
    "fi": "uusiutuva energia",
    "el": "ΕΝΕΡΓΕΙΑ",
    "hu": "megújuló energia",
    "ga": "fuinneamh",
    "lv": "enerģija",
    "lt": "energetika",
    "mt": "enerġija",
    "pl": "efektywność energetyczna",
    "pt": "energia renovável",
    "ro": "energie regenerabilă",
    "sk": "obnoviteľná energia",
    "sl": "energija",
    "sv": "förnybar energi",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine("tantivy", tmp_path_factory.mktemp("index"))
    opened.put(relevance.documents(), [], 1)
    yield opened
    opened.close()


@pytest.mark.parametrize("language", ENERGY)
def test_who_asks_in_a_language_of_the_union_finds_what_is_about_the_theme(
    engine: Engine, language: str
) -> None:
    about = {one.id for one in relevance.documents() if "th-energy" in one.facets["theme"]}
    found = engine.find(Query(ENERGY[language], (language,), thesaurus=thesaurus(), per_page=50))
    assert about <= {hit.id for hit in found.hits}
    assert ("theme", "th-energy") in {subject for hit in found.hits for subject in hit.through}


@pytest.mark.parametrize(
    ("word", "theme"),
    [
        ("doprava", "th-mobility"),
        ("osallistuminen", "th-participation"),
        ("sudjelovanje", "th-participation"),
        ("účasť občanov", "th-participation"),
        ("víz", "th-water"),
        ("scoil", "th-education"),
        ("jäte", "th-waste"),
        ("vand", "th-water"),
        ("stołówka szkolna", "th-food"),
        ("fotowoltaika", "th-energy"),
        ("zonnepanelen", "th-energy"),
    ],
)
def test_the_plainest_word_for_a_theme_finds_it(word: str, theme: str) -> None:
    assert thesaurus().about(word.split()) == [("theme", theme)]


def test_every_theme_has_words_in_all_twenty_four_languages() -> None:
    assert {*ENERGY, *concepts.LANGUAGES} == {
        *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"),
        *("hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
    }
    for theme in concepts.scheme("themes"):
        assert {*ENERGY, *concepts.LANGUAGES} <= {*theme.alternatives}, theme.id
        assert set(theme.labels) == set(concepts.LANGUAGES), "the pages show five languages"


def test_no_word_means_two_themes_in_one_language() -> None:
    path = files("exchange").joinpath("seeds/words-of-themes.yaml")
    for language, themes in yaml.safe_load(path.read_text("utf-8"))["words"].items():
        all = [word.casefold() for words in themes.values() for word in words]
        assert len(all) == len(set(all)), language


def test_a_word_of_another_language_names_a_value_of_the_filter() -> None:
    assert thesaurus().values("theme", "segurança") == ("th-safety",)
    assert thesaurus().values("theme", "вода") == ("th-water",)


def test_the_words_go_along_with_the_project() -> None:
    assert Path(str(files("exchange").joinpath("seeds/words-of-themes.yaml"))).is_file()


def test_a_label_as_it_stands_is_no_form_of_another() -> None:
    assert thesaurus().about(["šola"]) == [("theme", "th-education")]
    assert thesaurus().about(["energies"]) == [("theme", "th-energy")], (
        "other words are read as forms of labels"
    )


@pytest.mark.parametrize(
    ("word", "language"), [("isola", "it"), ("Insel", "de"), ("île", "fr"), ("isla", "es")]
)
def test_who_looks_for_islands_finds_islands_first(engine: Engine, word: str, language: str) -> None:
    islands = {one.id for one in relevance.documents() if "tp-island" in one.facets["topography"]}
    found = [hit.id for hit in engine.find(Query(word, (language,), thesaurus=thesaurus())).hits]
    assert set(found[: len(islands)]) == islands


@pytest.mark.parametrize("word", ["plain", "costa", "Ebene"])
def test_a_word_that_means_more_than_a_landscape_is_no_landscape(word: str) -> None:
    assert not thesaurus().about([word])
    assert thesaurus().values("topography", word)


@pytest.mark.parametrize(
    ("facet", "name", "value"),
    [("language", "niemiecki", "de"), ("country", "Niemcy", "DE"), ("country", "Saksa", "DE")],
)
def test_languages_and_countries_are_known_by_their_names_in_the_union(
    facet: str, name: str, value: str
) -> None:
    assert value in thesaurus().values(facet, name)


def test_what_is_no_language_is_none() -> None:
    assert thesaurus().values("language", "ast") == ("ast",)
    assert thesaurus().values("language", "klingonisch") == ()
