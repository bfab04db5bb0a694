"""Fetch one thing from its origin now, and take it in as if it had been sent to us."""

import uuid
from dataclasses import replace
from typing import Any

from exchange.arrivals.taking import NotYet
from exchange.catalogue.lookup import inspect
from exchange.catalogue.practices import provenance
from exchange.instance import Instance
from exchange.messages import N_, Refusal
from federation.arriving import handling
from federation.base import now
from federation.errors import AddressRefused, BadDocument, Gone
from federation.ledger import hosts
from federation.node import Incoming
from federation.others import fetching, peers, proving
from federation.wire.activity import PUBLIC, as_list, host_of, id_of, strings

ACTORS = frozenset({"Organization", "Application", "Service", "Group", "Person"})
ROUNDS = 3  # an adoption may need its practice, and that its owner


def fetch_now(instance: Instance, uri: str) -> bool:
    """Fetch `uri` under the same guards as everything else; True when it changed what we hold.

    Raises FederationError when it cannot be had or says what it may not say. What its origin has
    deleted is deleted here too.
    """
    node = instance.node
    host = host_of(uri)
    if host is None:
        raise AddressRefused("This is not the address of anything on another instance.")
    if node.is_ours(uri):
        raise AddressRefused("This address is one of our own.")
    with instance.database.reading() as session:
        if not hosts.verdict(session, node, host):
            raise AddressRefused("This instance does not talk with that host.")
    try:
        document = node.client.get_object(uri)
    except Gone:
        return _deleted(instance, uri)
    data = document.json
    proving.check(node, data)
    incoming = _said(data, document.body)
    asked: set[str] = set()
    for _ in range(ROUNDS):
        with instance.database.reading() as session:
            missing = handling.wanted(session, node, incoming, asked)
        if not missing:
            break
        asked.update(missing)
        found = {u: doc for u in missing if (doc := fetching.fetch(node, u)) is not None}
        incoming = replace(incoming, fetched=incoming.fetched | found)
    return _apply(instance, incoming)


def _said(data: dict[str, Any], body: bytes) -> Incoming:
    """The document as an Update by its owner."""
    uri = str(data["id"])
    is_actor = not ACTORS.isdisjoint(strings(data.get("type")))
    owners = (
        [uri]
        if is_actor
        else [owner for value in as_list(data.get("attributedTo")) if (owner := id_of(value))]
    )
    if not owners:
        raise BadDocument("The document does not name its owner.")
    return Incoming(
        activity=_activity("Update", owners[0], data), actor=owners[0], body=body, received=now(), via="fetch"
    )


def forget(instance: Instance, uri: str) -> bool:
    """Delete here what its origin has deleted without our hearing of it. Raises Gone when we do not hold it."""
    return _deleted(instance, uri)


def _deleted(instance: Instance, uri: str) -> bool:
    with instance.database.reading() as session:
        held = inspect(session, uri)
    if held is None or not held["author"]:
        raise Gone(status=410)
    activity = _activity("Delete", held["author"], uri)
    return _apply(
        instance,
        Incoming(activity=activity, actor=held["author"], body=b"{}", received=now(), via="fetch"),
    )


def _apply(instance: Instance, incoming: Incoming) -> bool:
    try:
        with instance.database.writing() as session:
            if isinstance(incoming.object, dict) and incoming.object_id == incoming.actor:
                peers.remember_actor(session, incoming.object)
            if incoming.kind == "Update":
                provenance.confirmed_at_origin(session, incoming.object_id or "")
            return handling.apply(session, instance.node, incoming, handling.settled(session, [incoming]))
    except NotYet as error:
        raise Refusal(N_("What this is about could not be fetched.")) from error


def _activity(kind: str, actor: str, obj: Any) -> dict[str, Any]:
    return {"id": f"urn:uuid:{uuid.uuid4()}", "type": kind, "actor": actor, "object": obj, "to": [PUBLIC]}
