"""Points 1 and 3: whoever speaks for another, repeats another or uses another's key, is not believed."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from federation import keys
from federation.wire import signatures
from tests.federation.foreign import OTHER_RSA, RSA, reply
from tests.journeys.hostile.forger import Forger
from tests.journeys.hostile.stage import ACTIVITY_JSON, Stage


def test_a_replay_has_no_effect_and_another_inbox_does_not_take_it(stage: Stage, forger: Forger) -> None:
    sent = forger.request()
    headers = signatures.sign(
        method="POST",
        url=f"{stage.house.origin}/inbox",
        body=sent["body"],
        key_id=sent["key_id"],
        private_key=RSA,
    )
    assert [stage.raw("POST", "/inbox", headers, sent["body"])[0] for _ in range(5)] == [202] * 5
    assert stage.raw("POST", "/communities/ulm/inbox", headers, sent["body"])[0] == 401
    assert stage.raw("PUT", "/inbox", headers, sent["body"])[0] == 405
    assert len(stage.arrivals()) == 1


def test_nobody_speaks_for_another_actor(stage: Stage, forger: Forger) -> None:
    other = stage.neighbour.actor("clerk", key=OTHER_RSA)["id"]
    origin, ours = stage.neighbour.origin, stage.house.origin
    note = {"id": f"{origin}/notes/1", "type": "Note", "attributedTo": stage.actor}
    said: dict[str, dict[str, Any]] = {
        "another actor of the same host": {"actor": other},
        "two actors": {"actor": [stage.actor, other]},
        "no actor": {"actor": None},
        "an actor in an object": {"actor": {"id": other}},
        "our actor": {"actor": f"{ours}/actor"},
        "our community": {"actor": f"{ours}/communities/ulm"},
        "an actor elsewhere": {"actor": "https://elsewhere.example/actor"},
        "our id": {"id": f"{ours}/activities/1"},
        "an id elsewhere": {"id": "https://elsewhere.example/activities/1"},
        "no id": {"id": None},
        "an id of another scheme": {"id": "urn:uuid:1"},
        "our object": {"type": "Create", "object": {**note, "id": f"{ours}/notes/1"}},
        "an object elsewhere": {"type": "Update", "object": {**note, "id": "https://elsewhere.example/1"}},
        "an author elsewhere": {
            "type": "Create",
            "object": {**note, "attributedTo": "https://elsewhere.example/a"},
        },
        "authors here and there": {
            "type": "Create",
            "object": {**note, "attributedTo": [stage.actor, "https://elsewhere.example/a"]},
        },
        "our community as author": {
            "type": "Create",
            "object": {**note, "attributedTo": f"{ours}/communities/ulm"},
        },
        "a Delete of our practice": {"type": "Delete", "object": stage.practice.uri},
        "a Delete of our community": {"type": "Delete", "object": f"{ours}/communities/ulm"},
        "an Update of another actor": {"type": "Update", "object": {"id": other, "type": "Organization"}},
        "an Update of another actor with a list of types": {
            "type": "Update",
            "object": {"id": other, "type": ["Organization"], "inbox": f"{origin}/mayor/inbox"},
        },
        "an Add to our collection": {
            "type": "Add",
            "object": f"{origin}/adoptions/1",
            "target": f"{stage.practice.uri}/adoptions",
        },
        "a Move of another": {"type": "Move", "object": other, "target": f"{origin}/mayor"},
        "an Undo of another's": {
            "type": "Undo",
            "object": {"id": f"{origin}/1", "type": "Follow", "actor": other, "object": f"{ours}/actor"},
        },
    }
    for name, changes in said.items():
        activity = {**stage.activity("Like", stage.practice.uri), **changes}
        body = json.dumps({k: v for k, v in activity.items() if v is not None}).encode()
        status = forger.send(body=body, signed_body=body)
        assert 400 <= status < 500, (name, status)
    assert not stage.arrivals()


def test_nobody_uses_up_the_id_of_another(stage: Stage) -> None:
    clerk = stage.neighbour.actor("clerk", key=OTHER_RSA)["id"]
    activity = stage.activity("Create", stage.practice_node())
    poison = json.dumps({**activity, "actor": clerk, "object": f"{stage.neighbour.origin}/nothing"}).encode()
    sent = signatures.sign(
        method="POST",
        url=f"{stage.house.origin}/inbox",
        body=poison,
        key_id=f"{clerk}#main-key",
        private_key=OTHER_RSA,
    )
    assert stage.raw("POST", "/inbox", sent, poison)[0] == 202
    assert stage.say(activity) == 202
    stage.settle()
    assert len(stage.house.titles()) == 2, [(a.actor, a.state, a.error) for a in stage.arrivals()]


def _pem(key: Any) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.slow
def test_a_key_that_is_not_bound_to_its_owner_from_both_sides_proves_nothing(
    stage: Stage, forger: Forger
) -> None:
    there = stage.neighbour
    document = there.actor("mayor")
    uri, ours = document["id"], stage.house.origin
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    private = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key = document["publicKey"]

    def actor(name: str, **changes: Any) -> None:
        there.serve(f"/{name}", {**document, "id": f"{there.origin}/{name}", **changes})

    def listed(name: str, **changes: Any) -> dict[str, Any]:
        uri = f"{there.origin}/{name}"
        return {**key, "id": f"{uri}#main-key", "owner": uri, **changes}

    actor("a1", publicKey=key)  # the key of another
    actor("a2", publicKey=listed("a2", owner=uri))
    actor("a3", publicKey=listed("a3", owner=f"{ours}/actor"))
    actor("a4", publicKey=listed("a4", publicKeyPem=keys.to_pem(weak.public_key())))
    actor(
        "a5", publicKey=listed("a5", publicKeyPem=_pem(ec.generate_private_key(ec.SECP256R1()).public_key()))
    )
    actor("a6", publicKey=listed("a6", publicKeyPem=private))
    actor("a7", publicKey=listed("a7", publicKeyPem="x" * 200_000))
    actor("a8", publicKey=listed("a8", publicKeyPem={"a": []}))
    actor("a9", publicKey=[[], {}, None, 1, "x", [listed("a9")]])
    actor("a10", publicKey=[listed("a10", id=f"{uri}#main-key")] * 1000)
    actor("a11", id=uri)  # somebody else's document
    actor("a12", id=f"{ours}/actor")
    actor("a13", inbox="https://elsewhere.example/inbox", publicKey=listed("a13"))
    actor("a14", type="Note", publicKey=listed("a14"))
    actor("a15", type=[], publicKey=listed("a15"))
    actor(
        "a16",
        publicKey=listed("a16", publicKeyPem="-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
    )
    actor("a17", publicKey=listed("a17", publicKeyPem=key["publicKeyPem"].replace("A", "\u0410")))
    there.serve("/a18", b"<html>", kind="text/html")
    there.serve("/a19", {**document, "id": f"{there.origin}/a19"}, kind="application/json")
    there.serve("/a20", b"[" * 100_000)
    there.serve("/a21", b"", status=302, headers={"Location": uri})
    there.serve("/a22", b"", status=302, headers={"Location": f"{ours}/actor"})
    there.serve("/a23", b"", status=302, headers={"Location": "http://[::1"})
    there.serve("/a24", b"", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    there.serve("/a25", b"", status=302, headers={"Location": "/a25"})
    there.serve("/a26", b"", status=302, headers={"Location": "//[x]:y/"})
    there.serve("/a27", b"", status=302, headers={"Location": "\xff\xfe"})
    there.serve("/a28", b"", status=302, headers={"Location": "file:///etc/passwd"})
    there.serve("/a29", b"", status=500)
    there.serve("/a30", b"", status=999)
    there.routes["/a31"] = lambda handler: handler.wfile.write(b"\x00" * 100)
    there.routes["/a32"] = lambda handler: reply(
        handler, 200, b"{}", {"Content-Length": "-5", "Content-Type": ACTIVITY_JSON}
    )
    there.routes["/a33"] = lambda handler: reply(
        handler,
        200,
        b"zz\r\n{}\r\n",
        {"Transfer-Encoding": "chunked", "Content-Length": "9", "Content-Type": ACTIVITY_JSON},
    )
    there.routes["/a34"] = lambda handler: handler.wfile.write(
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n"
    )
    there.routes["/a35"] = lambda handler: handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000)
    for number in range(1, 36):
        for fragment in ("#main-key", ("", "#", "?a=b#main-key")[number % 3]):
            name = f"a{number}"
            key_id = f"{there.origin}/{name}{fragment}"
            body = json.dumps(
                {**stage.activity("Like", stage.practice.uri), "actor": f"{there.origin}/{name}"}
            ).encode()
            status = forger.send(key_id=key_id, body=body, signed_body=body)
            assert 400 <= status < 500 or status == 503, (key_id, status)
            body = json.dumps(stage.activity("Like", stage.practice.uri)).encode()
            assert forger.send(key_id=key_id, key=OTHER_RSA, body=body, signed_body=body) in (
                401,
                403,
                503,
            ), key_id
    assert not stage.arrivals()
    assert stage.lives()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "169.254.169.254",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "0x7f.1",
        "2130706433",
    ],
)
def test_a_key_at_an_address_that_is_nobodys_is_not_asked_for(
    stage: Stage, forger: Forger, host: str
) -> None:
    port = stage.house.port
    uri = f"http://{host}:{port}/actor"
    body = json.dumps({**stage.activity("Like", stage.practice.uri), "actor": uri, "id": f"{uri}/1"}).encode()
    assert forger.send(key_id=f"{uri}#main-key", body=body, signed_body=body) in (401, 403, 503)
    assert not stage.arrivals()
