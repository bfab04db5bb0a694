"""What all our objects on the wire have in common: how they are addressed and wrapped."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urlsplit

from exchange.vocabulary.fields import UNDETERMINED

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"  # what explains the proof of an object
EXACT = 2**53  # beyond it, numbers are no longer the same to everybody who reads JSON (RFC 8785)
OBJECT = f'application/ld+json; profile="{ACTIVITYSTREAMS}"'
SUMMARY = 500  # characters that the Fediverse shows without a fold


def origin_of(uri: str) -> str:
    """The scheme and host of an id."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def context(uri: str) -> list[str]:
    """The JSON-LD contexts of an object; ours is a static file of the instance that owns it."""
    return [ACTIVITYSTREAMS, f"{origin_of(uri)}/ns/v1"]


def stamp(at: datetime) -> str:
    """A moment as ActivityStreams writes it, to the fraction of a second by which changes are ordered."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """The value as it may be signed: decimals and the largest numbers as strings, nothing null."""
    if isinstance(value, int) and abs(value) >= EXACT:
        return str(value)
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return decimal(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items() if v is not None}
    return [plain(v) for v in value if v is not None]


def decimal(number: float) -> str:
    """A number in plain digits, which is read back as the very same number."""
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0")


def addressed(
    uri: str, author: str, others: Iterable[str] = (), *, groups: Iterable[str] = ()
) -> dict[str, Any]:
    """Everybody may read it; the author's followers, and those whom it concerns, are told.

    Groups come first: software that keeps threads by group looks for the group there.
    """
    cc = dict.fromkeys([*groups, f"{author}/followers", *others])
    return {"@context": [*context(uri), DATA_INTEGRITY], "id": uri, "to": [PUBLIC], "cc": list(cc)}


def tagged(texts: Mapping[str, str]) -> dict[str, str]:
    """Those of the texts whose language is known, as `nameMap` and its like hold them."""
    return {language: text for language, text in texts.items() if language != UNDETERMINED}


def spoken(texts: Mapping[str, str]) -> dict[str, Any]:
    """A few words as the content that anybody shows; nothing when there are none."""
    told = {language: f"<p>{escape(text, quote=False)}</p>" for language, text in texts.items()}
    if not told:
        return {}
    by_language = tagged(told)
    return {"content": next(iter(told.values()))} | ({"contentMap": by_language} if by_language else {})


def page_link(uri: str, name: str, language: str) -> dict[str, Any]:
    """The page of an object, at the same address: what others show as a card."""
    return {
        "type": "Link",
        "href": uri,
        "rel": "alternate",
        "mediaType": "text/html",
        "hreflang": language,
        "name": name,
    }


def object_link(uri: str, name: str) -> dict[str, str]:
    """A link in the words to an object that other software may fetch (FEP-e232)."""
    return {"type": "Link", "mediaType": OBJECT, "href": uri, "name": name}


def tombstone(
    uri: str, former_type: str, at: datetime, reason: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What is left of an object that was withdrawn: that it was, and why, where its owner has said so."""
    return {
        "@context": context(uri),
        "id": uri,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": stamp(at),
        **spoken(reason or {}),
        **({"reason": dict(reason)} if reason else {}),
    }


def wrap(
    kind: str,
    actor: str,
    obj: dict[str, Any] | str,
    *,
    to: Iterable[str] = (PUBLIC,),
    cc: Iterable[str] | None = None,
) -> dict[str, Any]:
    """An activity around an object; without `cc` it goes to those whom the object names, else to followers."""
    if cc is None:
        cc = (obj.get("cc") if isinstance(obj, dict) else None) or [f"{actor}/followers"]
    activity: dict[str, Any] = {
        "@context": context(actor),
        "type": kind,
        "actor": actor,
        "to": list(to),
        "cc": list(cc),
    }
    at = obj.get("published" if kind == "Create" else "updated") if isinstance(obj, dict) else None
    if at:
        activity["published"] = at
    return {**activity, "object": obj}
