"""Consultations and campaigns across instances: the cluster's word about its call, each community's about itself.

What a call asks, what it lists and how it ends is said by its cluster alone; what a contribution says, by
the community that wrote it (`contributing`).
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlmodel import Session, col, delete, select

from exchange.arrivals import contributing
from exchange.arrivals.collecting import cluster_of
from exchange.arrivals.contributing import contribution_at
from exchange.arrivals.taking import Taking, community_at, practice_at
from exchange.catalogue.clusters import calls
from exchange.messages import Refusal
from exchange.models.call import Call, Entry
from exchange.models.cluster import ASKED, MEMBER, Belonging
from exchange.models.tombstone import buried
from exchange.vocabulary import activitystreams as words
from exchange.vocabulary.activitystreams.call import ReadEntry, entries_in
from exchange.vocabulary.activitystreams.kinds import CALLS, asked_in, kind_of, owner_of
from federation.errors import BadActivity, Forbidden
from federation.ledger import originals
from federation.ledger.remote import RemoteActor
from federation.node import Incoming
from federation.wire.activity import id_of, ids_of, same_origin

LIST = "/contributions"  # below the address of a consultation
MOST_TAKEN = 14  # contributions, and as many authors, that are read together with what lists them


# --------------------------------------------------------------------- whom we listen to


def is_about(incoming: Incoming) -> bool:
    """Whether something is put on the list of a consultation of the sender's host, or taken off it."""
    return incoming.kind in ("Add", "Remove") and _target(incoming) is not None


def cares(session: Session, incoming: Incoming, obj: dict[str, Any] | None, kind: str | None) -> bool:
    """Whether what somebody says, whom nobody here follows, belongs to a call that we take part in."""
    if kind == "contribution" and obj is not None:
        return calls.at(session, asked_in(obj) or "") is not None
    if kind in CALLS and obj is not None:
        return calls.at(session, id_of(obj) or "") is not None or _belongs(session, incoming.actor)
    if is_about(incoming):
        return calls.at(session, (_target(incoming) or "").removesuffix(LIST)) is not None
    if incoming.kind == "Delete":
        uri = incoming.object_id or ""
        return calls.at(session, uri) is not None or contribution_at(session, uri) is not None
    return False


def _belongs(session: Session, cluster: str) -> bool:
    """Whether somebody here is in the cluster or has asked: its yes and what it tells new members race."""
    query = select(Belonging.id).where(
        Belonging.cluster == cluster, col(Belonging.state).in_((ASKED, MEMBER))
    )
    return session.exec(query).first() is not None


def unknown(session: Session, origin: str, obj: dict[str, Any], incoming: Incoming) -> list[str | None]:
    """What must be read with a call: its cluster, the contributions that we lack, and their authors."""
    owner = owner_of(obj)
    needed: list[str | None] = []
    if owner and session.get(RemoteActor, owner) is None:
        needed.append(owner)
    with suppress(Refusal):
        lacking = [
            one.uri
            for one in entries_in(obj)
            if not (one.hidden or one.moved_to or one.uri.startswith(f"{origin}/"))
            and contribution_at(session, one.uri) is None
        ]
        named = lacking[-MOST_TAKEN:]
        needed += named
        needed += [owner_of(incoming.fetched[uri]) for uri in named if uri in incoming.fetched]
    return needed


def backer(session: Session, incoming: Incoming) -> list[str]:
    """Who must be known before their support counts: a community that speaks of something in a call of ours."""
    uri = incoming.object_id or ""
    found = calls.at(session, uri) or (entry[1] if (entry := calls.entry(session, uri)) else None)
    ours = found is not None and found.local and community_at(session, incoming.actor) is None
    return [incoming.actor] if ours and incoming.actor not in incoming.fetched else []


# --------------------------------------------------------------------- what a cluster says


def take(taking: Taking, obj: dict[str, Any]) -> Call | None:
    """Keep the newest word about a call, and take in the contributions that it lists and we lacked."""
    read = words.call_of(obj)
    session = taking.session
    if not same_origin(read.uri, read.owner):
        raise BadActivity("The object does not name its owner.")
    if buried(session, read.uri, read.owner):
        return None
    found = calls.at(session, read.uri)
    if found is not None and (
        found.local or found.withdrawn_at is not None or read.updated <= found.modified_at
    ):
        return None
    if found is None:
        found = Call(uri=read.uri, kind=read.kind, owner=read.owner, local=False, **read.fields)
    elif (found.owner, found.kind) != (read.owner, read.kind):
        raise Forbidden("Only its owner changes an object.")
    found.owner_name = words.community_of(cluster_of(taking, read.owner))["name"]
    for name, value in read.fields.items():
        setattr(found, name, value)
    found.issued_at, found.modified_at = read.published, read.updated
    session.add(found)
    session.flush()
    found.backers = _others(read.taking_part, taking.origin)
    session.add(found)
    for one in read.entries:
        _take_in(taking, one.uri)
    _list(taking, found, read.entries)
    originals.keep(session, obj, told=obj is taking.told)
    return found


def _others(backers: Sequence[str], ours: str) -> list[str]:
    """Whom a cluster counts, without our own communities: what they support is not for others to tell."""
    return [uri for uri in backers if not same_origin(uri, ours)]


def _list(taking: Taking, found: Call, listed: Sequence[ReadEntry]) -> None:
    session = taking.session
    session.exec(delete(Entry).where(col(Entry.call_id) == found.id))
    entries = (
        Entry(
            call_id=found.id,  # type: ignore[arg-type]
            contribution=one.uri,
            author=one.author,
            answers=one.answers,
            at=one.at,
            hidden=one.hidden,
            moved_to=one.moved_to,
            moved_from=one.moved_from,
            backers=_others(one.backers, taking.origin),
        )
        for one in listed
    )
    session.add_all([one for one in entries if _is_said(taking, found, one)])
    session.flush()


def _is_said(taking: Taking, found: Call, one: Entry) -> bool:
    """Whether an entry can be what its author said there, as far as can be known here."""
    uri = one.contribution
    if not same_origin(uri, one.author) or "#" in uri:
        return False
    if (said := contribution_at(taking.session, uri)) is not None:
        return calls.is_of(said, found, one)
    if same_origin(uri, taking.origin) or practice_at(taking.session, uri) is not None:
        return False  # what was said here we know, and a practice is no contribution
    read = taking.fetched.get(uri)
    if read is None:
        return True
    said_there = calls.made_to(asked_in(read), found, one)
    return said_there and (kind_of(read), owner_of(read)) == ("contribution", one.author)


def _take_in(taking: Taking, uri: str) -> None:
    """Take in a contribution that was read from its own origin; one that is not in order is left out."""
    obj = taking.fetched.get(uri)
    if obj is None or kind_of(obj) != "contribution" or id_of(obj) != uri:
        return
    author = owner_of(obj)
    if author in taking.fetched or taking.knows(author):
        with suppress(Refusal, BadActivity), taking.session.begin_nested():
            contributing.say(taking, obj)


def listed(session: Session, incoming: Incoming, taking: Taking) -> bool:
    """A cluster has taken a contribution in: it is read where it lives. What the list is, the call itself says."""
    target, uri = _target(incoming), incoming.object_id
    if incoming.kind != "Add" or target is None or uri is None or uri.startswith(f"{taking.origin}/"):
        return False
    call = calls.at(session, target.removesuffix(LIST))
    if call is not None and call.owner != incoming.actor:
        raise Forbidden("Only its owner changes an object.")
    if contribution_at(session, uri) is not None:
        return False
    _take_in(taking, uri)
    return contribution_at(session, uri) is not None


def _target(incoming: Incoming) -> str | None:
    targets = [uri for uri in ids_of(incoming.activity.get("target")) if uri.endswith(LIST)]
    return targets[0] if len(targets) == 1 and same_origin(targets[0], incoming.actor) else None
