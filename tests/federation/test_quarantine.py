"""Changed keys are believed when the keys of old announced them, or when the operator says so."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
import time_machine
from sqlmodel import Session, col, select

from exchange.db import Database
from federation.arriving.backfill import Backfill
from federation.base import now
from federation.errors import Quarantined
from federation.ledger.relations import Follow
from federation.neighbours import accepting
from federation.node import Node
from federation.others import described, peers, quarantine
from tests.federation import foreign
from tests.federation.foreign import OTHER_RSA, RSA, Foreign

REASON = "The key of this actor has changed without being announced; our operator has to accept it."


@pytest.fixture
def there() -> Iterator[Foreign]:
    with foreign.instance() as other:
        yield other


@pytest.fixture
def node(database: Database) -> Node:
    return Node("http://here.localhost", database, foreign.client(), cast(Any, None), lab=True)


def later(**span: int) -> Any:
    return time_machine.travel(now() + timedelta(**span), tick=True)


def follow(session: Session, node: Node, actor: str) -> None:
    """One of ours follows that actor: something depends on who it is."""
    session.add(
        Follow(
            follower=node.instance_actor,
            followed=actor,
            activity_id=f"{node.origin}/1",
            state="accepted",
            at=now(),
        )
    )


def known(node: Node, there: Foreign, name: str = "mayor", **changes: Any) -> str:
    """An actor that we follow and whose keys we know; its address."""
    uri = str(there.actor(name, **changes)["id"])
    peers.resolve_key(node, f"{uri}#main-key")
    with node.database.writing() as session:
        follow(session, node, uri)
    return uri


def test_a_changed_key_is_not_believed_and_the_old_one_goes_on(node: Node, there: Foreign) -> None:
    uri = known(node, there)
    there.actor(key=OTHER_RSA)
    with later(minutes=6):
        for _ in range(3):
            with pytest.raises(Quarantined) as caught:
                peers.resolve_key(node, f"{uri}#main-key", refresh=True)
        assert (caught.value.reason, caught.value.status) == (REASON, 403)
        assert peers.resolve_key(node, f"{uri}#main-key").public_key == RSA.public_key()
    assert there.count("/mayor") == 2
    with node.database.reading() as session:
        [waiting] = quarantine.of_host(session, there.host)
        assert waiting.id == f"{uri}#main-key"


def test_a_new_key_beside_the_old_ones_is_not_believed_either(node: Node, there: Foreign) -> None:
    """Public keys can be copied: that the old one is listed still proves nothing."""
    uri = known(node, there)
    document = there.actor()
    second = {**foreign_key(uri, "second"), "publicKeyPem": foreign.keys.to_pem(OTHER_RSA.public_key())}
    there.serve("/mayor", {**document, "publicKey": [document["publicKey"], second]})
    with pytest.raises(Quarantined):
        peers.resolve_key(node, second["id"])
    with pytest.raises(Quarantined):
        peers.resolve_key(node, second["id"], refresh=True)
    assert peers.resolve_key(node, f"{uri}#main-key").public_key == RSA.public_key()


def foreign_key(uri: str, name: str) -> dict[str, str]:
    return {"id": f"{uri}#{name}", "owner": uri}


def test_where_nothing_depends_on_an_actor_its_origin_speaks_for_its_keys(node: Node, there: Foreign) -> None:
    uri = str(there.actor()["id"])
    peers.resolve_key(node, f"{uri}#main-key")
    there.actor(key=OTHER_RSA)
    with later(minutes=6):
        key = peers.resolve_key(node, f"{uri}#main-key", refresh=True)
        assert key.public_key == OTHER_RSA.public_key()


def test_what_the_old_key_announced_is_believed_if_the_origin_serves_it(node: Node, there: Foreign) -> None:
    uri = known(node, there)
    new = there.actor(key=OTHER_RSA)
    with later(minutes=6), pytest.raises(Quarantined):
        peers.resolve_key(node, f"{uri}#main-key", refresh=True)
    with node.database.writing() as session:
        peers.remember_actor(session, new, announced=described.listed_keys(new))
    assert peers.resolve_key(node, f"{uri}#main-key").public_key == OTHER_RSA.public_key()
    with node.database.reading() as session:
        assert quarantine.of_host(session, there.host) == []


def test_an_announcement_of_other_keys_than_the_origin_serves_changes_nothing(
    node: Node, there: Foreign
) -> None:
    uri = known(node, there)
    announced = described.listed_keys(there.actor())
    new = there.actor(key=OTHER_RSA)
    with node.database.writing() as session:
        peers.remember_actor(session, new, announced=announced)
    assert peers.resolve_key(node, f"{uri}#main-key").public_key == RSA.public_key()


def test_a_doubted_document_does_not_move_the_inbox_or_take_keys_away(node: Node, there: Foreign) -> None:
    uri = known(node, there)
    new = there.actor(key=OTHER_RSA, inbox=f"{there.origin}/elsewhere", assertionMethod=[])
    with node.database.writing() as session:
        row = peers.remember_actor(session, new)
        assert row.inbox == f"{uri}/inbox"
    assert peers.resolve_key(node, f"{uri}#ed25519-key").kind == "ed25519"


def test_the_operator_accepts_and_what_was_missed_is_read(node: Node, there: Foreign) -> None:
    uri = known(node, there)
    there.actor(key=OTHER_RSA)
    with later(minutes=6):
        with pytest.raises(Quarantined):
            peers.resolve_key(node, f"{uri}#main-key", refresh=True)
        with node.database.writing() as session:
            assert [row.id for row in accepting.accept(session, there.host)] == [f"{uri}#main-key"]
        assert peers.resolve_key(node, f"{uri}#main-key").public_key == OTHER_RSA.public_key()
        assert peers.resolve_actor(node, uri).document["publicKey"]["publicKeyPem"] == foreign.keys.to_pem(
            OTHER_RSA.public_key()
        )
    with node.database.reading() as session:
        assert session.get_one(Backfill, uri).state == "waiting"
        assert quarantine.of_host(session, there.host) == []
        assert accepting.accept(session, there.host) == []


def test_what_the_operator_refuses_is_not_asked_about_again(node: Node, there: Foreign) -> None:
    actor = known(node, there, "actor", type="Application")
    there.actor("actor", type="Application", key=OTHER_RSA)
    newcomer = there.actor("newcomer")["id"]
    for minutes in (6, 20):
        with later(minutes=minutes):
            with pytest.raises(Quarantined):
                peers.resolve_key(node, f"{actor}#main-key", refresh=True)
            with node.database.writing() as session:
                named = [row.id for row in accepting.refuse(session, there.host)]
                assert (f"{actor}#main-key" in named) is (minutes == 6)
            assert peers.resolve_key(node, f"{actor}#main-key").public_key == RSA.public_key()
            with pytest.raises(Quarantined):
                peers.resolve_key(node, f"{newcomer}#main-key")
    with node.database.writing() as session:
        quarantine.put(
            session, described.listed_keys(there.actor("actor", key=foreign.RSA))[f"{actor}#main-key"]
        )
        assert [row.id for row in quarantine.of_host(session, there.host) if row.owner == actor]
    with node.database.writing() as session:
        assert f"{actor}#main-key" in [row.id for row in accepting.accept(session, there.host)]


def test_on_a_host_that_may_have_changed_hands_newcomers_wait_too(node: Node, there: Foreign) -> None:
    actor = known(node, there, "actor", type="Application")
    there.actor("actor", type="Application", key=OTHER_RSA)
    newcomer = there.actor("newcomer")["id"]
    with later(minutes=6):
        with pytest.raises(Quarantined):
            peers.resolve_key(node, f"{actor}#main-key", refresh=True)
        with pytest.raises(Quarantined):
            peers.resolve_key(node, f"{newcomer}#main-key")
        with node.database.writing() as session:
            accepting.accept(session, there.host)
        assert peers.resolve_key(node, f"{newcomer}#main-key").owner == newcomer


def test_who_was_gone_for_a_while_cannot_come_back_as_somebody_else(node: Node, there: Foreign) -> None:
    uri = known(node, there)
    there.serve("/mayor", status=410)
    with later(days=8):
        with pytest.raises(peers.InvalidSignature):
            peers.resolve_key(node, f"{uri}#main-key")
        with node.database.writing() as session:
            peers.forget_failures(session, now() + timedelta(days=60))
    there.actor(key=OTHER_RSA)
    with later(days=10), pytest.raises(Quarantined):
        peers.resolve_key(node, f"{uri}#main-key")
    with node.database.reading() as session:
        [row] = session.exec(select(peers.RemoteKey).where(col(peers.RemoteKey.id) == f"{uri}#main-key"))
        assert row.pending_pem == foreign.keys.to_pem(OTHER_RSA.public_key())
