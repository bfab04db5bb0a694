"""HTTP message signatures as the standard has them: RFC 9421, with the body bound by RFC 9530."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from federation.errors import InvalidSignature
from federation.keys import PrivateKey, PublicKey
from federation.wire import request

LABEL = "sig1"
REQUIRED = ("@method", "@target-uri")
_RSA = {
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
}


@dataclass
class Message:
    """A request in the shape that the signing library reads."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameters:
    """The one signature of a request, as its Signature-Input describes it."""

    key_id: str
    covered: tuple[str, ...]
    algorithm: str | None
    created: int | None
    expires: int | None


class _OneKey(HTTPSignatureKeyResolver):
    """Whoever verifies has already found the one key in question."""

    def __init__(self, key: Any) -> None:
        self.key = key

    def resolve_public_key(self, key_id: str) -> Any:
        return self.key

    def resolve_private_key(self, key_id: str) -> Any:
        return self.key


class _Verifier(HTTPMessageVerifier):
    """The library's verifier; the time window is ours, the same for both dialects."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        return None


def parse(signature_input: str) -> Parameters:
    """Read a Signature-Input header; more than one signature is refused as ambiguous."""
    try:
        labels = http_sf.parse(
            signature_input.encode("ascii"), tltype="dictionary", on_duplicate_key=_duplicate
        )
    except (ValueError, TypeError) as error:
        raise InvalidSignature("The Signature-Input header cannot be read.") from error
    if not isinstance(labels, dict) or len(labels) != 1:
        raise InvalidSignature("The request does not carry exactly one signature.")
    member: Any = next(iter(labels.values()))
    if not isinstance(member, tuple) or not isinstance(member[0], list):
        raise InvalidSignature("The Signature-Input header cannot be read.")
    items, parameters = member
    # A component with parameters is another component: "content-digest";req covers something else.
    covered = tuple(name for name, flags in items if isinstance(name, str) and not flags)
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg")
    created, expires = parameters.get("created"), parameters.get("expires")
    if not isinstance(key_id, str) or not key_id:
        raise InvalidSignature("The signature names no key.")
    if any(value is not None and type(value) is not int for value in (created, expires)):
        raise InvalidSignature("A time in the signature is out of range.")
    if algorithm is not None and not isinstance(algorithm, str):
        raise InvalidSignature("The algorithm of the signature does not fit its key.")
    return Parameters(str(key_id), covered, algorithm, created, expires)


def verify(
    parameters: Parameters,
    public_key: PublicKey,
    *,
    method: str,
    target: str,
    origin: str,
    headers: Mapping[str, str],
    body: bytes,
    at: datetime,
) -> None:
    """Raise InvalidSignature unless every rule of ours and the library's verification hold."""
    bodied = method.upper() not in ("GET", "HEAD") or bool(body)
    for name in (*REQUIRED, *(("content-digest",) if bodied else ())):
        if name not in parameters.covered:
            raise InvalidSignature("The signature does not cover all it must.", detail=name)
    if parameters.created is None:
        raise InvalidSignature("The signature does not cover when it was made.")
    created = request.parse_timestamp(parameters.created)
    request.check_signed_at(created, at)
    if parameters.expires is not None:
        request.check_expires(request.parse_timestamp(parameters.expires), created, at)
    if "host" in parameters.covered:
        request.check_host(headers.get("host"), origin)
    if "date" in parameters.covered:
        request.check_signed_at(request.parse_date(headers.get("date", "")), at)
    message = Message(method.upper(), origin + request.check_target(target), dict(headers))
    verifier = _Verifier(
        signature_algorithm=_algorithm(parameters.algorithm, public_key), key_resolver=_OneKey(public_key)
    )
    try:
        verifier.verify(message, max_age=None, require_components=REQUIRED, body=body if bodied else None)
    except HTTPMessageSignaturesException as error:
        raise InvalidSignature("The signature does not fit the request.", detail=str(error)[:200]) from error


def sign(
    *,
    method: str,
    url: str,
    body: bytes | None,
    key_id: str,
    private_key: PrivateKey,
    at: datetime,
    media: str,
) -> dict[str, str]:
    """The headers of a request signed by the standard."""
    edwards = isinstance(private_key, Ed25519PrivateKey)
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519 if edwards else algorithms.RSA_V1_5_SHA256,
        key_resolver=_OneKey(private_key),
    )
    message = Message(method.upper(), url, {"Date": request.http_date(at)})
    covered = list(REQUIRED)
    if body is not None:
        message.headers["Content-Type"] = media
        covered.append("content-type")
    signer.sign(
        message, key_id=key_id, created=at, label=LABEL, covered_component_ids=tuple(covered), body=body
    )
    return message.headers


def _algorithm(named: str | None, key: PublicKey) -> type[algorithms.HTTPSignatureAlgorithm]:
    if isinstance(key, Ed25519PublicKey):
        if named in (None, "ed25519"):
            return algorithms.ED25519
    elif named is None:
        return algorithms.RSA_V1_5_SHA256
    elif named in _RSA:
        return _RSA[named]
    raise InvalidSignature("The algorithm of the signature does not fit its key.")


def _duplicate(key: str, context: str) -> None:
    raise ValueError(f"{key} appears twice in a {context}")
