"""Point 1, keys that change: announced with the old ones, both accepted; unannounced, nobody is believed."""

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa

from exchange.catalogue import shelf
from exchange.catalogue.communities import keyring
from federation.ledger import relations
from federation.ledger.hosts import Host
from federation.ledger.remote import RemoteKey
from federation.neighbours import accepting
from federation.others import quarantine
from tests.federation.foreign import OTHER_RSA, reply
from tests.outsider import outsider
from tests.rig import House, Rig, complete, seed

TITLE = "Plan solaire citoyen sur les toits communaux"
LOOS = "loos-en-gohelle"


@pytest.fixture
def following(rig: Rig) -> tuple[House, House]:
    """One who publishes, and another who follows and has read something of it."""
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community(LOOS, "Loos-en-Gohelle", "FR", population=6600)
    b.follow(a)
    rig.settle()
    a.publish(LOOS, complete({"title": {"en": "Before"}}))
    rig.settle()
    assert b.titles() == ["Before"]
    return a, b


def _rotate(house: House, **options: Any) -> list[str]:
    with house.instance.database.writing() as session:
        return keyring.rotate(session, shelf.community(session, LOOS), **options)


def _known(house: House, key_id: str) -> str | None:
    with house.instance.database.reading() as session:
        row = session.get(RemoteKey, key_id)
        return row.state if row else None


def _later(**span: int) -> Any:
    return time_machine.travel(datetime.now(UTC) + timedelta(**span), tick=True)


def test_a_follower_accepts_what_is_published_after_the_keys_were_changed(
    rig: Rig, following: tuple[House, House]
) -> None:
    a, b = following
    made = _rotate(a)
    rig.settle()
    assert {_known(b, key_id) for key_id in made} == {"ok"}
    uri = a.publish(LOOS, complete(seed("loos-solar-plan"))).uri
    rig.settle()
    assert sorted(b.titles()) == ["Before", TITLE]
    assert a.document(uri)["proof"]["verificationMethod"] == made[1]


def test_while_both_hold_both_are_listed_and_the_old_one_signs_deliveries(
    rig: Rig, following: tuple[House, House]
) -> None:
    a, _ = following
    made = _rotate(a)
    actor = a.document(f"/communities/{LOOS}")
    assert actor["publicKey"]["id"] == f"{actor['id']}#main-key"
    assert {*made, f"{actor['id']}#ed25519-key"} == {key["id"] for key in actor["assertionMethod"]}


def test_after_the_overlap_the_new_key_signs_and_is_accepted(
    rig: Rig, following: tuple[House, House]
) -> None:
    a, b = following
    made = _rotate(a)
    rig.settle()
    with _later(days=9):
        a.publish(LOOS, complete(seed("loos-solar-plan")))
        rig.settle()
        actor = a.document(f"/communities/{LOOS}")
        assert actor["publicKey"]["id"] == made[0]
        assert [key["id"] for key in actor["assertionMethod"]] == [made[1]]
        assert sorted(b.titles()) == ["Before", TITLE]


def test_a_change_that_the_old_keys_did_not_announce_waits_for_the_operator(
    rig: Rig, following: tuple[House, House]
) -> None:
    a, b = following
    made = _rotate(a, overlap=timedelta(0))
    a.publish(LOOS, complete(seed("loos-solar-plan")))
    rig.settle()
    assert b.titles() == ["Before"]
    host = a.origin.removeprefix("http://")
    with b.instance.database.reading() as session:
        assert {row.id for row in quarantine.of_host(session, host)} == set(made)
    with a.instance.database.reading() as session:
        there = session.get(Host, b.origin.removeprefix("http://"))
        assert there is not None
        assert there.last_error == "It answered 403."
    with b.instance.database.writing() as session:
        accepting.accept(session, host)
    rig.settle()
    assert sorted(b.titles()) == ["Before", TITLE]


def test_a_forged_announcement_is_worth_nothing(rig: Rig) -> None:
    """The key in the announcement must be the one that the actor's own address shows."""
    b = rig.instance("bergen")
    b.community("ulm", "Ulm", "DE")
    with outsider() as fedi:
        town = fedi.town("arvieu")
        assert fedi.say(b, town, "Follow", f"{b.origin}/communities/ulm") == 202
        rig.settle()
        document = fedi.server.actor("arvieu", key=OTHER_RSA)
        fedi.town("arvieu")
        assert fedi.say(b, town, "Update", document) == 202
        rig.settle()
        with b.instance.database.reading() as session:
            row = session.get_one(RemoteKey, f"{town}#main-key")
            assert (row.state, row.pending_pem) == ("ok", None)
        assert fedi.say(b, town, "Follow", f"{b.origin}/actor") == 202


def test_a_changed_key_is_fetched_once_in_five_minutes_however_often_it_is_used(rig: Rig) -> None:
    b = rig.instance("bergen")
    with outsider() as fedi:
        town = fedi.town("arvieu")
        assert fedi.say(b, town, "Like", f"{b.origin}/actor") == 202
        before = fedi.server.count("/arvieu")
        fedi.server.actor("arvieu", key=OTHER_RSA)
        for number in range(10):
            assert _say_with(fedi, b, town, number) == 401
        assert fedi.server.count("/arvieu") == before
        with _later(minutes=6):
            for number in range(10):
                assert _say_with(fedi, b, town, 10 + number) == 202  # nothing depends on this actor
            assert fedi.server.count("/arvieu") == before + 1


def _say_with(fedi: Any, house: House, town: str, number: int) -> int:
    """A like under the new key."""
    activity = fedi.activity(town, "Like", f"{house.origin}/practices/{number}")
    return fedi.post(house, activity, signer=town, key=OTHER_RSA)


def test_a_key_of_1024_bits_opens_no_door(rig: Rig) -> None:
    b = rig.instance("bergen")
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with outsider() as fedi:
        town = fedi.town("arvieu", key=weak)
        activity = fedi.activity(town, "Follow", f"{b.origin}/actor")
        assert fedi.post(b, activity, signer=town, key=weak) == 401
        rig.settle()
        with b.instance.database.reading() as session:
            assert relations.followers(session, b.instance.node.instance_actor) == []


def test_who_wants_the_newer_signatures_is_knocked_at_once_in_the_older_and_then_never_again(
    rig: Rig, following: tuple[House, House]
) -> None:
    """An inbox that takes RFC 9421 only: the second knock gets in, and the next begins with it."""
    a, _ = following
    with outsider() as fedi:
        town = fedi.town("arvieu")
        assert fedi.say(a, town, "Follow", f"{a.origin}/communities/{LOOS}") == 202

        def only_newer(handler: BaseHTTPRequestHandler) -> None:
            reply(handler, 202 if "signature-input" in handler.headers else 401, b"", {})

        fedi.server.routes["/inbox"] = fedi.server.routes["/arvieu/inbox"] = only_newer
        rig.settle(a)
        a.publish(LOOS, complete(seed("loos-solar-plan")))
        rig.settle(a)
        knocks = [seen for seen in fedi.server.seen if seen.method == "POST"]
        assert [seen.header("Signature-Input") is not None for seen in knocks] == [False, True, True]
        assert [json.loads(seen.body)["type"] for seen in knocks] == ["Accept", "Accept", "Create"]
        with a.instance.database.reading() as session:
            there = session.get(Host, fedi.host)
            assert there is not None
            assert there.dialect == "rfc9421"
