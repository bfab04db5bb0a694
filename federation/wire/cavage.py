"""HTTP signatures as the Fediverse has spoken them since 2017: draft-cavage-http-signatures-12."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature as CryptographyInvalid
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from federation.errors import InvalidSignature
from federation.keys import PrivateKey, PublicKey
from federation.wire import request

# name="text without quotes or backslashes" or name=digits, separated by commas
_PARAMETER = re.compile(r'([a-zA-Z]+)=(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*)"|(\d{1,12}))')
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")
_NAME = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9][a-z0-9-]*")
_TEXTS = frozenset({"keyId", "algorithm", "headers", "signature"})
_NUMBERS = frozenset({"created", "expires"})
MAX_HEADER = 8_192
# The draft of these names forbids (created) and (expires) beside them.
_DATED_ALGORITHMS = ("rsa", "hmac", "ecdsa")


@dataclass(frozen=True)
class Parameters:
    """A Signature header taken apart."""

    key_id: str
    signature: bytes
    covered: tuple[str, ...]
    algorithm: str | None
    created: int | None
    expires: int | None


def parse(header: str) -> Parameters:
    """Take a Signature header apart by the draft's grammar; anything else is refused."""
    if len(header) > MAX_HEADER:
        raise InvalidSignature("The Signature header is too long.")
    found: dict[str, str] = {}
    position = 0
    while True:
        match = _PARAMETER.match(header, position)
        if match is None:
            raise InvalidSignature("The Signature header cannot be read.")
        name, text, digits = match.groups()
        if name in found:
            raise InvalidSignature("The Signature header names a parameter twice.", detail=name)
        if (name in _TEXTS and text is None) or (name in _NUMBERS and digits is None):
            raise InvalidSignature("The Signature header cannot be read.", detail=name)
        found[name] = text if text is not None else digits
        position = match.end()
        if position == len(header):
            break
        comma = _SEPARATOR.match(header, position)
        if comma is None:
            raise InvalidSignature("The Signature header cannot be read.")
        position = comma.end()
    if not found.get("keyId") or not found.get("signature"):
        raise InvalidSignature("The Signature header names no key or holds no signature.")
    covered = tuple(found.get("headers", "date").split(" "))
    if not all(_NAME.fullmatch(name) for name in covered) or len(set(covered)) != len(covered):
        raise InvalidSignature("The list of signed headers cannot be read.")
    return Parameters(
        key_id=found["keyId"],
        signature=_base64(found["signature"]),
        covered=covered,
        algorithm=found.get("algorithm"),
        created=int(found["created"]) if "created" in found else None,
        expires=int(found["expires"]) if "expires" in found else None,
    )


def signing_string(parameters: Parameters, *, method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """The text that is signed, one line for each covered name (section 2.3)."""
    lines = []
    for name in parameters.covered:
        if name == "(request-target)":
            value: str | int | None = f"{method.lower()} {target}"
        elif name == "(created)":
            value = parameters.created
        elif name == "(expires)":
            value = parameters.expires
        else:
            value = headers.get(name)
        if value is None:
            raise InvalidSignature("A signed header is missing.", detail=name)
        lines.append(f"{name}: {value}")
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise InvalidSignature("A signed header is not text.") from error


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
    """Raise InvalidSignature unless every rule of ours and the mathematics hold."""
    covered = parameters.covered
    if "(request-target)" not in covered or "host" not in covered:
        raise InvalidSignature("The signature does not cover the request target and the host.")
    _check_times(parameters, headers, at)
    request.check_host(headers.get("host"), origin)
    if method.upper() not in ("GET", "HEAD") or body:
        if "digest" not in covered:
            raise InvalidSignature("The signature does not cover the digest of the body.")
        check_digest(headers.get("digest"), body)
    _check_algorithm(parameters, public_key)
    text = signing_string(parameters, method=method, target=request.check_target(target), headers=headers)
    check(public_key, parameters.signature, text)


def check(public_key: PublicKey, signature: bytes, text: bytes) -> None:
    """The mathematics alone."""
    try:
        if isinstance(public_key, Ed25519PublicKey):
            public_key.verify(signature, text)
        else:
            public_key.verify(signature, text, PKCS1v15(), SHA256())
    except CryptographyInvalid as error:
        raise InvalidSignature("The signature does not fit the request.") from error


def check_digest(header: str | None, body: bytes) -> None:
    """Compare the one SHA-256 of a Digest header (RFC 3230) with the body as it came."""
    digests: dict[str, str] = {}
    for item in (header or "").split(","):
        algorithm, _, value = item.strip().partition("=")
        if algorithm.lower() in digests:
            raise InvalidSignature("A header that may appear once appears twice.", detail="digest")
        digests[algorithm.lower()] = value
    if "sha-256" not in digests:
        raise InvalidSignature("The request has no SHA-256 digest of its body.")
    if not hmac.compare_digest(_base64(digests["sha-256"]), hashlib.sha256(body).digest()):
        raise InvalidSignature("The digest does not fit the body.")


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
    """The headers of a request signed as Mastodon and everyone after it expects."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "Date": request.http_date(at)}
    covered = ["(request-target)", "host", "date"]
    if body is not None:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers |= {"Digest": f"SHA-256={digest}", "Content-Type": media}
        covered += ["digest", "content-type"]
    edwards = isinstance(private_key, Ed25519PrivateKey)
    algorithm = "hs2019" if edwards else "rsa-sha256"
    parameters = Parameters(key_id, b"", tuple(covered), algorithm, None, None)
    lower = {name.lower(): value for name, value in headers.items()}
    text = signing_string(parameters, method=method, target=target, headers=lower)
    if isinstance(private_key, Ed25519PrivateKey):
        signature = private_key.sign(text)
    else:
        signature = private_key.sign(text, PKCS1v15(), SHA256())
    # No space after the commas: several servers split on "," and do not trim.
    headers["Signature"] = (
        f'keyId="{key_id}",algorithm="{algorithm}",headers="{" ".join(covered)}",'
        f'signature="{base64.b64encode(signature).decode()}"'
    )
    return headers


def _check_times(parameters: Parameters, headers: Mapping[str, str], at: datetime) -> None:
    covered = parameters.covered
    if "date" not in covered and "(created)" not in covered:
        raise InvalidSignature("The signature does not cover when it was made.")
    created = None
    if "date" in covered:
        request.check_signed_at(request.parse_date(headers.get("date", "")), at)
    if parameters.created is not None:
        created = request.parse_timestamp(parameters.created)
        request.check_signed_at(created, at)
    if parameters.expires is not None:
        request.check_expires(request.parse_timestamp(parameters.expires), created, at)


def _check_algorithm(parameters: Parameters, public_key: PublicKey) -> None:
    """The key decides the algorithm; the name may only agree with it."""
    edwards = isinstance(public_key, Ed25519PublicKey)
    named = parameters.algorithm
    if named not in (None, "hs2019", "ed25519" if edwards else "rsa-sha256"):
        raise InvalidSignature("The algorithm of the signature does not fit its key.")
    timed = {"(created)", "(expires)"}.intersection(parameters.covered)
    if timed and named is not None and named.startswith(_DATED_ALGORITHMS):
        raise InvalidSignature("This algorithm cannot be used with (created) or (expires).")


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidSignature("A value in base64 cannot be read.") from error
