"""Rating: eight criteria, by others, with reasons for what is low, and shown as whole distributions."""

from typing import Any

import pytest
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.judging import judgement, review
from exchange.catalogue.practices import publish
from exchange.messages import Refusal
from exchange.models.community import Community
from exchange.models.practice import Practice
from federation.ledger import journal
from tests.rig import complete


@pytest.fixture
def practice(session: Session, loos: Community) -> Practice:
    return publish.publish(session, loos, complete({"language": "en"}))


def _refused(session: Session, practice: Practice, by: Community, **given: Any) -> list[str]:
    rating = {"relation": "rr-peer", "ratings": {"rc-evidence": 4}} | given
    before = journal.last(session)
    with pytest.raises(Refusal) as refusal:
        review.review(session, practice, by, **rating)
    assert journal.last(session) == before
    return [p.path for p in refusal.value.problems]


def test_nobody_rates_a_practice_of_their_own(session: Session, practice: Practice, loos: Community) -> None:
    assert _refused(session, practice, loos) == ["by"]


def test_a_low_rating_owes_a_reason(session: Session, practice: Practice, arvieu: Community) -> None:
    assert _refused(session, practice, arvieu, ratings={"rc-evidence": 2}) == ["comment"]
    assert _refused(session, practice, arvieu, ratings={"rc-evidence": 1}, comment="  ") == ["comment"]
    review.review(
        session,
        practice,
        arvieu,
        relation="rr-visitor",
        ratings={"rc-evidence": 2},
        comment={"fr": "Pas de chiffres."},
    )


@pytest.mark.parametrize("value", [0, 6, -1, True, "5", 3.0, [5]])
def test_a_rating_is_a_whole_number_from_one_to_five(
    session: Session, practice: Practice, arvieu: Community, value: Any
) -> None:
    assert _refused(session, practice, arvieu, ratings={"rc-evidence": value}) == ["ratings.rc-evidence"]


def test_an_unknown_criterion_or_relation_and_an_empty_review_are_refused(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    assert _refused(session, practice, arvieu, ratings={"rc-beauty": 5}) == ["ratings.rc-beauty"]
    assert _refused(session, practice, arvieu, relation="rr-cousin") == ["relation"]
    assert _refused(session, practice, arvieu, ratings={}) == ["ratings"]
    assert _refused(session, practice, arvieu, ratings={"rc-evidence": None}) == ["ratings"]


def test_an_organisation_has_one_review_and_changes_it(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    first = review.review(session, practice, arvieu, relation="rr-peer", ratings={"rc-evidence": 4})
    again = review.review(session, practice, arvieu, relation="rr-adopter", ratings={"rc-evidence": 5})
    assert again.id == first.id
    assert [e.kind for e in journal.after(session, 0)][-2:] == ["Create", "Update"]
    assert [r.relation for r, _by in shelf.reviews_of(session, practice)] == ["rr-adopter"]


def test_a_review_taken_back_may_be_given_anew(
    session: Session, practice: Practice, arvieu: Community
) -> None:
    first = review.review(session, practice, arvieu, relation="rr-peer", ratings={"rc-evidence": 4})
    old = first.uri
    review.withdraw_review(session, first)
    assert shelf.reviews_of(session, practice) == []
    again = review.review(session, practice, arvieu, relation="rr-peer", ratings={"rc-evidence": 3})
    assert again.uri != old


def test_opinions_are_shown_as_distributions_split_by_class_and_relation(
    session: Session, practice: Practice, arvieu: Community, nantes: Community
) -> None:
    review.review(
        session, practice, arvieu, relation="rr-adopter", ratings={"rc-evidence": 5, "rc-openness": None}
    )
    review.review(session, practice, nantes, relation="rr-peer", ratings={"rc-evidence": 3})
    by_criterion = {d.criterion: d for d in judgement.distributions(session, practice)}
    assert len(by_criterion) == 8
    evidence = by_criterion["rc-evidence"]
    assert (evidence.n, evidence.counts) == (2, [0, 0, 1, 0, 1])
    assert evidence.other_class == [0, 0, 1, 0, 1]
    assert evidence.by_relation == {"rr-adopter": [0, 0, 0, 0, 1], "rr-peer": [0, 0, 1, 0, 0]}
    assert (by_criterion["rc-openness"].n, by_criterion["rc-openness"].not_applicable) == (0, 1)
