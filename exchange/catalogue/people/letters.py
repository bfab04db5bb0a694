"""What an instance writes to people: plain text in their language, waiting in the transaction that caused it."""

import textwrap
from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel.dates import format_date
from sqlmodel import Session, col, select, update

from exchange.config import Settings
from exchange.messages import N_
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.correction import Correction
from exchange.models.mail import Mail
from exchange.models.officer import Officer
from exchange.models.practice import Practice
from exchange.models.question import Question
from exchange.translation import LANGUAGES, REGIONS, gettext_for
from federation.ledger import lease

WIDTH = 72
_GREETING = N_("Good day,")
_SENT_BY = N_("Sent by %(site)s, %(origin)s")
_WRITE_TO = N_("Questions about this site: %(contact)s")


def post(
    session: Session,
    settings: Settings,
    *,
    kind: str,
    to: str,
    language: str,
    subject: str,
    paragraphs: list[str],
    reply_to: str = "",
    headers: dict[str, Any] | None = None,
) -> Mail | None:
    """Put a letter into the post; None where this instance sends no mail.

    A paragraph that has several lines, or begins with an address or a space, is left as it is.
    """
    if not settings.sends_mail:
        return None
    say = gettext_for(language)
    foot = [say(_SENT_BY) % {"site": settings.name, "origin": settings.origin}]
    if settings.contact:
        foot.append(say(_WRITE_TO) % {"contact": settings.contact})
    body = "\n\n".join([say(_GREETING), *map(_wrapped, paragraphs)]) + "\n\n-- \n" + "\n".join(foot) + "\n"
    letter = Mail(
        kind=kind,
        recipient=to,
        subject=" ".join(subject.split())[:200],
        body=body,
        reply_to=reply_to,
        headers=headers or {},
    )
    session.add(letter)
    session.flush()
    return letter


def invitation(
    session: Session, settings: Settings, officer: Officer, community: Community | None, token: str
) -> Mail | None:
    """The one-time link by which an officer sets the first password."""
    say, names = _words(officer.language, settings)
    names["mailbox"] = officer.mailbox
    if community is not None:
        names["community"] = community.called(officer.language)
        told = say(N_("You have been invited to %(site)s as %(mailbox)s, to act for %(community)s.")) % names
    else:
        told = say(N_("You have been invited to %(site)s as %(mailbox)s.")) % names
    return post(
        session,
        settings,
        kind="invitation",
        to=officer.mailbox,
        language=officer.language,
        subject=say(N_("Your invitation to %(site)s")) % names,
        paragraphs=[
            told,
            say(
                N_(
                    "On that site communities tell each other what they have tried and what came of it, and take up what suits them."
                )
            ),
            _works_once(say, officer.invitation_until, officer.language),
            f"{settings.origin}/welcome/{token}",
            say(N_("If you did not expect this, you need do nothing.")),
        ],
    )


def new_password(session: Session, settings: Settings, officer: Officer, token: str) -> Mail | None:
    """The one-time link by which an officer who forgot the password sets another."""
    say, names = _words(officer.language, settings)
    names["mailbox"] = officer.mailbox
    return post(
        session,
        settings,
        kind="password",
        to=officer.mailbox,
        language=officer.language,
        subject=say(N_("A new password for %(site)s")) % names,
        paragraphs=[
            say(N_("Somebody, probably you, has asked for a new password for %(mailbox)s.")) % names,
            _works_once(say, officer.invitation_until, officer.language),
            f"{settings.origin}/welcome/{token}",
            say(N_("If it was not you, you need do nothing: your password stays as it is.")),
        ],
    )


def password_changed(session: Session, settings: Settings, officer: Officer) -> Mail | None:
    """So that nobody's password is changed behind their back."""
    say, names = _words(officer.language, settings)
    names["mailbox"] = officer.mailbox
    return post(
        session,
        settings,
        kind="password-changed",
        to=officer.mailbox,
        language=officer.language,
        subject=say(N_("Your password for %(site)s is changed")) % names,
        paragraphs=[
            say(N_("The password of %(mailbox)s has just been changed, and every other log-in has ended."))
            % names,
            say(N_("If it was not you, ask for a new one here, and tell the people who run the site:")),
            f"{settings.origin}/login/forgotten",
        ],
    )


def account_deleted(session: Session, settings: Settings, mailbox: str, language: str) -> Mail | None:
    """The last letter to an officer who has left."""
    say, names = _words(language, settings)
    names["mailbox"] = mailbox
    return post(
        session,
        settings,
        kind="account-deleted",
        to=mailbox,
        language=language,
        subject=say(N_("Your account at %(site)s is deleted")) % names,
        paragraphs=[
            say(N_("The account of %(mailbox)s is deleted, and with it all that was kept about it.")) % names,
            say(N_("What was published for the community stays the community's.")),
            say(N_("If it was not you, tell the people who run the site.")),
        ],
    )


def question(
    session: Session, settings: Settings, asked: Question, practice: Practice, to: str, language: str
) -> Mail | None:
    """A question to the owner of a practice; an answer to the letter goes to who asks."""
    language = language if language in LANGUAGES else "en"
    say, names = _words(language, settings)
    names["title"] = practice.title_texts.get(language) or practice.title
    names["who"] = f"{asked.name} <{asked.mailbox}>" if asked.name else asked.mailbox
    return post(
        session,
        settings,
        kind="question",
        to=to,
        language=language,
        subject=say(N_("A question about “%(title)s”")) % names,
        reply_to=asked.mailbox,
        paragraphs=[
            say(N_("%(who)s asks about your practice “%(title)s”:")) % names,
            _quoted(asked.text),
            say(N_("Answer this message: your answer goes to who asks, and to nobody else.")),
            say(N_("The question also waits at your desk:")),
            f"{settings.origin}/desk#questions",
            say(N_("The practice:")),
            f"{settings.origin}/practices/{practice.key}",
        ],
    )


def correction_settled(
    session: Session, settings: Settings, asked: Correction, practice: Practice, taken_up: bool, reason: str
) -> Mail | None:
    """What became of a request to correct, to whoever left a mailbox; to be written before it is settled."""
    if not asked.contact or asked.settled_at is not None:
        return None
    language = asked.language if asked.language in LANGUAGES else settings.languages[0]
    say, names = _words(language, settings)
    names["title"] = practice.title_texts.get(language) or practice.title
    return post(
        session,
        settings,
        kind="correction",
        to=asked.contact,
        language=language,
        subject=say(N_("What you told us about “%(title)s”")) % names,
        paragraphs=[
            say(N_("You told the owner of the practice “%(title)s” what is wrong in it:")) % names,
            _quoted(asked.text),
            say(N_("The owner has read it and takes it up."))
            if taken_up
            else say(N_("The owner has read it and leaves the practice as it is.")),
            *([say(N_("The owner's words:")), _quoted(reason)] if reason else []),
            say(N_("The practice:")),
            f"{settings.origin}/practices/{practice.key}",
            say(N_("Your address was kept for this answer alone, and is erased now.")),
        ],
    )


def dead(session: Session) -> int:
    """How many letters were given up."""
    return len(session.exec(select(Mail.id).where(Mail.state == lease.DEAD)).all())


def unsent(session: Session, states: tuple[str, ...], limit: int) -> list[Mail]:
    """The letters in these states, oldest first."""
    query = select(Mail).where(col(Mail.state).in_(states))
    return list(session.exec(query.order_by(col(Mail.id)).limit(limit)))


def revive(session: Session) -> int:
    """Try again now what was given up or waits; the number of those that were given up."""
    given_up = dead(session)
    again = update(Mail).where(col(Mail.state).in_((lease.DEAD, lease.WAITING)))
    at = now()
    session.connection().execute(again.values(state=lease.WAITING, due_at=at, created_at=at))
    return given_up


def _words(language: str, settings: Settings) -> tuple[Callable[[str], str], dict[str, Any]]:
    return gettext_for(language), {"site": settings.name, "origin": settings.origin}


def _quoted(text: str) -> str:
    lines = (line for part in text.splitlines() for line in (textwrap.wrap(part, WIDTH - 3) or [""]))
    return "\n".join(f" > {line}" for line in lines)


def _works_once(say: Callable[[str], str], until: datetime | None, language: str) -> str:
    day = (
        f"{format_date(until, 'long', locale=REGIONS.get(language, language))}, {until:%H:%M} UTC"
        if until
        else ""
    )
    return say(N_("Set your password here. The link works once, until %(until)s:")) % {"until": day}


def _wrapped(paragraph: str) -> str:
    if "\n" in paragraph or paragraph.startswith((" ", "http://", "https://")):
        return paragraph
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
