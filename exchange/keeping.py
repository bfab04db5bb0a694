"""The index of an instance is kept in step with its journal: who writes it, what stops that, and what is said meanwhile.

Of the processes that share a data directory the first to ask writes the index, until it ends; the others
read. What it is doing stands in the file that it locks, where the others find it, full disk or not.
"""

import fcntl
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO, Any

import structlog
from sqlmodel import Session

from exchange import indexing
from exchange.config import Settings
from exchange.db import Database
from exchange.messages import N_, Message
from federation.ledger import journal
from search.engine import Engine, Index
from search.errors import EngineAway, IndexTooLarge, SearchError
from search.opening import open_engine

FILE, WISH = "index.lock", "index.rebuild"
ROOM = 2_000  # bytes that the file has from the beginning, so that a full disk can still be spoken of
FAR_BEHIND = indexing.BATCH  # rows of the journal, from which on a reader should know

log = structlog.get_logger()


@dataclass(frozen=True)
class Doing:
    """What the process that writes the index is doing. `since` and `trouble` are set while it cannot write."""

    building: bool = False  # another generation, beside the one that is searched
    since: str = ""
    trouble: str = ""
    kind: str = ""  # of the trouble: away, large or broken


class Keeper:
    """The engine of an instance, and the right to write its index."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.engine: Engine = open_engine(
            settings.search,
            settings.data / "index",
            prefix=_prefix(settings.host),
            key=settings.search_key,
            ca=str(settings.ca) if settings.ca else None,
        )
        self._data = settings.data
        self._lock: IO[str] | None = None
        self._fresh: Index | None = None
        self._doing = Doing()
        self._tidy = False

    def once(self) -> int:
        """Follow the journal by one batch; 0 when in step, when another process writes, or when it cannot be."""
        if not self.may_write():
            return 0
        try:
            rows = indexing.catch_up(self.database, self.engine)
            rows += self._build()
            if not rows and not self._tidy:
                self.engine.tidy()
                self._tidy = True
        except (SearchError, OSError) as error:
            self._is_in_trouble(error)
            return 0
        self._tell(Doing(building=self._fresh is not None))
        return rows

    def _build(self) -> int:
        """One batch for the generation beside the one that is searched, if there is one or one is wished for."""
        if self._fresh is None:
            if not (self._data / WISH).exists():
                return 0
            self._fresh = self.engine.beside()
            (self._data / WISH).unlink(missing_ok=True)
        if rows := indexing.catch_up(self.database, self._fresh):
            return rows
        self.engine.adopt(self._fresh)
        self._fresh = None
        return 1

    def _is_in_trouble(self, error: Exception) -> None:
        if self._fresh is not None:
            self._fresh = None
            with suppress(SearchError, OSError):
                self.engine.tidy()  # what was half built takes room that is needed
        kinds = ((EngineAway, "away"), (IndexTooLarge, "large"))
        kind = next((name for type_, name in kinds if isinstance(error, type_)), "broken")
        since = self._doing.since or f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
        if not self._doing.trouble:
            log.warning("the index cannot be written", why=str(error))
        self._tell(Doing(since=since, trouble=str(error)[:500], kind=kind))

    def _tell(self, doing: Doing) -> None:
        if doing == self._doing or self._lock is None:
            return
        if self._doing.trouble and not doing.trouble:
            log.info("the index can be written again")
        self._doing = doing
        with suppress(OSError):
            self._lock.seek(0)
            self._lock.write(json.dumps(asdict(doing)).ljust(ROOM))
            self._lock.flush()

    def rebuild(self, progress: Callable[[int], None] | None = None) -> int | None:
        """Build the index anew beside the present one; the number of documents it holds then.

        None when another process writes the index: it has been asked to, and does it in its own time.
        """
        (self._data / WISH).touch()
        if not self.may_write():
            return None
        while self._fresh is not None or (self._data / WISH).exists():
            rows = self._build()
            if progress:
                progress(rows)
        return self.engine.count()

    def may_write(self) -> bool:
        """Whether this process is the one that writes the index; the first to ask is, until it ends."""
        if self._lock is None:
            file = os.fdopen(os.open(self._data / FILE, os.O_RDWR | os.O_CREAT, 0o644), "r+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._lock = file
            with suppress(OSError):
                file.write(json.dumps(asdict(self._doing)).ljust(ROOM))
                file.flush()
        return True

    def is_held_by_another_version(self) -> bool:
        """Whether there is nothing to search in here, and another process writes an index that is not for this program."""
        own = self.engine.generation.rpartition("-")[0]
        others = {
            path.name.rpartition("-")[0] for path in (self._data / "index").glob(f"{self.engine.name}-*")
        }
        return bool(others - {own}) and not self.may_write() and self.engine.seen() == 0

    # ----------------------------------------------------------------- what is said

    def doing(self) -> Doing:
        """What the writing process is doing, be it this one or another."""
        if self._lock is not None:
            return self._doing
        try:
            return Doing(**json.loads((self._data / FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return Doing()

    def state(self, session: Session) -> dict[str, Any]:
        """{engine, generation, documents, seen, journal, behind, building, trouble}."""
        last, seen, doing = journal.last(session), self.engine.seen(), self.doing()
        return {
            "engine": self.engine.name,
            "generation": self.engine.generation,
            "documents": self.engine.count(),
            "seen": seen,
            "journal": last,
            "behind": last - seen,
            "building": doing.building,
            "trouble": f"{doing.trouble} (since {doing.since} UTC)" if doing.trouble else "",
        }

    def news(self, session: Session) -> Message | None:
        """What a person who searches should know about the index just now."""
        doing = self.doing()
        if doing.kind == "large":
            return Message(N_("The search takes in no more practices. Whoever runs this instance has to choose "
                              "another search engine."))  # fmt: skip
        if doing.kind == "broken":
            return Message(N_("What was published since %(since)s UTC may not be found yet: the search index "
                              "cannot be written at present."), {"since": doing.since})  # fmt: skip
        try:
            last, seen = journal.last(session), self.engine.seen()
        except SearchError:  # the search itself says so, and better
            return None
        if last - seen > FAR_BEHIND:
            return Message(N_("The search is being built: it has read %(seen)s of %(all)s changes, and does not "
                              "find everything yet."), {"seen": seen, "all": last})  # fmt: skip
        return None

    def close(self) -> None:
        self.engine.close()
        if self._lock is not None:
            self._lock.close()


def _prefix(host: str) -> str:
    """What the names of an instance's indexes begin with on a search server that others use too."""
    return "jumelage-" + "".join(char if char.isalnum() or char in ".-" else "-" for char in host.lower())
