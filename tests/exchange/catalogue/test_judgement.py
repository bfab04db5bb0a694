"""Who stands behind the figures: voices counted once, no instance louder than the others, and a recount."""

from functools import cache
from typing import Any

from sqlmodel import Session

from exchange.catalogue.communities import community
from exchange.catalogue.judging import audit, judgement
from exchange.catalogue.judging.judgement import ENOUGH, caps, count
from exchange.catalogue.judging.voices import Voice
from exchange.catalogue.practices import publish
from exchange.db import Database
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.models.review import Review
from tests.rig import complete

ORIGIN = "https://villages.example"


@cache
def _community(instance: str, number: int, kind: str) -> Community:
    """One of an instance; which number it has matters to nobody who counts."""
    return Community(
        id=number,
        uri=f"{instance}/communities/c{number}",
        slug=f"c{number}",
        local=False,
        instance=instance,
        name={"und": f"C{number}"},
        kind=kind,
        country=("FR", "DE", "IT")[number],
    )


def _voice(number: int, instance: str, value: int, kind: str = "ck-municipality") -> Voice:
    by = _community(instance, number % 3, kind)
    review = _review(instance, value)
    return Voice(review, by, by)


@cache
def _review(instance: str, value: int) -> Review:
    return Review(
        uri=f"{instance}/reviews/{value}",
        practice_id=1,
        community_id=1,
        local=False,
        relation="rr-peer",
        ratings={"rc-effectiveness": value, "rc-openness": None},
    )


def _owner() -> Community:
    return Community(
        id=0,
        uri=f"{ORIGIN}/communities/o",
        slug="o",
        local=True,
        instance=ORIGIN,
        name={"und": "O"},
        country="FR",
    )


def test_ten_thousand_reviews_of_two_hundred_instances_three_of_which_stuff() -> None:
    """197 instances have ten honest voices each, all 2; three have 2,677, 2,677 and 2,676, all 5.

    The middle instance has 10, so 30 of one instance count in full: 3 × 30 = 90 against 1,970.
    """
    found, number = [], 0
    sizes = {f"https://i{n}.example": 10 for n in range(197)}
    sizes |= {"https://loud-a.example": 2677, "https://loud-b.example": 2677, "https://loud-c.example": 2676}
    for instance, size in sizes.items():
        for _ in range(size):
            number += 1
            found.append(_voice(number, instance, 5 if "loud" in instance else 2))
    assert number == 10_000
    judged = count(found, _owner())
    [effect] = [one for one in judged.distributions if one.criterion == "rc-effectiveness"]
    assert effect.counts == [0, 1970, 0, 0, 8030]
    assert [round(weight, 6) for weight in effect.weighed] == [0, 1970, 0, 0, 90]
    assert effect.middle == 2
    assert judged.capped == {
        "https://loud-a.example": (2677, 30.0),
        "https://loud-b.example": (2677, 30.0),
        "https://loud-c.example": (2676, 30.0),
    }
    assert (judged.n, judged.instances, judged.countries) == (10_000, 200, 3)


def test_one_instance_alone_is_never_capped_and_few_voices_always_count() -> None:
    assert caps([40]) == 120
    assert caps([1, 4]) == 5
    assert caps([]) == 5


def test_no_summary_is_given_of_fewer_voices_than_are_enough() -> None:
    few = count([_voice(n, f"https://i{n}.example", 3) for n in range(ENOUGH - 1)], _owner())
    enough = count([_voice(n, f"https://i{n}.example", 1 + n % 5) for n in range(ENOUGH)], _owner())
    spreads = [
        {one.criterion: (one.middle, one.spread) for one in judged.distributions}["rc-effectiveness"]
        for judged in (few, enough)
    ]
    assert spreads == [(None, None), (3, 2)]


def _reviewed(session: Session) -> tuple[Practice, list[Review]]:
    owner = community.found(session, ORIGIN, slug="owner", name="Owner", country="FR")
    practice = publish.publish(session, owner, complete({}))
    reviews = []
    for number, value in enumerate((4, 5, 2), 1):
        by = Community(
            uri=f"https://b{number}.example/c",
            slug="c",
            local=False,
            instance=f"https://b{number}.example",
            name={"und": f"B{number}"},
            country="DE",
        )
        session.add(by)
        session.flush()
        given = Review(
            uri=f"https://b{number}.example/r",
            practice_id=practice.id,
            community_id=by.id,
            local=False,
            relation="rr-peer",
            ratings={"rc-effectiveness": value},
            comment={"en": "So."},
        )
        session.add(given)
        reviews.append(given)
    session.flush()
    return practice, reviews


def _original(practice: Practice, review: Review, value: int) -> dict[str, Any]:
    return {
        "id": review.uri,
        "type": "Note",
        "attributedTo": "https://x.example/c",
        "inReplyTo": practice.uri,
        "published": "2026-01-01T00:00:00Z",
        "review": {
            "type": "Review",
            "itemReviewed": practice.uri,
            "itemVersion": 1,
            "relation": "rr-peer",
            "conflict": False,
            "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": value}],
            "reviewBody": {"en": "So."},
        },
    }


def test_a_recount_leaves_out_what_was_not_signed_so_and_names_where_the_owner_differs(
    database: Database,
) -> None:
    with database.writing() as session:
        practice, (first, second, third) = _reviewed(session)
        theirs = {
            "orderedItems": [first.uri, "https://gone.example/r"],
            "ratings": [{"reviewAspect": "rc-effectiveness", "counts": [0, 0, 0, 1, 1]}],
        }
        found = audit.recount(
            session,
            practice,
            proofs={first.uri: True, second.uri: True, third.uri: None},
            originals={
                first.uri: _original(practice, first, 4),
                second.uri: _original(practice, second, 1),  # shown here as a 5
            },
            theirs=theirs,
        )
    assert (found.signed, found.forged, found.unsigned) == (2, [second.uri], [third.uri])
    assert found.missing_there == [third.uri]
    assert found.missing_here == ["https://gone.example/r"]
    assert found.differences == [("rc-effectiveness", [0, 1, 0, 1, 0], [0, 0, 0, 1, 1])]
    assert not found.agrees


def test_a_recount_of_honest_figures_agrees(database: Database) -> None:
    with database.writing() as session:
        practice, reviews = _reviewed(session)
        found = audit.recount(
            session,
            practice,
            proofs={one.uri: True for one in reviews},
            originals={one.uri: _original(practice, one, one.ratings["rc-effectiveness"]) for one in reviews},
            theirs=audit.owners_count(session, practice),
        )
        assert judgement.judged(session, practice).n == 3
    assert found.agrees
