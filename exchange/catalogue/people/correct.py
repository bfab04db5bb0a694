"""Correct: anybody tells the owner of a practice what is wrong in it; the owner reads it and decides."""

from datetime import timedelta

from sqlmodel import Session, col, delete, func, select

from exchange.catalogue.people import decide
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.correction import Correction
from exchange.models.governing import CORRECTION
from exchange.models.officer import Officer
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary.fields import clean, is_language

LONGEST, LONGEST_SOURCE, LONGEST_CONTACT = 2000, 500, 200  # characters
PER_PRACTICE, IN_ALL = 20, 1000  # that may wait; whoever comes after is asked to come back
KEPT = timedelta(days=365)  # a settled request


def ask(
    session: Session,
    practice: Practice,
    *,
    text: str,
    source: str = "",
    contact: str = "",
    language: str = "und",
) -> Correction:
    """Lay a request on the owner's desk. Raises Refusal at the field that is wrong, or when too many wait.

    `contact` is a mailbox, if the sender wants an answer; it is erased once the request is settled.
    """
    if not practice.local:
        raise Refusal(N_("Tell its owner: this practice lives on another instance."))
    if practice.state != PUBLISHED:
        raise Refusal(N_("This practice has been withdrawn."))
    text, source, contact = clean(text), clean(source), clean(contact)
    problems = [
        Problem(name, Message(N_("At most %(limit)s characters."), {"limit": limit}))
        for name, value, limit in (
            ("text", text, LONGEST),
            ("source", source, LONGEST_SOURCE),
            ("contact", contact, LONGEST_CONTACT),
        )
        if len(value) > limit
    ]
    if not text:
        problems.append(Problem("text", Message(N_("Say what is wrong, and what would be right."))))
    if contact and not _mailbox(contact):
        problems.append(Problem("contact", Message(N_("This is neither a mailbox nor a web address."))))
    if problems:
        raise Refusal(problems)
    waits = select(func.count()).select_from(Correction).where(col(Correction.settled_at).is_(None))
    of_practice = waits.where(Correction.practice_id == practice.id)
    if session.exec(of_practice).one() >= PER_PRACTICE or session.exec(waits).one() >= IN_ALL:
        raise Refusal(N_("Many requests wait to be read here. Please come back in a few days."))
    made = Correction(
        practice_id=practice.id,  # type: ignore[arg-type]
        version=practice.version,
        text=text,
        source=source,
        contact=contact,
        language=language if is_language(language) else "und",
    )
    session.add(made)
    session.flush()
    return made


def waiting(session: Session, owner: Community | None) -> list[tuple[Correction, Practice]]:
    """What waits on the desk of a community, or of all of this instance; oldest first."""
    query = (
        select(Correction, Practice)
        .join(Practice, Practice.id == Correction.practice_id)  # type: ignore[arg-type]
        .where(col(Correction.settled_at).is_(None))
    )
    if owner is not None:
        query = query.where(Practice.community_id == owner.id)
    return list(session.exec(query.order_by(col(Correction.received_at), col(Correction.id)).limit(100)))


def of_key(session: Session, key: str) -> Correction:
    """The request of that key."""
    found = session.exec(select(Correction).where(Correction.key == key)).first()
    if found is None:
        raise NotFound(N_("There is no such request here."))
    return found


def settle(
    session: Session, found: Correction, *, taken_up: bool, by: Officer | None = None, reason: str = ""
) -> None:
    """The owner has decided; of whoever asked nothing is kept, and old requests are forgotten."""
    if found.settled_at is None:
        practice = session.get_one(Practice, found.practice_id)
        decide.note(
            session,
            CORRECTION,
            found.key,
            taken_up,
            about=practice.uri,
            reason=reason,
            owner=session.get(Community, practice.community_id),
            officer=by,
        )
        found.settled_at, found.taken_up, found.contact = now(), taken_up, ""
        session.add(found)
    session.exec(delete(Correction).where(col(Correction.settled_at) < now() - KEPT))
    session.flush()


def _mailbox(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and "." in host) and not any(c.isspace() for c in text)
