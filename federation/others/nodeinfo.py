"""NodeInfo: what software an instance runs and how much is on it, for directories and for peers."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any

from federation.errors import NotFound

SCHEMA = "http://nodeinfo.diaspora.software/ns/schema"
VERSIONS = ("2.1", "2.0")
APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
SOFTWARE = "jumelage"
FEPS = (
    *("67ff", "f1d5", "2677", "d556", "fe34", "1b12", "7aa9", "b2b8", "e232", "5711", "5feb", "4f05"),
    *("521a", "8b32", "844e"),
)


def links(origin: str) -> dict[str, Any]:
    """`/.well-known/nodeinfo`: the documents, and the instance's own actor (FEP-2677)."""
    found = [{"rel": f"{SCHEMA}/{version}", "href": f"{origin}/nodeinfo/{version}"} for version in VERSIONS]
    return {"links": [*found, {"rel": APPLICATION, "href": f"{origin}/actor"}]}


def document(
    origin: str,
    version: str,
    counts: dict[str, int],
    open_registrations: bool = False,
    *,
    metadata: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A NodeInfo document; NotFound for a version that we do not speak.

    `counts` may hold `users` (accounts that can publish), `active_month`, `active_halfyear`, `posts`
    and `comments`, which have a place of their own; all others (practices, reviews, adoptions …)
    stand in `metadata.counts`.
    """
    if version not in VERSIONS:
        raise NotFound(detail=version)
    software: dict[str, Any] = {"name": SOFTWARE, "version": software_version()}
    if version == "2.1":
        software["homepage"] = origin
    usual = {"users", "active_month", "active_halfyear", "posts", "comments"}
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": open_registrations,
        "usage": {
            "users": {
                "total": counts.get("users", 0),
                "activeMonth": counts.get("active_month", 0),
                "activeHalfyear": counts.get("active_halfyear", 0),
            },
            "localPosts": counts.get("posts", 0),
            "localComments": counts.get("comments", 0),
        },
        "metadata": {
            "counts": {name: number for name, number in counts.items() if name not in usual},
            "federation": {"feps": list(FEPS), "actor": f"{origin}/actor"},
            **(metadata or {}),
        },
    }


def software_version() -> str:
    """Our version, as NodeInfo's pattern wants it."""
    try:
        return installed(SOFTWARE)
    except PackageNotFoundError:
        return "0.1.0"


def content_type(version: str) -> str:
    """The media type under which the schema wants its documents served."""
    return f'application/json; profile="{SCHEMA}/{version}#"'
