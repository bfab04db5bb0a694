"""A review on the wire: a reply with the scores in words, and in it the ratings as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from exchange.messages import N_
from exchange.models.community import Community
from exchange.models.review import Review
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.reading import (
    choice_at,
    flag_at,
    is_uri,
    moment_at,
    node,
    number_at,
    refuse,
    uri_at,
    validated,
)
from exchange.vocabulary.activitystreams.shared import addressed, plain, stamp
from exchange.vocabulary.fields import Part, Text

BEST, WORST = 5, 1
EXPLAIN = 2  # a score this low owes its owner a comment
MOST_VOICES = 500  # delegations that one review may speak for


class _Comment(Part):
    review_body: Text = {}


@dataclass(frozen=True)
class ReadReview:
    """A review as it came in, judged."""

    uri: str
    attributed_to: str
    practice_uri: str
    practice_version: int
    relation: str
    conflict: bool
    ratings: dict[str, int | None]
    comment: dict[str, str]
    on_behalf_of: tuple[str, ...]
    published: datetime
    updated: datetime


def review_object(
    review: Review,
    practice_uri: str,
    community: Community,
    *,
    owner: str | None = None,
    on_behalf_of: Sequence[str] = (),
) -> dict[str, Any]:
    """The Note for a review; `owner` is the actor of the practice's owner, who is told.

    `on_behalf_of` are the delegations with which others have lent the reviewer their voices.
    """
    languages = [k for k in review.comment if article.speaks(k)] or [next(iter(review.comment), "en")]
    told = {k: _told(review, k) for k in languages}
    obj = {
        **addressed(review.uri, community.uri, [owner] if owner else []),
        "type": "Note",
        "attributedTo": community.uri,
        "inReplyTo": practice_uri,
        "content": told[languages[0]],
        "contentMap": told,
        "url": review.uri,
        "published": stamp(review.issued_at),
        "updated": stamp(review.modified_at),
        "review": {
            "id": f"{review.uri}#review",
            "type": "Review",
            "itemReviewed": practice_uri,
            "itemVersion": review.practice_version,
            "basis": f"{practice_uri}/versions/{review.practice_version}",
            "onBehalfOf": list(on_behalf_of) or None,
            "relation": review.relation,
            "conflict": review.conflict,
            "reviewRating": [_rating(*pair) for pair in review.ratings.items()],
            "reviewBody": review.comment or None,
        },
    }
    return dict(plain(obj))


def _rating(criterion: str, value: int | None) -> dict[str, Any]:
    if value is None:
        return {"type": "Rating", "reviewAspect": criterion, "notApplicable": True}
    return {
        "type": "Rating",
        "reviewAspect": criterion,
        "ratingValue": value,
        "bestRating": BEST,
        "worstRating": WORST,
    }


def _told(review: Review, language: str) -> str:
    words = language if article.speaks(language) else "en"
    base = words.partition("-")[0]
    lines = [
        article.word("of" if value is not None else "notApplicable", words, criterion=label, value=value)
        for criterion, value in review.ratings.items()
        for label in [concepts.label(criterion, base)]
    ]
    relation = article.word("relation", words, relation=concepts.label(review.relation, base))
    parts = [
        article.paragraphs(review.comment, language),
        f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>",
        f"<p>{escape(relation)}</p>",
        f"<p>{escape(article.word('conflict', words))}</p>" if review.conflict else "",
    ]
    return "".join(parts)


def review_of(obj: Any) -> ReadReview:
    """The review in a Note; raises Refusal, with the field, for anything that is not in order."""
    inner = node(obj, "review", "Review")
    if obj.get("type") != "Note":
        raise refuse("type", N_("A review comes as a Note."))
    item = uri_at(inner, "itemReviewed", "review.itemReviewed")
    if uri_at(obj, "inReplyTo") != item:
        raise refuse("review.itemReviewed", N_("The review speaks of another object than it replies to."))
    ratings = _ratings(inner.get("reviewRating"))
    comment = validated(_Comment, {"reviewBody": inner.get("reviewBody", {})}, "review").review_body
    if not comment and any(v is not None and v <= EXPLAIN for v in ratings.values()):
        raise refuse("review.reviewBody", N_("A score of 1 or 2 needs a comment that explains it."))
    published = moment_at(obj, "published")
    return ReadReview(
        uri=uri_at(obj, "id"),
        attributed_to=uri_at(obj, "attributedTo"),
        practice_uri=item,
        practice_version=number_at(inner, "itemVersion", "review"),
        relation=choice_at(inner, "relation", "review", concepts.scheme("rater-relation").concepts),
        conflict=flag_at(inner, "conflict", "review"),
        ratings=ratings,
        comment=comment,
        on_behalf_of=_statements(inner.get("onBehalfOf")),
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
    )


def _statements(found: Any) -> tuple[str, ...]:
    named = [found] if isinstance(found, str) else found or []
    if not isinstance(named, list) or len(named) > MOST_VOICES or not all(map(is_uri, named)):
        raise refuse("review.onBehalfOf", N_("A list of web addresses is expected here."))
    return tuple(dict.fromkeys(named))


def _ratings(found: Any) -> dict[str, int | None]:
    """{criterion: 1…5 or None}; a criterion that we do not know is left out, a second voice is refused."""
    criteria = concepts.scheme("rating-criteria").concepts
    ratings: dict[str, int | None] = {}
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or len(found) > 4 * len(criteria):
        raise refuse("review.reviewRating", N_("A list is expected here."))
    for number, rating in enumerate(found):
        path = f"review.reviewRating.{number}"
        criterion = rating.get("reviewAspect") if isinstance(rating, dict) else None
        if not isinstance(rating, dict) or not isinstance(criterion, str):
            raise refuse(path, N_("A rating names its criterion."))
        if criterion not in criteria:
            continue
        if criterion in ratings:
            raise refuse(path, N_("This criterion is rated twice."))
        if rating.get("bestRating", BEST) != BEST or rating.get("worstRating", WORST) != WORST:
            raise refuse(path, N_("Ratings run from 1 to 5."))
        ratings[criterion] = _value(rating, path)
    if all(value is None for value in ratings.values()):
        raise refuse("review.reviewRating", N_("A review rates at least one criterion."))
    return ratings


def _value(rating: dict[str, Any], path: str) -> int | None:
    value = rating.get("ratingValue")
    if value is None and rating.get("notApplicable") is True:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not WORST <= value <= BEST:
        raise refuse(path, N_("A rating is a whole number from 1 to 5, or not applicable."))
    return value
