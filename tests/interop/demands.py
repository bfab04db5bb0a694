"""What other software asks of the documents that it reads, as far as it is known to refuse or misread others.

Each demand looks at a document and yields complaints; none is good. The demands of a software are those
that its documentation states or its reading of documents implies, in our words.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTORS = {"Application", "Group", "Organization", "Person", "Service"}
MEDIA = ("application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"')

Document = dict[str, Any]
Demand = Callable[[Document], Iterable[str]]


def _host(uri: Any) -> str | None:
    return urlsplit(uri).netloc if isinstance(uri, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _ids(value: Any) -> list[Any]:
    return [item.get("id") if isinstance(item, dict) else item for item in _list(value)]


def _addresses(document: Document, *names: str) -> Iterator[str]:
    for name in names:
        parts = urlsplit(document.get(name)) if isinstance(document.get(name), str) else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
            yield f"{name} is not one address"


# --------------------------------------------------------------------- everywhere


def one_type(document: Document) -> Iterator[str]:
    """Lemmy, BookWyrm, PeerTube and Mobilizon read no array of types."""
    if not isinstance(document.get("type"), str):
        yield "type is not one text"


def no_null(document: Document) -> Iterator[str]:
    """Strict readers (Lemmy, BookWyrm) take an absent value and refuse a null in its place."""

    def walk(value: Any, path: str) -> Iterator[str]:
        if value is None:
            yield f"{path} is null"
        for name, inner in value.items() if isinstance(value, dict) else ():
            yield from walk(inner, f"{path}.{name}")
        for inner in value if isinstance(value, list) else ():
            yield from walk(inner, f"{path}[]")

    yield from walk(document, "")


def typed_parts(document: Document) -> Iterator[str]:
    """Whoever reads tags and attachments by their type stumbles over one without."""
    for name in ("tag", "attachment"):
        for item in _list(document.get(name)):
            if not isinstance(item, dict) or not isinstance(item.get("type"), str):
                yield f"a {name} has no type"
            elif item["type"] == "Hashtag" and not re.fullmatch(r"#[^\s#]+", str(item.get("name"))):
                yield f"{item.get('name')} is not a hashtag"
            elif item["type"] == "Link" and not (item.get("href") and item.get("rel")):
                yield "a Link leads nowhere, or does not say what to"
            elif item["type"] == "PropertyValue" and not (
                item.get("name") and isinstance(item.get("value"), str)
            ):
                yield "a PropertyValue has no name or no value"


# --------------------------------------------------------------------- actors


def reachable(actor: Document) -> Iterator[str]:
    """An actor has a known type, a name to write to and its boxes, all on its own host."""
    if actor.get("type") not in ACTORS:
        yield "the type is none of an actor"
    yield from _addresses(actor, "id", "inbox", "outbox", "followers", "following", "url")
    if len({_host(actor.get(name)) for name in ("id", "inbox", "outbox", "url")}) != 1:
        yield "id, inbox, outbox and url are not on one host"
    if not isinstance(actor.get("name"), str) or not 0 < len(actor["name"]) <= 120:
        yield "the name is missing or too long"


def plain_username(actor: Document) -> Iterator[str]:
    """Mastodon and PeerTube make a handle of it."""
    if not re.fullmatch(r"[A-Za-z0-9_]+([A-Za-z0-9_.-]*[A-Za-z0-9_]+)?", str(actor.get("preferredUsername"))):
        yield "preferredUsername cannot stand in a handle"


def own_key(actor: Document) -> Iterator[str]:
    """One RSA key in PEM, which names the actor as its owner and lies in its document."""
    key = actor.get("publicKey")
    if not isinstance(key, dict):
        yield "publicKey is not one key"
        return
    if key.get("owner") != actor.get("id"):
        yield "the key belongs to somebody else"
    if str(key.get("id")).partition("#")[0] != actor.get("id"):
        yield "the key does not lie in the actor's document"
    if not str(key.get("publicKeyPem")).startswith("-----BEGIN PUBLIC KEY-----\n"):
        yield "the key is not in PEM"


def shared_inbox(actor: Document) -> Iterator[str]:
    """Lemmy and PeerTube deliver to the inbox of the whole instance."""
    endpoints = actor.get("endpoints")
    yield from _addresses(endpoints if isinstance(endpoints, dict) else {}, "sharedInbox")


def security_context(actor: Document) -> Iterator[str]:
    """Readers of JSON-LD (Fedify, Takahē) find keys only where their context is named."""
    for context in ("https://w3id.org/security/v1", "https://www.w3.org/ns/did/v1"):
        if context not in _list(actor.get("@context")):
            yield f"{context} is not in the context"


# --------------------------------------------------------------------- objects


def shown(document: Document) -> Iterator[str]:
    """Mastodon shows a few types, public ones, of an author on the same host."""
    if document.get("type") not in ("Article", "Event", "Note", "Page", "Video"):
        yield "the type is not shown"
    if PUBLIC not in _list(document.get("to")):
        yield "it is not addressed to everybody"
    if not isinstance(document.get("content"), str) or not document["content"]:
        yield "there is no content"
    if {_host(document.get("url"))} != {_host(document.get("id"))}:
        yield "id and url are on two hosts"
    if [_host(author) for author in _ids(document.get("attributedTo"))] != [_host(document.get("id"))]:
        yield "there is not one author on the same host"


def dated(document: Document) -> Iterator[str]:
    """`published`, and `updated` not before it, with a time zone."""
    moments = []
    for name in ("published", "updated"):
        try:
            moments.append(datetime.fromisoformat(str(document.get(name))))
        except ValueError:
            yield f"{name} is not a time"
    if any(moment.tzinfo is None for moment in moments):
        yield "a time has no zone"
    elif moments != sorted(moments):
        yield "it was updated before it was published"


def original_first(document: Document) -> Iterator[str]:
    """Mastodon takes the language, and Fedify the text, from the first entry of a map."""
    for plain in ("name", "content"):
        texts = document.get(f"{plain}Map")
        if isinstance(texts, dict) and next(iter(texts.values()), None) != document.get(plain):
            yield f"the first language of {plain}Map is not that of {plain}"
    if "contentMap" not in document:
        yield "the language is not told"


def addressed(document: Document) -> Iterator[str]:
    """Lemmy asks for both audiences as lists of addresses."""
    for name in ("to", "cc"):
        audience = document.get(name)
        if not isinstance(audience, list) or not all(isinstance(uri, str) for uri in audience):
            yield f"{name} is not a list of addresses"


def titled(document: Document) -> Iterator[str]:
    """Lemmy shows an article by its name, Mastodon by name and summary."""
    if document.get("type") != "Article":
        return
    if not isinstance(document.get("name"), str) or not 0 < len(document["name"]) <= 200:
        yield "the title is missing or too long"
    if len(document.get("summary", "")) > 500:
        yield "the summary does not fit into a post"


def one_author(document: Document) -> Iterator[str]:
    """BookWyrm and Lemmy read one author as an address."""
    if not isinstance(document.get("attributedTo"), str):
        yield "attributedTo is not one address"


def reply(document: Document) -> Iterator[str]:
    """PeerTube and Lemmy take a note as a comment on one thing."""
    if document.get("type") == "Note":
        yield from _addresses(document, "inReplyTo", "url")


# --------------------------------------------------------------------- activities and discovery


def spoken(activity: Document) -> Iterator[str]:
    """An activity has an address of its own, one actor on the same host, and one object."""
    yield from _addresses(activity, "id", "actor")
    if _host(activity.get("id")) != _host(activity.get("actor")):
        yield "id and actor are on two hosts"
    if len(_list(activity.get("object"))) != 1 or _ids(activity.get("object")) == [None]:
        yield "it is not about one thing"


def whole(activity: Document) -> Iterator[str]:
    """Nobody fetches what a Create or Update could have brought."""
    if activity.get("type") in ("Create", "Update") and "type" not in dict(activity.get("object", {})):
        yield "the object is not embedded"
    told = activity.get("object")
    if activity.get("type") == "Delete" and (not isinstance(told, dict) or told.get("type") != "Tombstone"):
        yield "there is no tombstone"


def answered_whole(activity: Document) -> Iterator[str]:
    """Mastodon, Lemmy and PeerTube look for the Follow inside of its Accept, Reject or Undo."""
    told = activity.get("object")
    if activity.get("type") in ("Accept", "Reject", "Undo"):
        inner = told if isinstance(told, dict) else {}
        missing = [name for name in ("id", "type", "actor", "object") if not isinstance(inner.get(name), str)]
        if missing:
            yield f"the Follow inside has no {missing}"


def leads_to(actor: Document) -> Demand:
    """WebFinger: the handle as subject, and a typed link to the actor."""

    def demand(jrd: Document) -> Iterator[str]:
        if jrd.get("subject") != f"acct:{actor['preferredUsername']}@{_host(actor['id'])}":
            yield "the subject is not the handle of the actor"
        own = [link for link in jrd.get("links", []) if link.get("rel") == "self"]
        if [(link.get("href"), link.get("type") in MEDIA) for link in own] != [(actor["id"], True)]:
            yield "there is not one link to the actor"

    return demand


ACTOR: dict[str, tuple[Demand, ...]] = {
    "Mastodon": (one_type, reachable, plain_username, own_key, typed_parts),
    "GoToSocial": (one_type, reachable, own_key),
    "Lemmy": (one_type, reachable, own_key, shared_inbox, no_null),
    "PeerTube": (one_type, reachable, plain_username, own_key, shared_inbox),
    "BookWyrm": (one_type, reachable, own_key, no_null),
    "NeoDB": (one_type, reachable, own_key, security_context),
}
OBJECT: dict[str, tuple[Demand, ...]] = {
    "Mastodon": (one_type, shown, dated, original_first, titled, typed_parts),
    "GoToSocial": (one_type, shown, dated, addressed, original_first),
    "Lemmy": (one_type, shown, dated, addressed, titled, one_author, typed_parts, reply, no_null),
    "PeerTube": (one_type, shown, dated, reply),
    "BookWyrm": (one_type, dated, one_author, typed_parts, no_null),
    "NeoDB": (one_type, shown, dated, typed_parts),
}
ACTIVITY: dict[str, tuple[Demand, ...]] = {
    "Mastodon": (one_type, spoken, whole, answered_whole),
    "GoToSocial": (one_type, spoken, whole),
    "Lemmy": (one_type, spoken, whole, answered_whole, no_null),
    "PeerTube": (one_type, spoken, answered_whole),
    "BookWyrm": (one_type, spoken, whole),
    "NeoDB": (one_type, spoken, whole),
}


def complaints(demands: Iterable[Demand], document: Document) -> list[str]:
    """All that is wrong with a document, in the eyes of those who make these demands."""
    return [f"{demand.__name__}: {complaint}" for demand in demands for complaint in demand(document)]
