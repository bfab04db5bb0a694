"""The dialect of RFC 9421: the vectors of the standard, and everything that must not pass."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import HTTPMessageSigner, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import InvalidSignature
from federation.wire import messages9421, signatures
from tests.federation.foreign import EDWARDS, OTHER_RSA, RSA

ORIGIN = "https://here.example"
URL = f"{ORIGIN}/inbox?x=1"
KEY_ID = "https://there.example/mayor#main-key"
BODY = b'{"type":"Create"}'
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

# RFC 9421, appendix B: keys B.1.2 and B.1.4, the test request of B.2
PSS_KEY = b"""-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
"""
EDWARDS_KEY = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
RFC_URL = "https://example.com/foo?param=Value&Pet=dog"
RFC_BODY = b'{"hello": "world"}'
RFC_HEADERS = {
    "Host": "example.com",
    "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    "Content-Length": "18",
}
VECTORS = {
    "B.2.1": (
        PSS_KEY,
        'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
        "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
    ),
    "B.2.2": (
        PSS_KEY,
        'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
        "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
    ),
    "B.2.3": (
        PSS_KEY,
        'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
        "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
    ),
    "B.2.6": (
        EDWARDS_KEY,
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_standard_hold_as_mathematics(name: str) -> None:
    pem, signature_input, signature = VECTORS[name]
    key = load_pem_public_key(pem)
    headers = {**RFC_HEADERS, "Signature-Input": signature_input, "Signature": signature}
    message = messages9421.Message("POST", RFC_URL, headers)
    algorithm = algorithms.ED25519 if name == "B.2.6" else algorithms.RSA_PSS_SHA512
    resolver = messages9421._OneKey(key)
    verifier = messages9421._Verifier(signature_algorithm=algorithm, key_resolver=resolver)
    assert verifier.verify(message, max_age=None)
    message.headers["Signature-Input"] = signature_input.replace("1618884473", "1618884474")
    with pytest.raises(HTTPMessageSignaturesException):
        verifier.verify(message, max_age=None)


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_standard_are_refused_as_deliveries(name: str) -> None:
    pem, signature_input, signature = VECTORS[name]
    named = signature_input.replace("test-key-rsa-pss", KEY_ID).replace("test-key-ed25519", KEY_ID)
    headers = {**RFC_HEADERS, "Signature-Input": named, "Signature": signature}
    with pytest.raises(InvalidSignature) as caught:
        signatures.verify(
            signatures.read(headers),
            load_pem_public_key(pem),  # type: ignore[arg-type]
            method="POST",
            target="/foo?param=Value&Pet=dog",
            origin="https://example.com",
            headers=headers,
            body=RFC_BODY,
            at=datetime(2021, 4, 20, 2, 8, tzinfo=UTC),
        )
    assert caught.value.reason == "The signature does not cover all it must."


def deliver(**changes: object) -> dict[str, str]:
    options: dict = {"method": "POST", "url": URL, "body": BODY, "key_id": KEY_ID, "private_key": RSA}
    headers = signatures.sign(**{**options, "date": NOW, "dialect": "rfc9421", **changes})
    return {"Host": "here.example", **headers}


def accept(headers: object, **changes: object) -> None:
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
    assert claim.dialect == "rfc9421"
    signatures.verify(claim, key, **{**options, **changes})  # type: ignore[arg-type]


def refused(headers: object, **changes: object) -> str:
    with pytest.raises(InvalidSignature) as caught:
        accept(headers, **changes)
    return caught.value.reason


def crafted(*covered: str, headers: dict[str, str] | None = None, **options: object) -> dict[str, str]:
    """A request signed over any set of components, with the library itself."""
    algorithm = options.pop("algorithm", algorithms.RSA_V1_5_SHA256)
    key = options.pop("key", RSA)
    body = options.pop("body", BODY)
    signer = HTTPMessageSigner(
        signature_algorithm=algorithm,  # type: ignore[arg-type]
        key_resolver=messages9421._OneKey(key),
    )
    message = messages9421.Message("POST", str(options.pop("url", URL)), dict(headers or {}))
    arguments: dict = {"key_id": KEY_ID, "created": NOW, "body": body, **options}
    signer.sign(message, covered_component_ids=covered, **arguments)
    return message.headers


def test_our_own_delivery_is_accepted_with_either_kind_of_key() -> None:
    accept(deliver())
    accept(deliver(private_key=EDWARDS), key=EDWARDS.public_key())
    assert '("@method" "@target-uri" "content-type" "content-digest")' in deliver()["Signature-Input"]


def test_a_signed_get_is_accepted_without_a_digest() -> None:
    accept(deliver(method="GET", body=None), method="GET", body=b"")
    assert "does not cover" in refused(deliver(method="GET", body=None))


def test_another_body_target_method_host_or_key_does_not_fit() -> None:
    headers = deliver()
    for changes in (
        {"body": BODY + b" "},
        {"target": "/inbox"},
        {"method": "PUT"},
        {"key": OTHER_RSA.public_key()},
        {"key": EDWARDS.public_key()},
        {"origin": "https://elsewhere.example"},
        {"target": "https://here.example/inbox?x=1"},
    ):
        refused(headers, **changes)
    assert refused({**headers, "Content-Type": "text/html"}) == "The signature does not fit the request."


def test_the_host_header_is_no_source_of_truth() -> None:
    stolen = deliver(url="https://elsewhere.example/inbox?x=1")
    refused({**stolen, "Host": "elsewhere.example"})
    refused({**stolen, "Host": "here.example"})
    covered = crafted("@method", "@target-uri", "host", headers={"Host": "elsewhere.example"})
    assert refused(covered) == "The request was signed for another host."


@pytest.mark.parametrize(
    "covered",
    [("@method",), ("@target-uri",), ("@method", "@authority", "@path"), ("@method", '"@target-uri";req')],
)
def test_a_signature_that_leaves_out_a_part_is_refused(covered: tuple[str, ...]) -> None:
    if any("req" in name for name in covered):
        headers = crafted("@method", "@target-uri")
        headers["Signature-Input"] = headers["Signature-Input"].replace('"@target-uri"', '"@target-uri";req')
        assert "does not cover" in refused(headers)
    else:
        assert "does not cover" in refused(crafted(*covered))


def test_an_uncovered_or_false_content_digest_is_refused() -> None:
    assert "does not cover" in refused(crafted("@method", "@target-uri", body=None))
    headers = crafted("@method", "@target-uri")
    assert "content-digest" in headers["Signature-Input"]
    refused({**headers, "Content-Digest": "sha-256=:AAAA:"})
    refused({key: value for key, value in headers.items() if key != "Content-Digest"})
    other = messages9421.sign(
        method="POST", url=URL, body=b"{}", key_id=KEY_ID, private_key=RSA, at=NOW, media="text/plain"
    )
    refused({**headers, "Content-Digest": other["Content-Digest"]})


@pytest.mark.parametrize(("minutes", "fits"), [(-66, False), (-64, True), (59, True), (61, False)])
def test_the_clock_of_the_sender_may_be_an_hour_off(minutes: int, fits: bool) -> None:
    headers = deliver(date=NOW + timedelta(minutes=minutes))
    if fits:
        accept(headers)
    else:
        refused(headers)


def test_an_expired_or_undated_signature_is_refused() -> None:
    accept(crafted("@method", "@target-uri", expires=NOW + timedelta(seconds=30)))
    assert "expired" in refused(crafted("@method", "@target-uri", expires=NOW))
    headers = crafted("@method", "@target-uri")
    created = f";created={int(NOW.timestamp())}"
    assert "when it was made" in refused(
        {**headers, "Signature-Input": headers["Signature-Input"].replace(created, "")}
    )


def test_the_algorithm_follows_from_the_key() -> None:
    accept(crafted("@method", "@target-uri", algorithm=algorithms.RSA_PSS_SHA512))
    accept(crafted("@method", "@target-uri", include_alg=False))
    headers = crafted("@method", "@target-uri")
    for name in ("ed25519", "hmac-sha256", "rsa-pss-sha512", "none"):
        changed = headers["Signature-Input"].replace("rsa-v1_5-sha256", name)
        refused({**headers, "Signature-Input": changed})


def test_more_than_one_signature_is_ambiguous_and_refused() -> None:
    headers = crafted("@method", "@target-uri")
    doubled = {
        **headers,
        "Signature-Input": f"{headers['Signature-Input']}, b={headers['Signature-Input'].partition('=')[2]}",
        "Signature": f"{headers['Signature']}, b={headers['Signature'].partition('=')[2]}",
    }
    assert refused(doubled) == "The request does not carry exactly one signature."
    again = [*headers.items(), ("signature-input", headers["Signature-Input"])]
    assert refused(again) == "A header that may appear once appears twice."


@pytest.mark.parametrize(
    "value",
    [
        "",
        "sig1",
        "sig1=5",
        'sig1="text"',
        'sig1=("@method")',
        'sig1=("@method");keyid=5',
        'sig1=("@method");keyid="";created=1',
        'sig1=("@method");keyid="https://a.example/k";created="x"',
        'sig1=("@method");keyid="https://a.example/k";created=1.5',
        'sig1=("@method");keyid="https://a.example/k";alg=5;created=1',
        'sig1=("@method");keyid="k";created=1',
        'sig1=("@method");keyid="https://a.example/k", sig1=("@method");keyid="https://b.example/k"',
        "sig1=(\u00e9)",
        "((((",
    ],
)
def test_a_signature_input_outside_of_the_grammar_is_refused(value: str) -> None:
    with pytest.raises(InvalidSignature):
        signatures.read({"Signature-Input": value, "Signature": "sig1=:AAAA:"})


@given(
    st.text(max_size=120) | st.from_regex(r'sig1=\("[@a-z-]*"\)(;[a-z]+=("[a-z:/.]*"|[0-9]+))*'),
    st.text(max_size=40),
)
def test_any_other_pair_of_headers_is_refused(value: str, signature: str) -> None:
    headers = {"Signature-Input": value, "Signature": signature, "Host": "here.example"}
    with pytest.raises(InvalidSignature):
        accept(headers, target="/inbox", body=b"")
