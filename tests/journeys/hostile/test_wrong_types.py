"""Point 5: a value of the wrong kind in any place of any activity is refused or ignored, and nothing breaks."""

import json

import pytest
from sqlmodel import select

from exchange.models.practice import Practice
from tests.journeys.hostile.stage import WRONG, Stage, changed, places

KINDS = (
    "Create Update Delete Undo Announce Add Remove Move Accept Reject Flag Follow Like Join Leave Block Offer Strange"
).split()


@pytest.mark.parametrize("kind", KINDS)
def test_an_activity_of_any_kind_with_a_wrong_value_in_any_field_is_judged(stage: Stage, kind: str) -> None:
    thing = {
        "id": f"{stage.neighbour.origin}/things/1",
        "type": "Note",
        "actor": stage.actor,
        "attributedTo": stage.actor,
        "object": f"{stage.house.origin}/actor",
    }
    base = stage.activity(
        kind, thing, target=f"{stage.actor}/adoptions", cc=[], published="2026-01-01T00:00:00Z"
    )
    answers = set()
    for path in places(base):
        for value in WRONG[KINDS.index(kind) % 6 :: 6]:  # each value meets a sixth of the kinds
            said = changed(base, path, value)
            if path != ("id",):
                stage.count += 1
                said["id"] = f"{stage.neighbour.origin}/activities/{stage.count}"
            answers.add(status := stage.say(said))
            assert 200 <= status < 500, (status, path, value)
    stage.settle()
    assert not stage.unjudged()
    assert stage.lives()


@pytest.mark.parametrize("kind", ["practice", "review", "adoption"])
def test_a_record_with_a_wrong_value_in_any_field_is_judged_and_can_be_shown(stage: Stage, kind: str) -> None:
    base = stage.practice_node() if kind == "practice" else stage.note(kind)
    assert stage.say(stage.activity("Create", base)) == 202
    stage.settle()
    assert [a.error for a in stage.arrivals()] == [None]
    number = 0
    for path in places(base):
        if path[0] == "contentMap" or path == ("id",):
            continue
        for value in WRONG[number % 5 :: 5]:
            number += 1
            said = changed(base, path, value)
            said["id"] = f"{base['id']}{number}"
            status = stage.say(stage.activity("Create", said))
            assert 200 <= status < 500, (status, path, value)
    stage.settle()
    assert not stage.unjudged()
    assert stage.lives()
    with stage.reading() as session:
        for held in session.exec(select(Practice)):
            for path in (f"/practices/{held.key}", f"/api/v1/practices/{held.key}"):
                assert stage.house.get(path).status_code in (200, 303), (path, json.dumps(held.record)[:500])


def test_an_actor_that_describes_itself_with_a_wrong_value_in_any_field_is_judged(stage: Stage) -> None:
    stage.say(stage.activity("Like", stage.practice.uri))
    base = stage.neighbour.actor(
        "mayor",
        community={"type": "Community", "name": {"en": "Elsewhere"}, "country": "FR", "population": 5},
    )
    for number, path in enumerate(places(base)):
        if path == ("id",) or path[0] in ("publicKey",):
            continue
        for value in WRONG[number % 5 :: 5]:
            status = stage.say(stage.activity("Update", changed(base, path, value)))
            assert 200 <= status < 500, (status, path, value)
    stage.settle()
    assert not stage.unjudged()
    assert stage.lives()
