"""Places kept on a page of results: for whom, where, and what is never moved."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exchange.catalogue.finding import fairness
from exchange.catalogue.finding.fairness import arrange
from search.engine import Document, Query
from search.engines.memory import MemoryEngine

CITY, TOWN, RURAL = "dg-1", "dg-2", "dg-3"


def hit(
    kind: str | None = CITY, population: int | None = 900_000, *themes: str, **more: Any
) -> dict[str, Any]:
    return {"community": {"degurba": kind, "population": population}, "themes": list(themes), **more}


stored = st.builds(
    hit,
    st.sampled_from([CITY, TOWN, RURAL, None]),
    st.sampled_from([120, 60_000, 2_000_000, None]),
    st.sampled_from(["th-a", "th-b"]),
)


@given(st.lists(stored, max_size=60), st.sampled_from([None, CITY, TOWN, RURAL]))
def test_every_hit_stands_exactly_once_and_always_in_the_same_place(hits: list, own: str | None) -> None:
    order = arrange(hits, own)
    assert sorted(at for at, _ in order) == list(range(len(hits)))
    assert order == arrange(hits, own)
    for first in range(0, len(order), 10):
        ten = order[first : first + 10]
        stayed = [at for at, word in ten if not word]
        assert stayed == sorted(stayed)
        assert [at for at, _ in ten[: len(stayed)]] == stayed, "what is moved stands last in its ten"


def test_who_holds_a_place_by_the_rule_does_not_make_room() -> None:
    hits = [hit() for _ in range(8)] + [hit(RURAL, 60_000), hit(), hit(CITY, 120)]
    assert [at for at, _ in arrange(hits, RURAL)] == [*range(8), 9, 10, 8]


def test_two_of_ten_places_are_the_bridge_and_stand_last() -> None:
    hits = [hit() for _ in range(20)] + [hit(RURAL, 300), hit(TOWN, 20_000), hit(RURAL, 90)]
    order = arrange(hits)
    assert order[:10] == [(at, "") for at in range(8)] + [(20, "bridge"), (21, "bridge")]
    assert [at for at, _ in order[10:12]] == [8, 9]


def test_the_readers_own_kind_decides_what_a_bridge_is() -> None:
    hits = [hit() for _ in range(12)] + [hit(RURAL, 800) for _ in range(3)]
    assert all(word != "bridge" for _, word in arrange(hits, RURAL)[:10])  # the cities are the bridge
    assert [word for _, word in arrange(hits, RURAL)].count("small") == 1
    assert [word for _, word in arrange(hits, CITY)[:10]].count("bridge") == 2


def test_a_small_owner_has_a_place_even_among_its_own_kind() -> None:
    hits = [hit(RURAL, 9_000) for _ in range(12)] + [hit(RURAL, 85)]
    assert arrange(hits)[9] == (12, "small")


def test_nothing_moves_where_the_page_has_them_already() -> None:
    hits = [hit(), hit(RURAL, 85), hit(TOWN, 9_000), *[hit() for _ in range(20)], hit(RURAL, 300)]
    assert [word for _, word in arrange(hits)[:10]] == [""] * 10


def test_another_problem_is_no_bridge() -> None:
    hits = [hit(CITY, 900_000, "th-energy") for _ in range(12)] + [hit(RURAL, 85, "th-water")]
    assert [word for _, word in arrange(hits)] == [""] * 13


def test_what_was_abandoned_is_not_pushed_down() -> None:
    """Two practices that differ in nothing but their status stand as their ids have it, whichever was stopped."""
    ranks = []
    for stopped in range(6):
        engine = MemoryEngine()
        engine.put([
            Document(f"p{n}", "en", {"title": {"en": "Solar roofs"}},
                     facets={"status": ("st-abandoned" if n == stopped else "st-operating",)},
                     stored=hit(TOWN, 9_000, status="st-abandoned" if n == stopped else "st-operating"))
            for n in range(6)
        ], [], 1)  # fmt: skip
        query = Query("solar", arrange=fairness.places(None))
        ranks.append([found.id for found in engine.find(query).hits])
    assert all(one == ranks[0] for one in ranks)
