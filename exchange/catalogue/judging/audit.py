"""Counting a practice's reviews again, from what each reviewer signed, and comparing with what its owner shows.

The reader brings three things, so that nothing here touches the network: the reviews with their proofs as
far as they could be had, which of these proofs hold, and what the owner's instance says it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.judging import judgement
from exchange.catalogue.judging.judgement import Judgement
from exchange.messages import Refusal
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary.activitystreams import review_of


@dataclass(frozen=True)
class Audit:
    """What a recount came to.

    `judgement` is our own count of the voices that stand; `signed` how many reviews carry a proof that
    holds; `unsigned` and `forged` are addresses of reviews without one, and with one that does not hold
    or that says something else than what is shown here. `missing_there` are held here and not counted
    by the owner's instance, `missing_here` are counted there and could not be had. `differences` are
    (criterion, our counts, theirs). `stuffed` are instances with more voices than count in full:
    origin → (voices, what they weigh).
    """

    judgement: Judgement
    signed: int = 0
    unsigned: list[str] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    missing_there: list[str] = field(default_factory=list)
    missing_here: list[str] = field(default_factory=list)
    differences: list[tuple[str, list[int], list[int]]] = field(default_factory=list)
    stuffed: dict[str, tuple[int, float]] = field(default_factory=dict)
    compared: bool = False

    @property
    def agrees(self) -> bool:
        """Whether the owner's count was to be had and is ours, and nothing is forged."""
        return self.compared and not (
            self.forged or self.missing_there or self.missing_here or self.differences
        )


def recount(
    session: Session,
    practice: Practice,
    *,
    proofs: Mapping[str, bool | None],
    originals: Mapping[str, dict[str, Any]],
    theirs: Mapping[str, Any] | None = None,
) -> Audit:
    """Count again; `proofs` is review → whether its proof holds, None without one.

    `originals` are the reviews as they were signed. `theirs` is the owner's collection of reviews with
    its `ratings`, None when it could not be read.
    """
    owner = session.get_one(Community, practice.community_id)
    held = {review.uri: review for review, _ in shelf.reviews_of(session, practice)}
    forged = [
        uri
        for uri in held
        if proofs.get(uri) is False or (uri in originals and not _same(held[uri], originals[uri]))
    ]
    found = judgement.judged(session, practice)
    standing = [voice for voice in found.voices if voice.review.uri not in forged]
    ours = judgement.count(standing, owner)
    audit = Audit(
        judgement=ours,
        signed=sum(bool(proofs.get(uri)) for uri in held),
        unsigned=[uri for uri in held if proofs.get(uri) is None],
        forged=forged,
        stuffed=dict(sorted(ours.capped.items(), key=lambda pair: -pair[1][0])),
        compared=theirs is not None,
    )
    if theirs is not None:
        listed = [str(uri) for uri in theirs.get("orderedItems") or []]
        audit.missing_there.extend(uri for uri in held if uri not in listed and uri not in forged)
        audit.missing_here.extend(uri for uri in listed if uri not in held)
        audit.differences.extend(_differences(ours, theirs))
    return audit


def _same(review: Any, original: Mapping[str, Any]) -> bool:
    """Whether a review is shown here as it was signed."""
    try:
        read = review_of(original)
    except Refusal:
        return False
    return (read.ratings, read.relation, read.conflict) == (
        dict(review.ratings),
        review.relation,
        review.conflict,
    )


def _differences(ours: Judgement, theirs: Mapping[str, Any]) -> list[tuple[str, list[int], list[int]]]:
    said = {
        one.get("reviewAspect"): list(one.get("counts") or [])
        for one in theirs.get("ratings") or []
        if isinstance(one, dict)
    }
    return [
        (one.criterion, one.counts, said.get(one.criterion, [0] * 5))
        for one in ours.distributions
        if one.counts != said.get(one.criterion, [0] * 5)
    ]


def owners_count(session: Session, practice: Practice) -> dict[str, Any]:
    """What the owner of a practice says of its count: the reviews, and the figures."""
    return {
        "orderedItems": [review.uri for review, _ in shelf.reviews_of(session, practice)],
        "ratings": summary(judgement.judged(session, practice)),
    }


def summary(found: Judgement) -> list[dict[str, Any]]:
    """What an owner says of its count, criterion by criterion, beside the list of reviews."""
    return [
        {
            "type": "AggregateRating",
            "reviewAspect": one.criterion,
            "ratingCount": one.n,
            "counts": one.counts,
            "notApplicable": one.not_applicable,
            "lent": one.lent,
        }
        for one in found.distributions
        if one.n or one.not_applicable
    ]
