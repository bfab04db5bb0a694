"""The past of those we follow: read to the end, once, and honestly."""

from typing import Any

import pytest

from federation.arriving import backfill, handling, inbox
from federation.errors import BadDocument, FetchError
from federation.ledger.reading import Backfill
from tests.federation.world import Instance, World


@pytest.fixture
def pair(world: World) -> tuple[Instance, Instance]:
    """Saillans reads what Ulm has published."""
    return world["ulm"], world["saillans"]


def begin(reader: Instance, actor: str) -> None:
    with reader.node.database.writing() as session:
        backfill.start(session, actor)


def progress(reader: Instance) -> Backfill:
    with reader.node.database.reading() as session:
        return backfill.progress(session)[0]


def read_all(reader: Instance, actor: str) -> Backfill:
    begin(reader, actor)
    while backfill.step(reader.node):
        pass
    return progress(reader)


def forge(instance: Instance, items: list[Any], **more: Any) -> None:
    """Let an instance serve an outbox of our making."""
    address = f"{instance.actor}/outbox"
    instance.documents[address] = {
        "id": address,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    } | more


def test_each_page_is_a_step_and_is_remembered(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    for number in range(250):
        ulm.say(str(number), "text")
    begin(saillans, ulm.actor)
    counts = []
    while backfill.step(saillans.node):
        row = progress(saillans)
        counts.append((row.state, row.fetched, row.kept, row.total))
    assert counts == [("running", 100, 100, 250), ("running", 200, 200, 250), ("done", 250, 250, 250)]
    assert not backfill.step(saillans.node)


def test_the_next_page_comes_while_the_last_is_judged(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    for number in range(210):
        ulm.say(str(number), "text")
    begin(saillans, ulm.actor)
    reader, counts = backfill.Reader(saillans.node), []
    while reader.step():
        row = progress(saillans)
        counts.append((row.state, row.fetched, row.kept))
    assert counts == [("running", 100, 100), ("running", 200, 200), ("done", 210, 210)]


def test_a_second_reading_finds_only_what_is_new(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.say("one", "text")
    read_all(saillans, ulm.actor)
    ulm.say("two", "text")
    row = read_all(saillans, ulm.actor)
    assert (row.fetched, row.kept) == (2, 1)
    assert len(saillans.notebook.heard) == 2


def test_what_was_read_and_is_then_delivered_counts_once(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    activity = ulm.note("one", "text")
    forge(ulm, [activity])
    read_all(saillans, ulm.actor)
    ulm.post(saillans, activity)
    world.settle()
    assert len(saillans.notebook.heard) == 1


def test_what_was_deleted_does_not_come_back_from_the_past(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    ulm.post(saillans, ulm.note("one", "", "Delete"))
    world.settle()
    forge(ulm, [ulm.note("one", "text")])
    read_all(saillans, ulm.actor)
    assert saillans.notebook.notes == {}


def test_an_outbox_speaks_for_its_own_origin_only(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    innocent, good = world["innocent"], ulm.note("good", "text")
    stolen = ulm.note("stolen", "text")
    stolen["object"]["id"] = f"{innocent.origin}/notes/stolen"
    ours = ulm.note("ours", "text")
    ours["object"]["id"] = f"{saillans.origin}/notes/ours"
    follow = {"id": f"{ulm.origin}/f", "type": "Follow", "actor": ulm.city, "object": saillans.actor}
    items = [innocent.note("x", "text"), stolen, ours, follow, saillans.note("y", "text"), 7, None, {}, good]
    forge(ulm, items)
    row = read_all(saillans, ulm.actor)
    assert (row.state, row.fetched, row.kept, row.refused) == ("done", 9, 1, 8)
    assert list(saillans.notebook.notes) == [good["object"]["id"]]


@pytest.mark.parametrize("total", [-1, 2**31, 2**63, 10**19, 1e300, True, "5"])
def test_a_number_that_cannot_be_true_is_no_number(pair: tuple[Instance, Instance], total: Any) -> None:
    ulm, saillans = pair
    forge(ulm, [ulm.note("one", "text")], totalItems=total)
    row = read_all(saillans, ulm.actor)
    assert (row.state, row.kept, row.total) == ("done", 1, None)


def test_items_that_are_only_named_are_fetched(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    activity = ulm.note("one", "text")
    ulm.documents[activity["id"]] = activity
    forge(ulm, [activity["id"], f"{ulm.origin}/activities/none"])
    row = read_all(saillans, ulm.actor)
    assert (row.kept, row.refused) == (1, 1)


@pytest.mark.parametrize("way", ["elsewhere", "itself", "nonsense"])
def test_an_outbox_that_leads_astray_is_left(world: World, pair: tuple[Instance, Instance], way: str) -> None:
    ulm, saillans = pair
    address = f"{ulm.actor}/outbox"
    following = {"elsewhere": f"{world['other'].actor}/outbox", "itself": address, "nonsense": 7}[way]
    forge(ulm, [ulm.note("one", "text")], next=following)
    row = read_all(saillans, ulm.actor)
    assert row.state == "failed"
    assert row.error


def test_an_actor_without_an_outbox_on_its_host_cannot_be_read(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    document = ulm.get("/actor")
    assert document is not None
    ulm.documents[ulm.actor] = document | {"outbox": f"{world['other'].actor}/outbox"}
    assert read_all(saillans, ulm.actor).state == "failed"


def test_an_outbox_that_is_away_is_read_later(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    for number in range(150):
        ulm.say(str(number), "text")
    begin(saillans, ulm.actor)
    assert backfill.step(saillans.node)
    ulm.answer = lambda method, path: 503
    assert backfill.step(saillans.node)
    assert not backfill.step(saillans.node)
    row = progress(saillans)
    assert (row.state, row.fetched, row.attempts) == ("running", 100, 1)
    assert row.error
    ulm.answer = lambda method, path: None
    world.later(minutes=2)
    row = progress(saillans)
    assert (row.state, row.fetched, row.kept, row.error) == ("done", 150, 150, None)


def test_a_page_that_can_never_be_kept_is_given_up_in_the_end(
    world: World, pair: tuple[Instance, Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("a fault of ours")

    ulm, saillans = pair
    ulm.say("one", "text")
    begin(saillans, ulm.actor)
    monkeypatch.setattr(handling, "settled", fail)
    for tries in range(1, backfill.TRIES + 1):
        world.later(days=1)
        assert progress(saillans).attempts == tries
    world.later(hours=1)
    row = progress(saillans)
    assert (row.state, row.attempts, row.error) == ("failed", backfill.TRIES, "ValueError: a fault of ours")


def test_an_item_whose_documents_are_away_waits_with_the_arrivals(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    there = f"{ulm.origin}/things/there"
    ulm.documents[there] = {"id": there, "type": "Note"}
    ulm.answer = lambda method, path: 503 if "/things/" in path else None
    saillans.notebook.wanted = lambda incoming: [there] if "needy" in incoming.id else []
    forge(ulm, [ulm.note("needy", "text"), ulm.note("other", "text")])
    row = read_all(saillans, ulm.actor)
    assert (row.state, row.kept) == ("done", 1)
    ulm.answer = lambda method, path: None
    inbox.handle_due(saillans.node)
    assert saillans.notebook.fetched[-1] == {there: ulm.documents[there]}
    assert len(saillans.notebook.notes) == 2


def test_a_reconciliation_names_what_is_missing_and_what_has_vanished(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    for key in ("kept", "changed", "vanished"):
        ulm.say(key, "text")
    read_all(saillans, ulm.actor)
    ulm.say("changed", "new text", "Update")
    ulm.say("vanished", "", "Delete")
    ulm.say("missing", "text")
    found = backfill.reconcile(saillans.node, ulm.actor)
    notes = f"{ulm.origin}/notes"
    assert sorted(found.missing) == [f"{notes}/changed", f"{notes}/missing"]
    assert found.vanished == [f"{notes}/vanished"]
    read_all(saillans, ulm.actor)
    assert backfill.reconcile(saillans.node, ulm.actor).missing == []


def test_a_reconciliation_with_nobody_there_says_so(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    read_all(saillans, ulm.actor)
    ulm.stop()
    with pytest.raises(FetchError):
        backfill.reconcile(saillans.node, ulm.actor)


def test_after_a_week_away_both_sides_end_with_the_same_notes(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    saillans.follow(ulm.actor)
    world.settle()
    saillans.answer = lambda method, path: 503
    for number in range(12):
        ulm.say(str(number), "text")
    ulm.say("0", "", "Delete")
    ulm.say("1", "new", "Update")
    for _ in range(20):
        world.later(hours=12)
    assert {delivery.state for delivery in ulm.deliveries()} == {"dead"}
    saillans.answer = lambda method, path: None
    read_all(saillans, ulm.actor)
    assert len(saillans.notebook.notes) == 11
    assert saillans.notebook.notes[f"{ulm.origin}/notes/1"] == "new"


def circle(instance: Instance) -> None:
    """Let an instance serve an outbox whose second page leads to its third, and that to the second."""
    pages = [f"{instance.actor}/outbox?page={number}" for number in (1, 2)]
    forge(instance, [instance.note("one", "text")], next=pages[0])
    for page, following in zip(pages, reversed(pages), strict=True):
        instance.documents[page] = {
            "id": page,
            "type": "OrderedCollectionPage",
            "orderedItems": [instance.note(page[-1], "text")],
            "next": following,
        }


def test_an_outbox_without_an_end_is_read_once(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    circle(ulm)
    begin(saillans, ulm.actor)
    reader, steps = backfill.Reader(saillans.node), 0
    while reader.step() and steps < 20:
        steps += 1
    row = progress(saillans)
    assert (row.state, row.pages, row.kept, row.error) == ("failed", 3, 3, "The outbox leads in a circle.")


def test_a_page_that_is_tried_again_is_no_circle(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    for number in range(150):
        ulm.say(str(number), "text")
    begin(saillans, ulm.actor)
    reader = backfill.Reader(saillans.node)
    ulm.answer = lambda method, path: 503
    assert reader.step()
    ulm.answer = lambda method, path: None
    for _ in range(2):  # and whoever asks again begins anew
        begin(saillans, ulm.actor)
        while reader.step():
            pass
        row = progress(saillans)
        assert (row.state, row.fetched, row.error) == ("done", 150, None)


def test_an_outbox_without_an_end_is_not_compared_for_ever(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    circle(ulm)
    with pytest.raises(BadDocument, match="in a circle"):
        backfill.reconcile(saillans.node, ulm.actor)


def test_an_outbox_that_lists_without_measure_is_not_compared(
    pair: tuple[Instance, Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    ulm, saillans = pair
    forge(ulm, [ulm.note(str(number), "text") for number in range(20)])
    assert len(backfill.reconcile(saillans.node, ulm.actor).missing) == 20
    monkeypatch.setattr(backfill, "MOST_COMPARED", 1000)
    with pytest.raises(BadDocument, match="more than can be compared"):
        backfill.reconcile(saillans.node, ulm.actor)
