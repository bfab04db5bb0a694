"""From one instance's outbox to another's handlers, over real HTTP."""

from federation.arriving import backfill
from federation.ledger import journal
from federation.ledger.outbox import backlog
from federation.neighbours import collections
from tests.federation.world import World


def test_following_an_instance_brings_its_past_and_its_future(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    for number in range(3):
        ulm.say(f"old-{number}", f"before {number}")
    saillans.follow(ulm.actor)
    world.settle()
    assert [relation.state for relation in saillans.relations()] == ["accepted"]
    assert saillans.notebook.accepted == [ulm.actor]
    assert sorted(saillans.notebook.notes.values()) == ["before 0", "before 1", "before 2"]

    ulm.say("new", "after")
    world.settle()
    assert saillans.notebook.notes[f"{ulm.origin}/notes/new"] == "after"
    ulm.say("new", "changed", "Update")
    ulm.say("old-1", "", "Delete")
    world.settle()
    assert sorted(saillans.notebook.notes.values()) == ["before 0", "before 2", "changed"]
    with ulm.node.database.reading() as session:
        assert backlog(session) == []


def test_the_journal_of_the_receiver_holds_the_very_bytes_that_were_sent(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    saillans.follow(ulm.actor)
    world.settle()
    activity_id = ulm.say("one", "Bürgerenergie – énergie citoyenne")
    world.settle()
    with ulm.node.database.reading() as session:
        sent = journal.find(session, activity_id)
    with saillans.node.database.reading() as session:
        received = journal.find(session, activity_id)
    assert sent is not None
    assert received is not None
    assert received.body == sent.body == saillans.bodies[-1]
    assert (received.direction, received.public, received.object_id) == (
        "in",
        True,
        f"{ulm.origin}/notes/one",
    )


def test_the_progress_of_a_backfill_is_counted(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    with ulm.node.database.writing():
        pass
    for number in range(250):
        ulm.say(str(number), "text")
    saillans.follow(ulm.actor)
    world.settle()
    with saillans.node.database.reading() as session:
        (row,) = backfill.progress(session)
    assert (row.state, row.fetched, row.total, row.kept, row.refused, row.pages) == (
        "done",
        250,
        250,
        250,
        0,
        3,
    )
    assert len(saillans.notebook.notes) == 250


def test_an_unfollow_ends_the_deliveries(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    saillans.follow(ulm.actor)
    world.settle()
    saillans.unfollow(ulm.actor)
    world.settle()
    ulm.say("late", "text")
    assert world.settle() == 0
    with ulm.node.database.reading() as session:
        assert collections.followers(session, ulm.actor)["totalItems"] == 0
    assert saillans.notebook.notes == {}
