"""Answer an adoption, as the origin of the practice: it is so, it is contested and why, or the contest is lifted."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from exchange.catalogue.announce import say
from exchange.catalogue.practices import evidence
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.handshake import CONFIRMED, CONTESTED, OPEN, AdoptionAnswer
from exchange.models.practice import OTHERS, Practice
from exchange.vocabulary.activitystreams.handshake import answer_words
from exchange.vocabulary.activitystreams.shared import stamp
from exchange.vocabulary.fields import clean

LONGEST = 2000  # characters of a reason
SHOWN = {CONFIRMED: True, CONTESTED: False, OPEN: None}  # as the column `confirmed` has it


def answer(session: Session, adoption: Adoption, state: str, *, reason: dict[str, str] | None = None) -> None:
    """Say of an adoption of a practice of ours how it stands; the same answer once more says nothing.

    A contest owes the adopter, and everybody who reads it, its `reason` ({language: text}); lifting it
    leaves the adoption claimed, as it was before anybody answered.
    """
    practice = session.get_one(Practice, adoption.practice_id)
    owner = session.get_one(Community, practice.community_id)
    if not practice.local:
        raise NotAllowed(N_("Only the origin of a practice confirms its adoptions."))
    if adoption.withdrawn_at is not None:
        raise Refusal(N_("This adoption has been taken back."))
    if adoption.documented_by == OTHERS:
        raise Refusal(N_("What the owner has documented needs no answer of the owner."))
    texts = {language: text for language, said in (reason or {}).items() if (text := clean(said))}
    if state == CONTESTED and not texts:
        raise Refusal([Problem("reason", Message(N_("Say why you contest it; the adopter reads it.")))])
    if any(len(text) > LONGEST for text in texts.values()):
        raise Refusal([Problem("reason", Message(N_("At most %(limit)s characters."), {"limit": LONGEST}))])
    texts = texts if state == CONTESTED else {}
    before = of(session, adoption, owner)
    if (before.state if before else OPEN, before.reason if before else {}) == (state, texts):
        return
    at = now()
    entry = say(
        session,
        "Add" if state == CONFIRMED else "Remove",
        owner,
        adoption.uri,
        also=[session.get_one(Community, adoption.publisher_id).uri],
        target=f"{practice.uri}/adoptions",
        published=stamp(at),
        **answer_words(state, texts),
    )
    keep(
        session,
        AdoptionAnswer(
            adoption_uri=adoption.uri,
            actor=owner.uri,
            target=f"{practice.uri}/adoptions",
            state=state,
            reason=texts,
            activity_id=entry.activity_id,
            at=at,
        ),
    )
    apply(session, adoption, practice, owner)


def keep(session: Session, said: AdoptionAnswer) -> bool:
    """Remember an answer, unless a later one is held; False when nothing changed."""
    held = session.get(AdoptionAnswer, (said.adoption_uri, said.actor))
    if held is not None:
        if (said.at, said.activity_id) <= (held.at, held.activity_id):
            return False
        session.delete(held)
        session.flush()
    session.add(said)
    session.flush()
    return True


def of(session: Session, adoption: Adoption, owner: Community) -> AdoptionAnswer | None:
    """What the owner of the practice has said about an adoption."""
    return session.get(AdoptionAnswer, (adoption.uri, owner.uri))


def all_of(session: Session, adoptions: Iterable[Adoption], owner: Community) -> dict[str, AdoptionAnswer]:
    """The same for several adoptions, by their addresses; those without a word are left out."""
    uris = [adoption.uri for adoption in adoptions]
    found: dict[str, AdoptionAnswer] = {}
    for start in range(0, len(uris), 500):
        query = select(AdoptionAnswer).where(
            col(AdoptionAnswer.adoption_uri).in_(uris[start : start + 500]), AdoptionAnswer.actor == owner.uri
        )
        found |= {said.adoption_uri: said for said in session.exec(query)}
    return found


def apply(session: Session, adoption: Adoption, practice: Practice, owner: Community) -> bool:
    """Let what the origin has said show at the adoption; False when it showed already."""
    said = of(session, adoption, owner)
    if said is None or said.target != f"{practice.uri}/adoptions" or adoption.documented_by == OTHERS:
        return False
    changed = adoption.confirmed is not SHOWN[said.state]
    adoption.confirmed = SHOWN[said.state]
    session.add(adoption)
    session.flush()
    evidence.settle(session, practice)
    return changed
