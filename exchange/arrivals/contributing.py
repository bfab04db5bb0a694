"""What communities elsewhere say to consultations, what they support, and in which campaigns they take part.

Each speaks for itself alone. A cluster of ours takes it in by the same rules by which it takes in what our
own communities say.
"""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from exchange.arrivals.taking import Taking
from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls, consult, contribute
from exchange.messages import Refusal
from exchange.models.base import now
from exchange.models.call import CAMPAIGN, Backing, Call, Contribution
from exchange.models.tombstone import buried, raise_stone
from exchange.vocabulary import activitystreams as words
from exchange.vocabulary.activitystreams.call import MOST_BACKERS
from exchange.vocabulary.activitystreams.handshake import reason_of
from federation.errors import BadActivity, Forbidden
from federation.ledger import originals
from federation.ledger.journal import JournalEntry
from federation.node import Incoming
from federation.wire.activity import same_origin, strings

DAY = timedelta(days=1)
PER_DAY = 100  # supports and joins of one community that are told on


def say(taking: Taking, obj: dict[str, Any]) -> Contribution | None:
    """Keep what a community says to a consultation that we hold; to one of ours, take it in by its rules."""
    read = words.contribution_of(obj)
    session = taking.session
    if not same_origin(read.uri, read.author):
        raise BadActivity("The object does not name its owner.")
    if buried(session, read.uri, read.author) or contribution_at(session, read.uri) is not None:
        return None
    call = calls.at(session, read.call)
    if call is not None and call.withdrawn_at is not None:
        return None
    ours = call is not None and call.local
    if ours and not taking.speaks(read.author):
        raise Forbidden("Only communities take part in consultations and campaigns.")
    author = taking.community(read.author).uri
    said = Contribution(
        uri=read.uri,
        call=read.call,
        answers=read.answers,
        author=author,
        local=False,
        title=read.title,
        text=read.text,
        issued_at=min(read.published, now()),
    )
    session.add(said)
    session.flush()
    if call is not None and ours:
        try:
            consult.accept(session, call, said)
        except Refusal as refusal:
            consult.refuse(session, call, said, refusal)
            return None
    originals.keep(session, obj, told=obj is taking.told)
    return said


def refused(session: Session, incoming: Incoming) -> bool:
    """A cluster elsewhere does not take in what a community of ours said, and says why."""
    why = reason_of({"reason": incoming.activity.get("summaryMap")})
    return consult.refused(session, incoming.actor, incoming.object_id or "", why)


def taken_back(session: Session, incoming: Incoming, said: Contribution, *, by_instance: bool) -> bool:
    """A community takes back what it said."""
    if said.author != incoming.actor and not by_instance:
        raise Forbidden("Only its owner changes an object.")
    if said.withdrawn_at is not None:
        return False
    contribute.erase(session, said)
    raise_stone(session, said.uri, incoming.actor)
    consult.drop(session, said)
    return True


def liked(session: Session, incoming: Incoming, taking: Taking) -> bool | None:
    """A community supports a contribution in a consultation of ours; None when it is about something else."""
    uri = incoming.object_id or ""
    found = calls.entry(session, uri)
    if found is None or not found[1].local:
        return None
    if not taking.speaks(incoming.actor):
        return False  # people like what they like; it does not count here
    by = taking.community(incoming.actor).uri
    call = contribute.supportable(session, uri, by)
    return _back(session, incoming, call, uri, by)


def joined(session: Session, incoming: Incoming, taking: Taking) -> bool | None:
    """A community takes part in a campaign of ours; None when it joins something else."""
    call = calls.at(session, incoming.object_id or "")
    if call is None or not call.local or call.kind != CAMPAIGN:
        return None
    if not taking.speaks(incoming.actor):
        return False
    by = taking.community(incoming.actor).uri
    contribute.joinable(session, call, by)
    return _back(session, incoming, call, call.uri, by)


def _back(session: Session, incoming: Incoming, call: Call, subject: str, by: str) -> bool:
    if buried(session, incoming.id, incoming.actor):
        return False  # what it undoes has been overtaken by its Undo
    held = select(func.count()).select_from(Backing).where(Backing.subject == subject)
    if session.exec(held).one() >= MOST_BACKERS:
        raise Refusal("At most %(limit)s values at once.", limit=MOST_BACKERS)
    _check_pace(session, incoming.actor)
    if not contribute.back(session, subject, by, incoming.id):
        return False
    calling.tell(session, call)
    return True


def _check_pace(session: Session, actor: str) -> None:
    """Each change is told to many, so nobody changes their mind without end."""
    lately = select(func.count()).where(
        JournalEntry.direction == "in",
        JournalEntry.actor == actor,
        col(JournalEntry.kind).in_(("Like", "Join")),
        JournalEntry.at > now() - DAY,
    )
    if session.exec(lately.select_from(JournalEntry)).one() >= PER_DAY:
        raise Forbidden("Too many changes from there in one day.")


def undone(session: Session, incoming: Incoming) -> bool | None:
    """A community supports something no longer; None when something else is undone."""
    told = incoming.object
    if not isinstance(told, dict) or "Like" not in strings(told.get("type")):
        return None
    query = select(Backing).where(
        Backing.community == incoming.actor, Backing.activity_id == incoming.object_id
    )
    return _back_no_more(session, session.exec(query).first())


def left(session: Session, incoming: Incoming) -> bool | None:
    """A community takes part in a campaign of ours no longer; None when it leaves something else."""
    call = calls.at(session, incoming.object_id or "")
    if call is None or not call.local:
        return None
    return _back_no_more(session, calls.backing(session, call.uri, incoming.actor))


def _back_no_more(session: Session, held: Backing | None) -> bool | None:
    if held is None:
        return None
    found = calls.entry(session, held.subject)
    call = found[1] if found else calls.at(session, held.subject)
    if call is None or not call.local:
        return None
    if call.kind != CAMPAIGN and not calls.is_open(call):
        return False  # after its end a consultation stays as it is
    session.delete(held)
    session.flush()
    calling.tell(session, call)
    return True


def contribution_at(session: Session, uri: str) -> Contribution | None:
    """The contribution with that address."""
    return session.exec(select(Contribution).where(Contribution.uri == uri)).first()


def forget(session: Session, author: str) -> None:
    """A community is gone, and what it said and supported with it."""
    for said in session.exec(select(Contribution).where(Contribution.author == author)).all():
        if not said.local and said.withdrawn_at is None:
            contribute.erase(session, said)
            consult.drop(session, said)
    for one in session.exec(select(Backing).where(Backing.community == author)).all():
        session.delete(one)
    session.flush()
