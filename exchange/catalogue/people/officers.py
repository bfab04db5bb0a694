"""Who may act here: invitations, passwords, log-ins and the tokens of programs."""

import hashlib
import re
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlmodel import Session, col, delete, select

from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import ROLES, SCOPES, ApiToken, LoginSession, Officer

INVITATION = timedelta(days=7)
NEW_PASSWORD = timedelta(hours=2)
SESSION = timedelta(hours=12)
VISIT = timedelta(hours=12)  # log-ins that are no farther apart are one visit
SHORTEST, LONGEST, DIFFERENT = 12, 200, 5  # characters of a password, and how many kinds of them
NOT_THE_PASSWORD = Message(N_("This is not your password."))
_hasher = PasswordHasher()
_nobody: list[str] = []  # a hash to check in vain, made on first need
_MAILBOX = re.compile(r"^[^@\s,;<>]{1,64}@[^@\s,;<>]+$")


ACTS_ALREADY = N_(
    "This mailbox acts here already, for another community or in another role (%(role)s). Remove that officer first."
)


def invite(
    session: Session, mailbox: str, community: Community | None, role: str = "officer"
) -> tuple[Officer, str]:
    """A new officer, or a new invitation for one who lost the password; the token is shown once.

    Who has a password acts for a community and in a role that no invitation changes.
    """
    mailbox = mailbox.strip().lower()
    problems = []
    if not is_mailbox(mailbox):
        problems.append(Problem("mailbox", Message(N_("This is not a mailbox."))))
    if role not in ROLES:
        problems.append(Problem("role", Message(N_("A role is officer, editor, coordinator or admin."))))
    if community is not None and not community.local:
        problems.append(
            Problem("community", Message(N_("Only the instance of a community publishes for it.")))
        )
    if community is None and role in ("officer", "editor"):
        problems.append(Problem("community", Message(N_("An officer belongs to a community."))))
    if problems:
        raise Refusal(problems)
    officer = session.exec(select(Officer).where(Officer.mailbox == mailbox)).first() or Officer(
        mailbox=mailbox
    )
    token = new_secret()
    belongs = (role, community.id if community else None)
    if officer.password_hash and (officer.role, officer.community_id) != belongs:
        raise Refusal([Problem("mailbox", Message(ACTS_ALREADY, {"role": officer.role}))])
    officer.role, officer.community_id = belongs
    officer.invitation_hash = digest(token)
    officer.invitation_until = now() + INVITATION
    session.add(officer)
    session.flush()
    return officer, token


def forgotten(session: Session, mailbox: str) -> tuple[Officer, str] | None:
    """A one-time link for an officer who asks for a new password; until it is used nothing changes.

    None when nobody has that mailbox, which whoever asked must not learn.
    """
    officer = session.exec(select(Officer).where(Officer.mailbox == mailbox.strip().lower())).first()
    token = new_secret()
    if officer is None:
        return None
    officer.invitation_hash = digest(token)
    officer.invitation_until = max(officer.invitation_until or now(), now() + NEW_PASSWORD)
    session.add(officer)
    session.flush()
    return officer, token


def nobody(mailbox: str) -> tuple[Officer, str]:
    """What `forgotten` would give for a mailbox that nobody has: to do the same work, and throw it away."""
    return Officer(mailbox=mailbox, invitation_until=now() + NEW_PASSWORD), new_secret()


def officers(session: Session) -> list[tuple[Officer, Community | None]]:
    """All officers of this instance with their communities, by mailbox."""
    query = select(Officer, Community).join(Community, isouter=True).order_by(col(Officer.mailbox))
    return list(session.exec(query))


def is_mailbox(text: str) -> bool:
    """Whether letters can be sent there."""
    return len(text) <= 200 and text.isprintable() and bool(_MAILBOX.match(text))


def invited(session: Session, token: str) -> Officer:
    """The officer whom an invitation is for, while it is valid."""
    officer = session.exec(select(Officer).where(Officer.invitation_hash == digest(token))).first()
    if officer is None or officer.invitation_until is None or officer.invitation_until < now():
        raise NotFound(N_("This invitation has been used or has expired. Ask your operator for a new one."))
    return officer


def accept_invitation(session: Session, token: str, password: str, language: str = "en") -> Officer:
    """Set the password; the invitation works once, and every older log-in ends."""
    officer = invited(session, token)
    if wrong := weak(password):
        raise Refusal([wrong])
    officer.password_hash = _hasher.hash(password)
    officer.invitation_hash = officer.invitation_until = None
    officer.language = language
    session.add(officer)
    session.exec(delete(LoginSession).where(col(LoginSession.officer_id) == officer.id))
    session.flush()
    return officer


def weak(password: str) -> Problem | None:
    """What is wrong with a new password."""
    if SHORTEST <= len(password) <= LONGEST:
        if len(set(password)) < DIFFERENT:
            return Problem(
                "password", Message(N_("This password repeats a few characters; take several words."))
            )
        return None
    limits = {"shortest": SHORTEST, "longest": LONGEST}
    return Problem(
        "password", Message(N_("A password has from %(shortest)s to %(longest)s characters."), limits)
    )


def change_password(session: Session, officer: Officer, old: str, new: str) -> None:
    """Another password for an officer who knows the one that holds; every log-in ends."""
    known = authenticate(session, officer.mailbox, old)
    problems = [] if known else [Problem("old", NOT_THE_PASSWORD)]
    if wrong := weak(new):
        problems.append(wrong)
    if problems or known is None:
        raise Refusal(problems)
    known.password_hash = _hasher.hash(new)
    known.invitation_hash = known.invitation_until = None
    session.add(known)
    session.exec(delete(LoginSession).where(col(LoginSession.officer_id) == known.id))
    session.flush()


def authenticate(session: Session, mailbox: str, password: str) -> Officer | None:
    """The officer with that mailbox and password. A wrong mailbox takes as long as a wrong password."""
    officer = session.exec(select(Officer).where(Officer.mailbox == mailbox.strip().lower())).first()
    known = officer.password_hash if officer else None
    try:
        _hasher.verify(known or _vain(), password[: LONGEST + 1])
    except (Argon2Error, InvalidHashError):
        return None
    return officer if known else None


def unchanged(session: Session, officer: Officer) -> Officer | None:
    """An officer as they are now; None when the account or its password has changed since it was tried."""
    held = session.get(Officer, officer.id, populate_existing=True)
    return held if held is not None and held.password_hash == officer.password_hash else None


def _vain() -> str:
    if not _nobody:
        _nobody.append(_hasher.hash(new_secret()))
    return _nobody[0]


def open_session(session: Session, officer: Officer, *, lasting: timedelta = SESSION) -> str:
    """Log an officer in for as long as `lasting`; the browser gets the token, we keep its hash."""
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < now()))
    token = new_secret()
    if officer.last_seen_at and now() - officer.last_seen_at > VISIT:
        officer.seen_before_at = officer.last_seen_at
    officer.last_seen_at = now()
    session.add(officer)
    session.add(
        LoginSession(token_hash=digest(token), officer_id=officer.id, expires_at=now() + lasting)  # type: ignore[arg-type]
    )
    session.flush()
    return token


def officer_of(session: Session, token: str) -> Officer | None:
    """Who is logged in with this token."""
    found = session.get(LoginSession, digest(token))
    if found is None or found.expires_at < now():
        return None
    return session.get(Officer, found.officer_id)


def close_session(session: Session, token: str) -> None:
    """Log out."""
    session.exec(delete(LoginSession).where(col(LoginSession.token_hash) == digest(token)))


def issue_token(session: Session, community: Community | None, scope: str = "read") -> str:
    """A new API token, shown once; without a community it speaks for the instance."""
    if scope not in SCOPES:
        raise Refusal([Problem("scope", Message(N_("A scope is read, write or admin.")))])
    token = "jml_" + new_secret()
    session.add(
        ApiToken(token_hash=digest(token), community_id=community.id if community else None, scope=scope)
    )
    session.flush()
    return token


def token_holder(session: Session, token: str) -> ApiToken | None:
    """What an API token stands for."""
    return session.get(ApiToken, digest(token))


def may(officer: Officer, community: Community | None) -> bool:
    """Whether an officer acts for a community: their own, or any of this instance for its administrators."""
    if community is None:
        return officer.role == "admin"
    return community.local and (officer.role == "admin" or officer.community_id == community.id)


def new_secret() -> str:
    """What nobody guesses: the end of a link that works once, or a token."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
