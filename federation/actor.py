"""Our own actors: the instance, its communities, its clusters; and the documents that describe them."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Session

from federation import keys
from federation.base import FederationTable, UtcDateTime, now
from federation.wire import multibase

CONTEXT: tuple[Any, ...] = (
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@set"},
    },
)


class LocalActor(FederationTable, table=True):
    """An actor that lives here; its handle is the part before the @."""

    __tablename__ = "local_actor"

    uri: str = Field(primary_key=True)
    kind: str
    handle: str = Field(unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def create(session: Session, origin: str, kind: str, handle: str) -> LocalActor:
    """A new actor with its keys: `Application` is the instance itself, any other a community or cluster."""
    path = {"Application": "actor", "Group": f"clusters/{handle}"}.get(kind, f"communities/{handle}")
    actor = LocalActor(uri=f"{origin}/{path}", kind=kind, handle=handle.lower())
    session.add(actor)
    session.flush()
    keys.create(session, actor.uri)
    return actor


def document(session: Session, uri: str, profile: dict[str, Any], origin: str) -> dict[str, Any]:
    """The ActivityStreams document of an actor of ours.

    `profile` brings name, summary, url and whatever else the host application says about the actor;
    its `@context` is added to ours. What federation depends on cannot be overridden by it.
    """
    actor = session.get_one(LocalActor, uri)
    more = profile.get("@context", [])
    ours = {"@context", "id", "type", "preferredUsername"}
    extra = {name: value for name, value in profile.items() if name not in ours and value is not None}
    return {
        "@context": [*CONTEXT, *(more if isinstance(more, list) else [more])],
        "id": uri,
        "type": actor.kind,
        "preferredUsername": actor.handle,
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "url": uri,
        "published": actor.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **extra,
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "following": f"{uri}/following",
        "endpoints": {"sharedInbox": f"{origin}/inbox"},
        **_generator(actor, origin),
        **_keys(session, uri),
    }


def _generator(actor: LocalActor, origin: str) -> dict[str, Any]:
    """What the software behind an actor can do (FEP-844e), told by the instance's own actor."""
    implements = [
        {
            "href": "https://datatracker.ietf.org/doc/html/rfc9421",
            "name": "RFC-9421: HTTP Message Signatures",
        },
        {"href": "https://w3id.org/fep/8b32", "name": "FEP-8b32: Object Integrity Proofs"},
    ]
    if actor.kind == "Application":
        return {"implements": implements}
    return {"generator": {"type": "Application", "id": f"{origin}/actor", "implements": implements}}


def _keys(session: Session, uri: str) -> dict[str, Any]:
    """`publicKey` for HTTP signatures; all keys as Multikeys (FEP-521a) for whoever reads those."""
    usable = keys.usable(session, uri)
    pems = [
        {"id": key.id, "type": "Key", "owner": uri, "publicKeyPem": key.public_pem}
        for key in usable
        if key.kind == "rsa"
    ]
    multikeys = [
        {
            "id": key.id,
            "type": "Multikey",
            "controller": uri,
            "publicKeyMultibase": multibase.encode_key(keys.load_public(key.public_pem)),
        }
        for key in sorted(usable, key=lambda key: key.kind)
        if key.id != pems[0]["id"]
    ]
    # Most software reads one key and no list: while a key is being replaced, its successor is a Multikey.
    return {"publicKey": pems[0], "assertionMethod": multikeys}
