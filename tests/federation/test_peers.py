"""Keys of other instances are bound from both sides, remembered, and fetched no more than needed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlmodel import select

from exchange.db import Database
from federation import keys
from federation.actor import create
from federation.base import now
from federation.errors import (
    AddressRefused,
    BadDocument,
    Forbidden,
    Gone,
    InvalidSignature,
    NotFound,
    TryLater,
    Unreachable,
)
from federation.ledger import hosts
from federation.node import Node
from federation.others import peers
from tests.federation import foreign
from tests.federation.foreign import EDWARDS, OTHER_RSA, RSA, Foreign


@pytest.fixture
def there() -> Iterator[Foreign]:
    with foreign.instance() as other:
        yield other


@pytest.fixture
def node(database: Database) -> Node:
    return Node("http://here.localhost", database, foreign.client(), cast(Any, None), lab=True)


def later(**span: int) -> Any:
    """Let time pass."""
    return time_machine.travel(now() + timedelta(**span), tick=True)


def resolve(node: Node, key_id: str, **options: bool) -> peers.VerifiedKey:
    return peers.resolve_key(node, key_id, **options)


def refused(node: Node, key_id: str, **options: bool) -> str:
    with pytest.raises(InvalidSignature) as caught:
        peers.resolve_key(node, key_id, **options)
    return caught.value.reason


def test_a_key_in_its_owners_own_document_is_found_and_remembered(node: Node, there: Foreign) -> None:
    actor = there.actor()
    for _ in range(3):
        key = resolve(node, f"{actor['id']}#main-key")
        assert (key.owner, key.kind, key.public_key) == (actor["id"], "rsa", RSA.public_key())
    assert there.count("/mayor") == 1
    other = resolve(node, f"{actor['id']}#ed25519-key")
    assert (other.owner, other.kind, other.public_key) == (actor["id"], "ed25519", EDWARDS.public_key())
    assert there.count("/mayor") == 1
    with node.database.reading() as session:
        assert peers.known(session, actor["id"])
        assert not peers.known(session, f"{there.origin}/nobody")


def test_a_key_is_fetched_while_somebody_changes_the_catalogue(node: Node, there: Foreign) -> None:
    if node.database.is_sqlite:
        pytest.skip("a SQLite file has one writer")
    actor, stranger = there.actor(), f"{there.origin}/nobody#main-key"
    with node.database.writing(), ThreadPoolExecutor(1) as door:
        key = door.submit(resolve, node, f"{actor['id']}#main-key").result(10)
        assert door.submit(refused, node, stranger).result(10)
    assert key.owner == actor["id"]


def test_a_key_with_an_address_of_its_own_is_checked_with_its_owner(node: Node, there: Foreign) -> None:
    """As GoToSocial does it: the key's address shows a stub, the owner lists the key."""
    key_id = f"{there.origin}/mayor/main-key"
    pem = {"id": key_id, "owner": f"{there.origin}/mayor", "publicKeyPem": keys.to_pem(RSA.public_key())}
    actor = there.actor(publicKey=pem)
    there.serve("/mayor/main-key", {"id": actor["id"], "type": "Person", "publicKey": pem})
    assert resolve(node, key_id).owner == actor["id"]
    assert there.count("/mayor") == 1


def test_a_key_listed_by_reference_is_taken_from_its_own_address(node: Node, there: Foreign) -> None:
    key_id = f"{there.origin}/keys/1"
    actor = there.actor(publicKey=key_id)
    pem = keys.to_pem(RSA.public_key())
    there.serve("/keys/1", {"id": key_id, "type": "Key", "owner": actor["id"], "publicKeyPem": pem})
    assert resolve(node, key_id).public_key == RSA.public_key()
    with node.database.reading() as session:
        assert peers.known(session, actor["id"])
    assert resolve(node, key_id).owner == actor["id"]
    assert there.count("/keys/1") == 1


def test_a_key_that_claims_an_owner_who_does_not_list_it_is_refused(node: Node, there: Foreign) -> None:
    victim = there.actor("victim")
    key_id = f"{there.origin}/forged"
    pem = keys.to_pem(OTHER_RSA.public_key())
    there.serve("/forged", {"id": key_id, "type": "Key", "owner": victim["id"], "publicKeyPem": pem})
    assert refused(node, key_id) == "The owner of this key does not list it."


def test_a_key_that_claims_an_owner_on_another_host_is_refused(node: Node, there: Foreign) -> None:
    with foreign.instance() as second:
        victim = second.actor("victim")
        key_id = f"{there.origin}/forged"
        pem = keys.to_pem(OTHER_RSA.public_key())
        there.serve("/forged", {"id": key_id, "type": "Key", "owner": victim["id"], "publicKeyPem": pem})
        assert refused(node, key_id) == "The key belongs to an owner on another host."
        stub = {**victim, "publicKey": {"id": key_id, "owner": victim["id"], "publicKeyPem": pem}}
        there.serve("/forged2", stub)
        assert (
            refused(node, f"{there.origin}/forged2#main-key")
            == "The key belongs to an owner on another host."
        )
        assert second.seen == []


def test_a_document_that_lies_about_its_own_id_gives_no_key(node: Node, there: Foreign) -> None:
    """An uploaded file, say: it shows the victim's id and a key of the attacker."""
    victim = there.actor("victim")
    fake_id = f"{there.origin}/uploads/1#main-key"
    pem = {"id": fake_id, "owner": victim["id"], "publicKeyPem": keys.to_pem(OTHER_RSA.public_key())}
    there.serve("/uploads/1", {**victim, "publicKey": pem})
    assert refused(node, fake_id) == "The owner of this key does not list it."


def test_an_uploaded_file_is_no_actor(node: Node, there: Foreign) -> None:
    document = there.actor("upload.json")
    there.serve("/upload.json", document, kind="application/json")
    key_id = f"{document['id']}#main-key"
    assert refused(node, key_id) == "The answer is not an ActivityPub document."


def test_the_memory_of_keys_that_could_not_be_had_is_cleared(node: Node, there: Foreign) -> None:
    refused(node, f"{there.origin}/gone#main-key")
    resolve(node, f"{there.actor()['id']}#main-key")
    with node.database.writing() as session:
        peers.forget_failures(session, now() + timedelta(seconds=1))
        assert {key.state for key in session.exec(select(peers.RemoteKey)).all()} == {"ok"}


def test_a_neighbour_cannot_take_over_the_key_of_another_actor(node: Node, there: Foreign) -> None:
    actor = there.actor()
    key_id = f"{actor['id']}#main-key"
    resolve(node, key_id)
    stolen = {
        "id": key_id,
        "owner": f"{there.origin}/mallory",
        "publicKeyPem": keys.to_pem(OTHER_RSA.public_key()),
    }
    there.actor("mallory", publicKey=stolen)
    peers.resolve_actor(node, f"{there.origin}/mallory")
    assert resolve(node, key_id).owner == actor["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"publicKey": None, "assertionMethod": None},
        {"publicKey": {"id": "x"}},
        {"publicKey": [5, None, []]},
        {"publicKey": "nonsense"},
        {"inbox": None},
        {"inbox": "https://elsewhere.example/inbox"},
        {"type": "Note"},
        {"type": None},
        {"id": None},
        {"id": "https://elsewhere.example/mayor"},
    ],
)
def test_an_actor_document_with_a_fault_gives_no_key(
    node: Node, there: Foreign, changes: dict[str, Any]
) -> None:
    there.actor(**changes)
    with pytest.raises((InvalidSignature, TryLater)):
        resolve(node, f"{there.origin}/mayor#main-key")


def test_a_weak_key_is_not_believed(node: Node, there: Foreign) -> None:
    there.actor(key=rsa.generate_private_key(public_exponent=65537, key_size=1024))
    assert refused(node, f"{there.origin}/mayor#main-key") == "The owner of this key does not list it."


def test_a_changed_key_is_fetched_again_at_most_once_in_five_minutes(node: Node, there: Foreign) -> None:
    actor = there.actor()
    key_id = f"{actor['id']}#main-key"
    resolve(node, key_id)
    there.actor(key=OTHER_RSA)
    for _ in range(5):
        assert resolve(node, key_id, refresh=True).public_key == RSA.public_key()
    assert there.count("/mayor") == 1
    with later(minutes=6):
        for _ in range(5):
            assert resolve(node, key_id, refresh=True).public_key == OTHER_RSA.public_key()
    assert there.count("/mayor") == 2


def test_a_key_that_its_owner_no_longer_lists_is_forgotten(node: Node, there: Foreign) -> None:
    actor = there.actor()
    resolve(node, f"{actor['id']}#main-key")
    new = {
        "id": f"{actor['id']}#key-2",
        "owner": actor["id"],
        "publicKeyPem": keys.to_pem(OTHER_RSA.public_key()),
    }
    there.actor(publicKey=new)
    assert resolve(node, f"{actor['id']}#key-2").public_key == OTHER_RSA.public_key()
    assert refused(node, f"{actor['id']}#main-key") == "The owner of this key does not list it."


@pytest.mark.parametrize("status", [404, 410])
def test_the_key_of_an_actor_that_is_gone_is_asked_for_once(node: Node, there: Foreign, status: int) -> None:
    there.serve("/gone", status=status)
    for _ in range(20):
        assert refused(node, f"{there.origin}/gone#main-key") == "The owner of this key no longer exists."
    assert there.count("/gone") == 1
    there.actor("gone")
    with later(hours=25):
        assert resolve(node, f"{there.origin}/gone#main-key")


def test_a_host_in_trouble_is_spared_for_a_minute_and_the_sender_told_to_come_back(
    node: Node, there: Foreign
) -> None:
    there.serve("/mayor", status=503)
    for _ in range(5):
        with pytest.raises(TryLater) as caught:
            resolve(node, f"{there.origin}/mayor#main-key")
        assert caught.value.status == 503
    assert there.count("/mayor") == 1
    there.actor()
    with later(minutes=2):
        assert resolve(node, f"{there.origin}/mayor#main-key")


def test_a_known_key_outlives_the_trouble_of_its_host(node: Node, there: Foreign) -> None:
    key_id = f"{there.actor()['id']}#main-key"
    resolve(node, key_id)
    there.serve("/mayor", status=500)
    with later(days=8):
        for _ in range(3):
            assert resolve(node, key_id).public_key == RSA.public_key()
    assert there.count("/mayor") == 2


def test_many_threads_that_need_one_key_fetch_it_once(node: Node, there: Foreign) -> None:
    key_id = f"{there.actor()['id']}#main-key"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: resolve(node, key_id).owner, range(16)))
    assert set(found) == {f"{there.origin}/mayor"}
    assert there.count("/mayor") == 1


def test_our_own_keys_come_from_the_database_and_only_while_they_hold(node: Node) -> None:
    with node.database.writing() as session:
        actor = create(session, node.origin, "Application", "instance")
    key = resolve(node, f"{actor.uri}#main-key")
    assert (key.owner, key.kind) == ("http://here.localhost/actor", "rsa")
    for key_id in (f"{actor.uri}#other", "http://HERE.localhost:80/actor#main-key"):
        assert refused(node, key_id) == "The key of the signature is not known."


def test_a_blocked_host_is_refused_before_anything_is_fetched(node: Node, there: Foreign) -> None:
    actor = there.actor()
    with node.database.writing() as session:
        hosts.judge(session, "localhost", False)
    with pytest.raises(Forbidden):
        resolve(node, f"{actor['id']}#main-key")
    with pytest.raises(AddressRefused):
        peers.resolve_actor(node, actor["id"])
    assert there.seen == []


@pytest.mark.parametrize(
    "key_id", ["", "key", "acct:me@there.example", "ftp://there.example/k", "https://u@x.example/k"]
)
def test_a_key_without_a_web_address_is_refused(node: Node, key_id: str) -> None:
    assert refused(node, key_id) == "The key of the signature is not a web address."


def test_an_actor_is_fetched_once_a_day_with_its_handle_proven(node: Node, there: Foreign) -> None:
    document = there.actor()
    for _ in range(2):
        actor = peers.resolve_actor(node, document["id"])
    assert (actor.kind, actor.host, actor.handle) == ("Organization", there.host, f"mayor@{there.host}")
    assert actor.inbox == f"{there.origin}/mayor/inbox"
    assert actor.shared_inbox == f"{there.origin}/inbox"
    assert list(actor.document) == list(document)
    assert there.count("/mayor") == 1
    peers.resolve_actor(node, document["id"], refresh=True)
    assert there.count("/mayor") == 2


def test_a_handle_that_leads_to_somebody_else_is_not_shown(node: Node, there: Foreign) -> None:
    document = there.actor()
    there.finger("mayor", f"{there.origin}/somebody-else")
    for _ in range(3):
        assert peers.resolve_actor(node, document["id"]).handle == ""
    finger = next(path for path in there.routes if "webfinger" in path)
    assert there.count(finger) == 1


def test_an_actor_first_met_by_its_key_gets_its_handle_when_it_is_asked_for(
    node: Node, there: Foreign
) -> None:
    document = there.actor()
    resolve(node, f"{document['id']}#main-key")
    assert peers.resolve_actor(node, document["id"]).handle == f"mayor@{there.host}"
    assert there.count("/mayor") == 1


def test_an_actor_that_takes_another_name_has_its_handle_proven_anew(node: Node, there: Foreign) -> None:
    document = there.actor()
    assert peers.resolve_actor(node, document["id"]).handle == f"mayor@{there.host}"
    there.serve("/mayor", {**document, "preferredUsername": "president"})
    assert peers.resolve_actor(node, document["id"], refresh=True).handle == ""


def test_a_shared_inbox_on_another_host_is_not_used(node: Node, there: Foreign) -> None:
    document = there.actor(endpoints={"sharedInbox": "https://victim.example/inbox"})
    assert peers.resolve_actor(node, document["id"]).shared_inbox is None


def test_an_actor_that_is_gone_takes_its_keys_along(node: Node, there: Foreign) -> None:
    document = there.actor()
    peers.resolve_actor(node, document["id"])
    there.serve("/mayor", status=410)
    with pytest.raises(Gone):
        peers.resolve_actor(node, document["id"], refresh=True)
    with node.database.reading() as session:
        row = session.get_one(peers.RemoteActor, document["id"])
        assert row.gone
        assert {key.state for key in session.exec(select(peers.RemoteKey)).all()} == {"gone"}
    assert refused(node, f"{document['id']}#main-key") == "The owner of this key no longer exists."


def test_an_actor_that_cannot_be_reached_is_taken_from_memory_if_there_is_one(
    node: Node, there: Foreign
) -> None:
    document = there.actor()
    peers.resolve_actor(node, document["id"])
    there.serve("/mayor", status=503)
    assert peers.resolve_actor(node, document["id"], refresh=True).uri == document["id"]
    there.serve("/other", status=503)
    with pytest.raises(Unreachable):
        peers.resolve_actor(node, f"{there.origin}/other")
    with pytest.raises(NotFound):
        peers.resolve_actor(node, f"{there.origin}/unknown")
    with pytest.raises(AddressRefused):
        peers.resolve_actor(node, node.instance_actor)


def test_what_is_no_actor_is_not_remembered_as_one(node: Node, there: Foreign) -> None:
    url = there.serve("/note", {"id": f"{there.origin}/note", "type": "Note"})
    with pytest.raises(BadDocument):
        peers.resolve_actor(node, url)
    with node.database.reading() as session:
        assert not peers.known(session, url)
