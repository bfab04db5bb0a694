"""What leaves: one row in the journal, one delivery for each inbox, or nothing at all."""

import json

import pytest
from sqlmodel import Session

from exchange.db import Database
from federation.base import now
from federation.ledger import journal, outbox
from federation.ledger.relations import Follow
from federation.others.peers import RemoteActor

ORIGIN = "https://ulm.example"
CITY = f"{ORIGIN}/communities/ulm"


def follower(session: Session, name: str, shared: str | None = None, state: str = "accepted") -> None:
    session.add(
        Follow(
            follower=f"https://{name}/actor",
            followed=CITY,
            activity_id=f"https://{name}/follow",
            state=state,
            follower_inbox=f"https://{name}/actor/inbox",
            follower_shared_inbox=shared,
            at=now(),
        )
    )
    session.flush()


def known(session: Session, uri: str, shared: str | None = None, *, gone: bool = False) -> None:
    host = uri.split("/")[2]
    session.add(
        RemoteActor(
            uri=uri,
            host=host,
            kind="Person",
            inbox=f"{uri}/inbox",
            shared_inbox=shared,
            document={},
            gone=gone,
        )
    )
    session.flush()


def send(session: Session, **more: object) -> journal.JournalEntry:
    activity = {"type": "Create", "actor": CITY, "object": {"id": f"{ORIGIN}/p/1", "type": "Article"}}
    return outbox.send(session, actor=CITY, activity=activity, **({"followers_of": [CITY]} | more))  # type: ignore[arg-type]


def inboxes(session: Session) -> list[str | None]:
    return [delivery.inbox for delivery in outbox.backlog(session)]


def test_followers_that_share_an_inbox_get_one_delivery(database: Database) -> None:
    with database.writing() as session:
        follower(session, "a.big.example", "https://big.example/inbox")
        follower(session, "b.big.example", "https://big.example/inbox")
        follower(session, "small.example")
        follower(session, "asking.example", state="pending")
        send(session)
        assert inboxes(session) == ["https://big.example/inbox", "https://small.example/actor/inbox"]


def test_who_is_reached_as_follower_is_not_reached_again_by_name(database: Database) -> None:
    with database.writing() as session:
        follower(session, "big.example", "https://big.example/inbox")
        known(session, "https://big.example/someone", "https://big.example/inbox")
        known(session, "https://other.example/someone", "https://other.example/inbox")
        known(session, "https://left.example/someone", gone=True)
        names = ["big", "other", "left", "other"]
        send(session, to_actors=[f"https://{name}.example/someone" for name in names])
        assert inboxes(session) == ["https://big.example/inbox", "https://other.example/someone/inbox"]


def test_an_actor_not_met_before_waits_to_be_looked_up(database: Database) -> None:
    with database.writing() as session:
        send(session, to_actors=["https://new.example:8443/actor"])
        (delivery,) = outbox.backlog(session)
        assert (delivery.inbox, delivery.target_actor) == (None, "https://new.example:8443/actor")
        assert delivery.host == "new.example:8443"


def test_who_lives_here_gets_nothing_over_http(database: Database) -> None:
    with database.writing() as session:
        follower(session, "ulm.example", f"{ORIGIN}/inbox")
        send(session, to_actors=[f"{ORIGIN}/communities/neighbour", f"{ORIGIN}/actor"])
        assert outbox.backlog(session) == []


def fail_after(_sent: journal.JournalEntry) -> None:
    raise ZeroDivisionError


def test_a_change_that_fails_sends_nothing(database: Database) -> None:
    with database.writing() as session:
        follower(session, "small.example")
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        fail_after(send(session))
    with database.reading() as session:
        assert outbox.backlog(session) == []
        assert journal.last(session) == 0


def test_an_activity_gets_an_id_and_a_moment_and_keeps_its_own(database: Database) -> None:
    with database.writing() as session:
        entry = send(session)
        assert entry.activity_id.startswith(f"{ORIGIN}/activities/")
        assert entry.activity["id"] == entry.activity_id
        assert entry.activity["published"].endswith("Z")
        own = {"id": f"{ORIGIN}/activities/own", "type": "Announce", "published": "2020-01-01T00:00:00Z"}
        entry = outbox.send(session, actor=CITY, activity=own)
        assert entry.activity == own


def test_languages_stay_in_their_order_and_letters_stay_letters(database: Database) -> None:
    names = {"fr": "Énergie", "de": "Bürgerenergie", "bg": "Енергия"}
    with database.writing() as session:
        thing = {"id": f"{ORIGIN}/p/1", "nameMap": names}
        entry = outbox.send(session, actor=CITY, activity={"type": "Create", "object": thing})
    with database.reading() as session:
        row = journal.after(session, 0)[0]
        assert row.number == entry.number
        assert list(json.loads(row.body)["object"]["nameMap"]) == ["fr", "de", "bg"]
        assert "Енергия".encode() in row.body


def test_an_undo_stands_in_line_behind_what_it_undoes() -> None:
    follow = {"type": "Follow", "object": "https://a.example/actor"}
    assert outbox.order_key(follow) == "https://a.example/actor"
    assert outbox.order_key({"type": "Undo", "object": follow}) == "https://a.example/actor"
    assert outbox.order_key({"type": "Undo", "object": "https://b.example/1"}) == "https://b.example/1"
    assert outbox.order_key({"type": "Create"}) is None


def test_dead_deliveries_come_alive_when_the_operator_asks(database: Database) -> None:
    with database.writing() as session:
        follower(session, "a.example")
        follower(session, "b.example")
        send(session)
        for delivery in outbox.backlog(session):
            delivery.state, delivery.attempts = "dead", 13
            session.add(delivery)
        session.flush()
        assert outbox.revive(session, "a.example") == 1
        session.expire_all()
        states = {delivery.host: (delivery.state, delivery.attempts) for delivery in outbox.backlog(session)}
        assert states == {"a.example": ("waiting", 0), "b.example": ("dead", 13)}


def test_only_an_actor_with_an_address_sends(database: Database) -> None:
    with database.writing() as session, pytest.raises(ValueError, match="address"):
        outbox.send(session, actor="somebody", activity={"type": "Create"})


def test_what_waits_and_what_was_given_up_are_counted_apart(database: Database) -> None:
    with database.writing() as session:
        for name in ("a.example", "b.example", "c.example"):
            follower(session, name)
        send(session)
        first, second, _third = outbox.backlog(session)
        first.state, second.state = "dead", "leased"
        session.add_all([first, second])
        session.flush()
        assert outbox.count(session) == (2, 1)
        assert [one.host for one in outbox.backlog(session, dead=True)] == [first.host]
