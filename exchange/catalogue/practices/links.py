"""What practices say of each other: what one was built on, and which others are the same; asked from both ends."""

import re

from sqlmodel import Session, col, delete, select

from exchange.catalogue import shelf
from exchange.messages import NotFound
from exchange.models.link import BASED_ON, SAME_AS, PracticeLink
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary.record import PracticeRecord


def by_their_ids(session: Session, record: PracticeRecord, origin: str) -> PracticeRecord:
    """A record that names practices by their own addresses.

    An officer copies what the browser shows, which for a practice of another instance is our page of it:
    nobody else knows that address.
    """
    pages = f"{origin}/practices/"

    def own(uri: str) -> str:
        if not uri.startswith(pages):
            return uri
        key = re.split(r"[/?#]", uri.removeprefix(pages), maxsplit=1)[0]
        try:
            return shelf.practice(session, key).uri
        except NotFound:
            return uri

    named = {"based_on": record.based_on, "same_as": record.same_as}
    return record.model_copy(update={k: list(dict.fromkeys(map(own, v))) for k, v in named.items()})


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


def naming(session: Session, uri: str, kind: str, *, limit: int | None = None) -> list[Practice]:
    """The practices that name an address, by their own; the first of them where there are more than a limit."""
    query = (
        select(Practice)
        .join(PracticeLink, PracticeLink.practice_id == Practice.id)  # type: ignore[arg-type]
        .where(PracticeLink.kind == kind, PracticeLink.target == uri)
    )
    found = session.exec(query.order_by(col(Practice.uri)).limit(limit))
    return sorted(found, key=lambda p: p.uri)  # a database may order by its own language


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
