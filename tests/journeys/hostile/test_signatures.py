"""Points 1 and 4: whatever is done to a signature, to what it is over or to where its key lies, nobody is believed."""

import base64
import hashlib
import time
from collections.abc import Callable
from email.utils import formatdate

from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA512

from federation.wire import signatures
from tests.federation.foreign import OTHER_RSA, RSA
from tests.journeys.hostile.forger import Forger, Request
from tests.journeys.hostile.stage import Stage


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
