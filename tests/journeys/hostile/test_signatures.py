"""Points 1 and 4: whatever is done to a signature, to what it is over or to where its key lies, nobody is believed."""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from federation import keys, signatures
from tests.federation.foreign import OTHER_RSA, RSA, reply
from tests.journeys.hostile.stage import ACTIVITY_JSON, Stage

COVERED = "(request-target) host date digest content-type"
Request = dict[str, Any]


class Forger:
    """Signs a delivery, right in everything that a test does not change."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def request(self, **changes: Any) -> Request:
        body = json.dumps(self.stage.activity("Like", self.stage.practice.uri)).encode()
        return {
            "method": "POST",
            "target": "/inbox",
            "signed_target": "post /inbox",
            "host": f"attacked.localhost:{self.stage.house.port}",
            "date": formatdate(usegmt=True),
            "body": body,
            "signed_body": body,
            "type": ACTIVITY_JSON,
            "covered": COVERED,
            "key_id": f"{self.stage.actor}#main-key",
            "key": RSA,
            "hash": SHA256(),
            "algorithm": "rsa-sha256",
            "parameters": "",
            "digest": None,
            "values": {},
            "mend": lambda headers: headers,
            **changes,
        }

    def send(self, **changes: Any) -> int:
        r = self.request(**changes)
        digest = (
            r["digest"] or "SHA-256=" + base64.b64encode(hashlib.sha256(r["signed_body"]).digest()).decode()
        )
        values = {
            "(request-target)": r["signed_target"],
            "host": r["host"],
            "date": r["date"],
            "digest": digest,
            "content-type": r["type"],
            **r["values"],
        }
        text = "\n".join(f"{name}: {values[name]}" for name in r["covered"].split())
        signature = base64.b64encode(r["key"].sign(text.encode(), PKCS1v15(), r["hash"])).decode()
        headers = {
            "Host": r["host"],
            "Date": r["date"],
            "Digest": digest,
            "Content-Type": r["type"],
            "Signature": f'keyId="{r["key_id"]}",algorithm="{r["algorithm"]}",headers="{r["covered"]}"'
            f',signature="{signature}"{r["parameters"]}',
        }
        status, _head, _body = self.stage.raw(r["method"], r["target"], r["mend"](headers), r["body"])
        return status


@pytest.fixture
def forger(stage: Stage) -> Forger:
    return Forger(stage)


def test_what_is_signed_rightly_is_taken_so_that_the_attacks_mean_something(
    stage: Stage, forger: Forger
) -> None:
    assert forger.send() == 202
    assert forger.send(algorithm="hs2019") == 202
    assert forger.send(covered="(request-target) host date digest") == 202
    now = int(time.time())
    assert (
        forger.send(
            algorithm="hs2019",
            covered="(request-target) (created) (expires) host digest",
            values={"(created)": now, "(expires)": now + 60},
            parameters=f",created={now},expires={now + 60}",
        )
        == 202
    )
    assert len(stage.arrivals()) == 4


def _without(name: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {k: v for k, v in headers.items() if k != name}


def _with(name: str, make: Callable[[str], str]) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {**headers, name: make(headers.get(name, ""))}


def _twice(name: str, second: str | None = None) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {**headers, name.lower(): headers[name] if second is None else second}


NOW = int(time.time())
HOUR = 3600
CREATED = "(request-target) (created) host digest"
ATTACKS: dict[str, Request] = {
    "no signature": {"mend": _without("Signature")},
    "no Date": {"mend": _without("Date")},
    "no Digest": {"mend": _without("Digest")},
    "an empty signature": {"mend": lambda h: {**h, "Signature": ""}},
    "another key": {"key": OTHER_RSA},
    "SHA-1": {"hash": SHA1(), "algorithm": "rsa-sha1"},
    "SHA-1 under the right name": {"hash": SHA1()},
    "MD5": {"hash": MD5(), "algorithm": "hs2019"},
    "SHA-512 as hs2019": {"hash": SHA512(), "algorithm": "hs2019"},
    "SHA-512 as rsa-sha512": {"hash": SHA512(), "algorithm": "rsa-sha512"},
    "an HMAC": {"algorithm": "hmac-sha256"},
    "no algorithm at all": {"algorithm": "none"},
    "the algorithm of another key": {"algorithm": "ed25519"},
    "another method": {"signed_target": "get /inbox"},
    "another path": {"signed_target": "post /actor/inbox"},
    "another inbox": {"target": "/actor/inbox"},
    "a query that was not signed": {"target": "/inbox?a=b"},
    "an empty query that was not signed": {"target": "/inbox?"},
    "the path written otherwise": {"target": "/%69nbox"},
    "the absolute form": {"target": "http://there.localhost/inbox"},
    "the absolute form, signed": {
        "target": "http://attacked.localhost/inbox",
        "signed_target": "post http://attacked.localhost/inbox",
    },
    "the target not covered": {"covered": "host date digest"},
    "the host not covered": {"covered": "(request-target) date digest"},
    "the digest not covered": {"covered": "(request-target) host date"},
    "no time covered": {"covered": "(request-target) host digest"},
    "only the date covered": {"covered": "date"},
    "a header covered twice": {"covered": "(request-target) host date digest digest"},
    "capitals in the list": {
        "covered": "(request-target) host date digest",
        "mend": _with("Signature", str.upper),
    },
    "another host": {"host": "there.localhost"},
    "a host that begins like ours": {"host": "attacked.localhost.there.localhost"},
    "a host with a user": {"host": "attacked.localhost@there.localhost"},
    "no host": {"host": ""},
    "a host with a path": {"host": "attacked.localhost/x"},
    "another body": {"body": b'{"id":1}'},
    "the body and a space": {"mend": lambda h: h, "signed_body": b"x"},
    "a digest in SHA-512": {"digest": "SHA-512=" + base64.b64encode(hashlib.sha512(b"").digest()).decode()},
    "a digest in MD5": {"digest": "MD5=1B2M2Y8AsgTpgAmY7PhCfg=="},
    "an empty digest": {"digest": "SHA-256="},
    "a digest that is not base64": {"digest": "SHA-256=@@@@"},
    "a digest in hexadecimal": {"digest": "SHA-256=" + hashlib.sha256(b"").hexdigest()},
    "two digests in one header": {"digest": "SHA-256=AAAA,SHA-256=BBBB"},
    "the date of yesterday": {"date": formatdate(NOW - 24 * HOUR, usegmt=True)},
    "66 minutes ago": {"date": formatdate(NOW - 66 * 60, usegmt=True)},
    "in two hours": {"date": formatdate(NOW + 2 * HOUR, usegmt=True)},
    "the year 9999": {"date": "Fri, 31 Dec 9999 23:59:59 GMT"},
    "the year 0": {"date": "Sat, 01 Jan 0000 00:00:00 GMT"},
    "a date of RFC 850": {"date": "Sunday, 06-Nov-94 08:49:37 GMT"},
    "a date with a zone": {"date": "Sun, 22 Nov 2026 10:00:00 +0100"},
    "a date that is none": {"date": "now"},
    "created in the future": {
        "covered": CREATED,
        "algorithm": "hs2019",
        "values": {"(created)": NOW + 2 * HOUR},
        "parameters": f",created={NOW + 2 * HOUR}",
    },
    "created long ago": {
        "covered": CREATED,
        "algorithm": "hs2019",
        "values": {"(created)": NOW - 2 * HOUR},
        "parameters": f",created={NOW - 2 * HOUR}",
    },
    "created at the end of time": {
        "covered": CREATED,
        "algorithm": "hs2019",
        "values": {"(created)": 999999999999},
        "parameters": ",created=999999999999",
    },
    "created covered but not said": {"covered": CREATED, "algorithm": "hs2019", "values": {"(created)": NOW}},
    "created said in a text": {
        "covered": CREATED,
        "algorithm": "hs2019",
        "values": {"(created)": NOW},
        "parameters": f',created="{NOW}"',
    },
    "created under rsa-sha256": {
        "covered": CREATED,
        "values": {"(created)": NOW},
        "parameters": f",created={NOW}",
    },
    "expired": {"algorithm": "hs2019", "parameters": f",expires={NOW - 10}"},
    "expired before it was made": {
        "algorithm": "hs2019",
        "covered": CREATED,
        "values": {"(created)": NOW + 100},
        "parameters": f",created={NOW + 100},expires={NOW + 50}",
    },
    "expires at minus one": {"algorithm": "hs2019", "parameters": ",expires=-1"},
    "a parameter twice": {"parameters": ',algorithm="hs2019"'},
    "the key twice": {"parameters": ',keyId="http://there.localhost/other#main-key"'},
    "an escape in a parameter": {"parameters": ',x="\\""'},
    "a comma at the end": {"parameters": ","},
    "words at the end": {"parameters": " trailing"},
    "a header of 100,000 bytes": {"parameters": ',x="' + "a" * 20_000 + '"'},
    "commas without end": {"mend": _with("Signature", lambda v: v + "," * 7_000)},
    "spaces without end": {"mend": _with("Signature", lambda v: v + " " * 7_000 + "x")},
    "letters beyond ASCII": {"mend": _with("Signature", lambda v: v + ',x="é"')},
    "two signatures": {"mend": _twice("Signature")},
    "a second signature": {"mend": _twice("Signature", 'keyId="http://x.example/a",signature="AAAA"')},
    "two dates": {"mend": _twice("Date")},
    "a second date": {"mend": _twice("Date", formatdate(usegmt=True))},
    "two digests": {"mend": _twice("Digest")},
    "two hosts": {"mend": _twice("Host", "there.localhost")},
    "a folded date": {"mend": _with("Date", lambda v: v[:5] + "\r\n " + v[5:])},
    "a folded signature": {"mend": _with("Signature", lambda v: v.replace(",", ",\r\n\t", 1) + "\r\n x")},
    "a header hidden behind a bare line feed": {"mend": _with("Date", lambda v: v + "\nSignature: x")},
    "a name with an underscore": {"mend": lambda h: {**_without("Signature")(h), "Signa_ture": "x"}},
    "an Authorization instead": {
        "mend": lambda h: {**_without("Signature")(h), "Authorization": f"Signature {h['Signature']}"}
    },
    "a Signature-Input beside it": {"mend": lambda h: {**h, "Signature-Input": "sig1=()"}},
    "a key without an address": {"key_id": "main-key"},
    "a key in a file": {"key_id": "file:///etc/passwd"},
    "a key in the document itself": {"key_id": "data:application/activity+json,{}"},
    "a key at no host": {"key_id": "http://"},
    "a key with a user": {"key_id": "http://a:b@there.localhost/mayor"},
    "a key at half an address": {"key_id": "http://[::1"},
    "a key at a port beyond": {"key_id": "http://there.localhost:99999/mayor"},
    "an empty key": {"key_id": ""},
    "a key of our own": {"key_id": "http://attacked.localhost/actor#main-key"},
}


def test_no_trick_with_a_cavage_signature_is_believed(stage: Stage, forger: Forger) -> None:
    for name, changes in ATTACKS.items():
        status = forger.send(**changes)
        assert 400 <= status < 500, (name, status)
        assert not stage.arrivals(), name
    assert stage.lives()


INPUT = '("@method" "@target-uri" "content-digest" "content-type")'
INPUTS = [
    "",
    "sig1",
    "sig1=",
    "sig1=()",
    "sig1=1",
    'sig1="x"',
    "sig1=?1",
    "sig1=:AAAA:",
    "sig1=(1 2 3);keyid=1",
    f"sig1={INPUT}",
    f'sig1={INPUT};keyid="KEY"',
    f'sig1={INPUT};created=1;keyid="KEY"',
    f'sig1={INPUT};created=NOW;keyid="KEY";expires=1',
    f'sig1={INPUT};created=NOW;keyid="KEY";alg="hmac-sha256"',
    f'sig1={INPUT};created=NOW;keyid="KEY";alg="ecdsa-p256-sha256"',
    f'sig1={INPUT};created=NOW;keyid="KEY";alg=1',
    f'sig1={INPUT};created="NOW";keyid="KEY"',
    f'sig1={INPUT};created=NOW.5;keyid="KEY"',
    f'sig1={INPUT};created=-NOW;keyid="KEY"',
    f'sig1={INPUT};created=999999999999999;keyid="KEY"',
    f'sig1={INPUT};created=9999999999999999999999;keyid="KEY"',
    f"sig1={INPUT};created=NOW;keyid=KEY",
    f'sig1={INPUT};created=NOW;keyid="KEY", sig2={INPUT};created=NOW;keyid="KEY"',
    f'sig1={INPUT};created=NOW;keyid="KEY";keyid="KEY"',
    f'sig2={INPUT};created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri");created=NOW;keyid="KEY"',
    'sig1=("@target-uri" "content-digest");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest";req);created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest";sf);created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest";key="sha-256");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" "@query-param";name="x");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" "@query-param");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" "@status");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" "@strange");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" "x-absent");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" "@method");created=NOW;keyid="KEY"',
    'sig1=("@METHOD" "@target-uri" "content-digest");created=NOW;keyid="KEY"',
    'sig1=("@method" "@target-uri" "content-digest" 1 ?0 :AA==: 2.5 x);created=NOW;keyid="KEY"',
    "sig1=" + "(" * 5_000,
    f"sig1={INPUT}" + ";a" * 20_000,
    "é",
]
VALUES = [
    "sig1=:AAAA:",
    "sig1=:@@:",
    "sig1=",
    "sig1=()",
    "sig1=1",
    "sig2=:AAAA:",
    "",
    "sig1=:AAAA:, sig1=:BBBB:",
    "é",
]


def test_no_trick_with_a_signature_of_rfc_9421_is_believed(stage: Stage, forger: Forger) -> None:
    url = f"{stage.house.origin}/inbox"
    body = forger.request()["body"]
    key_id = f"{stage.actor}#main-key"

    def headers() -> dict[str, str]:
        return signatures.sign(
            method="POST", url=url, body=body, key_id=key_id, private_key=RSA, dialect="rfc9421"
        )

    for said in INPUTS:
        told = said.replace("KEY", key_id).replace("NOW", str(int(time.time())))
        status, _, _ = stage.raw("POST", "/inbox", {**headers(), "Signature-Input": told}, body)
        assert 400 <= status < 500, (said, status)
    for value in VALUES:
        status, _, _ = stage.raw("POST", "/inbox", {**headers(), "Signature": value}, body)
        assert 400 <= status < 500, (value, status)
    for digest in (
        "",
        "sha-256=",
        "sha-256=:AAAA:",
        "sha-512=:AAAA:",
        "md5=:AAAA:",
        "sha-256=:@:",
        "1",
        "é",
        "(" * 999,
    ):
        status, _, _ = stage.raw("POST", "/inbox", {**headers(), "Content-Digest": digest}, body)
        assert 400 <= status < 500, (digest, status)
    for target in ("/actor/inbox", "/inbox?x=1", "/inbox?", "/%69nbox", "//inbox"):
        status, _, _ = stage.raw("POST", target, headers(), body)
        assert 400 <= status < 500, (target, status)
    assert stage.raw("POST", "/inbox", headers(), body + b" ")[0] == 401
    assert not stage.arrivals()
    assert stage.raw("POST", "/inbox", headers(), body)[0] == 202


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
        for fragment in ("#main-key", "", "#", "?a=b#main-key"):
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
