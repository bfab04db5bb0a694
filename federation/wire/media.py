"""Content types and waiting times in the headers of an answer."""

from datetime import UTC, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

from federation.base import now

PROFILE = "https://www.w3.org/ns/activitystreams"
LONGEST_WAIT = timedelta(hours=12)


def _read(content_type: str) -> tuple[str, str]:
    """Media type in lower case, and the profile parameter."""
    message = Message()
    message["Content-Type"] = content_type[:500].replace("\r", "").replace("\n", "")
    try:
        profile = message.get_param("profile", failobj="")
    except (TypeError, ValueError, LookupError):  # continued and encoded parameters that do not fit together
        profile = ""
    return message.get_content_type() if content_type else "", profile if isinstance(profile, str) else ""


def is_activity(content_type: str) -> bool:
    """`application/activity+json`, or `application/ld+json` with the ActivityStreams profile."""
    kind, profile = _read(content_type)
    if kind == "application/activity+json":
        return True
    return kind == "application/ld+json" and PROFILE in profile.split()


def is_json(content_type: str) -> bool:
    """`application/json` or any type that is JSON underneath."""
    kind, _ = _read(content_type)
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def retry_after(value: str | None) -> timedelta | None:
    """How long a Retry-After header asks to wait, at most twelve hours; None when it says nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT) if len(text) < 10 else LONGEST_WAIT
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max(moment - now(), timedelta(0)), LONGEST_WAIT)
