"""The cavage dialect: its published vectors, its grammar, and everything that must not pass."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import InvalidSignature
from federation.wire import cavage, request, signatures
from tests.federation.foreign import EDWARDS, OTHER_RSA, RSA

ORIGIN = "https://here.example"
URL = f"{ORIGIN}/inbox?x=1"
KEY_ID = "https://there.example/mayor#main-key"
BODY = b'{"type":"Create"}'
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

# draft-cavage-http-signatures-10 and -12, appendix C
DRAFT_KEY = b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
"""
DRAFT_HEADERS = {
    "host": "example.com",
    "date": "Sun, 05 Jan 2014 21:31:40 GMT",
    "content-type": "application/json",
    "digest": "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
    "content-length": "18",
}
DRAFT_BODY = b'{"hello": "world"}'
C1 = (
    'keyId="Test",algorithm="rsa-sha256",signature="SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz'
    "6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8"
    'FD0k/5OxEPXe5WozsbM="'
)
C2 = (
    'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",signature="qdx+H7PHHDZgy4y/A'
    "hn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/"
    'x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="'
)


@pytest.mark.parametrize("header", [C1, C2])
def test_the_vectors_of_the_draft_hold_as_mathematics(header: str) -> None:
    parameters = cavage.parse(header)
    text = cavage.signing_string(
        parameters, method="POST", target="/foo?param=value&pet=dog", headers=DRAFT_HEADERS
    )
    key = load_pem_public_key(DRAFT_KEY)
    cavage.check(key, parameters.signature, text)  # type: ignore[arg-type]
    with pytest.raises(InvalidSignature):
        cavage.check(key, parameters.signature, text + b" ")  # type: ignore[arg-type]


@pytest.mark.parametrize("header", [C1, C2])
def test_the_vectors_of_the_draft_are_refused_as_deliveries(header: str) -> None:
    named = header.replace('"Test"', f'"{KEY_ID}"')
    headers = {**DRAFT_HEADERS, "signature": named}
    claim = signatures.read(headers)
    with pytest.raises(InvalidSignature) as caught:
        signatures.verify(
            claim,
            load_pem_public_key(DRAFT_KEY),  # type: ignore[arg-type]
            method="POST",
            target="/foo?param=value&pet=dog",
            origin="https://example.com",
            headers=headers,
            body=DRAFT_BODY,
            at=datetime(2014, 1, 5, 21, 32, tzinfo=UTC),
        )
    assert caught.value.reason == "The key is too weak to be believed."
    with pytest.raises(InvalidSignature) as caught:
        cavage.verify(
            cavage.parse(header),
            load_pem_public_key(DRAFT_KEY),  # type: ignore[arg-type]
            method="POST",
            target="/foo?param=value&pet=dog",
            origin="https://example.com",
            headers=DRAFT_HEADERS,
            body=DRAFT_BODY,
            at=datetime(2014, 1, 5, 21, 32, tzinfo=UTC),
        )
    assert "does not cover" in caught.value.reason


def deliver(**changes: object) -> dict[str, str]:
    """The headers of a good delivery, with parts of the signing exchanged."""
    options: dict = {"method": "POST", "url": URL, "body": BODY, "key_id": KEY_ID, "private_key": RSA}
    return signatures.sign(**{**options, "date": NOW, **changes})


def accept(headers: object, **changes: object) -> None:
    """Verify a delivery as our inbox does, with parts of the situation exchanged."""
    options: dict = {
        "method": "POST",
        "target": "/inbox?x=1",
        "origin": ORIGIN,
        "headers": headers,
        "body": BODY,
        "at": NOW,
    }
    key = changes.pop("key", RSA.public_key())
    claim = signatures.read(headers)  # type: ignore[arg-type]
    signatures.verify(claim, key, **{**options, **changes})  # type: ignore[arg-type]


def crafted(
    covered: str = "(request-target) host date digest",
    *,
    algorithm: str | None = "hs2019",
    extra: str = "",
    key: object = RSA,
    values: dict[str, str] | None = None,
    **numbers: int,
) -> dict[str, str]:
    """A request signed over any set of headers, by the same mathematics."""
    headers = {
        "host": "here.example",
        "date": request.http_date(NOW),
        "digest": "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode(),
        **(values or {}),
    }
    parameters = cavage.Parameters(
        KEY_ID, b"", tuple(covered.split(" ")), algorithm, numbers.get("created"), numbers.get("expires")
    )
    text = cavage.signing_string(parameters, method="POST", target="/inbox?x=1", headers=headers)
    way = () if key is EDWARDS else (cavage.PKCS1v15(), cavage.SHA256())
    signature = key.sign(text, *way)  # type: ignore[attr-defined]
    named = "".join(f",{name}={number}" for name, number in numbers.items())
    named += f',algorithm="{algorithm}"' if algorithm else ""
    headers["signature"] = (
        f'keyId="{KEY_ID}"{named},headers="{covered}",signature="{base64.b64encode(signature).decode()}"{extra}'
    )
    return headers


def refused(headers: object, **changes: object) -> str:
    with pytest.raises(InvalidSignature) as caught:
        accept(headers, **changes)
    assert caught.value.status == 401
    return caught.value.reason


def test_our_own_delivery_is_written_as_the_fediverse_expects_it() -> None:
    headers = deliver()
    assert headers["Signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="'
    )
    assert headers["Digest"].startswith("SHA-256=")
    assert headers["Host"] == "here.example"
    assert headers["Date"] == "Sun, 22 Nov 2026 03:00:00 GMT"
    accept(headers)


def test_a_delivery_with_an_ed25519_key_is_accepted_too() -> None:
    accept(deliver(private_key=EDWARDS), key=EDWARDS.public_key())
    accept(crafted(algorithm="ed25519", key=EDWARDS), key=EDWARDS.public_key())


@pytest.mark.parametrize("name", ["Date", "Digest", "Content-Type", "Signature"])
def test_whatever_was_signed_cannot_be_changed_or_taken_away(name: str) -> None:
    headers = deliver()
    refused({key: value for key, value in headers.items() if key != name})
    changed = {
        "Date": "Sun, 22 Nov 2026 03:00:01 GMT",
        "Digest": "SHA-256=" + base64.b64encode(b"0" * 32).decode(),
        "Content-Type": "text/html",
        "Signature": headers["Signature"][:-5] + 'AA=="',
    }
    refused({**headers, name: changed[name]})


def test_another_body_target_method_or_key_does_not_fit() -> None:
    headers = deliver()
    assert refused(headers, body=BODY + b" ") == "The digest does not fit the body."
    assert refused(headers, target="/inbox") == "The signature does not fit the request."
    assert refused(headers, target="/communities/ulm/inbox") == "The signature does not fit the request."
    assert refused(headers, method="PUT") == "The signature does not fit the request."
    assert refused(headers, key=OTHER_RSA.public_key()) == "The signature does not fit the request."


def test_a_request_for_another_host_is_refused_whatever_its_host_header_says() -> None:
    elsewhere = deliver(url="https://elsewhere.example/inbox?x=1")
    assert refused(elsewhere) == "The request was signed for another host."
    assert refused({**elsewhere, "Host": "here.example"}) == "The signature does not fit the request."
    assert refused({**deliver(), "Host": "here.example:8443"}) == "The request was signed for another host."
    accept(crafted(values={"host": "HERE.example:443"}))


@pytest.mark.parametrize(
    "covered",
    [
        "host date digest",
        "(request-target) date digest",
        "(request-target) host digest",
        "(request-target) host date",
        "date",
    ],
)
def test_a_signature_that_leaves_out_a_part_is_refused(covered: str) -> None:
    assert "does not cover" in refused(crafted(covered))


def test_a_get_needs_no_digest_but_a_body_needs_one_always() -> None:
    headers = signatures.sign(method="GET", url=URL, body=None, key_id=KEY_ID, private_key=RSA, date=NOW)
    accept(headers, method="GET", body=b"")
    assert "digest" in refused(headers, method="GET", body=b"x")


@pytest.mark.parametrize(
    ("minutes", "fits"),
    [(-66, False), (-64, True), (0, True), (59, True), (61, False), (60 * 24 * 365, False)],
)
def test_the_clock_of_the_sender_may_be_an_hour_off(minutes: int, fits: bool) -> None:
    moment = NOW + timedelta(minutes=minutes)
    if fits:
        accept(deliver(date=moment))
        accept(crafted("(request-target) host (created) digest", created=int(moment.timestamp())))
    else:
        refused(deliver(date=moment))
        refused(crafted("(request-target) host (created) digest", created=int(moment.timestamp())))


def test_an_expired_signature_is_refused() -> None:
    seconds = int(NOW.timestamp())
    accept(crafted(created=seconds - 5, expires=seconds + 30))
    assert refused(crafted(created=seconds - 5, expires=seconds)) == "The signature has expired."
    assert refused(crafted(created=seconds + 60, expires=seconds + 30)) == "The signature has expired."


@pytest.mark.parametrize(
    "date",
    [
        "",
        "2026-11-22T03:00:00Z",
        "Mon, 22 Nov 2026 03:00:00 GMT",
        "Sun, 22 Nov 2026 03:00:00 +0000",
        "Sunday, 22-Nov-26 03:00:00 GMT",
        "Sun, 22 Nov 2026 03:00:00 GMT, Sun, 22 Nov 2026 03:00:00 GMT",
    ],
)
def test_a_date_in_any_other_form_is_refused(date: str) -> None:
    assert refused(crafted(values={"date": date})) == "The Date header is not a date."


@pytest.mark.parametrize("name", ["Digest", "Date", "Signature", "Host", "Content-Type"])
def test_a_header_that_comes_twice_is_refused(name: str) -> None:
    headers = deliver()
    again = [*headers.items(), (name.lower(), headers[name])]
    assert refused(again) == "A header that may appear once appears twice."


def test_doubles_that_a_server_has_joined_are_refused_too() -> None:
    headers = deliver()
    for name in ("Digest", "Date", "Signature", "Host"):
        refused({**headers, name: f"{headers[name]}, {headers[name]}"})


def test_the_algorithm_follows_from_the_key() -> None:
    accept(crafted(algorithm=None))
    accept(crafted(algorithm="hs2019"))
    for algorithm in ("ed25519", "rsa-sha1", "rsa-sha512", "hmac-sha256", "none", ""):
        refused(crafted(algorithm="hs2019").copy() | {"signature": _renamed(algorithm)})
    seconds = int(NOW.timestamp())
    assert "cannot be used" in refused(
        crafted("(request-target) host (created) digest", algorithm="rsa-sha256", created=seconds)
    )


def _renamed(algorithm: str) -> str:
    return crafted(algorithm="hs2019")["signature"].replace("hs2019", algorithm)


def test_a_key_of_fewer_than_2048_bits_is_not_believed() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    assert refused(deliver(private_key=weak), key=weak.public_key()) == "The key is too weak to be believed."


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        'keyId="https://a.example/k"',
        'keyId="https://a.example/k",signature=""',
        'keyId="https://a.example/k",signature="%%%"',
        'keyId="https://a.example/k",signature="AA=",',
        'keyId="https://a.example/k",signature="AAAA" garbage',
        'keyId="https://a.example/k",keyId="https://b.example/k",signature="AAAA"',
        'keyId="https://a.example/k",signature="AAAA",signature="BBBB"',
        'keyId="https://a.example/k",headers="host host",signature="AAAA"',
        'keyId="https://a.example/k",headers="",signature="AAAA"',
        'keyId="https://a.example/k",headers="HOST",signature="AAAA"',
        'keyId="https://a.example/k",headers="host  date",signature="AAAA"',
        'keyId="https://a.example/k",headers="(created)",created="5",signature="AAAA"',
        'keyId="https://a.example/k",created=99999999999999999,signature="AAAA"',
        'keyId="https://a.example/\\"k",signature="AAAA"',
        'keyId="\u00e9",signature="AAAA"',
        "keyId=https://a.example/k,signature=AAAA",
        'keyId="k",signature="AAAA"',
        'keyId="acct:me@a.example",signature="AAAA"',
        'Signature keyId="https://a.example/k",signature="AAAA"',
        'keyId="https://a.example/k",signature="' + "A" * 10_000 + '"',
    ],
)
def test_a_signature_header_outside_of_the_grammar_is_refused(header: str) -> None:
    with pytest.raises(InvalidSignature):
        signatures.read({"Signature": header})


@given(st.text(max_size=200) | st.from_regex(r'(keyId|signature|headers|created)="?[a-z(),= ]*"?(,.*)?'))
def test_no_signature_header_does_anything_but_parse_or_be_refused(header: str) -> None:
    try:
        claim = signatures.read({"Signature": header, "Host": "here.example"})
    except InvalidSignature:
        return
    assert claim.key_id.startswith("http")


def test_a_missing_signed_header_and_an_unsigned_request_are_refused() -> None:
    assert refused({"Host": "here.example"}) == "The request is not signed."
    headers = crafted("(request-target) host date digest x-more", values={"x-more": "1"})
    accept(headers)
    del headers["x-more"]
    assert refused(headers) == "A signed header is missing."


def test_a_claim_cannot_be_used_for_another_request() -> None:
    first, second = deliver(), deliver(body=b"{}")
    with pytest.raises(InvalidSignature):
        signatures.verify(
            signatures.read(first),
            RSA.public_key(),
            method="POST",
            target="/inbox?x=1",
            origin=ORIGIN,
            headers=second,
            body=b"{}",
            at=NOW,
        )


@pytest.mark.parametrize("target", ["https://here.example/inbox?x=1", "*", "", "inbox", "/inb\u00f6x"])
def test_a_request_target_that_is_not_a_path_is_refused(target: str) -> None:
    assert refused(crafted(), target=target) == "The request target is not a path."


def test_a_digest_header_may_name_other_algorithms_but_sha256_once() -> None:
    digest = crafted()["digest"]
    accept(crafted(values={"digest": f"{digest},SHA-512=AAAA"}))
    accept(crafted(values={"digest": digest.replace("SHA", "sha")}))
    for wrong in ("", "SHA-256=", "SHA-512=AAAA", "MD5=AAAA", f"{digest},{digest}", digest[:-4]):
        refused(crafted(values={"digest": wrong}))
