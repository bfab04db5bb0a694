"""Reading what arrives: JSON that may be hostile, and the few shapes every activity shares.

Documents are plain JSON to us: contexts are never fetched or processed, so the keywords that let
JSON-LD say the same thing in another shape are refused instead of being overlooked.
"""

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NoReturn
from urllib.parse import urlsplit

import idna

from federation.errors import BadActivity, TooLarge

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_NAMES = frozenset({PUBLIC, "as:Public", "Public"})
ACTIVITY_JSON = "application/activity+json"
LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_RECIPIENTS = 2_000
MAX_URI = 2_048  # bytes
MAX_ACTOR = 512  # bytes: with an id of MAX_URI beside it, it fits into a row of a PostgreSQL index
REFUSED_KEYWORDS = frozenset({"@graph", "@reverse", "@included"})

_SUSPICIOUS_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_NOT_IN_URI = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


def parse(body: bytes, *, limit: int = MAX_BYTES) -> dict[str, Any]:
    """The JSON object in `body`, or BadActivity / TooLarge; no input makes it do anything else."""
    if len(body) > limit:
        raise TooLarge(detail=f"{len(body)} bytes, at most {limit}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadActivity("The text is not UTF-8.", detail=str(error)) from error
    try:
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise BadActivity("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise BadActivity("The text is not valid JSON.", detail=str(error)[:200]) from error
    if not isinstance(value, dict):
        raise BadActivity("The JSON is not an object.")
    _walk(value, check_text=_SUSPICIOUS_ESCAPE.search(text) is not None)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadActivity("A key appears twice in one JSON object.")
    if not REFUSED_KEYWORDS.isdisjoint(found):
        raise BadActivity("The JSON-LD keywords @graph, @reverse and @included are not accepted.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadActivity("NaN and Infinity are not JSON.", detail=name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadActivity("A number is too large.")
    return number


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise BadActivity("A number is too large.")
    return int(digits)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
)


def _walk(root: Any, *, check_text: bool) -> None:
    """Bound depth and number of values; look at each string only when an escape makes it worth it."""
    seen = 0
    level: list[Any] = [root]
    for _depth in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                seen += len(value)
                below.extend(value.values())
                if check_text:
                    below.extend(value.keys())
            elif isinstance(value, list):
                seen += len(value)
                below.extend(value)
            elif check_text and isinstance(value, str):
                _check_text(value)
        if seen > MAX_VALUES:
            raise BadActivity("The JSON holds too many values.")
        if not below:
            return
        level = below
    raise BadActivity("The JSON is nested too deeply.")


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BadActivity("A text holds a NUL character.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadActivity("A text holds half of a surrogate pair.") from error


def as_list(value: Any) -> list[Any]:
    """ActivityStreams writes one value without its brackets; absent is an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def id_of(value: Any) -> str | None:
    """The identifier of something given as its URI or as an object; None for anything else."""
    if isinstance(value, dict):
        value = value.get("id")
    if isinstance(value, str) and 0 < _size(value) <= MAX_URI and not _NOT_IN_URI.search(value):
        return value
    return None


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def ids_of(value: Any) -> list[str]:
    """The identifiers in a property that holds one or many things; the unreadable are left out."""
    return [found for item in as_list(value) if (found := id_of(item)) is not None]


def kind_of(document: Any) -> str:
    """The one ActivityStreams type of a document; an array of types is read by its first string."""
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(kind, list):
        kind = next((item for item in kind if isinstance(item, str)), None)
    if not isinstance(kind, str) or not 0 < len(kind) <= 200:
        raise BadActivity("The type is missing or is not a text.")
    return kind


def activity_kind(activity: dict[str, Any]) -> str:
    """The type of an activity; one of several types would be one thing to us and another to others."""
    kind = activity.get("type")
    if isinstance(kind, list) and len(kind) != 1:
        raise BadActivity("An activity has exactly one type.")
    return kind_of(activity)


def actor_of(activity: dict[str, Any]) -> str:
    """The one actor of an activity."""
    actors = as_list(activity.get("actor"))
    actor = id_of(actors[0]) if len(actors) == 1 else None
    if actor is None or origin_of(actor) is None or _size(actor) > MAX_ACTOR:
        raise BadActivity("The activity does not name exactly one actor.")
    return actor


def recipients(activity: dict[str, Any]) -> set[str]:
    """Everyone that an activity is addressed to, Public in its one spelling."""
    found: set[str] = set()
    for audience in ("to", "cc", "bto", "bcc", "audience"):
        values = as_list(activity.get(audience))
        if len(values) + len(found) > MAX_RECIPIENTS:
            raise BadActivity("The activity is addressed to too many recipients.")
        found.update(PUBLIC if uri in PUBLIC_NAMES else uri for uri in ids_of(values))
    return found


def is_public(document: dict[str, Any]) -> bool:
    """Whether anyone may read it: Public among `to` or `cc`."""
    return any(uri in PUBLIC_NAMES for name in ("to", "cc") for uri in ids_of(document.get(name)))


def origin_of(uri: Any) -> str | None:
    """`scheme://host[:port]` of an http(s) URI in one spelling, or None when it has no such origin.

    Hosts come out in lower case as A-labels, default ports are dropped; user info is refused.
    """
    return _origin_of(uri) if isinstance(uri, str) and len(uri) <= MAX_URI else None


@lru_cache(maxsize=2048)  # of MAX_URI each; one request names the same few addresses over and over
def _origin_of(uri: str) -> str | None:
    if _size(uri) > MAX_URI or _NOT_IN_URI.search(uri):
        return None
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not host:
        return None
    spelled = f"[{host}]" if ":" in host else _ascii_host(host)
    if spelled is None:
        return None
    standard = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{spelled}" + ("" if standard else f":{port}")


def _ascii_host(host: str) -> str | None:
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    return host if _HOST.fullmatch(host) and ".." not in host else None


def host_of(uri: Any) -> str | None:
    """`host[:port]` of a URI: under this name an instance is known, allowed and blocked."""
    origin = origin_of(uri)
    return origin.split("://", 1)[1] if origin else None


def same_origin(first: Any, second: Any) -> bool:
    """Whether two URIs belong to the same origin (FEP-fe34); False when either has none."""
    origin = origin_of(first)
    return origin is not None and origin == origin_of(second)


def without_fragment(uri: str) -> str:
    """The address of the document in which a URI with a fragment is described."""
    return uri.partition("#")[0]


def without_tree_signature(document: dict[str, Any]) -> dict[str, Any]:
    """A document without its Linked Data signature, which nobody should believe (CVE-2026-46349)."""
    signature = document.get("signature")
    kind = signature.get("type") if isinstance(signature, dict) else None
    if not isinstance(kind, str) or not kind.endswith("Signature2017"):
        return document
    return {name: value for name, value in document.items() if name != "signature"}


def strings(value: Any) -> Iterator[str]:
    """Those items of a property that are texts."""
    return (item for item in as_list(value) if isinstance(item, str))
