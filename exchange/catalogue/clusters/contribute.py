"""Take part in a consultation or campaign, here or elsewhere, as a community of ours: say, comment, support, join.

A contribution is its community's own word. Whether it stands in the consultation is the cluster's: here it
is asked at once, elsewhere its answer comes back.
"""

from collections.abc import Mapping

from sqlmodel import Session, select

from exchange.catalogue.announce import say
from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls, consult
from exchange.messages import N_, NotAllowed, Refusal
from exchange.models.base import new_key, now
from exchange.models.call import CAMPAIGN, CONSULTATION, Backing, Call, Contribution
from exchange.models.community import Community
from exchange.vocabulary.activitystreams import contribution_object, tombstone
from exchange.vocabulary.activitystreams.contribution import words
from federation.ledger import originals

Texts = Mapping[str, str]


def contribute(
    session: Session,
    community: Community,
    call: Call,
    *,
    title: Texts | None = None,
    text: Texts,
    answers: str | None = None,
) -> Contribution:
    """Say something to a consultation, or in a few words to a contribution there (`answers`).

    A contribution has a title of at most 100 and a text of at most 700 characters, a comment a text of at
    most 300. Raises Refusal at the field.
    """
    _check(community)
    _is(call, CONSULTATION)
    titles, texts = words(dict(title or {}), dict(text), comment=answers is not None)
    consult.faults(session, call, community.uri, answers)
    key = new_key()
    said = Contribution(
        key=key,
        uri=f"{community.instance}/contributions/{key}",
        call=call.uri,
        answers=answers,
        author=community.uri,
        local=True,
        title=titles,
        text=texts,
    )
    session.add(said)
    session.flush()
    say(session, "Create", community, contribution_object(said, call.owner), also=[call.owner])
    if call.local:
        consult.accept(session, call, said)
    return said


def take_back(session: Session, said: Contribution) -> None:
    """Take back what a community of ours said; a tombstone stays."""
    if not said.local:
        raise NotAllowed(N_("Only the community that wrote it takes it back."))
    if said.withdrawn_at is not None:
        return
    community = session.exec(select(Community).where(Community.uri == said.author)).one()
    call = calls.at(session, said.call)
    erase(session, said)
    consult.drop(session, said)
    stone = tombstone(said.uri, "Note", said.withdrawn_at or now())
    say(session, "Delete", community, stone, also=[call.owner] if call else [])


def erase(session: Session, said: Contribution) -> None:
    """Leave of a contribution only that it was there."""
    said.withdrawn_at = now()
    said.title = said.text = {}
    session.add(said)
    originals.forget(session, said.uri)
    session.flush()


def support(session: Session, community: Community, said: Contribution) -> None:
    """Stand behind a contribution of others; a second time changes nothing."""
    _check(community)
    call = supportable(session, said.uri, community.uri)
    if calls.backing(session, said.uri, community.uri) is None:
        sent = say(session, "Like", community, said.uri, also=[call.owner, said.author])
        back(session, said.uri, community.uri, sent.activity_id)
        if call.local:
            calling.tell(session, call)


def supportable(session: Session, contribution: str, community: str) -> Call:
    """The consultation in which this community may support that contribution; raises Refusal otherwise."""
    found = calls.entry(session, contribution)
    if found is None or found[0].hidden or found[0].answers is not None:
        raise Refusal(N_("There is no such contribution here."))
    entry, call = found
    consult.check_open(session, call, community)
    if entry.author == community:
        raise Refusal(N_("A community does not support what it says itself."))
    return call


def support_no_more(session: Session, community: Community, said: Contribution) -> None:
    """Take a support back, as long as the consultation is open."""
    _check(community)
    held = calls.backing(session, said.uri, community.uri)
    found = calls.entry(session, said.uri)
    if held is None or found is None:
        return
    call = found[1]
    consult.check_open(session, call, community.uri)
    _undo(session, community, "Like", held, [call.owner, said.author])
    if call.local:
        calling.tell(session, call)


def join(session: Session, community: Community, call: Call) -> None:
    """Say that a community of ours takes part in a campaign."""
    _check(community)
    _is(call, CAMPAIGN)
    joinable(session, call, community.uri)
    if calls.backing(session, call.uri, community.uri) is None:
        sent = say(session, "Join", community, call.uri, also=[call.owner])
        back(session, call.uri, community.uri, sent.activity_id)
        if call.local:
            calling.tell(session, call)


def joinable(session: Session, call: Call, community: str) -> None:
    """Refuse when this community may not take part in a campaign; before it begins it may say so already."""
    if not calls.is_open(call) and not calls.begins(call):
        raise Refusal(N_("It is over, and nothing is added any more."))
    if not calls.may_speak(session, call, community):
        raise NotAllowed(N_("Only members of the cluster take part."))


def leave(session: Session, community: Community, call: Call) -> None:
    """Take part in a campaign no longer."""
    _check(community)
    held = calls.backing(session, call.uri, community.uri)
    if held is None:
        return
    say(session, "Leave", community, call.uri, also=[call.owner])
    session.delete(held)
    session.flush()
    if call.local:
        calling.tell(session, call)


def back(session: Session, subject: str, community: str, activity_id: str | None) -> bool:
    """Note that a community stands behind something; False when it did already, by the newest activity now."""
    held = calls.backing(session, subject, community)
    new = held is None
    held = held or Backing(subject=subject, community=community)
    held.activity_id = activity_id
    session.add(held)
    session.flush()
    return new


def _undo(session: Session, community: Community, kind: str, held: Backing, also: list[str]) -> None:
    undone = {"id": held.activity_id, "type": kind, "actor": community.uri, "object": held.subject}
    say(session, "Undo", community, undone, also=also)
    session.delete(held)
    session.flush()


def _check(community: Community) -> None:
    if not community.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))


def _is(call: Call, kind: str) -> None:
    if call.kind != kind or call.withdrawn_at is not None:
        raise Refusal(N_("It has been taken back."))
