"""Ask the owner of a practice something, through a mailbox of a function; the answer goes to who asked."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from exchange.catalogue.people import letters
from exchange.catalogue.people.officers import is_mailbox
from exchange.config import Settings
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.question import Question

LONGEST, LONGEST_NAME = 4000, 120
SAME = timedelta(minutes=30)  # in which the same words are the same question
_KEY = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def reachable(session: Session, practice: Practice) -> bool:
    """Whether somebody here reads what the owner is asked."""
    return practice.local and practice.state == PUBLISHED and bool(_readers(session, practice))


def page_elsewhere(practice: Practice, owner: Community) -> str | None:
    """Where the owner of a practice of another instance is asked, when its addresses are made as ours are.

    Only its own software knows; others have no such page, and then only the practice itself can be shown there.
    """
    ours = re.fullmatch(rf"{re.escape(owner.instance)}/practices/{_KEY}", practice.uri)
    return (
        f"{practice.uri}/ask" if ours and owner.uri == f"{owner.instance}/communities/{owner.slug}" else None
    )


def ask(
    session: Session, settings: Settings, practice: Practice, *, mailbox: str, name: str, text: str
) -> Question:
    """Keep the question for the owner's desk, and send it to the mailbox of the practice's contact.

    The same question of the same mailbox some minutes later is the same one: who came back to the page and pressed
    the button again has not asked twice.
    """
    mailbox, name, text = mailbox.strip(), " ".join(name.split()), _UNPRINTABLE.sub("", text).strip()
    problems = []
    if not is_mailbox(mailbox):
        problems.append(Problem("mailbox", Message(N_("This is not a mailbox."))))
    if len(name) > LONGEST_NAME or _UNPRINTABLE.search(name):
        problems.append(Problem("name", Message(N_("This name is too long."))))
    if not text:
        problems.append(Problem("text", Message(N_("Write your question."))))
    elif len(text) > LONGEST:
        told = Message(N_("A question has at most %(limit)s characters."), {"limit": LONGEST})
        problems.append(Problem("text", told))
    if problems:
        raise Refusal(problems)
    if not reachable(session, practice):
        raise Refusal(N_("Nobody here reads questions about this practice."))
    repeated = select(Question).where(
        Question.practice_id == practice.id,
        Question.mailbox == mailbox,
        Question.text == text,
        Question.asked_at > now() - SAME,
    )
    if (before := session.exec(repeated).first()) is not None:
        return before
    asked = Question(practice_id=practice.id, mailbox=mailbox, name=name, text=text)  # type: ignore[arg-type]
    session.add(asked)
    session.flush()
    for reader, language in _readers(session, practice).items():
        letters.question(session, settings, asked, practice, reader, language)
    return asked


def waiting(session: Session, owner: Community) -> list[tuple[Question, Practice]]:
    """The questions to a community that nobody has settled, oldest first."""
    query = (
        select(Question, Practice)
        .join(Practice, Practice.id == Question.practice_id)  # type: ignore[arg-type]
        .where(Practice.community_id == owner.id, Question.done_at == None)  # noqa: E711
    )
    return list(session.exec(query.order_by(col(Question.id)).limit(200)))


def question(session: Session, key: str) -> Question:
    """The question with that key."""
    found = session.exec(select(Question).where(Question.key == key)).first()
    if found is None:
        raise NotFound(N_("There is no such question here."))
    return found


def settle(session: Session, asked: Question) -> None:
    """The question has been answered, or needs no answer."""
    asked.done_at = asked.done_at or now()
    session.add(asked)
    session.flush()


def forget(session: Session, before: Any) -> None:
    """Erase what was settled, and what nobody has settled for as long, with the address of who asked."""
    session.exec(delete(Question).where(col(Question.asked_at) < before))


def _readers(session: Session, practice: Practice) -> dict[str, str]:
    """Mailbox → language: the contacts that the practice names, else the officers of its owner."""
    named = {
        str(contact.get("url", "")).removeprefix("mailto:"): practice.language
        for contact in practice.record.get("contactRole") or []
    }
    if found := {mailbox: language for mailbox, language in named.items() if is_mailbox(mailbox)}:
        return found
    officers = session.exec(select(Officer).where(Officer.community_id == practice.community_id))
    return {officer.mailbox: officer.language for officer in officers if officer.password_hash}
