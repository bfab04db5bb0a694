"""A review goes over the wire as a reply with its scores in words, and comes back as numbers."""

import json
from typing import Any

import pytest

from exchange.messages import Refusal
from exchange.models.review import Review
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import review_object, review_of
from tests.exchange.vocabulary import samples

PRACTICE = "https://ulm.example/practices/42"


def review(**columns: Any) -> Review:
    given: dict[str, Any] = {
        "uri": f"{samples.ORIGIN}/reviews/7",
        "practice_id": 1,
        "practice_version": 3,
        "community_id": 1,
        "local": True,
        "relation": "rr-visitor",
        "ratings": {"rc-effectiveness": 4, "rc-evidence": None, "rc-openness": 1},
        "comment": {"fr": "Code <b>fermé</b>.", "en": "Closed code."},
    }
    return Review(**(given | columns))


def sent(**columns: Any) -> dict[str, Any]:
    owner = "https://ulm.example/communities/ulm"
    obj: dict[str, Any] = json.loads(
        json.dumps(review_object(review(**columns), PRACTICE, samples.community(), owner=owner))
    )
    return obj


def test_a_review_comes_back_as_it_was() -> None:
    read = review_of(sent(conflict=True))
    assert (read.uri, read.practice_uri, read.practice_version) == (
        f"{samples.ORIGIN}/reviews/7",
        PRACTICE,
        3,
    )
    assert read.attributed_to == f"{samples.ORIGIN}/communities/saillans"
    assert (read.relation, read.conflict) == ("rr-visitor", True)
    assert read.ratings == {"rc-effectiveness": 4, "rc-evidence": None, "rc-openness": 1}
    assert read.comment == {"fr": "Code <b>fermé</b>.", "en": "Closed code."}


def test_a_review_is_a_reply_that_its_owner_is_told_of() -> None:
    obj = sent()
    assert (obj["type"], obj["inReplyTo"]) == ("Note", PRACTICE)
    assert "https://ulm.example/communities/ulm" in obj["cc"]
    assert obj["review"]["basis"] == f"{PRACTICE}/versions/3"


def test_the_scores_are_told_in_the_language_of_the_comment() -> None:
    told = sent()["contentMap"]
    assert list(told) == ["fr", "en"]
    assert "<li>Efficacité : 4 sur 5</li>" in told["fr"]
    assert "<li>Effectiveness: 4 of 5</li>" in told["en"]
    assert "Code &lt;b&gt;fermé&lt;/b&gt;." in told["fr"]


def test_the_scores_are_told_in_english_when_we_lack_the_words() -> None:
    told = sent(comment={"fi": "Suljettu."})["contentMap"]
    assert list(told) == ["fi"]
    assert "<p>Suljettu.</p>" in told["fi"]
    assert "Effectiveness: 4 of 5" in told["fi"]


def test_a_review_without_a_comment_speaks_english() -> None:
    assert list(sent(comment={}, ratings={"rc-evidence": 5})["contentMap"]) == ["en"]


def test_a_criterion_that_we_do_not_know_is_left_out() -> None:
    obj = sent()
    obj["review"]["reviewRating"].append({"type": "Rating", "reviewAspect": "rc-beauty", "ratingValue": 5})
    assert set(review_of(obj).ratings) == {"rc-effectiveness", "rc-evidence", "rc-openness"}


def test_every_criterion_and_every_relation_can_be_sent() -> None:
    ratings = {c.id: 5 for c in concepts.scheme("rating-criteria")}
    for relation in concepts.scheme("rater-relation"):
        read = review_of(sent(ratings=ratings, relation=relation.id))
        assert (read.ratings, read.relation) == (ratings, relation.id)


def one(value: Any, **more: Any) -> dict[str, Any]:
    return {"reviewRating": [{"type": "Rating", "reviewAspect": "rc-evidence", "ratingValue": value, **more}]}


WHOLE = "review.reviewRating.0: A rating is a whole number from 1 to 5, or not applicable."
REFUSED: list[tuple[dict[str, Any], str]] = [
    (one(6), WHOLE),
    (one(0), WHOLE),
    (one("5"), WHOLE),
    (one(4.0), WHOLE),
    (one(True), WHOLE),
    (one(None), WHOLE),
    (one(9, bestRating=10), "review.reviewRating.0: Ratings run from 1 to 5."),
    (
        {"reviewRating": one(4)["reviewRating"] * 2},
        "review.reviewRating.1: This criterion is rated twice.",
    ),
    ({"reviewRating": []}, "review.reviewRating: A review rates at least one criterion."),
    ({"reviewRating": "5"}, "review.reviewRating: A list is expected here."),
    ({"reviewRating": [7]}, "review.reviewRating.0: A rating names its criterion."),
    ({"reviewRating": [{}] * 1000}, "review.reviewRating: A list is expected here."),
    ({"reviewBody": {}}, "review.reviewBody: A score of 1 or 2 needs a comment that explains it."),
    ({"reviewBody": " "}, "review.reviewBody: A score of 1 or 2 needs a comment that explains it."),
    ({"reviewBody": 5}, "review.reviewBody: A text is expected here, or texts by language."),
    ({"relation": "rr-king"}, "review.relation: “rr-king” is not one of the choices here."),
    ({"conflict": "no"}, "review.conflict: Yes or no is expected here."),
    ({"itemReviewed": 5}, "review.itemReviewed: A web address is expected here."),
    (
        {"itemReviewed": "https://ulm.example/practices/1"},
        "review.itemReviewed: The review speaks of another object than it replies to.",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_nonsense_in_a_review_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    obj = sent()
    obj["review"] |= change
    with pytest.raises(Refusal) as caught:
        review_of(obj)
    assert str(caught.value) == sentence
