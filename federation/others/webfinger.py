"""From a handle to an actor and back: WebFinger, believed only when both directions agree."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

from sqlmodel import Session, select

from federation.actor import LocalActor
from federation.errors import BadDocument, FetchError, NotFound
from federation.others.addresses import is_home
from federation.others.client import Client
from federation.wire.activity import ACTIVITY_JSON, as_list, host_of, id_of, origin_of

JRD = "application/jrd+json"
SERVICE = "https://www.w3.org/ns/activitystreams#Service"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?")
_HANDLE = re.compile(r"(?:acct:)?@?([^@/:?#\s]+)@([^@/?#\s]+)")
# Actor types under which other software publishes a link are all one media type to us.
_SELF_TYPES = (ACTIVITY_JSON, "application/ld+json")


def answer(session: Session, origin: str, resource: str) -> dict[str, Any] | None:
    """The JRD for a resource of ours: `acct:name@host`, an actor's address, or our origin (FEP-d556).

    None when it is not ours or nobody; the host must be the configured one.
    """
    if resource.rstrip("/") == origin:
        actor = session.exec(select(LocalActor).where(LocalActor.kind == "Application")).first()
        if actor is None:
            return None
        link = {"rel": SERVICE, "type": ACTIVITY_JSON, "href": actor.uri}
        return {"subject": f"{origin}/", "links": [link]}
    actor = _named(session, origin, resource)
    if actor is None:
        return None
    return {
        "subject": f"acct:{actor.handle}@{host_of(origin)}",
        "aliases": [actor.uri],
        "links": [
            {"rel": "self", "type": ACTIVITY_JSON, "href": actor.uri},
            {"rel": PROFILE_PAGE, "type": "text/html", "href": actor.uri},
        ],
    }


def _named(session: Session, origin: str, resource: str) -> LocalActor | None:
    if origin_of(resource) is not None:
        return session.get(LocalActor, resource)
    match = _HANDLE.fullmatch(resource)
    if match is None or host_of(f"{urlsplit(origin).scheme}://{match[2]}/") != host_of(origin):
        return None
    return session.exec(select(LocalActor).where(LocalActor.handle == match[1].lower())).first()


def resolve(client: Client, text: str) -> str:
    """The actor behind `@name@host`, `name@host`, `acct:name@host`, a web address or a bare domain.

    A handle is believed when its host leads to an actor and the actor's host leads back to the
    same actor. FetchError with a sentence for people otherwise.
    """
    text = text.strip()
    match = _HANDLE.fullmatch(text)
    if match is not None:
        return _by_handle(client, match[1], match[2])
    if "://" not in text:
        if not re.fullmatch(r"[^@/\s]+", text) or not ("." in text or is_home(text.partition(":")[0])):
            raise NotFound("This is neither a handle nor an address.")
        text = f"{_scheme(client, text)}://{text}/"
    origin = origin_of(text)
    if origin is None:
        raise NotFound("This is neither a handle nor an address.")
    path = text.split("://", 1)[1].partition("/")[2]
    if not path:
        return _by_origin(client, text)
    return str(client.get_object(f"{origin}/{path}").json["id"])


def _by_handle(client: Client, name: str, host: str) -> str:
    host = _canonical(client, host)
    jrd = _query(client, host, f"acct:{name}@{host}")
    uri = _link(jrd, "self")
    document = client.get_object(uri).json
    if id_of(document) != uri:
        raise BadDocument("The handle leads to a document that belongs to another address.")
    shown = handle_of(client, document)
    subject = _HANDLE.fullmatch(str(jrd.get("subject", "")))
    asked = (name.lower(), host)
    back = shown is not None and _parts(client, shown) == asked
    named = subject is not None and _parts(client, f"{subject[1]}@{subject[2]}")
    # A handle at a shorter domain may stand for an actor elsewhere, if both hosts say so.
    if not back and (shown is None or named != _parts(client, shown)):
        raise BadDocument("The handle and the actor do not lead to each other.")
    return uri


def handle_of(client: Client, document: dict[str, Any]) -> str | None:
    """The handle of an actor, `name@host`, when its host leads back to that actor; else None."""
    uri, name = id_of(document), document.get("preferredUsername")
    host = host_of(uri)
    if uri is None or host is None or not isinstance(name, str) or not _NAME.fullmatch(name):
        return None
    try:
        jrd = _query(client, host, f"acct:{name}@{host}")
        if _link(jrd, "self") != uri:
            return None
        subject = _HANDLE.fullmatch(str(jrd.get("subject", "")))
        if subject is None:
            return None
        found = _parts(client, f"{subject[1]}@{subject[2]}")
        if found != (name.lower(), host):
            elsewhere = _query(client, found[1], f"acct:{found[0]}@{found[1]}")
            if _link(elsewhere, "self") != uri:
                return None
    except FetchError:
        return None
    return f"{subject[1]}@{found[1]}"


def _by_origin(client: Client, text: str) -> str:
    """The actor of an instance as a whole (FEP-d556, FEP-2677)."""
    origin = origin_of(text)
    host = host_of(text)
    if origin is None or host is None:
        raise NotFound("This is neither a handle nor an address.")
    try:
        uri = _link(_query(client, host, f"{origin}/"), SERVICE)
    except FetchError:
        links = client.get_json(f"{origin}/.well-known/nodeinfo").json
        uri = _link(links, "https://www.w3.org/ns/activitystreams#Application")
    if origin_of(uri) != origin:
        raise BadDocument("The instance names an actor on another host.")
    return str(client.get_object(uri).json["id"])


def _query(client: Client, host: str, resource: str) -> dict[str, Any]:
    url = f"{_scheme(client, host)}://{host}/.well-known/webfinger?resource={quote(resource, safe='')}"
    return client.get_json(url, accept=f"{JRD}, application/json").json


def _link(jrd: dict[str, Any], rel: str) -> str:
    for link in as_list(jrd.get("links")):
        if not isinstance(link, dict) or link.get("rel") != rel:
            continue
        kind = link.get("type")
        uri = id_of(link.get("href"))
        typed = kind is None or (isinstance(kind, str) and kind.startswith(_SELF_TYPES))
        if uri is not None and origin_of(uri) is not None and typed:
            return uri
    raise NotFound("The other instance does not know this handle.")


def _scheme(client: Client, host: str) -> str:
    return "http" if client.lab and is_home(host.partition(":")[0]) else "https"


def _canonical(client: Client, host: str) -> str:
    found = host_of(f"{_scheme(client, host)}://{host}/")
    if found is None:
        raise NotFound("This is neither a handle nor an address.")
    return found


def _parts(client: Client, handle: str) -> tuple[str, str]:
    name, _, host = handle.partition("@")
    return name.lower(), _canonical(client, host)
