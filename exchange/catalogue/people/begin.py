"""Begin: whoever holds the one-time link sets an instance up, its first community and its administrator; once."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from exchange.catalogue import shelf
from exchange.catalogue.communities import community as communities
from exchange.catalogue.people import officers
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.governing import SetupLink
from exchange.models.officer import Officer
from exchange.vocabulary import names

VALID = timedelta(days=7)


@dataclass(frozen=True)
class FirstCommunity:
    """What is asked about the first community; `name` is empty where there are communities already."""

    name: str = ""
    country: str = ""
    population: int | None = None
    degurba: str | None = None


def is_done(session: Session) -> bool:
    """Whether somebody may act here, or the instance was set up once: then it is never set up again."""
    used = select(SetupLink.token_hash).where(col(SetupLink.used_at).is_not(None)).limit(1)
    return (
        session.exec(select(Officer.id).limit(1)).first() is not None
        or session.exec(used).first() is not None
    )


def link(session: Session) -> str | None:
    """The secret of one more link to set the instance up, valid for a week; None when that is done."""
    if is_done(session):
        return None
    session.exec(delete(SetupLink).where(col(SetupLink.until) < now()))
    secret = officers.new_secret()
    session.add(SetupLink(token_hash=officers.digest(secret), until=now() + VALID))
    session.flush()
    return secret


def check(session: Session, secret: str) -> None:
    """Refuse whoever does not hold a link; who does, and comes again afterwards, is told that it is done."""
    found = session.get(SetupLink, officers.digest(secret))
    if found is None or (found.used_at is None and found.until < now()):
        raise NotFound(N_("This link does not hold, or no longer. Starting the service prints a new one."))


def set_up(
    session: Session,
    secret: str,
    origin: str,
    first: FirstCommunity,
    *,
    mailbox: str,
    password: str,
    language: str,
) -> Officer:
    """Found the first community, and make the administrator with a password; the link is used up.

    Raises NotFound without a link that holds, Refusal with a Problem at each field that is wrong. Whoever
    comes second finds it done, because the link is looked at in the transaction that uses it.
    """
    check(session, secret)
    session.exec(select(SetupLink.token_hash).with_for_update()).all()  # one at a time
    session.expire_all()
    if is_done(session):
        raise Refusal(N_("This instance is set up already. Log in."))
    problems = []
    if not officers.is_mailbox(mailbox.strip()):
        problems.append(Problem("mailbox", Message(N_("This is not a mailbox."))))
    if wrong := officers.weak(password):
        problems.append(wrong)
    made = None
    if not shelf.communities(session, local=True):
        try:
            made = found(session, origin, first)
        except Refusal as refusal:
            problems += refusal.problems
    if problems:
        raise Refusal(problems)
    officer, token = officers.invite(session, mailbox, made, "admin")
    officers.accept_invitation(session, token, password, language)
    for one in session.exec(select(SetupLink)):
        if one.token_hash == officers.digest(secret):
            one.used_at = now()
            session.add(one)
        else:
            session.delete(one)
    session.flush()
    return officer


def found(session: Session, origin: str, told: FirstCommunity) -> Community:
    """A community from what a page asks about one; its short name comes from its name.

    Raises Refusal with a Problem at `community.name` and so on.
    """
    problems = _problems(told)
    try:
        made = communities.found(
            session,
            origin,
            slug=_slug(told.name),
            name=told.name,
            country=told.country,
            population=told.population,
            degurba=told.degurba,
        )
    except Refusal as refusal:
        known = {one.path for one in problems}
        at = [(f"community.{'name' if one.path == 'slug' else one.path}", one) for one in refusal.problems]
        problems += [Problem(path, one.message) for path, one in at if path not in known]
    if problems:
        raise Refusal(problems)
    return made


def _problems(first: FirstCommunity) -> list[Problem]:
    found = []
    if not first.name:
        found.append(Problem("community.name", Message(N_("Give the community its name."))))
    if not names.is_country(first.country):
        found.append(Problem("community.country", Message(N_("Choose the country."))))
    return found


def _slug(name: str) -> str:
    """A short name for addresses: Loos-en-Gohelle is loos-en-gohelle, Żory is zory."""
    special = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "đ": "d"})
    plain = unicodedata.normalize("NFKD", name.lower().translate(special)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-")
    return f"{slug}-1" if slug in communities.RESERVED else slug or "community"
