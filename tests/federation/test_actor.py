"""The documents that describe our actors, as other software reads them."""

from typing import Any

from exchange.db import Database
from federation import keys
from federation.actor import create, document
from federation.others import described
from federation.wire import multibase

ORIGIN = "https://here.example"


def make(database: Database, kind: str, handle: str, profile: dict[str, Any] | None = None) -> dict[str, Any]:
    with database.writing() as session:
        actor = create(session, ORIGIN, kind, handle)
        return document(session, actor.uri, profile or {"name": "Ulm"}, ORIGIN)


def test_a_community_is_described_so_that_others_can_reach_and_believe_it(database: Database) -> None:
    found = make(
        database, "Organization", "ulm", {"name": "Ulm", "summary": None, "@context": f"{ORIGIN}/ns/v1"}
    )
    assert found["id"] == "https://here.example/communities/ulm"
    assert found["type"] == "Organization"
    assert found["preferredUsername"] == "ulm"
    assert found["endpoints"] == {"sharedInbox": "https://here.example/inbox"}
    assert "summary" not in found
    for context in (
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        "https://www.w3.org/ns/did/v1",
    ):
        assert context in found["@context"]
    assert found["@context"][-1] == f"{ORIGIN}/ns/v1"
    assert described.describe(found).inbox == f"{found['id']}/inbox"
    listed = described.listed_keys(found)
    assert {key.kind for key in listed.values()} == {"rsa", "ed25519"}
    assert found["publicKey"]["id"] == f"{found['id']}#main-key"
    assert found["assertionMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
    assert found["generator"]["id"] == "https://here.example/actor"


def test_the_instance_itself_is_an_application(database: Database) -> None:
    found = make(database, "Application", "instance")
    assert (found["id"], found["type"]) == ("https://here.example/actor", "Application")
    assert "generator" not in found
    assert any("9421" in item["href"] for item in found["implements"])


def test_a_profile_cannot_change_what_federation_depends_on(database: Database) -> None:
    profile = {
        "id": "https://evil.example/",
        "inbox": "https://evil.example/inbox",
        "publicKey": None,
        "type": "Person",
    }
    found = make(database, "Organization", "ulm", profile)
    assert found["id"] == "https://here.example/communities/ulm"
    assert found["inbox"] == f"{found['id']}/inbox"
    assert found["type"] == "Organization"
    assert found["publicKey"]["owner"] == found["id"]


def test_while_a_key_is_replaced_both_are_listed(database: Database) -> None:
    with database.writing() as session:
        actor = create(session, ORIGIN, "Organization", "ulm")
        new = keys.rotate(session, actor.uri, "rsa")
        newer = keys.rotate(session, actor.uri, "ed25519")
        found = document(session, actor.uri, {}, ORIGIN)
    assert found["publicKey"]["id"] == f"{actor.uri}#main-key"
    told = [key["id"] for key in found["assertionMethod"]]
    assert told == [f"{actor.uri}#ed25519-key", newer.id, new.id]
    assert len(described.listed_keys(found)) == 4
    last = multibase.decode_key(found["assertionMethod"][1]["publicKeyMultibase"])
    assert keys.to_pem(last) == newer.public_pem
