"""Who was meant to read what arrives: nothing is shown here that was said to a few alone."""

from dataclasses import replace
from typing import Any

from exchange.vocabulary.activitystreams.kinds import kind_of
from federation.errors import BadActivity
from federation.node import Incoming
from federation.wire.activity import id_of, is_public, same_origin

NOT_FOR_ALL = "This is not addressed to everybody, so it is not shown here."


def for_everybody(incoming: Incoming, obj: dict[str, Any]) -> bool:
    """Whether anyone may read an object: it says so itself, or the activity in which its origin told it.

    What an origin serves without saying to whom is served to everybody.
    """
    told = incoming.kind != "Announce" and same_origin(id_of(obj), incoming.actor)
    if is_public(obj) or (told and incoming.via != "fetch" and is_public(incoming.activity)):
        return True
    embedded = obj is incoming.object and incoming.via != "fetch"
    return not embedded and not _addressed(obj)


def check(incoming: Incoming, obj: dict[str, Any]) -> None:
    """Raise BadActivity, which the operator sees, where an object is not for everybody."""
    if not for_everybody(incoming, obj):
        raise BadActivity(NOT_FOR_ALL)


def is_narrowed(incoming: Incoming, obj: dict[str, Any]) -> bool:
    """Whether the owner says of an object, which may have been for everybody, that it is for a few from now on."""
    told = obj is incoming.object and incoming.via != "fetch"
    return incoming.kind == "Update" and told and _addressed(obj) and not for_everybody(incoming, obj)


def check_words(incoming: Incoming) -> None:
    """The same for an activity that says something by itself, as the answer to an adoption does."""
    if _addressed(incoming.activity) and not is_public(incoming.activity):
        raise BadActivity(NOT_FOR_ALL)


def public_part(incoming: Incoming) -> Incoming:
    """The activity with those of the documents fetched for it that are for everybody.

    Of a record that was served to us and is for a few, its id is left.
    """
    closed = {
        uri: {"id": uri}
        for uri, document in incoming.fetched.items()
        if kind_of(document) is not None and _addressed(document) and not is_public(document)
    }
    if not closed:
        return incoming
    if incoming.object_id in closed and incoming.kind != "Delete":
        raise BadActivity(NOT_FOR_ALL)
    return replace(incoming, fetched=incoming.fetched | closed)


def _addressed(obj: dict[str, Any]) -> bool:
    return any(obj.get(name) for name in ("to", "cc"))
