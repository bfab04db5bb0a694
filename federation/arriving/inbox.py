"""What arrives: who sent it is proven, it is kept once, and then judged in peace."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.arriving import origins
from federation.arriving.judging import handle_due
from federation.base import now
from federation.errors import Forbidden, Gone, InvalidSignature, Refused, TooMany
from federation.ledger import hosts, outbox, relations, rules
from federation.ledger.arrivals import Arrival
from federation.ledger.memory import Memory
from federation.neighbours import knocking
from federation.node import Node
from federation.others import peers, proving
from federation.wire import proofs, request, signatures
from federation.wire.activity import activity_kind, actor_of, host_of, id_of, parse

__all__ = ["Arrival", "Receipt", "handle_due", "receive", "verify_fetch"]

CHEAP = 16 * 1024  # bytes that may be read as JSON before anybody's budget is asked

_partners: Memory[bool] = Memory(seconds=10)


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
    address: str = "",
) -> Receipt:
    """Take in one request to an inbox, or raise Refused with the status and reason to answer.

    Nothing is fetched except a missing key. When this returns, the activity is stored durably or
    need not be. `address` is the client's; the budget of what it sends is its own.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    claim = _read(pairs)
    if len(body) > CHEAP:
        _charge(node, address, claim)
    activity = parse(body)
    actor, kind, activity_id = actor_of(activity), activity_kind(activity), id_of(activity) or ""
    host = host_of(actor) or ""
    stranger = not rules.heeded(node, host)
    if stranger:
        with node.database.reading() as session:
            if not knocking.asks_to_come_in(session, node, activity):
                raise Forbidden("This instance does not talk with yours.")
    farewell = kind == "Delete" and id_of(activity.get("object")) == actor
    if farewell and not peers.has_met(node, actor):
        node.budgets.of_farewell(address, host)
        return Receipt("ignored", actor, activity_id)
    if len(body) <= CHEAP:
        _charge(node, address, claim)
    proven = False
    try:
        if isinstance(claim, InvalidSignature):
            raise claim
        with rules.admitted(host) if stranger else nullcontext():
            try:
                _prove(node, actor, claim, method=method, target=target, headers=pairs, body=body)
            except InvalidSignature:
                if not (farewell and _is_gone(node, actor, claim.key_id)):
                    raise
        proven = True
        origins.believed(activity, actor=actor, ours=node.origin)
        if (said := proofs.passed_on(activity, actor, node.origin)) is not None:
            proving.check(node, said)
    except Refused as refusal:
        node.tally.note("refused" if proven else "unproven", host, str(refusal))
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
        "skew_seconds": _skew(claim, at),
        "signs": claim.dialect,
    }
    outcome = node.intake.put(row)
    if outcome == "stored":
        node.arrived.set()
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


def _read(headers: list[tuple[str, str]]) -> signatures.Claim | InvalidSignature:
    """The signature of a request, or why there is none; who takes leave for ever needs none."""
    try:
        return signatures.read(headers)
    except InvalidSignature as refusal:
        return refusal


def _charge(node: Node, address: str, claim: signatures.Claim | InvalidSignature) -> None:
    """Nothing is proven yet: the request is charged to the domain that it claims to come from."""
    host = host_of(claim.key_id) if isinstance(claim, signatures.Claim) else None
    if host is None:
        return  # it goes no further: without a signature nothing is looked up

    def look() -> bool:
        with node.database.reading() as session:
            rule = rules.word(session, host)
            return (rule is not None and rule.allowed) or relations.is_partner(session, host)

    known = _partners.ask(node.database, host, look)
    try:
        node.budgets.of_domain(address, host, known=known)
    except TooMany:
        node.tally.note("throttled", host)
        raise


def _skew(claim: signatures.Claim, at: datetime) -> int | None:
    """By how many seconds the sender's clock is ahead of ours; the way of the request counts as late."""
    created = claim.parameters.created
    if created is not None:
        return created - int(at.timestamp())
    date = claim.headers.get("date")
    return int((request.parse_date(date) - at).total_seconds()) if date else None


def _prove(
    node: Node,
    actor: str,
    claim: signatures.Claim,
    *,
    method: str,
    target: str,
    headers: list[tuple[str, str]],
    body: bytes,
) -> None:
    """The request was signed by its activity's actor, with a key that the actor's own document lists."""
    if host_of(claim.key_id) != host_of(actor):
        raise Forbidden("The key of the signature belongs to another host than the actor.")
    if node.is_ours(actor):
        raise Forbidden("Our own actors do not write to us from outside.")
    if _signer(node, claim, method=method, target=target, headers=headers, body=body) != actor:
        raise Forbidden("The activity is signed by somebody else than its actor.")


def _is_gone(node: Node, actor: str, key_id: str) -> bool:
    """Whether an actor whose key we once knew has been deleted by the word of its own host (410)."""
    with node.database.reading() as session:
        key = session.get(peers.RemoteKey, key_id)
    return key is not None and (key.owner, key.state, key.error) == (actor, "gone", Gone().reason)


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
    key = peers.resolve_key(node, claim.key_id, at_door=True)
    try:
        signatures.verify(claim, key.public_key, origin=node.origin, **request)
    except InvalidSignature:
        key = peers.resolve_key(node, claim.key_id, refresh=True, at_door=True)
        signatures.verify(claim, key.public_key, origin=node.origin, **request)
    return key.owner
