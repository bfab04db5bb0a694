"""Turning the page while documents come, change and go: nothing twice, and nothing passed over."""

import random
from dataclasses import replace

import pytest

from search.answer import cursor
from search.answer.cursor import ARRANGED, OVERLAP, WINDOW, Shown
from search.engine import Engine, Query
from search.engines.memory import MemoryEngine
from tests.search.library import document, ids, moment


def shelf_of(count: int) -> list:
    return [
        document(f"d{n}", title=f"Solar roof number {n}", body="solar " * (1 + n % 7), numbers={"issued": moment(2020) + n})
        for n in range(count)
    ]  # fmt: skip


def turned(engine: Engine, query: Query, after: str) -> tuple[list[str], str]:
    hits = engine.find(replace(query, after=after))
    return ids(hits), hits.after


@pytest.mark.parametrize("sort", ["relevance", "newest", "title"])
def test_what_comes_changes_or_goes_between_two_pages_hides_and_repeats_nothing(
    empty: Engine, sort: str
) -> None:
    empty.put(shelf_of(12), [], 1)
    query = Query("solar", sort=sort, per_page=5)
    first, after = turned(empty, query, "")
    coming = [
        document(f"new{n}", title="Solar solar solar", numbers={"issued": moment(2025)}) for n in range(3)
    ]
    changed = document("d0", title="Another solar", numbers={"issued": moment(2026)})
    empty.put([*coming, changed], [first[1]], 2)
    seen = list(first)
    while after:
        page, after = turned(empty, query, after)
        seen += page
    assert len(seen) == len(set(seen))
    assert {f"d{n}" for n in range(12)} | {one.id for one in coming} <= set(seen)


def test_pages_that_go_on_are_those_that_are_counted(engine: Engine) -> None:
    counted = [ids(engine.find(Query(per_page=2, page=page))) for page in (1, 2, 3)]
    gone_on, after = [], ""
    for _ in counted:
        page, after = turned(engine, Query(per_page=2), after)
        gone_on.append(page)
    assert gone_on == counted
    assert after == ""


def test_one_can_go_back(engine: Engine) -> None:
    pages, cursors, after = [], [""], ""
    for _ in range(3):
        page, after = turned(engine, Query(per_page=2), after)
        pages.append(page)
        cursors.append(after)
    third = engine.find(Query(per_page=2, after=cursors[2]))
    assert third.before == cursors[1]
    assert engine.find(Query(per_page=2, after=cursors[1])).before == ""
    assert engine.find(Query(per_page=2)).before is None


def test_a_cursor_stays_short_and_far_pages_still_follow_each_other() -> None:
    engine = MemoryEngine()
    engine.put(shelf_of(700), [], 1)
    query, seen, after = Query(sort="newest", per_page=50), [], ""
    chance = random.Random(5)
    for number in range(2, 40):
        page, after = turned(engine, query, after)
        seen += page
        if not after:
            break
        assert len(after) < 1_100
        fresh = [document(f"f{number}.{n}", title="New", numbers={"issued": moment(2030)}) for n in range(9)]
        engine.put(
            fresh, [seen[chance.randrange(len(seen) - 300, len(seen))]] if len(seen) > 300 else [], number
        )
    assert len(seen) == len(set(seen))
    assert {f"d{n}" for n in range(700)} <= set(seen)


def test_the_host_may_arrange_the_first_hits_and_no_page_loses_one() -> None:
    engine = MemoryEngine()
    engine.put(shelf_of(90), [], 1)

    def backwards(stored: list) -> list:
        return [(at, "turned") for at in reversed(range(len(stored)))]

    by_rank = ids(engine.find(Query("solar", per_page=90)))
    query = Query("solar", per_page=25, arrange=backwards)
    pages = [ids(engine.find(Query("solar", per_page=25, page=n, arrange=backwards))) for n in (1, 2, 3, 4)]
    assert [one for page in pages for one in page] == [*reversed(by_rank[:ARRANGED]), *by_rank[ARRANGED:]]
    gone_on, after = [], ""
    for _ in pages:
        page, after = turned(engine, query, after)
        gone_on.append(page)
    assert gone_on == pages
    first = engine.find(query).hits[0]
    assert (first.rank, first.place) == (ARRANGED, "turned")
    newest = engine.find(Query("solar", sort="newest", arrange=backwards)).hits[0]
    assert (newest.id, newest.place) == ("d89", "")


def test_an_arrangement_that_loses_a_hit_is_refused() -> None:
    engine = MemoryEngine()
    engine.put(shelf_of(3), [], 1)
    with pytest.raises(ValueError, match="once"):
        engine.find(Query("solar", arrange=lambda stored: [(0, "")]))


@pytest.mark.parametrize("text", ["x", "é", "AAAA", "a" * 5000, "AAAB", "////", "%00"])
def test_what_is_no_cursor_is_said_and_begins_at_the_beginning(engine: Engine, text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        cursor.read(text)
    assert ids(engine.find(Query(after=text))) == ids(engine.find(Query()))


def test_a_cursor_remembers_the_last_window() -> None:
    shown = Shown().and_then(f"d{n}" for n in range(WINDOW + 40))
    assert cursor.read(shown.written()) == shown
    assert shown.start == WINDOW + 40 - OVERLAP
    assert shown.without_last(20) is None
    assert Shown().and_then(["a", "b"]).without_last(1) == Shown().and_then(["a"])
