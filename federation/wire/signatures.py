"""Who sent this request: HTTP signatures in both dialects of the Fediverse, out and in.

Outgoing requests speak draft-cavage first; a peer that refuses is tried once more in RFC 9421 and
the dialect it took is remembered (`federation.ledger.hosts`). Incoming requests may speak either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from federation.base import now
from federation.errors import InvalidSignature
from federation.keys import PrivateKey, PublicKey, check_strength
from federation.wire import cavage, messages9421, request
from federation.wire.activity import ACTIVITY_JSON, origin_of
from federation.wire.request import Headers

DIALECTS = ("cavage", "rfc9421")


@dataclass(frozen=True)
class Claim:
    """What a signed request says about itself, before anyone has checked it."""

    dialect: str
    key_id: str
    covered: tuple[str, ...]
    parameters: cavage.Parameters | messages9421.Parameters
    headers: Mapping[str, str]


def sign(
    *,
    method: str,
    url: str,
    body: bytes | None,
    key_id: str,
    private_key: PrivateKey,
    dialect: str = "cavage",
    date: datetime | None = None,
    media: str = ACTIVITY_JSON,
) -> dict[str, str]:
    """The headers to send, the signature among them; with a body also its digest and Content-Type."""
    module = messages9421 if dialect == "rfc9421" else cavage
    return module.sign(
        method=method,
        url=url,
        body=body,
        key_id=key_id,
        private_key=private_key,
        at=date or now(),
        media=media,
    )


def other(dialect: str) -> str:
    """The dialect to try when a peer refused this one."""
    return "cavage" if dialect == "rfc9421" else "rfc9421"


def read(headers: Headers) -> Claim:
    """Read a request's signature without judging it; InvalidSignature when there is none to read."""
    fields = request.normalise(headers)
    if "signature" not in fields:
        raise InvalidSignature("The request is not signed.")
    parameters: cavage.Parameters | messages9421.Parameters
    if "signature-input" in fields:
        dialect, parameters = "rfc9421", messages9421.parse(fields["signature-input"])
    else:
        dialect, parameters = "cavage", cavage.parse(fields["signature"])
    if origin_of(parameters.key_id) is None:
        raise InvalidSignature("The key of the signature is not a web address.")
    return Claim(dialect, parameters.key_id, parameters.covered, parameters, fields)


def verify(
    claim: Claim,
    public_key: PublicKey,
    *,
    method: str,
    target: str,
    origin: str,
    headers: Headers,
    body: bytes,
    at: datetime | None = None,
) -> None:
    """Raise InvalidSignature unless the request is what the holder of this key signed.

    `target` is the raw request target as it stood in the request line, `origin` our configured one.
    """
    try:
        check_strength(public_key)
    except ValueError as error:
        raise InvalidSignature("The key is too weak to be believed.", detail=str(error)) from error
    fields = request.normalise(headers)
    if fields != dict(claim.headers):
        raise InvalidSignature("The signature belongs to another request.")
    moment = at or now()
    if isinstance(claim.parameters, cavage.Parameters):
        cavage.verify(
            claim.parameters,
            public_key,
            method=method,
            target=target,
            origin=origin,
            headers=fields,
            body=body,
            at=moment,
        )
    else:
        messages9421.verify(
            claim.parameters,
            public_key,
            method=method,
            target=target,
            origin=origin,
            headers=fields,
            body=body,
            at=moment,
        )
