"""Take in what a community has written elsewhere: a file waits, is put in order, and becomes drafts, unpublished."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from exchange.catalogue.practices import draft as drafts
from exchange.messages import N_, NotAllowed, NotFound
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.intake import Intake
from exchange.models.officer import Officer
from exchange.models.practice import PUBLISHED, Draft, Practice

KEPT = timedelta(days=30)
Aside = list[tuple[str, str]]


def begin(
    session: Session,
    community: Community,
    officer: Officer,
    rows: list[dict[str, str]],
    mapping: dict[str, str],
    *,
    name: str,
    language: str,
) -> Intake:
    """Keep what a file holds until it is put in order; an officer has one at a time, and none for ever."""
    if not community.local:
        raise NotAllowed(N_("Only its owner changes a practice."))
    old = or_(col(Intake.officer_id) == officer.id, col(Intake.created_at) < now() - KEPT)
    session.exec(delete(Intake).where(old))  # type: ignore[call-overload]
    made = Intake(
        community_id=community.id,  # type: ignore[arg-type]
        officer_id=officer.id,  # type: ignore[arg-type]
        name=name,
        language=language,
        rows=rows,
        mapping=mapping,
    )
    session.add(made)
    session.flush()
    return made


def by_key(session: Session, key: str) -> Intake:
    """The file under that key."""
    found = session.exec(select(Intake).where(Intake.key == key)).first()
    if found is None:
        raise NotFound(N_("There is no such file here; it may have been taken in already."))
    return found


def waiting(session: Session, officer: Officer) -> Intake | None:
    """The file that an officer has handed in and not taken in yet."""
    return session.exec(select(Intake).where(Intake.officer_id == officer.id)).first()


def put_in_order(session: Session, intake: Intake, mapping: dict[str, str], language: str) -> None:
    """Remember which field each column is."""
    intake.mapping = {column: mapping.get(column, kept) for column, kept in intake.mapping.items()}
    intake.language = language
    session.add(intake)
    session.flush()


def take_in(
    session: Session,
    intake: Intake,
    community: Community,
    officer: Officer,
    placed: Iterable[tuple[dict[str, Any], Aside]],
) -> list[Draft]:
    """Make a draft of each: its answers, and what is kept beside them. The file is done with."""
    if intake.community_id != community.id:
        raise NotAllowed(N_("You act for another community."))
    made = [drafts.save(session, community, data, officer=officer, aside=aside) for data, aside in placed]
    session.delete(intake)
    session.flush()
    return made


def drop(session: Session, intake: Intake) -> None:
    """Forget a file."""
    session.delete(intake)
    session.flush()


def titles(session: Session, community: Community) -> set[str]:
    """The titles that a community's practices and drafts have already, in small letters."""
    mine = select(Practice.title_texts).where(
        Practice.community_id == community.id, Practice.state == PUBLISHED
    )
    found = {text for texts in session.exec(mine) for text in texts.values()}
    for data in session.exec(select(Draft.data).where(Draft.community_id == community.id)):
        title = data.get("title")
        found |= set(title.values()) if isinstance(title, dict) else set()
    return {text.casefold() for text in found}
