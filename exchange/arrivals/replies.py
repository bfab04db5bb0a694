"""What people anywhere on the Fediverse reply to our practices: kept as comments until somebody here has looked.

Nothing of this enters the journal: what a person said is in one place only, and gone when they want it
gone. Where there is no room it is dropped without a trace, and the operator sees the refusal.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select

from exchange.arrivals import audience
from exchange.messages import Refusal
from exchange.models.base import now
from exchange.models.comment import HIDDEN, WAITING, Comment
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.tombstone import buried, raise_stone
from exchange.vocabulary import hypertext
from exchange.vocabulary.activitystreams.kinds import owner_of
from exchange.vocabulary.activitystreams.reading import moment_at
from exchange.vocabulary.fields import UNDETERMINED, is_language
from federation.errors import BadActivity, Forbidden
from federation.ledger import hosts
from federation.node import Incoming
from federation.wire.activity import host_of, id_of, ids_of, same_origin

LONGEST = 20_000  # characters, with their markup
DAY = timedelta(days=1)
WAITING_PER_AUTHOR = 20
PER_HOST_AND_DAY = 200
WAITING_IN_ALL = 5_000


def replied_to(session: Session, obj: dict[str, Any]) -> Practice | None:
    """The practice of ours that a plain note answers."""
    named = ids_of(obj.get("inReplyTo"))
    if obj.get("type") != "Note" or len(named) != 1:
        return None
    query = select(Practice).where(Practice.uri == named[0], Practice.local, Practice.state == PUBLISHED)
    return session.exec(query).first()


def take(session: Session, incoming: Incoming, obj: dict[str, Any]) -> None:
    """Keep a reply, or its author's newer words; anything that is no public reply to us is passed over."""
    uri, practice = id_of(obj), replied_to(session, obj)
    found = comment_at(session, uri or "")
    if uri is None or (found is None and practice is None):
        return
    author = owner_of(obj)
    if author != incoming.actor or (found is not None and found.author != author):
        raise Forbidden("Only its owner changes an object.")
    if not same_origin(uri, author):
        raise BadActivity("The object does not name its owner.")
    if buried(session, uri, author):
        return
    if not audience.for_everybody(incoming, obj):
        if found is not None:  # it was for everybody, and now is not
            _erase(session, [found])
        return
    text, language = _words(obj)
    if found is not None:
        if practice is not None and practice.id == found.practice_id:
            _reword(session, found, text, language, _moment(obj, "updated", incoming.received))
        return
    if practice is not None and text and _room(session, author, host_of(author) or ""):
        published = _moment(obj, "published", incoming.received)
        session.add(
            Comment(
                uri=uri,
                practice_id=practice.id,  # type: ignore[arg-type]
                author=author,
                host=host_of(author) or "",
                text=text,
                language=language,
                published_at=published,
                modified_at=max(published, _moment(obj, "updated", published)),
                received_at=incoming.received,
            )
        )
        session.flush()


def _reword(session: Session, found: Comment, text: str, language: str, at: datetime) -> None:
    """New words are looked at anew; what was hidden stays so."""
    if at <= found.modified_at:
        return
    if not text:
        return _erase(session, [found])
    if text != found.text and found.state != HIDDEN:
        found.state = WAITING
    found.text, found.language, found.modified_at = text, language, at
    session.add(found)
    session.flush()


def take_back(session: Session, incoming: Incoming) -> bool:
    """An author deletes a reply; False when we hold no such reply."""
    found = comment_at(session, incoming.object_id or "")
    if found is None:
        return False
    if found.author != incoming.actor:
        raise Forbidden("Only its owner changes an object.")
    _erase(session, [found])
    return True


def forget(session: Session, author: str) -> None:
    """Somebody is gone: what they said goes with them."""
    session.exec(delete(Comment).where(col(Comment.author) == author))


def _erase(session: Session, comments: Iterable[Comment]) -> None:
    for comment in comments:
        raise_stone(session, comment.uri, comment.author)
        session.delete(comment)
    session.flush()


def comment_at(session: Session, uri: str) -> Comment | None:
    """The comment with that address."""
    return session.exec(select(Comment).where(Comment.uri == uri)).first()


def _room(session: Session, author: str, host: str) -> bool:
    def number(*where: Any) -> int:
        return session.exec(select(func.count()).select_from(Comment).where(*where)).one()

    full = (
        number(Comment.author == author, Comment.state == WAITING) >= WAITING_PER_AUTHOR
        or number(Comment.host == host, Comment.received_at > now() - DAY) >= PER_HOST_AND_DAY
        or number(Comment.state == WAITING) >= WAITING_IN_ALL
    )
    if full:
        hosts.refused(session, host, "Too many comments from there wait to be read.")
    return not full


def _words(obj: dict[str, Any]) -> tuple[str, str]:
    """The text as it may be shown, "" when nothing is said, and its language."""
    told = obj.get("contentMap")
    told = told if isinstance(told, dict) else {}
    content = obj.get("content")
    language = next((tag for tag, text in told.items() if not content or text == content), UNDETERMINED)
    content = content or told.get(language)
    warning = obj.get("summary")
    if not isinstance(content, str) or len(content) > LONGEST:
        return "", UNDETERMINED
    if isinstance(warning, str) and 0 < len(warning) <= 500:
        content = f"<p><strong>{warning}</strong></p>{content}"
    text = hypertext.limited(content)
    if hypertext.says_nothing(text):
        return "", UNDETERMINED
    return text, language if is_language(language) else UNDETERMINED


def _moment(obj: dict[str, Any], name: str, otherwise: datetime) -> datetime:
    """When the author says it was, never in the future."""
    try:
        return min(moment_at(obj, name, otherwise), now())
    except Refusal:
        return otherwise
