"""What we serve and send satisfies what Mastodon, Lemmy, PeerTube, NeoDB, BookWyrm and GoToSocial ask for."""

import json
from typing import Any

import pytest
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.communities import community
from exchange.catalogue.practices import revise, withdraw
from federation.ledger import journal
from federation.neighbours import followers
from tests.interop import demands
from tests.interop.strangers import DOCUMENTS, read
from tests.rig import House, Rig, complete

SOFTWARE = {read(name)["software"]: name for name in DOCUMENTS}
TEXTS = {"language": "fr", "title": {"fr": "Un toit", "en": "A roof"}, "summary": {"fr": "À nous."}}


@pytest.fixture
def house(rig: Rig) -> House:
    """An instance on which everything that can be said has been said."""
    made = rig.instance("piedmont")
    made.community("ostana", "Ostana", "IT", population=85, degurba="dg-3")
    made.community("ulm", "Ulm", "DE", population=126329)
    stays, goes = (made.publish("ostana", complete({**TEXTS, "keyword": ["toit solaire"]})) for _ in "12")
    made.review(stays.uri, "ulm", replicability=4, comment={"de": "Sehr klar."})
    made.adopt(stays.uri, "ulm", "ad-decided", adaptationType="at-adapt", since="2026-02")
    with made.instance.database.writing() as session:
        revise.revise(session, shelf.practice(session, stays.uri), complete(TEXTS))
        withdraw.withdraw(session, shelf.practice(session, goes.uri))
        (given,) = shelf.adoptions_of(session, shelf.practice(session, stays.uri))
        adopt.confirm(session, given)
        community.change_profile(session, shelf.community(session, "ulm"), population=127000)
        node, us = made.instance.node, made.instance.node.instance_actor
        other = "http://there.localhost:1/users/alice"
        followers.follow(session, node, local_actor=us, target_actor=other)
        followers.unfollow(session, node, local_actor=us, target_actor=other)
        relation = followers.Follow(
            follower=other,
            followed=f"{made.origin}/communities/ulm",
            activity_id=f"{other}#1",
            at=stays.issued_at,
        )
        followers.answer(session, relation, accept=True)
    return made


def _actors(house: House) -> list[dict[str, Any]]:
    return [house.document(path) for path in ("/actor", "/communities/ostana", "/communities/ulm")]


def _objects(house: House) -> list[dict[str, Any]]:
    with house.instance.database.reading() as session:
        ((practice, _owner),) = shelf.newest(session, local=True, limit=5)
        ((given, _by),) = shelf.reviews_of(session, practice)
        (taken,) = shelf.adoptions_of(session, practice)
        addresses = [practice.uri, given.uri, taken.uri]
    return [house.document(address) for address in addresses]


def _activities(house: House) -> list[dict[str, Any]]:
    with house.instance.database.reading() as session:
        rows = session.exec(select(journal.JournalEntry).where(journal.JournalEntry.direction == "out"))
        return [json.loads(row.body) for row in rows]


@pytest.mark.parametrize("software", SOFTWARE)
def test_our_documents_satisfy(software: str, house: House) -> None:
    for actor in _actors(house):
        assert demands.complaints(demands.ACTOR[software], actor) == [], actor["id"]
    for thing in _objects(house):
        assert demands.complaints(demands.OBJECT[software], thing) == [], thing["id"]
    said = _activities(house)
    kinds = {activity["type"] for activity in said}
    assert kinds == {"Create", "Update", "Delete", "Add", "Follow", "Undo", "Accept"}
    for activity in said:
        assert demands.complaints(demands.ACTIVITY[software], activity) == [], activity["type"]


def test_what_an_activity_embeds_satisfies_them_as_well(house: House) -> None:
    told = [a["object"] for a in _activities(house) if a["type"] in ("Create", "Update")]
    things = [thing for thing in told if "attributedTo" in thing]
    assert {thing["type"] for thing in things} == {"Article", "Note"}
    for software in SOFTWARE:
        assert [demands.complaints(demands.OBJECT[software], thing) for thing in things] == [[]] * len(things)


def test_every_actor_is_found_by_its_handle_under_the_types_that_are_asked_for(house: House) -> None:
    for actor in _actors(house):
        handle = f"acct:{actor['preferredUsername']}@{house.origin.removeprefix('http://')}"
        for resource in (handle, actor["id"]):
            answer = house.get(f"/.well-known/webfinger?resource={resource}")
            assert answer.headers["Content-Type"] == "application/jrd+json"
            assert demands.complaints([demands.leads_to(actor)], answer.json()) == []
        for accept in demands.MEDIA:
            answer = house.get(actor["id"], accept=accept)
            assert answer.headers["Content-Type"] in demands.MEDIA
            assert answer.json()["id"] == actor["id"]


@pytest.mark.parametrize("software", SOFTWARE)
def test_its_own_documents_satisfy_it(software: str) -> None:
    # A demand that the software does not meet itself would be ours, not its.
    lenient = {"no_null", "original_first", "dated", "addressed", "security_context", "reachable", "titled"}
    document = read(SOFTWARE[software], there="https://there.example", us="https://us.example/c/1")
    speaker = document["actors"][document["speaker"]]
    ours = [demand for demand in demands.ACTOR[software] if demand.__name__ not in lenient | {"own_key"}]
    assert demands.complaints(ours, speaker) == []
    activities = [chapter["activity"] for chapter in document["story"] if "answer" not in chapter]
    spoken = [demands.complaints([demands.one_type], activity) for activity in activities]
    assert spoken == [[]] * len(activities)


BROKEN: list[tuple[demands.Demand, dict[str, Any], str]] = [
    (demands.one_type, {"type": ["Article", "Practice"]}, "type is not one text"),
    (demands.no_null, {"a": [{"b": None}]}, ".a[].b is null"),
    (demands.typed_parts, {"tag": [{"name": "#x"}]}, "a tag has no type"),
    (
        demands.typed_parts,
        {"tag": [{"type": "Hashtag", "name": "#two words"}]},
        "#two words is not a hashtag",
    ),
    (
        demands.typed_parts,
        {"attachment": [{"type": "Link", "href": "x"}]},
        "a Link leads nowhere, or does not say what to",
    ),
    (demands.reachable, {"type": "Town", "name": "x"}, "the type is none of an actor"),
    (demands.reachable, {"type": "Group", "id": "https://a.example/"}, "inbox is not one address"),
    (demands.plain_username, {"preferredUsername": "a town"}, "preferredUsername cannot stand in a handle"),
    (demands.own_key, {"publicKey": []}, "publicKey is not one key"),
    (
        demands.own_key,
        {"id": "https://a.example/", "publicKey": {"owner": "https://b.example/"}},
        "the key belongs to somebody else",
    ),
    (demands.shared_inbox, {}, "sharedInbox is not one address"),
    (demands.security_context, {"@context": "x"}, "https://w3id.org/security/v1 is not in the context"),
    (demands.shown, {"type": "Practice"}, "the type is not shown"),
    (demands.shown, {"to": ["https://a.example/followers"]}, "it is not addressed to everybody"),
    (
        demands.shown,
        {"id": "https://a.example/1", "url": "https://b.example/1"},
        "id and url are on two hosts",
    ),
    (demands.dated, {"published": "yesterday"}, "published is not a time"),
    (
        demands.dated,
        {"published": "2026-01-02T00:00:00", "updated": "2026-01-03T00:00:00"},
        "a time has no zone",
    ),
    (
        demands.dated,
        {"published": "2026-01-02T00:00:00Z", "updated": "2026-01-01T00:00:00Z"},
        "it was updated before it was published",
    ),
    (
        demands.original_first,
        {"name": "Un toit", "nameMap": {"en": "A roof", "fr": "Un toit"}},
        "the first language of nameMap is not that of name",
    ),
    (demands.addressed, {"to": demands.PUBLIC, "cc": []}, "to is not a list of addresses"),
    (demands.titled, {"type": "Article", "name": ""}, "the title is missing or too long"),
    (
        demands.titled,
        {"type": "Article", "name": "x", "summary": "x" * 501},
        "the summary does not fit into a post",
    ),
    (demands.one_author, {"attributedTo": [{"id": "https://a.example/"}]}, "attributedTo is not one address"),
    (demands.reply, {"type": "Note", "inReplyTo": ["x"]}, "inReplyTo is not one address"),
    (
        demands.spoken,
        {"id": "https://a.example/1", "actor": "https://b.example/"},
        "id and actor are on two hosts",
    ),
    (demands.spoken, {"object": []}, "it is not about one thing"),
    (demands.whole, {"type": "Delete", "object": "https://a.example/1"}, "there is no tombstone"),
    (
        demands.answered_whole,
        {"type": "Accept", "object": "https://a.example/1"},
        "the Follow inside has no ['id', 'type', 'actor', 'object']",
    ),
]


@pytest.mark.parametrize(
    ("demand", "document", "complaint"), BROKEN, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_demand_notices_what_it_is_there_for(
    demand: demands.Demand, document: dict[str, Any], complaint: str
) -> None:
    assert complaint in list(demand(document))
