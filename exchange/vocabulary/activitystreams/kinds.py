"""Telling at a glance what an object on the wire is about, before anything in it is believed."""

from typing import Any

from federation.wire.activity import id_of, ids_of

CALLS = ("consultation", "campaign")
NODES = ("practice", "review", "adoption", "delegation", "answer", "curated", *CALLS, "contribution")


def kind_of(obj: Any) -> str | None:
    """Which of our records an object carries, or None; any other note or article carries none."""
    if not isinstance(obj, dict):
        return None
    if obj.get("type") == "FeaturedCollection":  # with our words in it or without
        return "curated"
    return next((name for name in NODES if isinstance(obj.get(name), dict)), None)


def owner_of(obj: dict[str, Any]) -> str | None:
    """The one actor to whom an object is attributed."""
    owners = ids_of(obj.get("attributedTo"))
    return owners[0] if len(owners) == 1 else None


def about(obj: dict[str, Any]) -> str | None:
    """The practice that a review or an adoption is about, the review that an answer answers."""
    inner = obj.get("review") or obj.get("adoption") or obj.get("answer")
    if not isinstance(inner, dict):
        return None
    return id_of(inner.get("itemReviewed") or inner.get("adopts") or inner.get("answers"))


def asked_in(obj: dict[str, Any]) -> str | None:
    """The consultation to which a contribution is made."""
    inner = obj.get("contribution")
    return id_of(inner.get("consultation")) if isinstance(inner, dict) else None


def lent_to(obj: dict[str, Any]) -> str | None:
    """The actor to whom a delegation lends a voice."""
    inner = obj.get("delegation")
    return id_of(inner.get("lendsTo")) if isinstance(inner, dict) else None


def statements(obj: dict[str, Any]) -> list[str]:
    """The delegations that a review says it speaks for."""
    inner = obj.get("review")
    return ids_of(inner.get("onBehalfOf")) if isinstance(inner, dict) else []


def adopter_of(obj: dict[str, Any]) -> str | None:
    """The actor that takes up, where an adoption names one by its address."""
    inner = obj.get("adoption")
    named = inner.get("adopter") if isinstance(inner, dict) else None
    return named if isinstance(named, str) else None
