"""A contribution to a consultation on the wire: a short Note of a community that replies to it."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from exchange.messages import N_
from exchange.models.call import Contribution
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.reading import moment_at, node, refuse, uri_at, validated
from exchange.vocabulary.activitystreams.shared import addressed, plain, stamp, tagged
from exchange.vocabulary.fields import Part, Remark, ShortText, ShortTitle


class _Words(Part):
    title: ShortTitle = {}
    text: ShortText = {}


class _Comment(Part):
    text: Remark = {}


@dataclass(frozen=True)
class ReadContribution:
    """A contribution, or a comment on one (`answers`), as it came in, judged."""

    uri: str
    author: str
    call: str
    answers: str | None
    title: dict[str, str]
    text: dict[str, str]
    published: datetime


def contribution_object(said: Contribution, owner: str) -> dict[str, Any]:
    """The Note for a contribution or comment of a community of ours; `owner` is the cluster that asks."""
    told = {k: _told(said, k) for k in said.text}
    obj = {
        **addressed(said.uri, said.author, [owner]),
        "type": "Note",
        "attributedTo": said.author,
        "inReplyTo": said.answers or said.call,
        "name": next(iter(said.title.values()), None),
        "content": next(iter(told.values()), ""),
        "contentMap": tagged(told),
        "url": said.uri,
        "published": stamp(said.issued_at),
        "contribution": {
            "id": f"{said.uri}#contribution",
            "type": "Contribution",
            "consultation": said.call,
            "answers": said.answers,
            "title": said.title or None,
            "text": said.text,
        },
    }
    return {k: v for k, v in plain(obj).items() if v != {}}


def _told(said: Contribution, language: str) -> str:
    title = said.title.get(language) or next(iter(said.title.values()), "")
    head = f"<p><strong>{escape(title, quote=False)}</strong></p>" if title else ""
    return head + article.paragraphs(said.text, language)


def contribution_of(obj: Any) -> ReadContribution:
    """The contribution in a Note; raises Refusal, with the field, for anything that is not in order."""
    inner = node(obj, "contribution", "Contribution")
    if obj.get("type") != "Note":
        raise refuse("type", N_("A contribution comes as a Note."))
    call = uri_at(inner, "consultation", "contribution.consultation")
    answers = uri_at(inner, "answers", "contribution.answers") if inner.get("answers") is not None else None
    if uri_at(obj, "inReplyTo") != (answers or call):
        raise refuse("contribution", N_("The contribution speaks of another object than it replies to."))
    title, text = words(inner.get("title") or {}, inner.get("text", {}), comment=answers is not None)
    return ReadContribution(
        uri=uri_at(obj, "id"),
        author=uri_at(obj, "attributedTo"),
        call=call,
        answers=answers,
        title=title,
        text=text,
        published=moment_at(obj, "published"),
    )


def words(title: Any, text: Any, *, comment: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Title and text within their limits, of a comment the text alone; raises Refusal at the field."""
    if comment:
        said = validated(_Comment, {"text": text}, "").text
        if not said:
            raise refuse("text", N_("Write a comment."))
        return {}, said
    both = validated(_Words, {"title": title, "text": text}, "")
    if not both.title:
        raise refuse("title", N_("A contribution has a title."))
    if not both.text:
        raise refuse("text", N_("A contribution has a text."))
    return both.title, both.text
