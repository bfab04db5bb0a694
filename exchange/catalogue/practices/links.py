"""What practices say of each other: what one was built on, and which others are the same; asked from both ends."""

from sqlmodel import Session, col, delete, select

from exchange.models.link import BASED_ON, SAME_AS, PracticeLink
from exchange.models.practice import PUBLISHED, Practice


def keep(session: Session, practice: Practice) -> None:
    """Bring the links of a practice in line with its record."""
    session.exec(delete(PracticeLink).where(col(PracticeLink.practice_id) == practice.id))
    for kind in (BASED_ON, SAME_AS):
        for target in dict.fromkeys(practice.record.get(kind) or ()):
            if target != practice.uri:
                session.add(PracticeLink(practice_id=practice.id, kind=kind, target=target))  # type: ignore[arg-type]
    session.flush()


def named_by(session: Session, practice: Practice, kind: str) -> list[str]:
    """The addresses that a practice names, in order; also of one that has been withdrawn."""
    query = select(PracticeLink.target).where(
        PracticeLink.practice_id == practice.id, PracticeLink.kind == kind
    )
    return sorted(session.exec(query))


def naming(session: Session, uri: str, kind: str) -> list[Practice]:
    """The practices that name an address, by their own."""
    query = (
        select(Practice)
        .join(PracticeLink, PracticeLink.practice_id == Practice.id)  # type: ignore[arg-type]
        .where(PracticeLink.kind == kind, PracticeLink.target == uri)
    )
    return sorted(session.exec(query), key=lambda p: p.uri)


def at(session: Session, uri: str) -> Practice | None:
    """The practice of that address, withdrawn or not, when we hold it."""
    return session.exec(select(Practice).where(Practice.uri == uri)).first()


def same_as(session: Session, practice: Practice) -> list[tuple[Practice, bool]]:
    """The records that we hold of the same thing, by address, each with whether `practice` itself says so.

    One says it of the other, or both name the same record elsewhere. It stays their own statement:
    nothing is merged.
    """
    own = named_by(session, practice, SAME_AS)
    said = {p.uri: p for uri in own if (p := at(session, uri))}
    others = {p.uri: p for uri in (practice.uri, *own) for p in naming(session, uri, SAME_AS)}
    found = {uri: p for uri, p in (others | said).items() if p.state == PUBLISHED and uri != practice.uri}
    return [(found[uri], uri in said) for uri in sorted(found)]
