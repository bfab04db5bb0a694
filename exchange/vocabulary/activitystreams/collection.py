"""A cluster's collection on the wire: a FeaturedCollection (FEP-7aa9), and in it our words by language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from exchange.messages import N_
from exchange.models.collection import Collected, Collection
from exchange.models.practice import Practice
from exchange.vocabulary import hypertext
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.reading import (
    is_uri,
    moment_at,
    node,
    refuse,
    uri_at,
    validated,
)
from exchange.vocabulary.activitystreams.shared import (
    PUBLIC,
    addressed,
    context,
    object_link,
    plain,
    stamp,
    tagged,
)
from exchange.vocabulary.fields import UNDETERMINED, Part, Remark, Summary, Title

MOST = 150  # practices in one collection, as elsewhere on the Fediverse
LINKED = 10  # of them in the note that announces it
KIND, ITEM = "FeaturedCollection", "FeaturedItem"


class _Word(Part):
    practice: str
    text: Remark = {}


class _Words(Part):
    title: Title = {}
    summary: Summary = {}
    words: list[_Word] = []


@dataclass(frozen=True)
class ReadCollection:
    """A collection as it came in, judged; `items` are addresses of practices with the word for each."""

    uri: str
    owner: str
    title: dict[str, str]
    summary: dict[str, str]
    items: tuple[tuple[str, dict[str, str]], ...]
    published: datetime
    updated: datetime


def collection_object(collection: Collection, items: Sequence[Collected]) -> dict[str, Any]:
    """The FeaturedCollection for a collection of a cluster of ours."""
    obj = {
        **addressed(collection.uri, collection.owner),
        "type": KIND,
        "attributedTo": collection.owner,
        "name": collection.called(),
        "nameMap": tagged(collection.title),
        "summary": next(iter(collection.summary.values()), None),
        "summaryMap": tagged(collection.summary),
        "url": collection.uri,
        "totalItems": len(items),
        "sensitive": False,
        "discoverable": True,
        "published": stamp(collection.issued_at),
        "updated": stamp(collection.modified_at),
        "orderedItems": [
            {
                "id": f"{collection.uri}#item-{item.id}",
                "type": ITEM,
                "featuredObject": item.practice,
                "featuredObjectType": "Article",
            }
            for item in items
        ],
        "curated": {
            "id": f"{collection.uri}#curated",
            "type": "CuratedCollection",
            "title": collection.title,
            "summary": collection.summary or None,
            "words": [{"practice": one.practice, "text": one.words} for one in items if one.words] or None,
        },
    }
    return {k: v for k, v in plain(obj).items() if v != {}}


def announcement(collection: Collection, practices: Sequence[Practice]) -> dict[str, Any]:
    """The plain Note by which people anywhere hear of a collection: its title, and links to what is in it."""
    language = next(iter(collection.title), UNDETERMINED)
    summary = next(iter(collection.summary.values()), "")
    called = collection.called(language)
    linked = [(one.uri, one.title or one.uri) for one in practices[:LINKED]]
    links = "".join(f'<li><a href="{escape(to)}">{escape(name, quote=False)}</a></li>' for to, name in linked)
    told = (
        f'<p><a href="{escape(collection.uri)}">{escape(called, quote=False)}</a></p>'
        f"{article.paragraphs({language: summary}, language) if summary else ''}<ul>{links}</ul>"
    )
    uri = f"{collection.uri}/note"
    obj = {
        **addressed(uri, collection.owner),
        "@context": context(uri),
        "type": "Note",
        "to": [PUBLIC],
        "attributedTo": collection.owner,
        "content": told,
        "contentMap": {language: told} if language != UNDETERMINED else None,
        "url": collection.uri,
        "published": stamp(collection.modified_at),
        "tag": [object_link(to, name) for to, name in [(collection.uri, called), *linked]],
    }
    return dict(plain(obj))


def collection_of(obj: Any) -> ReadCollection:
    """The collection in an object; raises Refusal, with the field, for anything that is not in order."""
    if not isinstance(obj, dict) or obj.get("type") != KIND:
        raise refuse("type", N_("A collection comes as a FeaturedCollection."))
    ours = _Words()
    if obj.get("curated") is not None:
        inner = node(obj, "curated", "CuratedCollection")
        ours = validated(_Words, {k: v for k, v in inner.items() if k not in ("id", "type")}, "curated")
    told = {"title": _texts(obj, "name"), "summary": _texts(obj, "summary")}
    plainly = validated(_Words, {k: v for k, v in told.items() if not getattr(ours, k)}, "")
    title = ours.title or plainly.title
    if not title:
        raise refuse("name", N_("A collection has a title."))
    words = {one.practice: one.text for one in ours.words}
    published = moment_at(obj, "published")
    return ReadCollection(
        uri=uri_at(obj, "id"),
        owner=uri_at(obj, "attributedTo"),
        title=title,
        summary=ours.summary or plainly.summary,
        items=tuple((uri, words.get(uri, {})) for uri in named_in(obj)),
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
    )


def named_in(obj: dict[str, Any]) -> list[str]:
    """The articles that a collection names, each once, in their order; raises Refusal on nonsense."""
    listed = obj.get("orderedItems", [])
    if not isinstance(listed, list) or len(listed) > MOST:
        raise refuse("orderedItems", N_("A list of at most %(limit)s items is expected here."), limit=MOST)
    found = []
    for item in listed:
        if not isinstance(item, dict) or item.get("type") != ITEM or not is_uri(item.get("featuredObject")):
            raise refuse("orderedItems", N_("An item of a collection names what it features."))
        if item.get("featuredObjectType", "Article") == "Article":
            found.append(item["featuredObject"])
    return list(dict.fromkeys(found))


def _texts(obj: dict[str, Any], name: str) -> Any:
    """A text by language as ActivityStreams writes it, else the one without a language; HTML becomes plain."""
    mapped = obj.get(f"{name}Map")
    value = mapped if isinstance(mapped, dict) and mapped else obj.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return _plain(value)


def _plain(value: Any) -> Any:
    return hypertext.plain(value) if isinstance(value, str) and "<" in value else value
