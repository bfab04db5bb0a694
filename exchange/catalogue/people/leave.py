"""Leave: what is kept of an officer is handed to them, and erased when they say so; their community's works stay."""

from typing import Any

from sqlmodel import Session, col, delete, select, update

from exchange.catalogue.finding import saved
from exchange.catalogue.people import officers
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.models.governing import Decision
from exchange.models.intake import Intake
from exchange.models.mail import Mail
from exchange.models.officer import LoginSession, Officer
from exchange.models.practice import Draft
from exchange.models.saved import SavedSearch, SearchReader


def what_is_kept(session: Session, officer: Officer) -> dict[str, Any]:
    """Everything that the instance keeps about an officer, as plain values; hashes are named, not shown."""
    owner = session.get(Community, officer.community_id) if officer.community_id else None
    searches = session.exec(select(SavedSearch).where(SavedSearch.officer_id == officer.id)).all()
    readers = session.exec(
        select(SearchReader, SavedSearch)
        .join(SavedSearch, col(SavedSearch.id) == SearchReader.search_id)
        .where(SearchReader.officer_id == officer.id)
    )
    drafts = session.exec(
        select(Draft).where((Draft.officer_id == officer.id) | (Draft.saved_by == officer.id))
    )
    return {
        "account": officer.model_dump(
            include={"mailbox", "role", "language", "created_at", "last_seen_at", "seen_before_at"}
        )
        | {
            "community": owner.uri if owner else None,
            "password": "kept as an argon2id hash" if officer.password_hash else None,
            "link": officer.invitation_until,
        },
        "log_ins": [
            one.model_dump(include={"created_at", "expires_at"})
            for one in session.exec(select(LoginSession).where(LoginSession.officer_id == officer.id))
        ],
        "searches": [
            one.model_dump(include={"name", "query", "language", "created_at", "deleted_at"})
            for one in searches
        ],
        "read_searches": [
            {"name": search.name, "letters": reader.cadence, "next_letter": reader.due_at}
            for reader, search in readers
        ],
        "drafts": [
            one.model_dump(include={"key", "data", "aside", "created_at", "modified_at"})
            | {"begun": one.officer_id == officer.id, "saved_last": one.saved_by == officer.id}
            for one in drafts
        ],
        "files_handed_in": [
            one.model_dump(include={"name", "language", "rows", "created_at"})
            for one in session.exec(select(Intake).where(Intake.officer_id == officer.id))
        ],
        "decisions": [
            one.model_dump(include={"kind", "about", "answer", "reason", "decided_at"})
            for one in session.exec(select(Decision).where(Decision.officer_id == officer.id))
        ],
        "letters_waiting": [
            one.model_dump(include={"kind", "subject", "created_at"})
            for one in session.exec(select(Mail).where(Mail.recipient == officer.mailbox))
        ],
    }


def leave(session: Session, officer: Officer, password: str) -> None:
    """Erase an account. Raises Refusal at `password` when it is not theirs, and for the last administrator.

    What they published, judged and adopted is their community's and stays; so do drafts. A search that
    they shared goes to somebody else who coordinates here, what their community follows to a colleague.
    """
    known = officers.authenticate(session, officer.mailbox, password)
    if known is None or known.id != officer.id:
        raise Refusal([Problem("password", officers.NOT_THE_PASSWORD)])
    if is_last_administrator(session, known):
        raise NotAllowed(
            N_(
                "You are the last administrator. Invite another one first, and wait until a password is set there."
            )
        )
    erase(session, known)


def remove(session: Session, mailbox: str) -> Officer:
    """Erase the account of somebody who left without doing so; whoever runs the instance says so."""
    known = session.exec(select(Officer).where(Officer.mailbox == mailbox.strip().lower())).first()
    if known is None:
        raise NotFound(N_("Nobody here has the mailbox %(mailbox)s."), mailbox=mailbox[:200])
    if is_last_administrator(session, known):
        raise NotAllowed(
            N_(
                "This is the last administrator. Invite another one first, and wait until a password is set there."
            )
        )
    erase(session, known)
    return known


def erase(session: Session, known: Officer) -> None:
    """Erase an account and what hangs on it alone."""
    _hand_over(session, known)
    for table in (LoginSession, SearchReader, SavedSearch, Intake):
        session.exec(delete(table).where(col(table.officer_id) == known.id))
    session.exec(delete(Mail).where(col(Mail.recipient) == known.mailbox))
    links: Any = ((Draft, Draft.officer_id), (Draft, Draft.saved_by), (Decision, Decision.officer_id))
    for table, column in links:
        session.connection().execute(update(table).where(column == known.id).values({column.key: None}))
    session.delete(known)
    session.flush()


def is_last_administrator(session: Session, officer: Officer) -> bool:
    """Whether nobody else administers this instance who could log in."""
    others = select(Officer.id).where(
        Officer.role == "admin", Officer.id != officer.id, col(Officer.password_hash).is_not(None)
    )
    if officer.password_hash is None:  # invited, and not come yet
        return False
    return officer.role == "admin" and session.exec(others.limit(1)).first() is None


def _hand_over(session: Session, officer: Officer) -> None:
    """What others read goes to one of them: to whoever coordinates, and for a community to who acts for it."""
    everybody = session.exec(select(Officer).where(Officer.id != officer.id).order_by(col(Officer.id))).all()
    coordinator = next((one for one in everybody if one.password_hash and saved.governs(one)), None)
    colleague = next((one for one in everybody if one.community_id == officer.community_id), None)
    for heir, column in ((coordinator, SavedSearch.cluster_id), (colleague, SavedSearch.community_id)):
        if heir is None or (heir is colleague and officer.community_id is None):
            continue
        shared = select(SavedSearch).where(
            SavedSearch.officer_id == officer.id,
            col(column).is_not(None),
            col(SavedSearch.deleted_at).is_(None),
        )
        for one in session.exec(shared).all():
            one.officer_id = heir.id  # type: ignore[assignment]
            session.add(one)
    session.flush()
