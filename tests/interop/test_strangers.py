"""What Mastodon, Lemmy, PeerTube, NeoDB, BookWyrm and GoToSocial send is taken as FEDERATION.md says."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, select

from exchange.models.comment import Comment
from exchange.models.endorsement import Endorsement
from exchange.models.practice import Practice
from exchange.models.report import Report
from exchange.models.review import Review
from exchange.vocabulary import hypertext
from federation.ledger import relations
from federation.neighbours import followers
from federation.others import described
from federation.others.peers import RemoteActor
from federation.wire import activity
from tests.federation import foreign
from tests.interop.strangers import DOCUMENTS, Stranger
from tests.rig import Rig, complete


@pytest.fixture(params=DOCUMENTS)
def stranger(request: pytest.FixtureRequest, rig: Rig) -> Iterator[Stranger]:
    """Each software in turn, and a village with a practice."""
    house = rig.instance("piedmont")
    house.community("ostana", "Ostana", "IT")
    practice = house.publish("ostana", complete({}))
    with foreign.instance() as server:
        yield Stranger(request.param, server, house, practice.uri)


def test_its_actors_can_be_read(stranger: Stranger) -> None:
    for path, document in stranger.document["actors"].items():
        found = described.describe(document)
        assert found.uri == stranger.server.origin + path
        assert found.shared_inbox is not None
        assert list(described.listed_keys(document)) == [document["publicKey"]["id"]]


def test_its_story_goes_as_written(stranger: Stranger, rig: Rig) -> None:
    us = stranger.house.instance.node.instance_actor
    _follow(stranger, rig, us)
    for chapter in stranger.document["story"]:
        said: dict[str, Any] = chapter["activity"]
        before = _contents(stranger)
        assert stranger.say(said) == chapter.get("answer", 202), chapter["says"]
        rig.settle()
        after = _contents(stranger)
        changed = {name for name in before if before[name] != after[name]}
        if chapter["effect"] == "nothing":
            assert changed == set(), chapter["says"]
        else:
            with stranger.house.instance.database.reading() as session:
                assert EFFECTS[chapter["effect"]](session, stranger, said), chapter["says"]


def test_it_is_followed_and_left_again(stranger: Stranger, rig: Rig) -> None:
    node = stranger.house.instance.node
    _follow(stranger, rig, node.instance_actor)
    with node.database.writing() as session:
        assert relations.is_followed(session, stranger.speaker)
        followers.unfollow(session, node, local_actor=node.instance_actor, target_actor=stranger.speaker)
    rig.settle()
    (undo,) = stranger.heard("Undo")
    assert undo["object"]["object"] == stranger.speaker
    assert isinstance(undo["type"], str)


def test_what_a_followed_one_publishes_is_no_practice(stranger: Stranger, rig: Rig) -> None:
    _follow(stranger, rig, stranger.house.instance.node.instance_actor)
    before = _contents(stranger)
    author = activity.ids_of(stranger.document["object"]["attributedTo"])[0]
    create = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{stranger.document['object']['id']}#said",
        "type": "Create",
        "actor": author,
        "to": [activity.PUBLIC],
        "object": stranger.document["object"],
    }
    assert stranger.say(create) == 202
    rig.settle()
    assert _contents(stranger) == before


def _follow(stranger: Stranger, rig: Rig, us: str) -> None:
    """Our instance follows the speaker, who says yes in the words of the software."""
    node = stranger.house.instance.node
    with node.database.writing() as session:
        followers.follow(session, node, local_actor=us, target_actor=stranger.speaker)
    rig.settle()
    (asked,) = stranger.heard("Follow")
    assert (asked["actor"], asked["object"]) == (us, stranger.speaker)
    accept = stranger.document["accept"]
    assert stranger.say({**accept, "object": {**accept["object"], "id": asked["id"]}}) == 202
    rig.settle()
    with node.database.reading() as session:
        relation = relations.between(session, us, stranger.speaker)
    assert relation is not None
    assert relation.state == "accepted"


def _contents(stranger: Stranger) -> dict[str, int]:
    """How much there is of everything that a stranger could cause."""
    tables = (Comment, Endorsement, Practice, Report, Review, relations.Follow)
    with stranger.house.instance.database.reading() as session:
        return {table.__name__: len(session.exec(select(table)).all()) for table in tables}


def _has_comment(session: Session, _stranger: Stranger, said: dict[str, Any]) -> bool:
    found = session.exec(select(Comment).where(Comment.uri == said["object"]["id"])).first()
    if found is None:
        return False
    words = hypertext.plain(said["object"]["content"])
    return (found.author, found.state, hypertext.plain(found.text)) == (said["actor"], "waiting", words)


def _no_comment(session: Session, _stranger: Stranger, _said: dict[str, Any]) -> bool:
    return session.exec(select(Comment)).all() == []


def _endorsed(session: Session, said: dict[str, Any], kind: str) -> bool:
    query = select(Endorsement).where(Endorsement.actor == said["actor"], Endorsement.kind == kind)
    return session.exec(query).first() is not None


def _follows(session: Session, stranger: Stranger, said: dict[str, Any]) -> bool:
    relation = relations.between(session, said["actor"], stranger.names["us"])
    answered = [told for told in stranger.heard("Accept") if told["object"]["id"] == said["id"]]
    return relation is not None and relation.state == "accepted" and len(answered) == 1


def _follows_no_more(session: Session, stranger: Stranger, said: dict[str, Any]) -> bool:
    return relations.between(session, said["actor"], stranger.names["us"]) is None


def _reported(session: Session, stranger: Stranger, said: dict[str, Any]) -> bool:
    (found,) = session.exec(select(Report))
    words = (said["content"], set(activity.ids_of(said["object"])))
    return (found.text, set(found.about)) == words


def _moved(session: Session, stranger: Stranger, said: dict[str, Any]) -> bool:
    us = stranger.names["instance"]
    asked = [told["object"] for told in stranger.heard("Follow")]
    left = relations.between(session, us, said["actor"]) is None
    return left and asked == [said["actor"], said["target"]]


def _forgotten(session: Session, _stranger: Stranger, said: dict[str, Any]) -> bool:
    return session.get_one(RemoteActor, said["actor"]).gone and not _endorsed(session, said, "boost")


EFFECTS = {
    "follower": _follows,
    "no follower": _follows_no_more,
    "comment": _has_comment,
    "no comment": _no_comment,
    "like": lambda session, _stranger, said: _endorsed(session, said, "like"),
    "no like": lambda session, _stranger, said: not _endorsed(session, said, "like"),
    "boost": lambda session, _stranger, said: _endorsed(session, said, "boost"),
    "no boost": lambda session, _stranger, said: not _endorsed(session, said, "boost"),
    "report": _reported,
    "moved": _moved,
    "forgotten": _forgotten,
}
