"""Near a place by its name, like a document by its id, and through what a document is about: on every engine."""

import pytest

from search.engine import Engine, Query
from search.words.thesaurus import Concept, Thesaurus
from tests.search.library import GENT, SAILLANS, ask, document, ids

THEMES = Thesaurus(
    [
        Concept(
            "theme",
            "th-mobility",
            {"en": ["Mobility", "cycling"], "de": ["Mobilität", "Fahrrad"], "fr": ["mobilité"]},
        ),
        Concept(
            "theme", "th-energy", {"en": ["Energy", "solar power"], "es": ["Energía", "paneles solares"]}
        ),
    ],
    ["theme"],
)


def found(engine: Engine, text: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """What is found, and through which subjects."""
    return {hit.id: hit.through for hit in engine.find(Query(text, ("de",), thesaurus=THEMES)).hits}


def test_a_place_is_known_by_the_name_of_an_owner(engine: Engine) -> None:
    hits = engine.find(Query("near:Saillans~30km", sort="nearest"))
    assert (ids(hits), hits.hits[0].distance) == (["saillans"], 0)
    assert not hits.mistakes


def test_a_place_is_known_by_what_a_document_names(empty: Engine) -> None:
    there = document("there", title="Bus", place="Bad Belzig", point=(52.14, 12.59))
    empty.put([there, GENT], [], 1)
    assert ask(empty, 'near:"bad belzig"~5') == ["there"]


def test_an_unknown_place_is_said_and_left_out(engine: Engine) -> None:
    hits = engine.find(Query("Dorf near:Atlantis"))
    assert ids(hits) == ["wildpoldsried"]
    (mistake,) = hits.mistakes
    assert "Atlantis" in str(mistake)
    assert (mistake.position, mistake.length) == (5, 13)


def test_what_is_like_a_document_shares_its_rare_words_or_its_subjects(engine: Engine) -> None:
    twin = document("twin", "fr", "Les toits de l'école", "Une commune et ses habitants", owner="Die")
    engine.put([twin], [], 2)
    like = engine.find(Query("like:saillans"))
    assert set(ids(like)) == {"twin", "wildpoldsried", "loos"}
    assert ids(like)[0] in {"twin", "wildpoldsried"}
    assert "saillans" not in ids(like)
    assert ask(engine, "like:saillans country:de") == ["wildpoldsried"]
    assert set(ask(engine, "-like:saillans")) == {"saillans", "ulm", "gent", "nowhere"}


def test_a_document_is_also_known_by_its_key(engine: Engine) -> None:
    engine.put([document("urn:x", facets={"key": ("k7",), "theme": ("th-energy",)})], [], 2)
    assert set(ask(engine, "like:k7")) == {"saillans", "wildpoldsried"}


def test_what_is_like_nothing_known_is_said(engine: Engine) -> None:
    hits = engine.find(Query("like:nobody"))
    assert [str(m) for m in hits.mistakes] == ["“nobody” is not in this catalogue, so nothing is like it."]
    assert hits.unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fahrrad", {"ulm", "gent", "loos"}),
        ("bicycle cycling", set()),
        ("cycling", {"ulm", "gent", "loos"}),
        ("Fahrräder", {"ulm", "gent", "loos"}),
        ("paneles solares", {"saillans", "wildpoldsried"}),
        ("cycling country:be", {"gent"}),
        ("-cycling", {"saillans", "wildpoldsried", "ulm", "gent", "loos", "nowhere"}),
        ("title:cycling", set()),
        ('"cycling"', set()),
        ("theme:cycling", {"ulm", "gent", "loos"}),
    ],
)
def test_words_for_a_subject_find_what_is_about_it(engine: Engine, text: str, expected: set[str]) -> None:
    hits = engine.find(Query(text, thesaurus=THEMES))
    assert (set() if hits.relaxed else set(ids(hits))) == expected


def test_a_hit_says_through_which_subject_it_was_found(engine: Engine) -> None:
    about = (("theme", "th-mobility"),)
    assert found(engine, "Mobilität") == {"ulm": about, "gent": about, "loos": about}
    assert found(engine, "mobilité") == {"ulm": about, "gent": about, "loos": ()}  # Loos has the word
    assert next(iter(found(engine, "Mobilität binnenstad").items())) == ("gent", about)
    assert found(engine, "Dorf") == {"wildpoldsried": ()}


def test_who_has_the_word_stands_before_those_found_through_its_subject(engine: Engine) -> None:
    assert next(iter(found(engine, "mobilité"))) == "loos"


def test_misspelt_labels_are_corrected(engine: Engine) -> None:
    assert engine.find(Query("Fahrad", thesaurus=THEMES)).did_you_mean == "fahrrad"


def test_a_text_that_cannot_be_read_finds_everything_and_says_so(engine: Engine) -> None:
    for text in ("!!!", "population:many", "theme:kayaks", "like:x near:Atlantis"):
        hits = engine.find(Query(text, thesaurus=THEMES))
        assert hits.unread
        assert hits.mistakes
        assert hits.total == 6
    assert not engine.find(Query("")).unread
    assert SAILLANS.id in ask(engine, "  ")


PLACES = Thesaurus(
    [
        Concept("theme", "th-buildings", {"fr": ["isolation"]}),
        Concept("topography", "tp-plain", {"en": ["Plain"]}, spoken=False),
        Concept("topography", "tp-mountain", {"de": ["Gebirge"]}),
    ],
    ["theme", "topography"],
)


def test_a_form_of_a_label_in_another_language_ranks_behind_the_word_in_the_readers(empty: Engine) -> None:
    """In Italian isola is an island; in French it is a form of isolation."""
    insulated = [document(f"house{n}", "de", "Haus", facets={"theme": ("th-buildings",)}) for n in range(4)]
    islands = [document(f"island{n}", "it", "Sole", body="Un'isola verde, piena di sole") for n in range(2)]
    others = [document(f"other{n}", "it", "Sole", body="Una scuola piena di sole") for n in range(20)]
    empty.put([*insulated, *islands, *others], [], 1)
    first = empty.find(Query("isola", ("it",), thesaurus=PLACES)).hits
    assert {hit.id for hit in first[:2]} == {"island0", "island1"}
    assert first[1].score > 2 * first[2].score
    french = empty.find(Query("isoler", ("fr",), thesaurus=PLACES)).hits[0]
    assert (french.id[:5], french.through) == ("house", (("theme", "th-buildings"),))
    assert french.score > 2 * first[2].score


def test_a_landscape_is_found_by_its_name_and_makes_no_two_documents_alike(empty: Engine) -> None:
    village = document("village", "it", "Case di pietra", facets={"topography": ("tp-mountain",)})
    valley = document("valley", "fr", "Une école", facets={"topography": ("tp-mountain", "tp-plain")})
    empty.put([village, valley], [], 1)
    hits = empty.find(Query("Gebirge", ("de",), thesaurus=PLACES)).hits
    assert {hit.id: hit.through for hit in hits} == dict.fromkeys(
        ("village", "valley"), (("topography", "tp-mountain"),)
    )
    assert ask(empty, "plain", thesaurus=PLACES) == []
    assert ask(empty, "topography:plain", thesaurus=PLACES) == ["valley"]
    assert ask(empty, "like:village") == []
