"""Where a record comes from: who published it, whose signature it carries, and when its origin last stood by it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from exchange.catalogue.practices import links
from exchange.catalogue.shelf import community_of
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.link import SAME_AS
from exchange.models.practice import Practice
from federation import keys
from federation.errors import InvalidSignature
from federation.ledger import originals
from federation.ledger.hosts import Host
from federation.ledger.remote import RemoteKey
from federation.node import Node
from federation.wire import proofs
from federation.wire.activity import host_of, origin_of

HOLDS, NONE, UNKNOWN, BROKEN = "verified", "unsigned", "key-unknown", "broken"


@dataclass(frozen=True)
class Provenance:
    """The ways of one record; `proof` is one of verified, unsigned, key-unknown, broken.

    `checked_at` is None for what is our own. `silent`: its origin does not answer at present.
    `same_as` are the records held here that are said to be the same, `elsewhere` the addresses beyond.
    """

    origin: str
    publisher: str
    proof: str
    key: str | None
    signed_at: datetime | None
    checked_at: datetime | None
    silent: bool
    same_as: list[tuple[Practice, bool]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def of(session: Session, node: Node, practice: Practice) -> Provenance:
    """Everything that can be said of where a practice comes from, without asking anybody."""
    signed = originals.signed(session, practice.uri)
    host = session.get(Host, host_of(practice.uri) or "") if not practice.local else None
    same = links.same_as(session, practice)
    held = {p.uri for p, _said in same}
    return Provenance(
        origin=origin_of(practice.uri) or "",
        publisher=community_of(session, practice).uri,
        proof=_proof(session, node, signed),
        key=proofs.claimed_key(signed) if signed else None,
        signed_at=_moment(signed),
        checked_at=None if practice.local else practice.checked_at or practice.received_at,
        silent=host is not None and host.state != "ok",
        same_as=same,
        elsewhere=[uri for uri in links.named_by(session, practice, SAME_AS) if uri not in held],
    )


def _proof(session: Session, node: Node, document: dict[str, object] | None) -> str:
    """Whether the proof of a document holds, by the keys that are known here."""
    key_id = proofs.claimed_key(document) if document else None
    if document is None or key_id is None:
        return NONE
    if node.is_ours(key_id):
        key = keys.find(session, key_id)
    else:
        row = session.get(RemoteKey, key_id)
        key = row.verified() if row is not None and row.public_pem and row.state == "ok" else None
    if key is None:
        return UNKNOWN
    try:
        proofs.verify_object(document, key)
    except InvalidSignature:
        return BROKEN
    return HOLDS


def _moment(document: dict[str, object] | None) -> datetime | None:
    proof = document.get("proof") if document else None
    said = proof.get("created") if isinstance(proof, dict) else None
    try:
        return datetime.fromisoformat(str(said)) if said else None
    except ValueError:
        return None


def stood_by(session: Session, actor: str, vanished: Collection[str] = ()) -> None:
    """An actor's list was read: what it lists is still so; of an instance, all that lives there."""
    origin = origin_of(actor) or ""
    owners = select(Community.id).where(
        Community.instance == origin if actor == f"{origin}/actor" else Community.uri == actor
    )
    session.connection().execute(
        update(Practice)
        .where(
            col(Practice.community_id).in_(owners),
            col(Practice.local).is_(False),
            col(Practice.uri).not_in(list(vanished)[:500]),
        )
        .values(checked_at=now())
    )


def confirmed_at_origin(session: Session, uri: str) -> None:
    """The record was read where it lives just now."""
    session.connection().execute(
        update(Practice)
        .where(col(Practice.uri) == uri, col(Practice.local).is_(False))
        .values(checked_at=now())
    )
