"""Who may say what about which object: nobody speaks for another origin (FEP-fe34).

An activity is believed as far as its sender's own origin goes. What it embeds from elsewhere is cut
down to its id, and has to be fetched from where it lives before anyone acts upon it.
"""

from typing import Any

from federation.errors import BadActivity, Forbidden
from federation.wire import proofs
from federation.wire.activity import (
    activity_kind,
    actor_of,
    as_list,
    id_of,
    ids_of,
    same_origin,
    strings,
    without_tree_signature,
)

ANSWERS = frozenset({"Accept", "Reject", "TentativeAccept", "TentativeReject"})
ACTOR_TYPES = frozenset({"Application", "Group", "Organization", "Person", "Service"})
OWNED_OBJECT = frozenset({"Create", "Update", "Delete", "Undo", "Move"})
OWNED_TARGET = frozenset({"Add", "Remove"})


def believed(activity: dict[str, Any], *, actor: str, ours: str) -> dict[str, Any]:
    """The part of an activity that `actor`, whose identity is proven, may say.

    `ours` is our own origin: nothing that carries it comes from outside. Raises Forbidden when the
    activity as a whole oversteps, BadActivity when it lacks what its kind needs.
    """
    kind = activity_kind(activity)
    if actor_of(activity) != actor:
        raise Forbidden("The activity is signed by somebody else than its actor.")
    if same_origin(actor, ours):
        raise Forbidden("Our own actors do not write to us from outside.")
    activity_id = id_of(activity)
    if activity_id is None:
        raise BadActivity("The activity has no id.")
    if not same_origin(activity_id, actor):
        raise Forbidden("The activity's id belongs to another origin than its actor.")
    activity = without_tree_signature(activity)
    said = activity.get("object")
    # What another's owner has signed may be passed on; who takes it checks the proof (`proving`).
    passed_on = proofs.passed_on(activity, actor, ours) is not None
    if kind in OWNED_OBJECT and not passed_on:
        _owns(actor, said)
    if kind in ("Create", "Update") and not passed_on:
        _authored(actor, said)
    if kind == "Undo" and isinstance(said, dict) and "actor" in said and id_of(said["actor"]) != actor:
        raise Forbidden("Only who did something can undo it.")
    if kind == "Move" and id_of(said) != actor:
        raise Forbidden("An actor moves only itself.")
    if kind in OWNED_TARGET and not same_origin(id_of(activity.get("target")), actor):
        raise Forbidden("The collection belongs to another origin than the actor.")
    if kind in ANSWERS:
        return activity
    return {
        name: _cut(value, actor) if name in ("object", "target") else value
        for name, value in activity.items()
    }


def _owns(actor: str, said: Any) -> None:
    if len(as_list(said)) != 1:
        raise BadActivity("The activity is not about exactly one object.")
    object_id = id_of(said)
    if object_id is None:
        raise BadActivity("The object has no id.")
    if not same_origin(object_id, actor):
        raise Forbidden("The object belongs to another origin than the actor.")


def _authored(actor: str, said: Any) -> None:
    if not isinstance(said, dict):
        return
    if not ACTOR_TYPES.isdisjoint(strings(said.get("type"))) and said.get("id") != actor:
        raise Forbidden("An actor describes only itself.")
    authors = as_list(said.get("attributedTo"))
    if len(ids_of(authors)) != len(authors) or not all(
        same_origin(id_of(author), actor) for author in authors
    ):
        raise Forbidden("The object is attributed to another origin than the actor.")


def _cut(value: Any, actor: str) -> Any:
    """Embedded things of other origins shrink to their id; what has no id stays, it is the actor's own."""
    if isinstance(value, list):
        return [_cut(item, actor) for item in value]
    if isinstance(value, dict) and "id" in value and not same_origin(id_of(value), actor):
        return id_of(value)
    return without_tree_signature(value) if isinstance(value, dict) else value
