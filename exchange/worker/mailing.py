"""The post: letters that wait are leased, sent one after the other, and struck off or tried again later."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlmodel import col

from exchange.instance import Instance
from exchange.models.base import now
from exchange.models.mail import Mail
from exchange.worker.postman import MailFailed, Send, message, on_the_way
from federation.ledger import lease, schedule

AT_ONCE = 20
LEASE = timedelta(minutes=15)  # longer than twenty letters to a server that hardly answers
LAST_DAY = timedelta(days=5)  # how long a letter is tried; after that it is dead, and the operator sees it

log = structlog.get_logger()


def send_due(instance: Instance, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send until nothing is due; how many letters were tried."""
    if not instance.settings.sends_mail:
        return 0
    tried = 0
    while not stop() and (letters := _take(instance)):
        tried += len(letters)
        _send(instance, letters)
    return tried


def _take(instance: Instance) -> list[Mail]:
    with instance.database.reading() as session:
        if not lease.anything(session, Mail, now()):
            return []
    with instance.database.writing() as session:
        at = now()
        lease.reclaim(session, Mail, at)
        chosen = select(Mail.id).where(lease.due(Mail, at)).order_by(col(Mail.due_at)).limit(AT_ONCE)  # type: ignore[call-overload]
        taken = lease.take(session, Mail, chosen, at=at, until=at + LEASE)
        session.expunge_all()
    return taken


def _send(instance: Instance, letters: list[Mail]) -> None:
    try:
        with on_the_way(instance.settings) as send:
            for letter in letters:
                _settle(instance, letter, _try(instance, send, letter))
                letter.state = lease.DONE
    except MailFailed as failure:  # the way itself is closed, for all that are left
        for letter in letters:
            if letter.state != lease.DONE:
                _settle(instance, letter, MailFailed(str(failure)))


def _try(instance: Instance, send: Send, letter: Mail) -> MailFailed | None:
    try:
        send(message(letter, instance.settings))
    except MailFailed as failure:
        return failure
    except (ValueError, UnicodeError) as error:  # no mail server is needed to see that this cannot be sent
        return MailFailed(f"{type(error).__name__}: {error}", final=True)
    return None


def _settle(instance: Instance, letter: Mail, failure: MailFailed | None) -> None:
    with instance.database.writing() as session:
        row = session.get(Mail, letter.id)
        if row is None:
            return
        if failure is None:
            session.delete(row)
            return
        at = now()
        row.attempts += 1
        row.last_error = str(failure)[:500]
        row.leased_until = None
        row.due_at = at + schedule.pause(row.attempts)
        given_up = failure.final or row.due_at > row.created_at + LAST_DAY
        row.state = lease.DEAD if given_up else lease.WAITING
        session.add(row)
    if given_up:
        log.warning("a letter was given up", kind=letter.kind, error=str(failure))
