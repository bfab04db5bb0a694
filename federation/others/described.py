"""What an actor's own document says: where its inbox is, and which keys it lists as its own."""

from dataclasses import dataclass
from typing import Any

from federation import keys
from federation.errors import BadActivity, BadDocument
from federation.wire import multibase
from federation.wire.activity import as_list, host_of, id_of, kind_of, same_origin

ACTOR_TYPES = frozenset({"Application", "Group", "Organization", "Person", "Service"})
MAX_KEYS = 20


@dataclass(frozen=True)
class Description:
    """The parts of an actor document that federation depends on."""

    uri: str
    host: str
    kind: str
    inbox: str
    shared_inbox: str | None


@dataclass(frozen=True)
class ListedKey:
    """A key as its owner's document has it."""

    id: str
    owner: str
    kind: str
    pem: str


def describe(document: dict[str, Any]) -> Description:
    """Read an actor document; BadDocument when it does not describe an actor that can be reached.

    The inbox lies on the actor's own origin: else a document could direct deliveries at a third party.
    """
    uri, inbox = id_of(document), id_of(document.get("inbox"))
    host = host_of(uri)
    try:
        kind = kind_of(document)
    except BadActivity as error:
        raise BadDocument("The document does not describe an actor.") from error
    if uri is None or host is None or kind not in ACTOR_TYPES or inbox is None:
        raise BadDocument("The document does not describe an actor.", detail=kind[:50])
    if not same_origin(uri, inbox):
        raise BadDocument("The actor has its inbox on another host.", detail=inbox[:200])
    endpoints = document.get("endpoints")
    shared = id_of(endpoints.get("sharedInbox")) if isinstance(endpoints, dict) else None
    return Description(uri, host, kind, inbox, shared if same_origin(uri, shared) else None)


# What a person's document is needed for; what else it tells about them is not kept.
_OF_A_PERSON = frozenset(
    {"@context", "id", "type", "preferredUsername", "webfinger", "inbox", "outbox", "followers", "endpoints"}
    | {"publicKey", "assertionMethod", "alsoKnownAs", "movedTo"}
)


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """An actor document as it is remembered: of people only what it takes to know and reach them."""
    if document.get("type") != "Person":
        return document
    return {name: value for name, value in document.items() if name in _OF_A_PERSON}


def listed_keys(document: dict[str, Any]) -> dict[str, ListedKey]:
    """The usable keys in an actor document, by id: `publicKey`, and `assertionMethod` of FEP-521a.

    A key counts when it names this actor as its owner and has its id on the actor's origin; weak and
    unreadable ones are left out.
    """
    uri = id_of(document)
    found: dict[str, ListedKey] = {}
    for item in as_list(document.get("publicKey"))[:MAX_KEYS]:
        if isinstance(item, dict) and uri is not None and (key := key_in(item, uri)):
            found[key.id] = key
    for item in as_list(document.get("assertionMethod"))[:MAX_KEYS]:
        if isinstance(item, dict) and uri is not None and (key := key_in(item, uri)):
            found.setdefault(key.id, key)
    return found


def named_keys(document: dict[str, Any]) -> set[str]:
    """The ids of all keys that an actor document lists, be it by reference only."""
    return {
        key_id
        for name in ("publicKey", "assertionMethod")
        for item in as_list(document.get(name))[:MAX_KEYS]
        if (key_id := id_of(item)) is not None
    }


def key_in(item: dict[str, Any], owner: str) -> ListedKey | None:
    """A key object that belongs to `owner` by its own word, or None."""
    key_id = id_of(item)
    if key_id is None or not same_origin(key_id, owner):
        return None
    if owner not in (id_of(item.get("owner")), id_of(item.get("controller"))):
        return None
    pem, letters = item.get("publicKeyPem"), item.get("publicKeyMultibase")
    try:
        if isinstance(pem, str) and len(pem) < 10_000:
            key = keys.load_public(pem.strip() + "\n")
        elif isinstance(letters, str):
            key = keys.check_strength(multibase.decode_key(letters))
        else:
            return None
    except ValueError:
        return None
    return ListedKey(key_id, owner, keys.kind_of(key), keys.to_pem(key))
