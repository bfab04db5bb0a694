"""A practice on the wire: an Article that anyone can read, and in it the record that we read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from exchange.messages import N_
from exchange.models.community import Community
from exchange.models.practice import OTHERS, OWNER, Practice
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.reading import (
    choice_at,
    flag_at,
    moment_at,
    node,
    number_at,
    refuse,
    slug_at,
    uri_at,
    validated,
)
from exchange.vocabulary.activitystreams.shared import SUMMARY, addressed, origin_of, page_link, plain, stamp
from exchange.vocabulary.record import PracticeRecord

_OURS = ("id", "type", "version", "documentedBy", "incomplete", "slug", "community", "reviewDue")
ARTICLES = 120_000  # characters of HTML in all languages; a message has a limit, the record comes first


@dataclass(frozen=True)
class ReadPractice:
    """A practice as it came in, judged and without anything that we do not know."""

    uri: str
    attributed_to: str
    record: PracticeRecord
    published: datetime
    updated: datetime
    version: int
    documented_by: str
    incomplete: bool
    slug: str | None


def practice_object(practice: Practice, community: Community, groups: Sequence[str] = ()) -> dict[str, Any]:
    """The Article for a practice of the community; `groups` are the clusters to which that belongs."""
    record, language = practice.record, practice.language
    title = record.get("title", {})
    by_others = practice.documented_by == OTHERS
    summary = record.get("summary", {})
    told = _articles(record, [language, *(k for k in title if k in summary)], by_others)
    obj = {
        **addressed(practice.uri, community.uri, groups=groups),
        "type": "Article",
        "attributedTo": community.uri,
        "name": practice.title or practice.slug or practice.uri,
        "nameMap": dict(title),
        "summary": escape(article.shortened(article.pick(summary, language)[0], SUMMARY), quote=False),
        "content": told[language],
        "contentMap": told,
        "url": practice.uri,
        "published": stamp(practice.issued_at),
        "updated": stamp(practice.modified_at),
        "attachment": [page_link(practice.uri, practice.title or practice.uri, language)],
        "tag": _hashtags(record, practice.uri, language),
        **{name: f"{practice.uri}/{name}" for name in ("replies", "likes", "shares")},
        "practice": {
            "id": f"{practice.uri}#practice",
            "type": "Practice",
            "version": practice.version,
            "documentedBy": practice.documented_by,
            "incomplete": practice.incomplete,
            "slug": practice.slug,
            "community": community.uri,
            "reviewDue": practice.review_due.isoformat() if practice.review_due else None,
            **record,
        },
    }
    return {k: v for k, v in plain(obj).items() if v not in ("", {}, [])}


def _articles(record: dict[str, Any], languages: list[str], by_others: bool) -> dict[str, str]:
    """The article in the original language, then in those into which the practice was translated."""
    told: dict[str, str] = {}
    for language in dict.fromkeys(languages):
        text = article.article(record, language, by_others=by_others)
        if not told or len(text) + sum(map(len, told.values())) <= ARTICLES:
            told[language] = text
    return told


def _hashtags(record: dict[str, Any], uri: str, language: str) -> list[dict[str, str]]:
    """The themes as hashtags that lead to our list of that theme, then the keywords as others may tag."""
    origin, base = origin_of(uri), language.partition("-")[0]
    tags: dict[str, dict[str, str]] = {}
    for theme in record.get("theme", []):
        name = _camel(concepts.label(theme, base))
        tags[name.lower()] = {
            "type": "Hashtag",
            "href": f"{origin}/practices?theme={theme}",
            "name": f"#{name}",
        }
    for keyword in record.get("keyword", []):
        name = _camel(article.pick(keyword, language)[0])
        if name and name.lower() not in tags:
            tags[name.lower()] = {
                "type": "Hashtag",
                "href": f"{origin}/practices?q={name}",
                "name": f"#{name}",
            }
    return list(tags.values())


def _camel(text: str) -> str:
    return "".join(w[:1].upper() + w[1:] for w in re.findall(r"\w+", text))[:60]


def practice_of(obj: Any) -> ReadPractice:
    """The practice in an Article; raises Refusal, with the field, for anything that is not in order."""
    inner = node(obj, "practice", "Practice")
    if obj.get("type") != "Article":
        raise refuse("type", N_("A practice comes as an Article."))
    uri, author = uri_at(obj, "id"), uri_at(obj, "attributedTo")
    if "community" in inner and uri_at(inner, "community", "practice.community") != author:
        raise refuse("practice.community", N_("The practice names another community than its author."))
    record = validated(PracticeRecord, {k: v for k, v in inner.items() if k not in _OURS}, "practice")
    if not record.title:
        raise refuse("practice.title", N_("A practice needs a title."))
    published = moment_at(obj, "published")
    return ReadPractice(
        uri=uri,
        attributed_to=author,
        record=record,
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
        version=number_at(inner, "version", "practice"),
        documented_by=choice_at(inner, "documentedBy", "practice", (OWNER, OTHERS), OWNER),
        incomplete=flag_at(inner, "incomplete", "practice"),
        slug=slug_at(inner, "practice"),
    )
