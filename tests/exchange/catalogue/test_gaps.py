"""What is there, what is missing and what is sought; and wishes that find what others did."""

import pytest
from sqlmodel import Session

from exchange.catalogue.clusters import cluster
from exchange.catalogue.communities import community, seek
from exchange.catalogue.measures.gaps import gaps
from exchange.catalogue.practices import publish
from exchange.messages import NotAllowed, Refusal
from exchange.models.community import Community
from federation.ledger import journal
from tests.exchange.catalogue.conftest import ORIGIN
from tests.rig import complete

pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def village(session: Session) -> Community:
    return community.found(
        session, ORIGIN, slug="village", name="Village", country="FR", population=800, degurba="dg-3"
    )


@pytest.fixture
def city(session: Session) -> Community:
    return community.found(
        session, ORIGIN, slug="city", name="City", country="FR", population=800_000, degurba="dg-1"
    )


def test_a_square_counts_practices_and_those_who_look_for_some(
    session: Session, village: Community, city: Community, nantes: Community
) -> None:
    for owner in (city, nantes):
        publish.publish(session, owner, complete({"language": "en", "theme": ["th-energy", "th-food"]}))
    seek.seek(session, village, [{"theme": "th-energy"}])
    found = gaps(session)
    assert [(c.kind, c.practices, c.seekers) for c in found.row("th-energy")] == [
        ("rural", 0, 1), ("town", 0, 0), ("city", 1, 0),
    ]  # fmt: skip
    assert (found.unplaced, found.empty, len(found.themes)) == (1, 23 * 3 - 2, 23)
    made = cluster.found(session, ORIGIN, slug="circle", name="Circle")
    cluster.admit(session, made, village.uri)
    assert [c.practices for c in gaps(session, cluster=made).row("th-energy")] == [0, 0, 0]
    assert gaps(session, cluster=made).cells["th-energy", "rural"].seekers == 1


def test_what_is_sought_is_told_to_followers_and_found(
    session: Session, village: Community, city: Community
) -> None:
    fits = publish.publish(session, city, complete({"language": "en", "theme": ["th-energy"]}))
    publish.publish(session, city, complete({"language": "en", "theme": ["th-food"]}))
    wishes = [{"theme": "th-energy", "problem": {"fr": "Chauffer l'école"}}, {"theme": "th-water"}]
    seek.seek(session, village, wishes)
    told = journal.after(session, 0)[-1]
    assert (told.kind, told.activity["object"]["community"]["seeks"]) == ("Update", wishes)
    energy, water = seek.matches(session, village)
    assert [(p.id, owner.slug) for p, owner in energy.practices] == [(fits.id, "city")]
    assert (energy.total, water.total) == (1, 0)
    seek.seek(session, village, [])
    assert "seeks" not in village.profile
    assert seek.matches(session, village) == []


@pytest.mark.parametrize(
    "wish", [{"theme": "th-nothing"}, {}, {"theme": "th-energy", "more": 1}, "th-energy"]
)
def test_a_wish_that_is_none_is_refused_and_nothing_changes(
    session: Session, village: Community, wish: object
) -> None:
    with pytest.raises(Refusal):
        seek.seek(session, village, [wish])  # type: ignore[list-item]
    assert seek.sought(village) == []


def test_nobody_says_what_a_community_elsewhere_looks_for(session: Session, village: Community) -> None:
    village.local = False
    with pytest.raises(NotAllowed):
        seek.seek(session, village, [])
