"""Following: questions, answers, and leaving again."""

from typing import Any

import pytest

from federation.ledger import hosts
from federation.neighbours import collections, followers, knocking
from tests.federation.world import Instance, World


@pytest.fixture
def pair(world: World) -> tuple[Instance, Instance]:
    return world["ulm"], world["saillans"]


def state(instance: Instance, follower: str, followed: str) -> str | None:
    with instance.node.database.reading() as session:
        relation = followers.between(session, follower, followed)
        return relation.state if relation else None


def test_a_follow_is_accepted_and_both_sides_know(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.follow(ulm.actor)
    assert state(saillans, saillans.actor, ulm.actor) == "pending"
    world.settle()
    assert state(saillans, saillans.actor, ulm.actor) == "accepted"
    assert state(ulm, saillans.actor, ulm.actor) == "accepted"
    with ulm.node.database.reading() as session:
        assert collections.followers(session, ulm.actor, 0)["orderedItems"] == [saillans.actor]
        assert followers.follower_inboxes(session, ulm.actor) == [f"{saillans.origin}/inbox"]
    with saillans.node.database.reading() as session:
        assert collections.following(session, saillans.actor, 0)["orderedItems"] == [ulm.actor]
        assert followers.is_followed(session, ulm.actor)
        assert followers.is_followed(session, ulm.host)
        assert followers.is_followed(session, ulm.city)
        assert not followers.is_followed(session, "https://elsewhere.example/actor")


def test_following_twice_is_following_once(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.follow(ulm.actor)
    world.settle()
    saillans.follow(ulm.actor)
    world.settle()
    assert state(saillans, saillans.actor, ulm.actor) == "accepted"
    assert saillans.notebook.accepted == [ulm.actor]
    with ulm.node.database.reading() as session:
        assert len(followers.followers(session, ulm.actor)) == 1


def test_an_accept_of_a_follow_never_sent_is_ignored(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    invented = {"id": f"{saillans.origin}/activities/x", "type": "Follow", "actor": saillans.actor}
    accept = {
        "id": f"{ulm.origin}/activities/accept",
        "type": "Accept",
        "actor": ulm.city,
        "object": invented | {"object": ulm.city},
    }
    assert ulm.post(saillans, accept) == 202
    world.settle()
    assert state(saillans, saillans.actor, ulm.city) is None
    assert saillans.notebook.accepted == []


def test_nobody_accepts_in_the_name_of_another(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    ulm.answer = lambda method, path: 503 if method == "POST" else None
    saillans.follow(ulm.actor)
    world.settle()
    with saillans.node.database.reading() as session:
        relation = followers.between(session, saillans.actor, ulm.actor)
    assert relation is not None
    mallory = world["mallory"]
    accept: dict[str, Any] = {
        "id": f"{mallory.origin}/activities/accept",
        "type": "Accept",
        "actor": mallory.city,
        "object": relation.activity_id,
    }
    mallory.post(saillans, accept)
    world.settle()
    assert state(saillans, saillans.actor, ulm.actor) == "pending"


def test_a_reject_is_remembered_and_a_new_question_may_be_asked(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    ulm.node.mode = "allowlist"
    with ulm.node.database.writing() as session:
        hosts.judge(session, saillans.host, True)
    saillans.follow(ulm.actor)
    world.settle()
    with ulm.node.database.writing() as session:
        relation = followers.between(session, saillans.actor, ulm.actor)
        assert relation is not None
        followers.answer(session, relation, accept=False)
    world.settle()
    assert state(saillans, saillans.actor, ulm.actor) == "rejected"
    saillans.follow(ulm.actor)
    assert state(saillans, saillans.actor, ulm.actor) == "pending"


def test_where_the_operator_decides_a_follow_waits_for_the_answer(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    ulm.node.mode = "allowlist"
    saillans.follow(ulm.actor)
    world.settle()
    assert state(ulm, saillans.actor, ulm.actor) == "pending"
    with ulm.node.database.writing() as session:
        knocking.answer(session, ulm.node, saillans.host, accept=True)
    world.settle()
    assert state(saillans, saillans.actor, ulm.actor) == "accepted"


def test_a_follow_of_nobody_is_refused(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.follow(f"{ulm.origin}/communities/nobody")
    world.settle()
    ask = {
        "id": f"{saillans.origin}/f",
        "type": "Follow",
        "actor": saillans.city,
        "object": f"{ulm.origin}/x",
    }
    assert saillans.post(ulm, ask) == 202
    world.settle()
    assert ulm.arrivals()[-1].state == "refused"
    with ulm.node.database.reading() as session:
        assert followers.followers(session, f"{ulm.origin}/x") == []


def test_an_undo_that_overtakes_its_follow_has_the_last_word(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, saillans = pair
    follow = {
        "id": f"{saillans.origin}/f",
        "type": "Follow",
        "actor": saillans.city,
        "object": ulm.city,
    }
    undo = {"id": f"{saillans.origin}/u", "type": "Undo", "actor": saillans.city, "object": follow}
    saillans.post(ulm, undo)
    saillans.post(ulm, follow)
    world.settle()
    assert state(ulm, saillans.city, ulm.city) is None


def test_nobody_undoes_the_follow_of_another(world: World, pair: tuple[Instance, Instance]) -> None:
    ulm, saillans = pair
    saillans.follow(ulm.actor)
    world.settle()
    with saillans.node.database.reading() as session:
        relation = followers.between(session, saillans.actor, ulm.actor)
    assert relation is not None
    follow = {
        "id": relation.activity_id,
        "type": "Follow",
        "actor": saillans.actor,
        "object": ulm.actor,
    }
    undo = {"id": f"{saillans.origin}/u", "type": "Undo", "actor": saillans.city, "object": follow}
    assert saillans.post(ulm, undo) == 403
    mallory = world["mallory"]
    foreign = {"id": f"{mallory.origin}/u", "type": "Undo", "actor": mallory.city, "object": follow["id"]}
    assert mallory.post(ulm, foreign) == 403
    world.settle()
    assert state(ulm, saillans.actor, ulm.actor) == "accepted"


def test_a_neighbour_on_the_same_instance_is_followed_at_once(
    world: World, pair: tuple[Instance, Instance]
) -> None:
    ulm, _ = pair
    ulm.follow(ulm.city)
    assert state(ulm, ulm.actor, ulm.city) == "accepted"
    assert ulm.deliveries() == []
    ulm.unfollow(ulm.city)
    assert state(ulm, ulm.actor, ulm.city) is None
