"""A page of answers as an Atom feed (RFC 4287), with links to its other pages (RFC 5005)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from exchange import version
from exchange.vocabulary import concepts

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA_TYPE = "application/atom+xml"
NEVER = "1970-01-01T00:00:00+00:00"  # a feed must say when it changed, one that has nothing as well
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("", ATOM)


def feed(
    *,
    id: str,
    title: str,
    author: str,
    language: str,
    links: Mapping[str, str],
    items: Sequence[Mapping[str, Any]],
    origin: str,
) -> bytes:
    """The feed of `items`, which have the shape of the API; `links` is relation → address.

    An entry's id is the address of the practice at its origin, wherever it is read, so that a reader
    who follows two instances sees it once.
    """
    root = ElementTree.Element(f"{{{ATOM}}}feed", {XML_LANG: language})
    _add(root, "id", id)
    _add(root, "title", title)
    _add(root, "updated", updated(items))
    for relation, address in links.items():
        kind = "text/html" if relation == "alternate" else MEDIA_TYPE
        _add(root, "link", rel=relation, href=address, type=kind)
    _add(_add(root, "author"), "name", author)
    _add(root, "generator", "Jumelage", version=version())
    for item in items:
        _entry(root, item, language, origin)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def updated(items: Sequence[Mapping[str, Any]]) -> str:
    """The last moment at which one of them changed."""
    return max((str(item["modified"]) for item in items if item["modified"]), default=NEVER)


def _entry(root: ElementTree.Element, item: Mapping[str, Any], language: str, origin: str) -> None:
    own = item["title_language"]
    entry = _add(root, "entry", **({XML_LANG: own} if own not in (language, "und") else {}))
    _add(entry, "id", str(item["url"]))
    _add(entry, "title", item["title"] or str(item["url"]))
    _add(entry, "updated", item["modified"] or item["issued"] or NEVER)
    if item["issued"]:
        _add(entry, "published", item["issued"])
    _add(entry, "link", rel="alternate", href=origin + item["path"], type="text/html")
    if not str(item["url"]).startswith(f"{origin}/"):
        _add(entry, "link", rel="canonical", href=str(item["url"]))
    owner = _add(entry, "author")
    _add(owner, "name", item["community"].get("name") or str(item["instance"] or ""))
    if item["community"].get("id"):
        _add(owner, "uri", str(item["community"]["id"]))
    for theme in item["themes"]:
        _add(entry, "category", term=theme, label=concepts.label(theme, language))
    if item["summary"]:
        spoken = item["summary_language"]
        _add(entry, "summary", item["summary"], **({XML_LANG: spoken} if spoken not in (own, "und") else {}))


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    if text:
        made.text = _NOT_XML.sub("", text)
    return made
