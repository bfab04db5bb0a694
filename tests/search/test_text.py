"""Words of a text, their folded forms and their stems."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.engine import Engine, Query
from search.words.compounds import parts
from search.words.text import STEMMERS, base_language, fold, normalise, plain, stems, tokens, words
from tests.search.library import ask, document

EU_WITH_STEMMER = "cs da de el en es et fi fr ga hr hu it lt nl pl pt ro sv"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’énergie d'aujourd'hui", ["énergie", "aujourd", "hui"]),
        ("the city's plan", ["the", "city", "plan"]),
        ("dell'acqua, qu'elle", ["acqua", "elle"]),
        ("Loos-en-Gohelle", ["loos", "en", "gohelle"]),
        ("C40, CO2 & 30 km/h", ["c40", "co2", "30", "km", "h"]),
        ("snake_case", ["snake", "case"]),
        ("Bürger\u00adenergie\u200b!", ["bürgerenergie"]),
        ("Bu\u0308rger", ["bürger"]),
        ("北京 plan", ["北", "京", "plan"]),
        ("x" * 300, ["x" * 64]),
        ("… – ¶ !", []),
    ],
)
def test_the_words_of_a_text(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Énergie", "energie"),
        ("Straße", "strasse"),
        ("København", "kobenhavn"),
        ("Århus", "arhus"),
        ("Œuvre", "oeuvre"),
        ("Łódź", "lodz"),
        ("ΕΝΈΡΓΕΙΑ", "ενεργεια"),
        ("πόλεις", "πολεισ"),
        ("ϊόντων", "ιοντων"),
        ("Йога", "йога"),
        ("Ђ", "ђ"),
        ("Tūrė", "ture"),
        ("Ċirkewwa", "cirkewwa"),
        ("ħajja", "hajja"),
        ("İzmir", "izmir"),
    ],
)
def test_folding(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_languages_share_stemmers() -> None:
    assert base_language("fr-BE") == base_language("FR") == "fr"
    assert base_language("nb") == base_language("nn-NO") == "no"
    assert stems("gradova", base_language("sr")) == stems("gradovi", "hr")


def test_every_official_language_with_a_stemmer_has_it() -> None:
    assert set(EU_WITH_STEMMER.split()) <= set(STEMMERS)
    for language in STEMMERS:
        assert all(stem.startswith(f"{language}:") for stem in stems("organisation", language))


def test_a_language_without_a_stemmer_has_no_stems() -> None:
    assert stems("общината", "bg") == stems("word", "und") == stems("word", "") == ()


# What an officer types, and what a text of the language says; bg, lv, mt, sk and sl have folded words only.
INFLECTED = [
    ("bg", "община", "Нашата община пести енергия"),
    ("cs", "město", "Energie pro naše města"),
    ("cs", "uspora", "Úspory energie"),
    ("da", "kommuner", "Den grønne kommune"),
    ("da", "koebenhavn", "Cykler i København"),
    ("de", "Radwege", "Ein Radweg durch die Stadt"),
    ("de", "gruenflaechen", "Mehr Grünflächen im Ort"),
    ("de", "Grünfläche", "Mehr Gruenflaechen im Ort"),
    ("de", "Strassen", "Eine autofreie Straße"),
    ("el", "ενεργεια", "Η ενέργεια της πόλης"),
    ("el", "ΠΌΛΕΙΣ", "Μια έξυπνη πόλη"),
    ("en", "communities", "One energy community"),
    ("es", "peatonal", "Calles peatonales"),
    ("et", "linna", "Linnade energia"),
    ("fi", "kaupunki", "Kaupunkien energia"),
    ("fr", "energies", "L'énergie citoyenne"),
    ("fr", "mobilites", "La mobilité douce"),
    ("ga", "fuinneamh", "Pleananna fuinnimh don fuinneamh glas"),
    ("hr", "grad", "Energija u gradovima i grad"),
    ("hu", "város", "Zöld városok"),
    ("it", "comunità", "Una comunita energetica"),
    ("lt", "miestas", "Miesto energija"),
    ("lv", "pilseta", "Zaļā pilsēta"),
    ("mt", "belt", "Il-belt ħadra"),
    ("nl", "fietspad", "Een veilig fietspad"),
    ("pl", "miasto", "Zielone miasta"),
    ("pt", "cidades", "A cidade verde"),
    ("ro", "oraș", "Orașe verzi"),
    ("sk", "mesto", "Mesto bez áut"),
    ("sl", "občina", "Obcina varčuje"),
    ("sv", "städer", "Gröna städerna"),
]


@pytest.mark.parametrize(("language", "typed", "text"), INFLECTED)
def test_words_are_found_in_each_official_language(
    empty: Engine, language: str, typed: str, text: str
) -> None:
    empty.put([document("here", language, text), document("else", language, "xyzzy")], [], 1)
    assert ask(empty, typed) == ["here"]
    assert ask(empty, typed, languages=("en",)) == ["here"]


def test_german_compounds_are_reached_by_their_beginning(empty: Engine) -> None:
    empty.put(
        [document("a", "de", "Radverkehr"), document("b", "de", "Fernrad"), document("c", "de", "Rat")], [], 1
    )
    assert ask(empty, "Rad*") == ["a"]


@pytest.mark.parametrize(
    ("language", "word", "apart"),
    [
        ("de", "bürgerenergie", ("de:burg", "de:energi")),
        ("de", "windenergieanlagen", ("de:wind", "de:energi", "de:anlag")),
        ("de", "wohnungsbau", ("de:wohnung", "de:bau")),
        ("de", "straßenbahn", ("de:strass", "de:bahn")),
        ("de", "ortenaukreis", ("de:kreis",)),
        ("de", "gemeinsam", ()),
        ("de", "region", ()),
        ("nl", "fietspad", ("nl:fiet", "nl:pad")),
        ("sv", "stadsutveckling", ("sv:stad", "sv:utveckling")),
        ("nb", "sykkelvei", ()),
        ("fr", "radverkehr", ()),
    ],
)
def test_compounds_are_taken_apart(language: str, word: str, apart: tuple[str, ...]) -> None:
    assert parts(word, language) == apart


@pytest.mark.parametrize(
    ("language", "typed", "text"),
    [
        ("de", "Radverkehr", "Ein Rad für den Verkehr von morgen"),
        ("de", "Bürgerenergie", "Solarenergie mit Bürgerbefragung"),
        ("de", "Energie", "Das Bioenergiedorf"),
        ("nl", "fiets", "Veilige fietspaden"),
        ("da", "cykel", "En ny cykelsti"),
        ("fi", "liikenne", "Kaupunkiliikenne"),
    ],
)
def test_the_parts_of_a_compound_meet_each_other(empty: Engine, language: str, typed: str, text: str) -> None:
    empty.put([document("here", language, text, text), document("else", language, "xyzzy")], [], 1)
    hits = empty.find(Query(typed))
    assert [hit.id for hit in hits.hits] == ["here"]
    assert "<mark>" in hits.hits[0].snippet


def test_the_whole_compound_stands_before_its_parts(empty: Engine) -> None:
    texts = {"parts": "Ein Rad und der Verkehr", "whole": "Der Radverkehr dieser Stadt", "one": "Ein Rad"}
    empty.put([document(name, "de", text) for name, text in texts.items()], [], 1)
    assert ask(empty, "Radverkehr") == ["whole", "parts"]


def test_two_letters_for_one_are_undone_only_where_they_can_stand_for_it(empty: Engine) -> None:
    empty.put([document("a", "fr", "La ville blue"), document("b", "fr", "La ville bleue")], [], 1)
    assert ask(empty, "bleue") == ["b"]


def test_chinese_words_are_found_in_their_order(empty: Engine) -> None:
    empty.put([document("a", "zh", "北京市能源"), document("b", "zh", "京北")], [], 1)
    assert ask(empty, "北京") == ["a"]


@given(st.text())
def test_words_keep_their_place_in_the_text(text: str) -> None:
    text = normalise(text)
    for token in tokens(text):
        assert plain(text[token.start : token.end])[:64] == token.text


@given(st.text(min_size=1))
def test_folding_twice_changes_nothing(text: str) -> None:
    for word in words(text):
        assert fold(fold(word)) == fold(word)
        assert not any(char.isspace() for char in fold(word))


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("finance", "Die ﬁnanzen, la ﬁnance locale", "ﬁnance"),
        ("ｓｏｌａｒ", "Solar roofs", "Solar"),
        ("solar", "ＳＯＬＡＲ roofs", "ＳＯＬＡＲ"),
        ("offices", "One oﬀice for all", "oﬀice"),
        ("CO2", "Less CO₂ than before", "CO₂"),
        ("co₂", "Less CO2 than before", "CO2"),
        ("schiff*", "Ein Schiﬀ", "Schiﬀ"),
        ('"solar roof"', "ｓｏｌａｒ roof", "ｓｏｌａｒ roof"),
    ],
)
def test_letters_of_pdfs_and_wide_letters_are_letters_like_others(
    empty: Engine, typed: str, text: str, marked: str
) -> None:
    empty.put([document("one", "en", "x", text), document("two", "en", "x", "Nothing of it")], [], 1)
    (hit,) = empty.find(Query(typed, ("en",))).hits
    assert f"<mark>{marked}</mark>" in hit.snippet


def test_what_would_be_several_words_stays_one(empty: Engine) -> None:
    assert words("½ m² ﷺ") == ["½", "m2", "ﷺ"]
    empty.put([document("one", "en", "Half: ½ and ﷺ")], [], 1)
    assert ask(empty, "½") == ["one"]
