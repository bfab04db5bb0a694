"""Lead a consultation: take contributions in, hide one with a reason that everybody reads, move one to another."""

from collections.abc import Mapping

from sqlmodel import Session, func, select

from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import now
from exchange.models.call import CONSULTATION, Call, Contribution, Entry
from exchange.translation import LANGUAGES, gettext_for
from exchange.vocabulary.activitystreams import wrap
from exchange.vocabulary.activitystreams.call import MOST
from exchange.vocabulary.activitystreams.reading import validated
from exchange.vocabulary.fields import Part, Remark
from federation.ledger import outbox

MOST_OF_ONE = 20  # contributions of one community to one consultation
MOST_COMMENTS_OF_ONE = 40
MOST_WRITTEN = 100  # contributions and comments, with those that it has taken back


class _Reason(Part):
    reason: Remark = {}


def accept(session: Session, call: Call, said: Contribution) -> bool:
    """Take a contribution or comment into a consultation of ours, by its rules; False when it was in it.

    Raises Refusal when it is closed, when this community may not speak in it or has said enough.
    """
    if calls.entry(session, said.uri) is not None:
        return False
    faults(session, call, said.author, said.answers)
    listed = calls.entries(session, call)
    if len(listed) >= MOST:
        raise Refusal(N_("A consultation holds at most %(limit)s contributions and comments."), limit=MOST)
    session.add(
        Entry(
            call_id=call.id,  # type: ignore[arg-type]
            contribution=said.uri,
            answers=said.answers,
            author=said.author,
            at=max(now(), said.issued_at),
        )
    )
    session.flush()
    calling.say(session, call, "Add", said.uri, target=target_of(call))
    calling.tell(session, call)
    return True


def refuse(session: Session, call: Call, said: Contribution, why: Refusal) -> None:
    """Keep nothing of what a community elsewhere said, and tell it why, in every language that is spoken here."""
    session.delete(said)
    session.flush()
    told = why.problems[0].message
    outbox.send(
        session,
        actor=call.owner,
        activity=wrap("Reject", call.owner, said.uri, to=[said.author], cc=[])
        | {
            "target": target_of(call),
            "summaryMap": {one: told.render(gettext_for(one)) for one in LANGUAGES},
        },
        to_actors=[said.author],
        public=False,
    )


def refused(session: Session, by: str, contribution: str, why: Mapping[str, str]) -> bool:
    """A cluster elsewhere does not take in what a community of ours said to it; False when that is not its own."""
    said = session.exec(select(Contribution).where(Contribution.uri == contribution)).first()
    call = calls.at(session, said.call) if said is not None else None
    if said is None or not said.local or call is None or call.local or call.owner != by:
        return False
    if said.withdrawn_at is not None or calls.entry(session, said.uri) is not None:
        return False
    said.refused = dict(why)
    session.add(said)
    session.flush()
    return True


def faults(session: Session, call: Call, author: str, answers: str | None) -> None:
    """Refuse what may not be added now by this community; `answers` is the contribution that it comments."""
    check_open(session, call, author)
    own = [one for one in calls.spoken(session, call, author) if (one.answers is None) is (answers is None)]
    limit = MOST_OF_ONE if answers is None else MOST_COMMENTS_OF_ONE
    if len(own) >= limit:
        raise Refusal(N_("A community adds at most %(limit)s to one consultation."), limit=limit)
    said = select(func.count()).where(Contribution.call == call.uri, Contribution.author == author)
    if session.exec(said.select_from(Contribution)).one() > MOST_WRITTEN:
        raise Refusal(N_("A community adds at most %(limit)s to one consultation."), limit=MOST_WRITTEN)
    if answers is not None:
        there = next((one for one in calls.entries(session, call) if one.contribution == answers), None)
        if there is None or there.answers is not None or there.hidden or there.moved_to:
            raise Refusal(N_("There is no such contribution here."))


def check_open(session: Session, call: Call, community: str) -> None:
    """Refuse when nothing is added any more, or not yet, or not by this community."""
    if calls.begins(call):
        raise Refusal(N_("It has not begun yet."))
    if not calls.is_open(call):
        raise Refusal(N_("It is over, and nothing is added any more."))
    if not calls.may_speak(session, call, community):
        raise NotAllowed(N_("Only members of the cluster take part."))


def drop(session: Session, said: Contribution) -> None:
    """A contribution was taken back by its community: its entry goes, with what was answered to it."""
    found = calls.entry(session, said.uri)
    if found is None or not found[1].local:
        return
    call = found[1]
    gone = [one for one in calls.entries(session, call) if said.uri in (one.contribution, one.answers)]
    for one in gone:
        calling.say(session, call, "Remove", one.contribution, target=target_of(call))
        session.delete(one)
    session.flush()
    calling.tell(session, call)


def hide(session: Session, call: Call, contribution: str, reason: Mapping[str, str]) -> None:
    """Show a contribution or comment no longer; the reason stands in its place, for everybody."""
    entry = _of_ours(session, call, contribution)
    words = validated(_Reason, {"reason": dict(reason)}, "").reason
    if not words:
        raise Refusal([Problem("reason", Message(N_("Say why: everybody reads it in its place.")))])
    entry.hidden = words
    session.add(entry)
    session.flush()
    calling.say(session, call, "Remove", contribution, target=target_of(call))
    calling.tell(session, call)


def show_again(session: Session, call: Call, contribution: str) -> None:
    """Show again what was hidden."""
    entry = _of_ours(session, call, contribution)
    if not entry.hidden:
        return
    entry.hidden = {}
    session.add(entry)
    session.flush()
    calling.say(session, call, "Add", contribution, target=target_of(call))
    calling.tell(session, call)


def move(session: Session, call: Call, contribution: str, to: Call) -> None:
    """Move a contribution, with its support and its comments, to another open consultation of the cluster.

    Both keep the trace: where it went, where it came from.
    """
    entry = _of_ours(session, call, contribution)
    calling.check(to)
    if to.owner != call.owner or to.kind != CONSULTATION or to.id == call.id:
        raise Refusal([Problem("to", Message(N_("Choose another consultation of this cluster.")))])
    if not (calls.is_open(call) and calls.is_open(to)):
        raise Refusal(N_("It is over, and nothing is added any more."))
    if entry.answers is not None:
        raise Refusal(N_("A comment goes where its contribution goes."))
    moved = [one for one in calls.entries(session, call) if contribution in (one.contribution, one.answers)]
    if len(calls.entries(session, to)) + len(moved) > MOST:
        raise Refusal(N_("A consultation holds at most %(limit)s contributions and comments."), limit=MOST)
    for one in moved:
        back = _entry(session, to, one.contribution) or Entry(
            call_id=to.id,  # type: ignore[arg-type]
            contribution=one.contribution,
            author=one.author,
            answers=one.answers,
        )
        back.at, back.moved_from, back.moved_to, back.hidden = one.at, call.uri, None, one.hidden
        one.moved_to = to.uri
        session.add(back)
        session.add(one)
    session.flush()
    calling.say(session, call, "Remove", contribution, target=target_of(call))
    calling.say(session, to, "Add", contribution, target=target_of(to))
    calling.tell(session, call)
    calling.tell(session, to)


def target_of(call: Call) -> str:
    """The collection of what has been accepted in a consultation."""
    return f"{call.uri}/contributions"


def _of_ours(session: Session, call: Call, contribution: str) -> Entry:
    calling.check(call)
    found = _entry(session, call, contribution)
    if found is None or found.moved_to:
        raise Refusal(N_("There is no such contribution here."))
    return found


def _entry(session: Session, call: Call, contribution: str) -> Entry | None:
    query = select(Entry).where(Entry.call_id == call.id, Entry.contribution == contribution)
    return session.exec(query).first()
