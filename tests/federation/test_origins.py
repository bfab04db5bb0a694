"""Who may say what about which object."""

from typing import Any

import pytest

from federation.arriving.origins import believed
from federation.errors import BadActivity, Forbidden

OURS = "https://ours.example"
ACTOR = "https://ulm.example/communities/ulm"
THING = "https://ulm.example/practices/1"
FOREIGN = "https://saillans.example/practices/1"


def activity(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": "https://ulm.example/activities/1", "type": kind, "actor": ACTOR} | more


def judged(said: dict[str, Any], actor: str = ACTOR) -> dict[str, Any]:
    return believed(said, actor=actor, ours=OURS)


@pytest.mark.parametrize(
    "said",
    [
        activity("Create", object={"id": THING, "type": "Article", "attributedTo": ACTOR}),
        activity("Create", object=THING),
        activity("Update", object={"id": THING, "type": "Article", "attributedTo": [ACTOR]}),
        activity("Update", object={"id": ACTOR, "type": "Organization"}),
        activity("Delete", object={"id": THING, "type": "Tombstone"}),
        activity("Delete", object=ACTOR),
        activity("Undo", object={"id": "https://ulm.example/activities/0", "type": "Follow", "actor": ACTOR}),
        activity("Follow", object=f"{OURS}/actor"),
        activity("Accept", object={"id": f"{OURS}/activities/1", "type": "Follow", "actor": f"{OURS}/actor"}),
        activity("Announce", object=FOREIGN),
        activity("Add", object=FOREIGN, target=f"{THING}/adoptions"),
        activity("Move", object=ACTOR, target="https://new.example/actor"),
        activity("Like", object=f"{OURS}/practices/1"),
    ],
    ids=lambda said: said["type"],
)
def test_an_actor_may_say_this(said: dict[str, Any]) -> None:
    assert judged(said) == said


@pytest.mark.parametrize(
    "said",
    [
        activity("Create", object={"id": FOREIGN, "type": "Article"}),
        activity("Create", object={"id": THING, "type": "Article", "attributedTo": "https://x.example/a"}),
        activity("Create", object={"id": THING, "type": "Article", "attributedTo": [ACTOR, f"{OURS}/actor"]}),
        activity(
            "Create", object={"id": THING, "type": "Article", "attributedTo": [ACTOR, {"name": "who?"}]}
        ),
        activity("Update", object=FOREIGN),
        activity("Update", object={"id": f"{OURS}/practices/1", "type": "Article"}),
        activity("Update", object={"id": "https://ulm.example/actor", "type": "Application"}),
        activity("Delete", object=FOREIGN),
        activity("Delete", object="https://ulm.example:8443/practices/1"),
        activity("Delete", object="http://ulm.example/practices/1"),
        activity("Delete", object="https://ulm.example.evil.example/practices/1"),
        activity("Undo", object="https://saillans.example/activities/0"),
        activity(
            "Undo",
            object={"id": "https://ulm.example/a/0", "type": "Follow", "actor": "https://ulm.example/other"},
        ),
        activity("Add", object=THING, target=f"{FOREIGN}/adoptions"),
        activity("Add", object=THING),
        activity("Remove", object=THING, target=f"{OURS}/practices/1/adoptions"),
        activity("Move", object="https://ulm.example/communities/other", target="https://new.example/actor"),
        activity("Move", object=FOREIGN, target="https://new.example/actor"),
        activity("Create", object=THING) | {"id": "https://saillans.example/activities/1"},
        activity("Create", object=THING) | {"actor": "https://ulm.example/communities/other"},
    ],
    ids=lambda said: said["type"],
)
def test_an_actor_may_not_say_this(said: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        judged(said)


@pytest.mark.parametrize(
    "said",
    [
        activity("Create"),
        activity("Create", object=None),
        activity("Create", object=[]),
        activity("Create", object=[THING, FOREIGN]),
        activity("Delete", object={"type": "Tombstone"}),
        activity("Update", object=7),
        activity("Undo", object=[["nested"]]),
        {"type": "Create", "actor": ACTOR, "object": THING},
        activity("Create", object=THING) | {"id": 7},
        activity("Create", object=THING) | {"actor": None},
        activity("Create", object=THING) | {"actor": [ACTOR, FOREIGN]},
        activity("Create", object=THING) | {"type": None},
    ],
)
def test_what_lacks_its_parts_is_no_activity(said: dict[str, Any]) -> None:
    with pytest.raises(BadActivity):
        judged(said)


def test_our_own_actors_do_not_write_from_outside() -> None:
    own = f"{OURS}/actor"
    with pytest.raises(Forbidden):
        judged({"id": f"{OURS}/a/1", "type": "Follow", "actor": own, "object": ACTOR}, actor=own)


@pytest.mark.parametrize("kind", ["Announce", "Like", "Flag", "Join"])
def test_an_embedded_object_of_another_origin_shrinks_to_its_id(kind: str) -> None:
    embedded = {"id": FOREIGN, "type": "Article", "content": "words put into another's mouth"}
    assert judged(activity(kind, object=embedded))["object"] == FOREIGN
    assert judged(activity(kind, object=[embedded, THING]))["object"] == [FOREIGN, THING]


def test_a_wrapped_activity_of_another_origin_shrinks_too() -> None:
    wrapped = {"id": "https://saillans.example/activities/1", "type": "Create", "object": {"id": FOREIGN}}
    assert judged(activity("Announce", object=wrapped))["object"] == wrapped["id"]
