"""What arrives: who is believed, what is kept, in which order it is judged, and what ends dead."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from federation import keys
from federation.arriving import inbox
from federation.base import now
from federation.errors import BadActivity, Forbidden, InvalidSignature
from federation.ledger import hosts, journal
from federation.ledger.arrivals import Arrival, forget, revive
from federation.node import Incoming
from federation.others import peers
from federation.wire import signatures
from tests.federation.world import Instance, World


@pytest.fixture
def pair(world: World) -> tuple[Instance, Instance]:
    """Ulm writes to Saillans."""
    return world["ulm"], world["saillans"]


def test_what_is_accepted_is_stored_before_the_answer(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    assert ulm.post(saillans, ulm.note("one", "text")) == 202
    (arrival,) = saillans.arrivals()
    assert (arrival.state, arrival.actor, arrival.kind) == ("waiting", ulm.city, "Create")
    assert json.loads(arrival.body) == ulm.note("one", "text")
    assert saillans.notebook.notes == {}


def test_a_replay_is_accepted_and_has_no_effect(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    activity = ulm.note("one", "text")
    assert [ulm.post(saillans, activity) for _ in range(3)] == [202, 202, 202]
    world.settle()
    assert ulm.post(saillans, activity) == 202
    world.settle()
    assert len(saillans.notebook.heard) == 1
    assert len(saillans.arrivals()) == 1


def test_an_unsigned_request_is_refused(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    with pytest.raises(InvalidSignature):
        inbox.receive(
            saillans.node,
            method="POST",
            target="/inbox",
            headers={"Host": saillans.host, "Content-Type": "application/activity+json"},
            body=json.dumps(ulm.note("one", "text")).encode(),
        )
    assert saillans.arrivals() == []


def test_nobody_speaks_for_another_actor(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    assert world["mallory"].post(saillans, ulm.note("one", "text")) == 403
    assert ulm.post(saillans, ulm.note("one", "text") | {"actor": ulm.actor}) == 403
    assert saillans.arrivals() == []


def test_nobody_uses_up_the_activity_id_of_another(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    activity = ulm.note("one", "text")
    mallory = world["mallory"]
    assert mallory.post(saillans, mallory.note("two", "poison") | {"id": activity["id"]}) == 403
    assert ulm.post(saillans, activity, actor=ulm.city) == 202
    world.settle()
    assert saillans.notebook.notes == {f"{ulm.origin}/notes/one": "text"}


def test_our_own_actors_and_objects_never_come_from_outside(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    assert ulm.post(saillans, saillans.note("one", "forged")) == 403
    forged = ulm.note("one", "forged")
    forged["object"]["id"] = f"{saillans.origin}/notes/one"
    assert ulm.post(saillans, forged) == 403
    forged_update = ulm.note("one", "forged", "Update") | {"object": f"{saillans.origin}/notes/one"}
    assert ulm.post(saillans, forged_update) == 403
    own_key = saillans.note("one", "forged")
    assert saillans.node.is_ours(own_key["actor"])
    with pytest.raises((Forbidden, InvalidSignature)):
        inbox.receive(
            saillans.node,
            method="POST",
            target="/inbox",
            headers={"Host": saillans.host},
            body=json.dumps(own_key).encode(),
        )


def test_a_delete_of_an_unknown_actor_causes_no_fetch_and_no_effect(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    _, saillans = pair
    stranger = "https://mastodon.example/users/gone"
    body = {
        "id": f"{stranger}#delete",
        "type": "Delete",
        "actor": stranger,
        "object": stranger,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    }
    receipt = inbox.receive(
        saillans.node, method="POST", target="/inbox", headers={}, body=json.dumps(body).encode()
    )
    assert (receipt.status, receipt.outcome) == (202, "ignored")
    assert saillans.arrivals() == []
    with saillans.node.database.reading() as session:
        assert session.exec(select(hosts.Host)).all() == []


def test_a_known_actor_that_deletes_itself_is_gone(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.follow(ulm.city)
    world.settle()
    leave = {"id": f"{ulm.city}#delete", "type": "Delete", "actor": ulm.city, "object": ulm.city}
    assert ulm.post(saillans, leave) == 202
    world.settle()
    assert saillans.relations() == []
    with saillans.node.database.reading() as session:
        known = session.get(peers.RemoteActor, ulm.city)
    assert known is not None
    assert known.gone


def test_blocked_and_unlisted_hosts_are_refused_before_any_fetch(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    with saillans.node.database.writing() as session:
        hosts.judge(session, ulm.host, False)
    assert ulm.post(saillans, ulm.note("one", "text")) == 403
    assert list(ulm.requests) == []
    with saillans.node.database.writing() as session:
        hosts.judge(session, ulm.host, None)
    saillans.node.mode = "allowlist"
    assert ulm.post(saillans, ulm.note("one", "text")) == 403
    assert list(ulm.requests) == []
    with saillans.node.database.writing() as session:
        hosts.judge(session, ulm.host, True)
    assert ulm.post(saillans, ulm.note("one", "text")) == 202


def test_an_activity_without_an_id_is_refused(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    activity = ulm.note("one", "text")
    del activity["id"]
    assert ulm.post(saillans, activity) == 400


def test_poison_ends_dead_after_five_tries_and_holds_nobody_up(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair

    def before(incoming: Incoming) -> None:
        if "poison" in incoming.id:
            raise ZeroDivisionError("this should not have happened")

    saillans.notebook.before = before
    ulm.post(saillans, ulm.note("poison", "text"))
    ulm.post(saillans, ulm.note("wholesome", "text"))
    world.settle()
    assert list(saillans.notebook.notes) == [f"{ulm.origin}/notes/wholesome"]
    for _ in range(6):
        world.later(hours=1)
    poison, _ = saillans.arrivals()
    assert (poison.state, poison.attempts) == ("dead", 5)
    assert "this should not have happened" in (poison.error or "")

    saillans.notebook.before = lambda incoming: None
    with saillans.node.database.writing() as session:
        assert revive(session) == 1
    world.settle()
    assert len(saillans.notebook.notes) == 2


def test_what_the_application_refuses_is_kept_with_the_reason(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair

    def before(incoming: Incoming) -> None:
        raise BadActivity("A review needs a practice.")

    saillans.notebook.before = before
    ulm.post(saillans, ulm.note("one", "text"))
    world.settle()
    (arrival,) = saillans.arrivals()
    assert (arrival.state, arrival.error) == ("refused", "A review needs a practice.")
    host = saillans.known_host(ulm.host)
    assert host is not None
    assert (host.refused_count, host.last_refusal) == (1, "A review needs a practice.")
    with saillans.node.database.reading() as session:
        assert journal.last(session) == 0


def test_a_failing_handler_leaves_neither_effect_nor_journal_row(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    original = saillans.notebook.handle

    def handle(session: Any, incoming: Incoming) -> bool:
        session.add(hosts.Host(host="written-before-the-failure.example"))
        session.flush()
        original(session, incoming)
        raise ZeroDivisionError

    saillans.notebook.handle = handle  # type: ignore[method-assign]
    ulm.post(saillans, ulm.note("one", "text"))
    world.settle()
    assert saillans.known_host("written-before-the-failure.example") is None
    with saillans.node.database.reading() as session:
        assert journal.last(session) == 0


def test_words_about_one_object_are_judged_in_the_order_of_their_arrival(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    ulm.post(saillans, ulm.note("one", "0"))
    for number in range(1, 6):
        ulm.post(saillans, ulm.note("one", str(number), "Update", number))
    fail_once = ["Create"]

    def before(incoming: Incoming) -> None:
        if incoming.kind in fail_once:
            fail_once.clear()
            raise ZeroDivisionError

    saillans.notebook.before = before
    world.settle()
    assert saillans.notebook.heard == []
    world.later(minutes=1)
    assert [kind for kind, _ in saillans.notebook.heard] == ["Create"] + ["Update"] * 5
    assert saillans.notebook.notes[f"{ulm.origin}/notes/one"] == "5"


def test_what_was_deleted_does_not_come_back(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.post(saillans, ulm.note("one", "", "Delete"))
    world.settle()
    ulm.post(saillans, ulm.note("one", "too late"))
    ulm.post(saillans, ulm.note("one", "much too late", "Update"))
    world.settle()
    assert saillans.notebook.notes == {}


def test_documents_that_the_application_wants_are_fetched_first(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    there = f"{ulm.origin}/things/there"
    elsewhere = f"{ulm.origin}/things/elsewhere"
    ulm.documents[there] = {"id": there, "type": "Note", "content": "found"}
    ulm.documents[elsewhere] = {"id": there, "type": "Note", "content": "under another name"}
    saillans.notebook.wanted = lambda incoming: [
        there,
        elsewhere,
        f"{ulm.origin}/no",
        f"{saillans.origin}/own",
    ]
    ulm.post(saillans, ulm.note("one", "text"))
    world.settle()
    assert saillans.notebook.fetched == [{there: ulm.documents[there]}]


def test_no_more_than_thirty_documents_are_fetched_for_one_activity(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    saillans.notebook.wanted = lambda incoming: [f"{ulm.origin}/things/{number}" for number in range(100)]
    ulm.post(saillans, ulm.note("one", "text"))
    world.settle()
    assert sum("/things/" in path for _, path in ulm.requests) == 30


def test_a_document_that_is_away_for_now_postpones_the_judgement(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    there = f"{ulm.origin}/things/there"
    ulm.documents[there] = {"id": there, "type": "Note"}
    ulm.answer = lambda method, path: 503 if "/things/" in path else None
    saillans.notebook.wanted = lambda incoming: [there]
    ulm.post(saillans, ulm.note("one", "text"))
    world.settle()
    assert saillans.notebook.heard == []
    ulm.answer = lambda method, path: None
    world.later(minutes=1)
    assert saillans.notebook.fetched == [{there: ulm.documents[there]}]


def test_a_slow_document_holds_up_only_who_needs_it(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    there = f"{ulm.origin}/things/there"
    ulm.documents[there] = {"id": there, "type": "Note"}
    release = threading.Event()
    ulm.answer = lambda method, path: 503 if "/things/" in path and not release.wait(5) else None
    saillans.notebook.wanted = lambda incoming: [there] if "needy" in incoming.id else []
    ulm.post(saillans, ulm.note("needy", "text"))
    judge = threading.Thread(target=inbox.handle_due, args=(saillans.node,))
    judge.start()
    ulm.post(saillans, ulm.note("other", "text"))
    deadline = threading.Event()
    for _ in range(200):
        if saillans.notebook.notes:
            break
        deadline.wait(0.02)
    assert list(saillans.notebook.notes) == [f"{ulm.origin}/notes/other"]
    release.set()
    judge.join(10)
    assert [arrival.error for arrival in saillans.arrivals()] == [None, None]
    assert len(saillans.notebook.notes) == 2


def test_many_requests_at_once_are_all_kept(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.post(saillans, ulm.note("first", "text"))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: ulm.post(saillans, ulm.note(str(n % 100), "text")), range(200)))
    assert set(answers) == {202}
    assert len(saillans.arrivals()) == 101


def test_a_signed_request_for_a_document_tells_who_asks(pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    with ulm.node.database.reading() as session:
        key_id, key = keys.signing_key(session, ulm.actor)
    url = f"{saillans.origin}/actor"
    signed = signatures.sign(method="GET", url=url, body=None, key_id=key_id, private_key=key)
    headers = {"Host": saillans.host} | signed
    assert inbox.verify_fetch(saillans.node, method="GET", target="/actor", headers=headers) == ulm.actor
    with pytest.raises(InvalidSignature):
        inbox.verify_fetch(saillans.node, method="GET", target="/other", headers=headers)
    with pytest.raises(InvalidSignature):
        inbox.verify_fetch(saillans.node, method="GET", target="/actor", headers={"Host": saillans.host})
    with saillans.node.database.writing() as session:
        hosts.judge(session, ulm.host, False)
    with pytest.raises(Forbidden):
        inbox.verify_fetch(saillans.node, method="GET", target="/actor", headers=headers)


def test_what_was_seen_long_ago_is_forgotten(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.post(saillans, ulm.note("one", "text"))
    world.settle()
    ulm.post(saillans, ulm.note("two", "text"))
    assert forget(saillans.node.database, now()) == 1
    assert [arrival.state for arrival in saillans.arrivals()] == ["waiting"]
    assert isinstance(saillans.arrivals()[0], Arrival)
