"""A community on the wire: an Organization, and in it the profile that others compare themselves with."""

import re
from html import escape
from itertools import islice
from typing import Any

from exchange.messages import N_
from exchange.models.community import Community
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams.reading import is_uri, node, refuse, uri_at, validated
from exchange.vocabulary.activitystreams.shared import context, origin_of, plain, tagged
from exchange.vocabulary.fields import UNDETERMINED, clean, is_language
from exchange.vocabulary.profile import CommunityRecord

_NAME = 120
_LANGUAGES = 40  # more than any name is told in


def community_profile(community: Community) -> dict[str, Any]:
    """What the actor document of a community says beyond what every actor says."""
    language = next(iter(community.name), "en")
    facts = _facts(community)
    profile = {
        "@context": context(community.uri)[1:],
        "name": community.called(language),
        "nameMap": tagged(community.name),
        "summary": f"<p>{escape(' · '.join(value for _, value in facts), quote=False)}</p>" if facts else "",
        "url": community.uri,
        "attachment": [
            {"type": "PropertyValue", "name": name, "value": escape(value, quote=False)}
            for name, value in facts
        ],
        "community": {
            "id": f"{community.uri}#community",
            "type": "Community",
            "name": community.name,
            "kind": community.kind,
            "country": community.country or None,
            "population": community.population,
            "degurba": community.degurba,
            "lat": community.lat,
            "lon": community.lon,
            "url": community.url,
            **community.profile,
        },
    }
    return {k: v for k, v in plain(profile).items() if v not in ("", {}, [])}


def _facts(community: Community) -> list[tuple[str, str]]:
    facts = [("Kind", concepts.label(community.kind))]
    if community.country:
        facts.append(("Country", community.country))
    if community.population is not None:
        facts.append(("Population", str(community.population)))
    if community.degurba:
        facts.append(("Degree of urbanisation", concepts.label(community.degurba)))
    return facts


def community_of(document: Any) -> dict[str, Any]:
    """The columns of a Community out of an actor document; raises Refusal on nonsense.

    An actor without our profile becomes a community of which only the name is known, so that whoever
    speaks ActivityPub can be followed and can answer.
    """
    if not isinstance(document, dict):
        raise refuse("", N_("An object is expected here."))
    uri = uri_at(document, "id")
    slug = _slug(document.get("preferredUsername"), uri)
    columns: dict[str, Any] = {"name": _name(document, slug), "url": None}
    if document.get("community") is not None:
        inner = node(document, "community", "Community")
        data = {k: v for k, v in inner.items() if k not in ("id", "type")}
        data.setdefault("name", columns["name"])
        columns = validated(CommunityRecord, data, "community").columns()
    if document.get("indexable") is False:  # FEP-5feb: it is read, and not found by searching
        columns["profile"] = {**columns.get("profile", {}), "indexable": False}
    page = document.get("url")
    columns["url"] = columns["url"] or (page if is_uri(page) else None)
    return {**columns, "uri": uri, "slug": slug, "instance": origin_of(uri), "local": False}


def _slug(found: Any, uri: str) -> str:
    name = found if isinstance(found, str) else uri.rstrip("/").rpartition("/")[2]
    name = re.sub(r"[^\w.-]", "", name, flags=re.ASCII)[:_NAME]
    return name or "unnamed"


def _name(document: dict[str, Any], slug: str) -> dict[str, str]:
    told = document.get("nameMap")
    many = islice(told.items(), _LANGUAGES) if isinstance(told, dict) else ()
    names = {tag: clean(text)[:_NAME] for tag, text in many if is_language(tag) and isinstance(text, str)}
    if names := {tag: text for tag, text in names.items() if text}:
        return names
    found = document.get("name")
    name = clean(found)[:_NAME] if isinstance(found, str) else ""
    return {UNDETERMINED: name or slug}
