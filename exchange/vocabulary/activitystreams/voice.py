"""A delegation and an owner's answer to a review on the wire: short notes, each with its typed statement."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from exchange.messages import N_
from exchange.models.answer import Answer
from exchange.models.community import Community
from exchange.models.delegation import Delegation
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.reading import choice_at, moment_at, node, refuse, uri_at, validated
from exchange.vocabulary.activitystreams.shared import addressed, plain, stamp
from exchange.vocabulary.fields import Part, Text


class _Words(Part):
    text: Text = {}


@dataclass(frozen=True)
class ReadDelegation:
    """A delegation as it came in, judged; `ended` is when the giver took its voice back."""

    uri: str
    giver: str
    receiver: str
    theme: str
    published: datetime
    updated: datetime
    ended: datetime | None


@dataclass(frozen=True)
class ReadAnswer:
    """An owner's answer to a review as it came in, judged."""

    uri: str
    attributed_to: str
    review_uri: str
    text: dict[str, str]
    published: datetime
    updated: datetime


def delegation_object(delegation: Delegation, giver: Community, receiver_name: str) -> dict[str, Any]:
    """The Note for a delegation; an ended one says when."""
    told = {language: _lent(delegation, giver, receiver_name, language) for language in _languages(giver)}
    obj = {
        **addressed(delegation.uri, giver.uri, [delegation.receiver]),
        "type": "Note",
        "attributedTo": giver.uri,
        "content": next(iter(told.values())),
        "contentMap": told,
        "url": giver.uri,
        "published": stamp(delegation.issued_at),
        "updated": stamp(delegation.modified_at),
        "delegation": {
            "id": f"{delegation.uri}#delegation",
            "type": "Delegation",
            "theme": delegation.theme,
            "lendsTo": delegation.receiver,
            "ended": stamp(delegation.ended_at) if delegation.ended_at else None,
        },
    }
    return dict(plain(obj))


def _languages(giver: Community) -> list[str]:
    """The giver's own language comes first, where we have words in it."""
    own = [language for language in giver.name if article.speaks(language)]
    return list(dict.fromkeys([*own, "en"]))


def _lent(delegation: Delegation, giver: Community, receiver_name: str, language: str) -> str:
    words = {
        "giver": giver.called(language),
        "receiver": receiver_name,
        "theme": concepts.label(delegation.theme, language),
    }
    return f"<p>{escape(article.word('unlent' if delegation.ended_at else 'lent', language, **words))}</p>"


def delegation_of(obj: Any) -> ReadDelegation:
    """The delegation in a Note; raises Refusal, with the field, for anything that is not in order."""
    inner = node(obj, "delegation", "Delegation")
    if obj.get("type") != "Note":
        raise refuse("type", N_("A delegation comes as a Note."))
    giver = uri_at(obj, "attributedTo")
    receiver = uri_at(inner, "lendsTo", "delegation.lendsTo")
    if receiver == giver:
        raise refuse("delegation.lendsTo", N_("Nobody lends a voice to themselves."))
    published = moment_at(obj, "published")
    return ReadDelegation(
        uri=uri_at(obj, "id"),
        giver=giver,
        receiver=receiver,
        theme=choice_at(inner, "theme", "delegation", concepts.scheme("themes").concepts),
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
        ended=moment_at(inner, "ended") if inner.get("ended") is not None else None,
    )


def answer_object(answer: Answer, review_uri: str, owner: Community, reviewer: str) -> dict[str, Any]:
    """The Note for an owner's answer to a review; `reviewer` is the actor who is told."""
    languages = [k for k in answer.text if article.speaks(k)] or list(answer.text)
    told = {k: article.paragraphs(answer.text, k) for k in languages}
    obj = {
        **addressed(answer.uri, owner.uri, [reviewer]),
        "type": "Note",
        "attributedTo": owner.uri,
        "inReplyTo": review_uri,
        "content": told[languages[0]],
        "contentMap": told,
        "url": answer.uri,
        "published": stamp(answer.issued_at),
        "updated": stamp(answer.modified_at),
        "answer": {
            "id": f"{answer.uri}#answer",
            "type": "Answer",
            "answers": review_uri,
            "text": answer.text,
        },
    }
    return dict(plain(obj))


def answer_of(obj: Any) -> ReadAnswer:
    """The answer in a Note; raises Refusal, with the field, for anything that is not in order."""
    inner = node(obj, "answer", "Answer")
    review_uri = uri_at(inner, "answers", "answer.answers")
    if obj.get("type") != "Note" or uri_at(obj, "inReplyTo") != review_uri:
        raise refuse("answer.answers", N_("The answer speaks of another object than it replies to."))
    text = validated(_Words, {"text": inner.get("text", {})}, "answer").text
    if not text:
        raise refuse("answer.text", N_("An answer has a text."))
    published = moment_at(obj, "published")
    return ReadAnswer(
        uri=uri_at(obj, "id"),
        attributed_to=uri_at(obj, "attributedTo"),
        review_uri=review_uri,
        text=text,
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
    )
