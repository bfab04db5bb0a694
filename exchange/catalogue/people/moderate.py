"""Moderate: what people elsewhere say about a practice of ours is shown when its owner agrees; reports are settled."""

from sqlmodel import Session, col, func, select

from exchange.catalogue.people import decide
from exchange.messages import N_, NotFound
from exchange.models.base import now
from exchange.models.comment import HIDDEN, SHOWN, WAITING, Comment
from exchange.models.community import Community
from exchange.models.endorsement import BOOST, LIKE, Endorsement
from exchange.models.governing import COMMENT, REPORT
from exchange.models.officer import Officer
from exchange.models.practice import Practice
from exchange.models.report import Report

AT_ONCE = 100


def show(session: Session, comment: Comment, *, by: Officer | None = None, reason: str = "") -> None:
    """Let everybody read a comment."""
    _settle(session, comment, SHOWN, by, reason)


def hide(session: Session, comment: Comment, *, by: Officer | None = None, reason: str = "") -> None:
    """Let nobody read a comment, or nobody any longer."""
    _settle(session, comment, HIDDEN, by, reason)


def _settle(session: Session, comment: Comment, state: str, by: Officer | None, reason: str) -> None:
    comment.state = state
    session.add(comment)
    practice = session.get_one(Practice, comment.practice_id)
    decide.note(
        session,
        COMMENT,
        comment.key,
        state == SHOWN,
        about=practice.uri,
        reason=reason,
        owner=session.get(Community, practice.community_id),
        officer=by,
    )


def comment(session: Session, key: str) -> Comment:
    """The comment with that key or address."""
    found = session.exec(select(Comment).where((Comment.key == key) | (Comment.uri == key))).first()
    if found is None:
        raise NotFound(N_("There is no such comment here."))
    return found


def shown(session: Session, practice: Practice) -> list[Comment]:
    """The comments on a practice that everybody may read, oldest first."""
    query = select(Comment).where(Comment.practice_id == practice.id, Comment.state == SHOWN)
    return list(session.exec(query.order_by(col(Comment.published_at), col(Comment.id))))


def waiting(session: Session, owner: Community | None = None) -> list[tuple[Comment, Practice]]:
    """The comments that wait to be read, on the practices of one community or of all; oldest first."""
    query = (
        select(Comment, Practice)
        .join(Practice, Practice.id == Comment.practice_id)  # type: ignore[arg-type]
        .where(Comment.state == WAITING)
    )
    if owner is not None:
        query = query.where(Practice.community_id == owner.id)
    return list(session.exec(query.order_by(col(Comment.received_at), col(Comment.id)).limit(AT_ONCE)))


def endorsements(session: Session, practice: Practice) -> dict[str, int]:
    """How many like a practice, and how many passed it on."""
    query = select(Endorsement.kind, func.count()).where(Endorsement.practice_id == practice.id)
    return {LIKE: 0, BOOST: 0} | dict(session.exec(query.group_by(col(Endorsement.kind))).all())


def reports(session: Session) -> list[Report]:
    """The reports that nobody has settled yet, oldest first."""
    query = select(Report).where(col(Report.done_at).is_(None))
    return list(session.exec(query.order_by(col(Report.received_at), col(Report.id)).limit(AT_ONCE)))


def settle(
    session: Session, key: str, *, upheld: bool = True, by: Officer | None = None, reason: str = ""
) -> None:
    """A report has been dealt with: it was right, or there is nothing in it. Done twice it is done once."""
    found = session.exec(select(Report).where(Report.key == key)).first()
    if found is None:
        raise NotFound(N_("There is no such report here."))
    if found.done_at is not None:
        return
    found.done_at = now()
    session.add(found)
    about = found.about[0] if found.about else found.reporter
    decide.note(session, REPORT, key, upheld, about=about, reason=reason, officer=by)
