"""Lend a voice in a theme to another organisation, and take it back at any time.

A statement concerns those who review in the giver's stead, near or far along a chain. Each of them is
told by the one before: whoever receives a voice and has lent its own passes the statement on, as it was
signed. The reviews that speak for it then say so themselves (`onBehalfOf`), which is how the owner of a
practice, and everybody else, comes to know.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, delete, select

from exchange.catalogue.announce import say
from exchange.catalogue.judging import voices
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import new_key, now
from exchange.models.community import Community
from exchange.models.delegation import Delegation, LentVoice
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import delegation_object, review_object, wrap
from federation.ledger import originals, outbox
from federation.wire.activity import host_of


def delegate(session: Session, giver: Community, theme: str, receiver: Community) -> Delegation:
    """Lend the voice of `giver`, in one theme, to `receiver`; an earlier one in that theme is taken back."""
    if not giver.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    problems = []
    if theme not in concepts.scheme("themes"):
        problems.append(Problem("theme", Message(N_("Choose a theme."))))
    if receiver.id == giver.id:
        problems.append(Problem("to", Message(N_("Nobody lends a voice to themselves."))))
    elif receiver.gone:
        problems.append(Problem("to", Message(N_("This community is no longer there."))))
    elif _comes_back(session, giver, theme, receiver.uri):
        problems.append(
            Problem("to", Message(N_("This voice would come back to you: they have lent theirs to you.")))
        )
    if problems:
        raise Refusal(problems)
    for held in voices.holding(session, giver, theme):
        if held.receiver == receiver.uri:
            return held
        revoke(session, held)
    key = new_key()
    made = Delegation(
        key=key,
        uri=f"{giver.instance}/delegations/{key}",
        giver_id=giver.id,  # type: ignore[arg-type]
        receiver=receiver.uri,
        theme=theme,
        local=True,
    )
    made.modified_at = made.issued_at
    session.add(made)
    session.flush()
    say(session, "Create", giver, delegation_object(made, giver, receiver.called()), also=[receiver.uri])
    spread(session, made)
    _hand_on(session, giver, receiver.uri, voices.reaching(session, giver.uri, [theme]))
    return made


def revoke(session: Session, held: Delegation) -> None:
    """Take a voice back; the statement stays readable, and says when it ended."""
    if not held.local:
        raise NotAllowed(N_("Only who lent a voice takes it back."))
    if held.ended_at is not None:
        return
    held.ended_at = held.modified_at = now()
    session.add(held)
    session.flush()
    giver = session.get_one(Community, held.giver_id)
    receiver = session.exec(select(Community).where(Community.uri == held.receiver)).first()
    named = receiver.called() if receiver else host_of(held.receiver) or ""
    say(session, "Update", giver, delegation_object(held, giver, named), also=[held.receiver])
    spread(session, held)


def _comes_back(session: Session, giver: Community, theme: str, receiver: str) -> bool:
    return any(
        session.get_one(Community, one.giver_id).uri == receiver
        for one in voices.reaching(session, giver.uri, [theme])
    )


def spread(session: Session, statement: Delegation) -> None:
    """Let a statement that is new, or has ended, reach all who speak for its giver, ours and others."""
    at, seen = statement.receiver, set[str]()
    while at not in seen:
        seen.add(at)
        here = session.exec(select(Community).where(Community.uri == at, Community.local)).first()
        if here is None:
            return
        restate(session, here, statement.theme)
        onward = voices.holding(session, here, statement.theme)
        if not onward:
            return
        _hand_on(session, here, onward[0].receiver, [statement])
        at = onward[0].receiver


def _hand_on(session: Session, by: Community, to: str, statements: Iterable[Delegation]) -> None:
    """Pass statements on to an actor of another instance, each as its giver signed it."""
    if to.startswith(f"{by.instance}/"):
        return
    for statement in statements:
        signed = originals.signed(session, statement.uri)
        if signed is not None:
            activity = wrap("Announce", by.uri, signed, to=[to], cc=[])
            outbox.send(session, actor=by.uri, activity=activity, to_actors=[to], public=False)


def restate(session: Session, by: Community, theme: str) -> int:
    """Say those reviews of a community of ours anew that now speak for others than before; how many."""
    query = (
        select(Review, Practice)
        .join(Practice, Practice.id == Review.practice_id)  # type: ignore[arg-type]
        .where(Review.community_id == by.id, Review.withdrawn_at == None, Practice.state == PUBLISHED)  # noqa: E711
    )
    count = 0
    for review, practice in session.exec(query).all():
        if theme in practice.themes and name_voices(session, review, practice, by):
            review.modified_at = now()
            session.add(review)
            session.flush()
            tell(session, "Update", review, practice, by)
            count += 1
    return count


def name_voices(session: Session, review: Review, practice: Practice, by: Community) -> bool:
    """Note for whom a review of ours speaks; True when that has changed."""
    owner = session.get_one(Community, practice.community_id)
    wanted = {one.uri for one in voices.reaching(session, by.uri, practice.themes, without=owner.uri)}
    return keep_named(session, review, wanted)


def keep_named(session: Session, review: Review, wanted: Iterable[str]) -> bool:
    """Replace the statements that a review names; True when they are others than before."""
    wanted = set(wanted)
    held = set(named_in(session, review))
    if wanted == held:
        return False
    gone = held - wanted
    session.exec(
        delete(LentVoice).where(
            col(LentVoice.review_id) == review.id, col(LentVoice.statement).in_(sorted(gone))
        )
    )
    session.add_all(LentVoice(review_id=review.id, statement=uri) for uri in sorted(wanted - held))  # type: ignore[arg-type]
    session.flush()
    return True


def named_in(session: Session, review: Review) -> list[str]:
    """The statements that a review names."""
    query = select(LentVoice.statement).where(LentVoice.review_id == review.id)
    return sorted(session.exec(query))


def tell(session: Session, kind: str, review: Review, practice: Practice, by: Community) -> None:
    """Publish a review of ours as it stands, with those for whom it speaks."""
    owner = session.get_one(Community, practice.community_id)
    named = named_in(session, review)
    obj = review_object(review, practice.uri, by, owner=owner.uri, on_behalf_of=named)
    say(session, kind, by, obj, also=[owner.uri])
