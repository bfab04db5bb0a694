"""What every engine promises, tried on each of them."""

import threading
from dataclasses import replace

import pytest

from search.engine import Engine, Query
from search.errors import UnknownField
from tests.search.library import DOCUMENTS, SAILLANS, ULM, ask, document, ids


def test_a_fresh_engine_has_seen_nothing(empty: Engine) -> None:
    assert (empty.seen(), empty.count(), empty.find(Query("energy")).total) == (0, 0, 0)


def test_what_was_put_is_found_and_counted(engine: Engine) -> None:
    assert (engine.seen(), engine.count()) == (1, len(DOCUMENTS))
    assert engine.find(Query()).total == len(DOCUMENTS)


def test_an_empty_put_still_moves_what_was_seen(engine: Engine) -> None:
    engine.put([], [], 99)
    assert (engine.seen(), engine.count()) == (99, len(DOCUMENTS))


def test_a_document_put_again_is_replaced(engine: Engine) -> None:
    changed = replace(SAILLANS, texts={"title": {"fr": "Compost collectif"}})
    engine.put([changed], [], 2)
    assert ask(engine, "compost") == ["saillans"]
    assert ask(engine, "citoyennes") == []
    assert engine.count() == len(DOCUMENTS)


def test_a_deleted_document_is_gone_from_hits_and_counts(engine: Engine) -> None:
    engine.put([], ["ulm", "never-there"], 2)
    hits = engine.find(Query("", facets=("country",)))
    assert "ulm" not in ids(hits)
    assert dict(hits.facets["country"]) == {"FR": 2, "DE": 1, "BE": 1}


def test_a_document_both_put_and_deleted_is_kept(engine: Engine) -> None:
    engine.put([ULM], ["ulm"], 2)
    assert ask(engine, "Radverkehr") == ["ulm"]


def test_the_last_of_two_versions_in_one_put_stays(empty: Engine) -> None:
    empty.put([document("a", title="first"), document("a", title="second")], [], 1)
    assert (ask(empty, "first"), ask(empty, "second"), empty.count()) == ([], ["a"], 1)


def test_a_refused_document_leaves_the_index_as_it_was(engine: Engine) -> None:
    with pytest.raises(UnknownField, match="colour"):
        engine.put([document("new", title="new"), document("x", facets={"colour": ("red",)})], ["ulm"], 2)
    assert (engine.seen(), engine.count(), ask(engine, "new")) == (1, len(DOCUMENTS), [])


def test_clear_forgets_everything_and_the_engine_can_be_fed_again(engine: Engine) -> None:
    engine.clear()
    assert (engine.seen(), engine.count(), ask(engine)) == (0, 0, [])
    engine.put([ULM], [], 5)
    assert (engine.seen(), ask(engine)) == (5, ["ulm"])


def test_a_hit_brings_what_was_stored_with_it(empty: Engine) -> None:
    stored = {"title": {"de": "Straße"}, "themes": ["th-energy"], "adoptions": 2, "none": None}
    empty.put([document("a", "de", "Straße", stored=stored)], [], 1)
    assert empty.find(Query("strasse")).hits[0].stored == stored


def test_words_together_must_all_be_there(engine: Engine) -> None:
    hits = engine.find(Query("commune toits"))
    assert (ids(hits), hits.relaxed) == (["saillans"], False)


def test_when_no_document_has_all_words_those_with_some_are_shown(engine: Engine) -> None:
    hits = engine.find(Query("Radschnellwege minière", facets=("country",)))
    assert set(ids(hits)) == {"ulm", "loos"}
    assert hits.relaxed
    assert dict(hits.facets["country"]) == {"DE": 1, "FR": 1}


def test_giving_up_words_gives_up_no_condition(engine: Engine) -> None:
    hits = engine.find(Query("Radschnellwege minière country:fr", filters={"theme": ("th-climate",)}))
    assert ids(hits) == ["loos"]
    assert engine.find(Query("Radschnellwege minière -ville -stadt")).total == 0


def test_small_words_need_not_be_there(engine: Engine) -> None:
    assert ask(engine, "the Radverkehr of Ulm") == ["ulm"]


def test_small_words_alone_are_words_like_others(engine: Engine) -> None:
    assert set(ask(engine, "und")) == {"wildpoldsried", "ulm"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"ville pilote"', {"loos"}),
        ('"pilote ville"', set()),
        ("Loos-en-Gohelle", {"loos"}),
        ("en-Loos-Gohelle", set()),
        ("-commune -Dorf", {"ulm", "gent", "loos", "nowhere"}),
        ("Dorf OR binnenstad", {"wildpoldsried", "gent"}),
        ("(Dorf OR binnenstad) country:BE", {"gent"}),
        ("NOT (Dorf OR binnenstad)", {"saillans", "ulm", "loos", "nowhere"}),
        ("Dorf OR -country:DE", {"wildpoldsried", "saillans", "gent", "loos", "nowhere"}),
        ("rad*", {"ulm"}),
        ("énerg*", {"saillans", "nowhere"}),
        ("title:energie*", {"saillans"}),
        ("title:habitants", set()),
        ('title:"circulation plan"', {"gent"}),
        ("theme:th-energy", {"saillans", "wildpoldsried"}),
        ("theme:th-energy,th-mobility", {"saillans", "wildpoldsried", "ulm", "gent", "loos"}),
        ("theme:th-climate theme:th-mobility", {"loos"}),
        ("-theme:th-energy", {"ulm", "gent", "loos", "nowhere"}),
        ("population:<2600", {"saillans"}),
        ("population:<=2600", {"saillans", "wildpoldsried"}),
        ("population:>128k", {"gent"}),
        ("population:2k..10k", {"wildpoldsried", "loos"}),
        ("started:2015..2017", {"saillans", "gent"}),
        ("issued:2022", {"saillans"}),
        ("issued:2023-06..", {"wildpoldsried", "ulm"}),
        ("near:48.4,10.0~60km", {"ulm"}),
        ("near:48.4,10.0~80km", {"ulm", "wildpoldsried"}),
        ("near:50.7,3.2~100 OR Dorf", {"loos", "gent", "wildpoldsried"}),
    ],
)
def test_the_query_language_finds(engine: Engine, text: str, found: set[str]) -> None:
    hits = engine.find(Query(text))
    assert set(ids(hits)) == found
    assert not hits.mistakes


@pytest.mark.parametrize(
    "text",
    ["OR", "()", "-", '"', "theme:", "population:many", "near:nowhere", "*", ")(", "NOT OR x", "a" * 5000],
)
def test_nothing_that_can_be_typed_breaks_the_search(engine: Engine, text: str) -> None:
    assert engine.find(Query(text, facets=("theme",))).total >= 0


def test_mistakes_are_reported_and_the_rest_is_searched(engine: Engine) -> None:
    hits = engine.find(Query("Dorf population:many"))
    assert ids(hits) == ["wildpoldsried"]
    assert [mistake.position for mistake in hits.mistakes] == [5]


def test_ranges_and_places_may_come_beside_the_text(engine: Engine) -> None:
    assert set(ask(engine, ranges={"population": (None, 3000)})) == {"saillans", "wildpoldsried"}
    assert set(ask(engine, near=(48.4, 10.0, 80))) == {"ulm", "wildpoldsried"}
    assert set(ask(engine, ranges={"population": (None, None)})) == {name.id for name in DOCUMENTS}


def test_a_document_without_a_place_is_near_nothing(engine: Engine) -> None:
    assert "nowhere" not in ask(engine, near=(48.4, 10.0, 20_000))
    assert len(ask(engine, near=(48.4, 10.0, 20_000))) == len(DOCUMENTS) - 1


def test_places_across_the_date_line_are_near_each_other(empty: Engine) -> None:
    empty.put(
        [
            document("fiji", title="Suva", point=(-18.1, 179.9)),
            document("samoa", title="Apia", point=(-18.1, -179.9)),
        ],
        [],
        1,
    )
    assert set(ask(empty, near=(-18.1, -179.95, 50))) == {"fiji", "samoa"}


def test_words_in_the_title_weigh_more(empty: Engine) -> None:
    empty.put(
        [
            document("body", title="Annual report", body="We planted trees."),
            document("title", title="Planting trees", body="An annual report."),
        ],
        [],
        1,
    )
    assert ask(empty, "trees") == ["title", "body"]


def test_beginnings_and_phrases_in_the_title_weigh_more(empty: Engine) -> None:
    empty.put(
        [document(f"body-{n}", title="Report", body="Planting a solar roof on the school.") for n in range(5)]
        + [document("title", title="Solar roof plan")],
        [],
        1,
    )
    assert ask(empty, "sola*")[0] == ask(empty, '"solar roof"')[0] == ask(empty, "solar-roof")[0] == "title"


def test_absurd_values_are_left_out_and_stop_nothing(engine: Engine) -> None:
    absurd = document(
        "absurd",
        title="half \ud800 a pair",
        facets={"theme": ("th-\udfffx",)},
        numbers={"population": float("nan"), "issued": float("inf")},
        point=(991.0, 5.0),
        stored={"note": "\ud800"},
    )
    engine.put([absurd], [], 2)
    assert ask(engine, "half pair") == ["absurd"]
    assert ask(engine, "th\ud800eme:th-x") == []
    assert ask(engine, "theme:th-x") == ["absurd"]
    assert "absurd" not in ask(engine, "near:0,0~20000") + ask(engine, "population:..1m")


def test_the_readers_language_comes_first(empty: Engine) -> None:
    empty.put([document("en", "en", "Communication"), document("fr", "fr", "Communication")], [], 1)
    assert ask(empty, "communications", languages=("fr",)) == ["fr", "en"]
    assert ask(empty, "communications", languages=("en",)) == ["en", "fr"]


def test_threads_may_search_while_one_writes(engine: Engine) -> None:
    failures: list[BaseException] = []

    def search() -> None:
        try:
            for _ in range(20):
                hits = engine.find(Query("commune", facets=("country",)))
                assert [hit.id for hit in hits.hits] == ["saillans"]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(2, 8):
        engine.put([document(f"new-{number}", title="Marché")], [], number)
    for thread in threads:
        thread.join()
    assert not failures
    assert engine.count() == len(DOCUMENTS) + 6
