"""Points 7 and 8 at the door: budgets, signed fetch, and what is still read without a signature."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.practices import withdraw
from federation import keys
from federation.errors import FetchError
from federation.ledger import hosts, journal
from federation.ledger.budgets import Budgets
from federation.others.client import Answer
from federation.wire import signatures
from tests.rig import House, Rig, complete

ACTIVITY = "application/activity+json"


@pytest.fixture
def rig(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Rig]:
    with Rig(tmp_path, new_database) as world:
        yield world


def both_closed(rig: Rig) -> tuple[House, House]:
    a, b = (rig.instance(name, search="memory", signed_fetch=True) for name in ("adria", "bergen"))
    a.community("arvieu", "Arvieu", "FR")
    return a, b


def test_with_signed_fetch_only_the_instance_actor_and_the_pages_are_read_by_strangers(rig: Rig) -> None:
    a, _ = both_closed(rig)
    practice = a.publish("arvieu", complete({}))
    path = practice.uri.removeprefix(a.origin)
    with a.instance.database.reading() as session:
        activity = journal.after(session, 0)[-1].activity_id.removeprefix(a.origin)
    assert a.document("/actor")["type"] == "Application"
    closed = (path, "/communities/arvieu", "/actor/outbox", "/actor/outbox?page=0", activity)
    for one in closed:
        assert a.get(one, accept=ACTIVITY).status_code == 401, one
    for one in ("/actor/outbox", activity, "/communities/arvieu/outbox", "/actor/followers"):
        assert a.get(one).status_code == 401, one  # what has no page is not given to a browser either
    for one in (path, "/communities/arvieu", "/federation"):
        assert a.get(one).status_code == 200, one
    assert a.get("/.well-known/webfinger?resource=acct:instance@" + a.origin[7:]).status_code == 200


def test_two_instances_with_signed_fetch_read_each_other_because_each_signs_its_requests(rig: Rig) -> None:
    a, b = both_closed(rig)
    a.publish("arvieu", complete({}))
    rig.settle()
    b.follow(a)
    rig.settle()
    assert len(b.titles()) == 1
    practice = a.publish("arvieu", complete({"title": {"en": "A second one"}}))
    rig.settle()
    assert len(b.titles()) == 2
    assert b.instance.client.get_object(practice.uri).json["id"] == practice.uri


def test_with_signed_fetch_who_is_blocked_reads_nothing_but_the_actor(rig: Rig) -> None:
    a, b = both_closed(rig)
    practice = a.publish("arvieu", complete({}))
    with a.instance.database.writing() as session:
        hosts.judge(session, "bergen.localhost", False)
    with pytest.raises(FetchError):
        b.instance.client.get_object(practice.uri)
    assert b.instance.client.get_object(f"{a.origin}/actor").json["type"] == "Application"


def test_a_domain_beyond_its_budget_is_told_when_to_come_again_and_others_are_served(rig: Rig) -> None:
    a, storm, calm = (rig.instance(name, search="memory") for name in ("adria", "storm", "calm"))
    a.instance.node.budgets = Budgets(2)

    def knock(house: House, number: int) -> Answer:
        actor = f"{house.origin}/actor"
        said = {
            "id": f"{house.origin}/activities/{number}",
            "type": "Like",
            "actor": actor,
            "object": a.origin,
        }
        body = json.dumps(said).encode()
        with house.instance.database.reading() as session:
            key_id, key = keys.signing_key(session, actor)
        url = f"{a.origin}/inbox"
        headers = signatures.sign(method="POST", url=url, body=body, key_id=key_id, private_key=key)
        return house.instance.client.post(url, body, headers)

    answers = [knock(storm, number) for number in range(20)]
    assert answers[0].status == 202
    assert (answers[-1].status, answers[-1].headers["Retry-After"]) == (429, "1")
    assert knock(calm, 1).status == 202


def test_an_address_beyond_its_budget_is_turned_away_before_its_request_is_read(rig: Rig) -> None:
    a = rig.instance("adria", search="memory")
    a.instance.node.budgets = Budgets(1)

    def knock(address: str) -> int:
        client = a.app.test_client()
        answer = client.post(
            "/inbox", data=b"nonsense", content_type=ACTIVITY, environ_base={"REMOTE_ADDR": address}
        )
        return answer.status_code

    answers = [knock("8.8.8.8") for _ in range(40)]
    assert answers[0] in (400, 401)
    assert answers[-1] == 429
    assert knock("8.8.4.4") == answers[0]


def test_an_activity_about_what_was_withdrawn_is_gone(rig: Rig) -> None:
    a = rig.instance("adria", search="memory")
    a.community("arvieu", "Arvieu", "FR")
    practice = a.publish("arvieu", complete({}))
    with a.instance.database.reading() as session:
        activity = journal.after(session, 0)[-1].activity_id
    assert a.document(activity)["type"] == "Create"
    with a.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, practice.uri))
    answer = a.get(activity, accept=ACTIVITY)
    assert (answer.status_code, answer.json()["type"]) == (410, "Tombstone")
    assert a.get(activity).status_code == 410
