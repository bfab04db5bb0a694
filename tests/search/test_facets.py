"""Counts beside the alternatives, and filters, on every engine."""

from search.engine import Engine, Query
from tests.search.library import ask, document

ALL = ("theme", "country", "degurba")


def test_facets_count_documents_and_not_values(engine: Engine) -> None:
    counts = engine.find(Query("", facets=ALL)).facets
    assert counts["theme"] == [("th-mobility", 3), ("th-climate", 2), ("th-energy", 2)]
    assert counts["country"] == [("DE", 2), ("FR", 2), ("BE", 1)]


def test_values_of_one_facet_are_alternatives(engine: Engine) -> None:
    assert set(ask(engine, filters={"country": ("FR", "BE")})) == {"saillans", "loos", "gent"}


def test_facets_hold_together(engine: Engine) -> None:
    assert ask(engine, filters={"country": ("FR", "BE"), "theme": ("th-energy",)}) == ["saillans"]


def test_a_facet_is_counted_without_its_own_filter(engine: Engine) -> None:
    counts = engine.find(Query("", filters={"country": ("FR",)}, facets=ALL)).facets
    assert dict(counts["country"]) == {"DE": 2, "FR": 2, "BE": 1}
    assert dict(counts["theme"]) == {"th-energy": 1, "th-climate": 1, "th-mobility": 1}


def test_two_filtered_facets_each_leave_out_only_their_own(engine: Engine) -> None:
    hits = engine.find(Query("", filters={"country": ("FR",), "theme": ("th-mobility",)}, facets=ALL))
    assert hits.total == 1
    assert dict(hits.facets["country"]) == {"DE": 1, "FR": 1, "BE": 1}
    assert dict(hits.facets["theme"]) == {"th-energy": 1, "th-climate": 1, "th-mobility": 1}
    assert dict(hits.facets["degurba"]) == {"dg-2": 1}


def test_facets_follow_words_ranges_and_places(engine: Engine) -> None:
    query = Query(
        "country:de", near=(48.4, 10.0, 80), ranges={"population": (5000, None)}, facets=("country",)
    )
    assert dict(engine.find(query).facets["country"]) == {"DE": 1}


def test_a_facet_that_nothing_has_is_empty(engine: Engine) -> None:
    assert engine.find(Query("", facets=("sdg",))).facets == {"sdg": []}


def test_a_filter_for_an_unknown_value_or_field_finds_nothing(engine: Engine) -> None:
    assert ask(engine, filters={"country": ("XX",)}) == []
    assert ask(engine, filters={"colour": ("red",)}) == []


def test_an_empty_filter_filters_nothing(engine: Engine) -> None:
    assert len(ask(engine, filters={"country": ()})) == 6


def test_filters_do_not_mind_case_and_keep_the_values_spelling(empty: Engine) -> None:
    empty.put([document("a", facets={"instance": ("Städte.example:8080",), "theme": ("x", "x")})], [], 1)
    hits = empty.find(Query("instance:städte.EXAMPLE:8080", facets=("instance", "theme")))
    assert hits.facets == {"instance": [("Städte.example:8080", 1)], "theme": [("x", 1)]}


def test_values_with_spaces_commas_and_dots_are_one_value(empty: Engine) -> None:
    value = "Loos, en Gohelle. (62)"
    empty.put(
        [document("a", facets={"community": (value,)}), document("b", facets={"community": ("Loos",)})], [], 1
    )
    assert ask(empty, filters={"community": (value,)}) == ["a"]
    assert ask(empty, f'community:"{value}"') == ["a"]
