"""Actors of other instances and their keys: fetched once, remembered, never believed on hearsay.

A key is bound to its owner from both sides: the key's address leads to a document that names an
owner, and the owner's own document, fetched from the owner's own address, lists that very key.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select

from federation import keys
from federation.base import now
from federation.errors import (
    AddressRefused,
    BadDocument,
    FetchError,
    Forbidden,
    Gone,
    InvalidSignature,
    NotFound,
    Quarantined,
    TryLater,
)
from federation.keys import VerifiedKey
from federation.ledger.hosts import Host, verdict
from federation.ledger.memory import Memory
from federation.ledger.remote import RemoteActor, RemoteKey
from federation.ledger.rows import ensure
from federation.others import described, quarantine, webfinger
from federation.others.flights import Flights
from federation.wire import media
from federation.wire.activity import (
    ACTIVITY_JSON,
    LD_JSON,
    host_of,
    id_of,
    origin_of,
    same_origin,
    without_fragment,
)

if TYPE_CHECKING:
    from federation.node import Node

__all__ = [
    "Host",
    "RemoteActor",
    "RemoteKey",
    "known",
    "remember_actor",
    "resolve_actor",
    "resolve_key",
    "verdict",
]

ACTOR_LIFETIME = timedelta(days=1)
KEY_LIFETIME = timedelta(days=7)
REFETCH = timedelta(minutes=5)
UNREACHABLE_MEMORY = timedelta(minutes=1)
GONE_MEMORY = timedelta(days=1)
KEY_SECONDS = 5.0

_flights = Flights()
_lately: Memory[VerifiedKey] = Memory(seconds=10)


def known(session: Session, actor: str) -> bool:
    """Whether we have ever stored this actor; a Delete of any other needs no fetch and no signature."""
    return session.get(RemoteActor, actor) is not None


def has_met(node: "Node", actor: str) -> bool:
    """`known` for the door, where most who take leave have never been here."""
    with node.database.reading() as session:
        return session.connection().execute(_MET, {"uri": actor}).first() is not None


_MET = select(col(RemoteActor.uri)).where(col(RemoteActor.uri) == bindparam("uri"))


def remember_actor(
    session: Session,
    document: dict[str, Any],
    *,
    announced: Mapping[str, described.ListedKey] | None = None,
    further: described.ListedKey | None = None,
) -> RemoteActor:
    """Store an actor document that came from its own address, and with it the keys it lists.

    `announced` are the keys that the actor named under a key we know; `further` is one that stands at
    an address of its own. A key that is neither known nor announced may be quarantined
    (`federation.others.quarantine`): then what we knew of the actor stays as it is.
    """
    found = described.describe(document)
    _lately.clear()
    listed = described.listed_keys(document)
    if further is not None:
        listed.setdefault(further.id, further)
    doubted = quarantine.doubted(session, found, listed, announced or {})
    before = session.get(RemoteActor, found.uri)
    row = before or ensure(
        session,
        RemoteActor,
        found.uri,
        host=found.host,
        kind=found.kind,
        inbox=found.inbox,
        document=described.kept(document),
    )
    row.fetched_at = now()
    if before is None or not doubted:
        if row.document.get("preferredUsername") != document.get("preferredUsername"):
            row.handle = None
        row.kind, row.inbox, row.shared_inbox = found.kind, found.inbox, found.shared_inbox
        row.document, row.gone = described.kept(document), False
        named = described.named_keys(document) | set(listed)
        session.connection().execute(
            delete(RemoteKey).where(col(RemoteKey.owner) == found.uri, col(RemoteKey.id).not_in(named))
        )
    session.add(row)
    for key in listed.values():
        row_of_key = session.get(RemoteKey, key.id)
        # A neighbour on the same host may name a key of another actor as its own: first come is kept.
        if row_of_key is not None and row_of_key.owner not in (None, found.uri):
            continue
        if key.id in doubted:
            quarantine.put(session, key)
        else:
            _remember_key(session, key)
    session.flush()
    return row


def forget_actor(session: Session, uri: str) -> None:
    """The actor is gone for good: its keys are worth nothing any more."""
    _lately.clear()
    row = session.get(RemoteActor, uri)
    if row is not None:
        row.gone = True
        session.add(row)
        session.flush()  # the actor before its keys, in the order in which they are written elsewhere
    session.connection().execute(
        RemoteKey.__table__.update()  # type: ignore[attr-defined]
        .where(col(RemoteKey.owner) == uri)
        .values(state="gone", checked_at=now())
    )


def resolve_actor(node: "Node", uri: str, *, refresh: bool = False) -> RemoteActor:
    """An actor of another instance, from memory or from its own address; FetchError otherwise.

    Goes to the network: never inside a session.
    """
    host = host_of(uri)
    if host is None:
        raise AddressRefused("This is not a web address.", detail=ascii(uri)[:200])
    with node.database.reading() as session:
        if not verdict(session, node, host):
            raise AddressRefused("The operator does not exchange anything with this instance.")
        row = session.get(RemoteActor, uri)
    if row is not None and not refresh and not row.gone and row.fetched_at > now() - ACTOR_LIFETIME:
        return row if row.handle is not None else _with_handle(node, row.document)
    try:
        document = node.client.get_object(uri).json
        described.describe(document)
        if id_of(document) != without_fragment(uri):
            raise BadDocument("The document says that it belongs to another address.", detail=uri[:200])
    except (Gone, NotFound) as error:
        if isinstance(error, Gone):
            with node.database.writing() as session:
                forget_actor(session, uri)
        raise
    except FetchError as error:
        if error.retry and row is not None and not row.gone:
            return row
        raise
    return _with_handle(node, document)


def _with_handle(node: "Node", document: dict[str, Any]) -> RemoteActor:
    handle = webfinger.handle_of(node.client, document)
    with node.database.writing() as session:
        actor = remember_actor(session, document)
        actor.handle = handle or actor.handle or ""
        session.add(actor)
    return actor


def resolve_key(node: "Node", key_id: str, *, refresh: bool = False, at_door: bool = False) -> VerifiedKey:
    """The key of a signature and its proven owner; Refused when it cannot be had or is not bound.

    With `refresh` (the signature did not fit the key we remember) it is fetched again, at most once
    in five minutes. `at_door`: somebody waits for the answer in a thread that others need as well.
    Goes to the network: never inside a session.
    """
    origin, host = origin_of(key_id), host_of(key_id)
    if origin is None or host is None:
        raise InvalidSignature("The key of the signature is not a web address.")
    if not refresh and (lately := _lately.get(node.database, key_id)):
        return lately
    age = _lately.age
    with node.database.reading() as session:
        if origin == origin_of(node.origin):
            return _own(session, key_id)
        if not verdict(session, node, host):
            raise Forbidden("The operator does not exchange anything with this instance.", detail=host)
        row = session.get(RemoteKey, key_id)
    remembered = _remembered(row, refresh)
    if remembered is not None:
        return _lately.put(node.database, key_id, remembered, age=age)
    with _flights.one((node.origin, key_id), (node.origin, host), at_door=at_door):
        with node.database.reading() as session:  # another thread may have fetched it meanwhile
            row = session.get(RemoteKey, key_id)
        return _remembered(row, refresh) or _fetch_key(node, key_id, row)


def make_room(threads: int) -> None:
    """Of `threads` that answer the door, half at most are kept by strangers whose keys are to be fetched."""
    _flights.door = max(1, threads // 2)


def forget_lately() -> None:
    """Keys have changed in the database: what was remembered of them beside it holds no more."""
    _lately.clear()


def forget_failures(session: Session, before: datetime) -> None:
    """Drop the memory of keys that could not be had; strangers decide how many of them there are."""
    session.connection().execute(
        delete(RemoteKey).where(
            col(RemoteKey.state) != "ok",
            col(RemoteKey.public_pem).is_(None),
            col(RemoteKey.pending_pem).is_(None),
            col(RemoteKey.checked_at) < before,
        )
    )


def _own(session: Session, key_id: str) -> VerifiedKey:
    key = keys.find(session, key_id)
    if key is None:
        raise InvalidSignature("The key of the signature is not known.", detail=key_id)
    return key


def _remembered(row: RemoteKey | None, refresh: bool) -> VerifiedKey | None:
    """What memory says about a key: the key, a refusal, or None when it must be fetched."""
    if row is None:
        return None
    age = now() - row.checked_at
    if row.state == "quarantined" or (refresh and row.pending_pem):
        raise Quarantined(detail=row.id)
    if row.state == "ok":
        return row.verified() if age < (REFETCH if refresh else KEY_LIFETIME) else None
    if row.state == "gone" and age < GONE_MEMORY:
        raise InvalidSignature("The owner of this key no longer exists.", detail=row.id)
    if row.state == "refused" and age < REFETCH:
        raise InvalidSignature(row.error, detail=row.id)
    if row.state == "unreachable" and age < UNREACHABLE_MEMORY:
        raise TryLater("The key of the signature cannot be fetched at present.", detail=row.id)
    return None


def _fetch_key(node: "Node", key_id: str, row: RemoteKey | None) -> VerifiedKey:
    try:
        document, key = _bound(node, key_id)
        with node.database.writing(beside=True) as session:  # somebody stands at the door meanwhile
            remember_actor(session, document, further=key)
            kept = session.get_one(RemoteKey, key_id)
    except (Gone, NotFound) as error:
        _note(node, key_id, "gone", error.reason)
        raise InvalidSignature("The owner of this key no longer exists.", detail=key_id) from error
    except FetchError as error:
        if not error.retry:
            _note(node, key_id, "refused", error.reason)
            raise InvalidSignature(error.reason, detail=error.detail or key_id) from error
        if row is not None and row.state == "ok":
            _note(node, key_id, "ok", error.reason)
            return row.verified()
        _note(node, key_id, "unreachable", error.reason)
        raise TryLater("The key of the signature cannot be fetched at present.", detail=str(error)) from error
    if kept.state == "quarantined" or (row is not None and kept.pending_pem):
        raise Quarantined(detail=key_id)
    return kept.verified()


def _bound(node: "Node", key_id: str) -> tuple[dict[str, Any], described.ListedKey]:
    """The owner's document and the key in it, when each points at the other."""
    found = node.client.get_json(
        without_fragment(key_id), accept=f"{ACTIVITY_JSON}, {LD_JSON}", signed=True, seconds=KEY_SECONDS
    )
    if not media.is_activity(found.content_type):
        # A file that somebody put on the host is not a word of the host.
        raise BadDocument("The answer is not an ActivityPub document.", detail=found.content_type[:100])
    first = found.json
    owner = _owner_named(first)
    if owner is None or not same_origin(owner, key_id):
        raise BadDocument("The key belongs to an owner on another host.", detail=str(owner)[:200])
    document = first
    if owner != found.url or "inbox" not in first:
        document = node.client.get_object(owner, seconds=KEY_SECONDS).json
    if id_of(document) != owner:
        raise BadDocument("The document says that it belongs to another address.", detail=owner)
    described.describe(document)
    key = described.listed_keys(document).get(key_id)
    if key is None and key_id in described.named_keys(document) and found.url == key_id:
        key = described.key_in(first, owner)  # listed by reference: the key stands at its own address
    if key is None or key.id != key_id:
        raise BadDocument("The owner of this key does not list it.", detail=key_id)
    return document, key


def _owner_named(document: dict[str, Any]) -> str | None:
    """Whom a key document names as owner; an actor document names itself."""
    if "inbox" in document or "publicKey" in document:
        return id_of(document)
    return id_of(document.get("owner")) or id_of(document.get("controller"))


def _remember_key(session: Session, key: described.ListedKey) -> None:
    row = ensure(session, RemoteKey, key.id)
    row.owner, row.kind, row.public_pem = key.owner, key.kind, key.pem
    row.state, row.error, row.pending_pem, row.quarantined_at = "ok", None, None, None
    row.fetched_at = row.checked_at = now()
    session.add(row)
    session.flush()


def _note(node: "Node", key_id: str, state: str, error: str) -> None:
    """Remember that an attempt was made, so that the next request does not make it again."""
    _lately.clear()
    with node.database.writing(beside=True) as session:
        row = ensure(session, RemoteKey, key_id)
        row.state, row.error, row.checked_at = state, error, now()
        session.add(row)
