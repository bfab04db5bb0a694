"""What others may read of us."""

from typing import Any

import pytest

from exchange.db import Database
from federation import actor
from federation.ledger import outbox
from federation.neighbours import collections

ORIGIN = "https://ulm.example"


@pytest.fixture
def city(database: Database) -> str:
    """A community on an instance."""
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
        return actor.create(session, ORIGIN, "Organization", "ulm").uri


def say(database: Database, city: str, key: str, kind: str = "Create", **more: Any) -> str:
    thing = {"id": f"{ORIGIN}/p/{key}", "type": "Article", "name": key}
    with database.writing() as session:
        return outbox.send(session, actor=city, activity={"type": kind, "object": thing}, **more).activity_id


def items(database: Database, owner: str | None = None) -> list[dict[str, Any]]:
    """Everything, page by page, as a reader would."""
    found: list[dict[str, Any]] = []
    page = 0
    while True:
        with database.reading() as session:
            document = collections.outbox(session, owner, page)
        found += document["orderedItems"]
        if "next" not in document:
            return found
        page = int(document["next"].rpartition("=")[2])


def test_the_outbox_of_the_instance_shows_all_of_its_actors_newest_first(
    database: Database, city: str
) -> None:
    with database.writing() as session:
        other = actor.create(session, ORIGIN, "Organization", "neu-ulm").uri
    sent = [say(database, city, "a"), say(database, other, "b"), say(database, city, "c")]
    assert [item["id"] for item in items(database)] == sent[::-1]
    assert [item["id"] for item in items(database, f"{ORIGIN}/actor")] == sent[::-1]
    assert [item["id"] for item in items(database, other)] == [sent[1]]


def test_only_the_current_public_word_about_an_object_is_shown(database: Database, city: str) -> None:
    say(database, city, "a")
    say(database, city, "b")
    say(database, city, "c", public=False)
    changed = say(database, city, "a", "Update")
    say(database, city, "b", "Delete")
    say(database, city, "d", "Like")
    assert [item["id"] for item in items(database)] == [changed]
    with database.reading() as session:
        assert collections.outbox(session)["totalItems"] == 1


def test_pages_hold_a_hundred_and_lead_to_each_other(database: Database, city: str) -> None:
    for number in range(205):
        say(database, city, str(number))
    with database.reading() as session:
        cover = collections.outbox(session, city)
        first = collections.outbox(session, city, 0)
    assert cover["first"] == first["id"] == f"{city}/outbox?page=0"
    assert (cover["totalItems"], len(first["orderedItems"])) == (205, 100)
    assert first["partOf"] == cover["id"]
    assert [item["object"]["name"] for item in items(database, city)] == [str(n) for n in range(204, -1, -1)]


def test_a_page_does_not_slide_while_somebody_reads(database: Database, city: str) -> None:
    for number in range(150):
        say(database, city, str(number))
    with database.reading() as session:
        first = collections.outbox(session, None, 0)
    say(database, city, "new")
    say(database, city, "149", "Delete")
    page = int(first["next"].rpartition("=")[2])
    with database.reading() as session:
        second = collections.outbox(session, None, page)
    seen = [item["object"]["name"] for item in first["orderedItems"] + second["orderedItems"]]
    assert seen == [str(n) for n in range(149, -1, -1)]


def test_a_page_stays_small_enough_to_be_read(database: Database, city: str) -> None:
    for number in range(8):
        with database.writing() as session:
            thing = {"id": f"{ORIGIN}/p/{number}", "content": "x" * 200_000}
            outbox.send(session, actor=city, activity={"type": "Create", "object": thing})
    with database.reading() as session:
        assert len(collections.outbox(session, None, 0)["orderedItems"]) == 3
    assert len(items(database)) == 8


def test_an_empty_outbox_is_a_collection_too(database: Database, city: str) -> None:
    with database.reading() as session:
        assert collections.outbox(session)["totalItems"] == 0
        assert collections.outbox(session, None, 0)["orderedItems"] == []
        assert collections.followers(session, city)["totalItems"] == 0


def test_a_single_activity_is_served_until_its_object_is_deleted(database: Database, city: str) -> None:
    created = say(database, city, "a")
    private = say(database, city, "b", public=False)
    with database.reading() as session:
        found = collections.activity(session, created)
        assert found is not None
        assert found["object"]["name"] == "a"
        assert collections.activity(session, private) is None
        assert collections.activity(session, f"{ORIGIN}/activities/none") is None
    deleted = say(database, city, "a", "Delete")
    with database.reading() as session:
        tomb, last = collections.activity(session, created), collections.activity(session, deleted)
    assert tomb is not None
    assert last is not None
    assert (tomb["type"], last["type"]) == ("Tombstone", "Delete")
