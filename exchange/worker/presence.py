"""Who else is working on this instance: a lock that ends with its process, however that ended.

Work is leased for minutes, so that a slow worker is not overtaken. When a worker starts and no other
is there, whatever is still leased belongs to one that died, and it need not wait out those minutes.
"""

import fcntl
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from exchange.db import Database
from exchange.models.mail import Mail
from federation import recovery
from federation.ledger import lease

_KEY = 0x4A554D45  # an advisory lock of PostgreSQL is a number


def arrive(database: Database, data: Path, leaving: ExitStack) -> int:
    """Announce a worker until `leaving` closes; when it is alone, give back the leases of the dead.

    Returns how many rows were given back.
    """
    first = _on_sqlite(data, leaving) if database.is_sqlite else _on_postgresql(database, leaving)
    if not first:
        return 0
    with database.writing() as session:
        return recovery.give_back(session) + lease.release(session, Mail)


def _on_sqlite(data: Path, leaving: ExitStack) -> bool:
    file = leaving.enter_context((data / "worker.lock").open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        alone = True
    except OSError:
        alone = False
    fcntl.flock(file, fcntl.LOCK_SH)
    return alone


def _on_postgresql(database: Database, leaving: ExitStack) -> bool:
    connection = leaving.enter_context(
        database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    )
    alone = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}).scalar())
    connection.execute(text("SELECT pg_advisory_lock_shared(:key)"), {"key": _KEY})
    if alone:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
    return alone
