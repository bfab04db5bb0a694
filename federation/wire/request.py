"""The parts of an HTTP request that a signature speaks about, with nothing said twice."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from federation.errors import InvalidSignature
from federation.wire.activity import host_of

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

# A clock may be an hour off in either direction; a delivery may have waited five minutes on top.
OLDEST = timedelta(minutes=65)
NEWEST = timedelta(minutes=60)
# A second one of these would let two readers of one request see two different requests.
ONCE = frozenset(
    {
        "signature",
        "signature-input",
        "digest",
        "content-digest",
        "date",
        "host",
        "content-type",
        "content-length",
        "authorization",
    }
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def normalise(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined, those of ONCE may not be repeated."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        lower = name.lower()
        if lower in found:
            if lower in ONCE:
                raise InvalidSignature("A header that may appear once appears twice.", detail=lower)
            found[lower] = f"{found[lower]}, {value.strip()}"
        else:
            found[lower] = value.strip(" \t")
    return found


def http_date(moment: datetime) -> str:
    """A moment as the Date header writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@lru_cache(maxsize=64)  # requests of one second bear one date
def parse_date(text: str) -> datetime:
    """The moment of a Date header in its one current form, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110)."""
    try:
        moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidSignature("The Date header is not a date.") from error
    if http_date(moment) != text:
        raise InvalidSignature("The Date header is not a date.")
    return moment


def parse_timestamp(seconds: int) -> datetime:
    """The moment of a `created` or `expires` parameter."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidSignature("A time in the signature is out of range.") from error


def check_signed_at(moment: datetime, at: datetime) -> None:
    """Refuse what was signed too long ago or too far in the future."""
    if moment < at - OLDEST:
        raise InvalidSignature("The signature is too old.")
    if moment > at + NEWEST:
        raise InvalidSignature("The signature comes from the future; a clock is wrong.")


def check_expires(expires: datetime, created: datetime | None, at: datetime) -> None:
    """Refuse what has expired, and what would have expired before it was made."""
    if expires <= at or (created is not None and expires <= created):
        raise InvalidSignature("The signature has expired.")


def check_host(header: str | None, origin: str) -> None:
    """A signed Host must be ours as configured; what the request claims is never a source of truth."""
    scheme = urlsplit(origin).scheme
    if header is None or host_of(f"{scheme}://{header}/") != host_of(origin):
        raise InvalidSignature("The request was signed for another host.")


def check_target(target: Any) -> str:
    """The raw request target in origin form; other forms would carry a host of their own."""
    if not isinstance(target, str) or not target.startswith("/") or not target.isascii():
        raise InvalidSignature("The request target is not a path.")
    return target
