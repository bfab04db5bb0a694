"""Whatever the order and repetition in which activities arrive, the end is the same."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from federation.arriving.inbox import handle_due
from federation.base import now
from federation.ledger import journal
from federation.ledger.arrivals import Arrival, store
from federation.ledger.journal import JournalEntry
from federation.ledger.relations import Follow
from federation.neighbours import followers
from tests.federation.world import Instance, Notebook, World

KEYS = ("a", "b")


def said(ulm: Instance, saillans: Instance) -> list[dict[str, Any]]:
    """Two notes that come and go, a follower that comes and goes, and one that stays."""
    notes = [ulm.note(key, "first") for key in KEYS] + [ulm.note("a", "", "Delete")]
    follows = [
        {"id": f"{ulm.origin}/f/{n}", "type": "Follow", "actor": who, "object": saillans.city}
        for n, who in enumerate((ulm.city, ulm.actor))
    ]
    undo = {"id": f"{ulm.origin}/u", "type": "Undo", "actor": ulm.city, "object": follows[0]["id"]}
    return [*notes, *follows, undo]


@pytest.fixture
def pair(world: World) -> tuple[Instance, Instance]:
    ulm, saillans = world["ulm"], world["saillans"]
    ulm.post(saillans, ulm.note("acquaintance", ""))
    hello = {"id": f"{ulm.origin}/hello", "type": "Like", "actor": ulm.actor, "object": saillans.actor}
    ulm.post(saillans, hello, actor=ulm.actor)
    world.settle()
    return ulm, saillans


def deliver(instance: Instance, activities: list[dict[str, Any]], together: bool) -> None:
    """Arrivals as the inbox stores them once their sender is proven."""
    for activity in activities:
        thing = activity["object"]
        row = {
            "actor": activity["actor"],
            "activity_id": activity["id"],
            "kind": activity["type"],
            "object_id": thing["id"] if isinstance(thing, dict) else thing,
            "body": json.dumps(activity).encode(),
            "received_at": now(),
            "state": "waiting",
            "attempts": 0,
            "due_at": now(),
        }
        with instance.node.database.writing() as session:
            store(session, [row])
        if not together:
            handle_due(instance.node)
    handle_due(instance.node)


def outcome(instance: Instance) -> tuple[Any, ...]:
    with instance.node.database.reading() as session:
        states = set(session.exec(select(Arrival.state)).all())
        who = {relation.follower for relation in followers.followers(session, instance.city)}
        received = [row.activity_id for row in journal.after(session, 0, 1000) if row.direction == "in"]
    assert len(received) == len(set(received))
    return sorted(instance.notebook.notes), sorted(who), states


def forget(instance: Instance) -> None:
    instance.notebook = Notebook()
    instance.node.handlers = instance.notebook
    with instance.node.database.writing() as session:
        for table in (Arrival, Follow, JournalEntry):
            session.exec(delete(table))


def test_any_order_and_repetition_ends_the_same(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    activities = said(ulm, saillans)

    @settings(max_examples=25)
    @given(
        order=st.permutations(activities),
        again=st.lists(st.sampled_from(activities), max_size=6),
        together=st.booleans(),
    )
    def check(order: list[dict[str, Any]], again: list[dict[str, Any]], together: bool) -> None:
        forget(saillans)
        deliver(saillans, [*order, *again], together)
        assert outcome(saillans) == ([f"{ulm.origin}/notes/b"], [ulm.actor], {"done"})

    check()
