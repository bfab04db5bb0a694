"""What keeps an instance from answering for a while: its database is busy or away, or there is no room to write.

It passes by itself or by the operator's hand, and whoever asks is told to come again. A fault of ours is none of
these, though the driver may tell it with the same class of error.
"""

import errno
import sqlite3
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from exchange.messages import N_


class Hindrance(NamedTuple):
    """What is told to whoever asks: a title and a sentence."""

    title: str
    text: str


BUSY = Hindrance(N_("Too much is being asked just now"), N_("Try again in a moment."))
AWAY = Hindrance(
    N_("This site cannot answer just now"),
    N_("What is stored here is out of reach for the moment. Try again in a few minutes."),
)
FULL = Hindrance(
    N_("There is no room left on this site"),
    N_("It could not keep what this takes. Whoever runs it has to make room; then try again."),
)

# The classes of errors among which these are; each has others among it too.
ERRORS: tuple[type[Exception], ...] = (DBAPIError, NoConnection, OSError)

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_READONLY: AWAY,
}
_OF_POSTGRESQL = {
    "25006": AWAY,  # read-only: it is being moved to another machine
    "40001": BUSY,  # a serialization failure
    "40P01": BUSY,  # a deadlock
    "53100": FULL,
    "55P03": BUSY,  # a lock that is not free
    "57014": BUSY,  # it took too long
}


def hindrance(error: BaseException) -> Hindrance | None:
    """What an error is to whoever asks; None when it is a fault of ours."""
    if isinstance(error, NoConnection):  # all are in use
        return BUSY
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError):
        return {**dict.fromkeys(_NO_ROOM, FULL), errno.EMFILE: BUSY, errno.ENFILE: BUSY}.get(error.errno or 0)
    return None


def _of_database(error: DBAPIError) -> Hindrance | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _OF_SQLITE.get(code & 0xFF)  # the rest says more about the same
    state = getattr(error.orig, "sqlstate", None)
    if state in _OF_POSTGRESQL:
        return _OF_POSTGRESQL[state]
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return BUSY if "locked" in str(error.orig) else AWAY
    return None


def told(error: BaseException) -> str:
    """The same in a line of the log."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
