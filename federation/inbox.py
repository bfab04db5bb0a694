"""What arrives: who sent it is proven, it is kept once, and then judged in peace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from federation import hosts, origins, outbox, peers, proofs, proving, signatures
from federation.activity import actor_of, host_of, id_of, kind_of, parse
from federation.arrivals import Arrival
from federation.base import now
from federation.errors import Forbidden, InvalidSignature, Refused
from federation.judging import handle_due
from federation.node import Node

__all__ = ["Arrival", "Receipt", "handle_due", "receive", "verify_fetch"]


@dataclass(frozen=True)
class Receipt:
    """What became of a request: `outcome` is "stored", "duplicate" or "ignored"; the answer is 202."""

    outcome: str
    actor: str
    activity_id: str
    status: int = 202


def receive(
    node: Node,
    *,
    method: str,
    target: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
) -> Receipt:
    """Take in one request to an inbox, or raise Refused with the status and reason to answer.

    Nothing is fetched except a missing key. When this returns, the activity is stored durably or
    need not be.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    activity = parse(body)
    actor, kind, activity_id = actor_of(activity), kind_of(activity), id_of(activity) or ""
    host = host_of(actor) or ""
    with node.database.reading() as session:
        if not hosts.verdict(session, node, host):
            raise Forbidden("This instance does not talk with yours.")
        if kind == "Delete" and id_of(activity.get("object")) == actor and not peers.known(session, actor):
            return Receipt("ignored", actor, activity_id)
    try:
        _prove(node, actor, method=method, target=target, headers=pairs, body=body)
        origins.believed(activity, actor=actor, ours=node.origin)
        if (said := proofs.passed_on(activity, actor, node.origin)) is not None:
            proving.check(node, said)
    except Refused as refusal:
        _count(node, host, refusal)
        raise
    at = now()
    row = {
        "actor": actor,
        "activity_id": activity_id,
        "kind": kind,
        "object_id": outbox.order_key(activity),
        "body": body,
        "received_at": at,
        "state": "waiting",
        "attempts": 0,
        "due_at": at,
    }
    outcome = node.intake.put(row)
    if outcome == "stored":
        node.wake.set()
    return Receipt(outcome, actor, activity_id)


def verify_fetch(
    node: Node, *, method: str, target: str, headers: Mapping[str, str] | Iterable[tuple[str, str]]
) -> str:
    """The actor who signed a request for a document; Refused when nobody did whom we talk with.

    For instances that show their documents to known readers only (signed-fetch mode).
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    claim = signatures.read(pairs)
    with node.database.reading() as session:
        if not hosts.verdict(session, node, host_of(claim.key_id) or ""):
            raise Forbidden("This instance does not talk with yours.")
    return _signer(node, claim, method=method, target=target, headers=pairs, body=b"")


def _prove(
    node: Node, actor: str, *, method: str, target: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    """The request was signed by its activity's actor, with a key that the actor's own document lists."""
    claim = signatures.read(headers)
    if host_of(claim.key_id) != host_of(actor):
        raise Forbidden("The key of the signature belongs to another host than the actor.")
    if node.is_ours(actor):
        raise Forbidden("Our own actors do not write to us from outside.")
    if _signer(node, claim, method=method, target=target, headers=headers, body=body) != actor:
        raise Forbidden("The activity is signed by somebody else than its actor.")


def _signer(
    node: Node,
    claim: signatures.Claim,
    *,
    method: str,
    target: str,
    headers: list[tuple[str, str]],
    body: bytes,
) -> str:
    """Whose key made this signature; a key that does not fit is fetched anew, since keys change."""
    request: dict[str, Any] = {"method": method, "target": target, "headers": headers, "body": body}
    key = peers.resolve_key(node, claim.key_id)
    try:
        signatures.verify(claim, key.public_key, origin=node.origin, **request)
    except InvalidSignature:
        key = peers.resolve_key(node, claim.key_id, refresh=True)
        signatures.verify(claim, key.public_key, origin=node.origin, **request)
    return key.owner


def _count(node: Node, host: str, refusal: Refused) -> None:
    """Remember a refusal for the operator, of hosts that we know."""
    with node.database.reading() as session:
        known = session.get(hosts.Host, host) is not None
    if known:
        with node.database.writing() as session:
            hosts.refused(session, host, str(refusal))
