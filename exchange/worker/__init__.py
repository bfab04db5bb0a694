"""The worker: what an instance does on its own, over and over, until there is nothing left to do.

Each loop does a piece of work, and sleeps until a commit wakes it, ours or another process's, or the
time has come to look for what has become due. All of them may be stopped at any point, or killed: what
they work on is in the database, and what was not finished is taken up again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import structlog
from sqlmodel import Session, col, delete

from exchange import mending
from exchange.catalogue.finding import saved
from exchange.catalogue.people import ask
from exchange.hindrance import hindrance, told
from exchange.instance import Instance
from exchange.models.base import now
from exchange.models.officer import Idempotency, LoginSession
from exchange.worker import alerting, hearing, introducing, mailing, presence
from exchange.worker.watch import Watch
from federation.arriving import backfill, inbox
from federation.leaving import delivery
from federation.ledger import arrivals
from federation.neighbours import blocklists
from federation.others import peers

log = structlog.get_logger()

LOOK_AGAIN = 2.0  # seconds after which a loop looks what has become due, when nothing wakes it
WATCH = 0.2  # seconds; how late we notice what another process has written to a SQLite file
ASK = 0.5  # and to another database, which has to be asked for the work itself
EASE = 0.03  # seconds between two looks of a loop: while commits come in a stream, one look serves many
GATHER = 0.1  # the same for work that is cheaper by the hundred, or seldom there at all
NEWS = 5.0  # and for saved searches: what people read in the morning need not be known in a tenth of a second
TIDY = 3600.0
MEND = 60.0
COUNT = 15.0
REMEMBERED = timedelta(days=30)  # how long an answer to an Idempotency-Key is kept, and what has arrived
QUESTIONS = timedelta(days=180)  # how long the question of a stranger, with their mailbox, is kept
FAILURES_REMEMBERED = timedelta(days=1)  # how long it is known that a key could not be had
LISTS_READ = timedelta(days=1)  # how often a list of blocked domains is read anew


class Worker:
    """The loops of one instance in threads of their own."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._bells: list[threading.Event] = []
        self._leaving = ExitStack()
        self._watch: Watch | None = None

    def start(self) -> None:
        node = self.instance.node
        given_back = presence.arrive(self.instance.database, self.instance.settings.data, self._leaving)
        if given_back:
            log.info("taking up what an earlier worker left", rows=given_back)
        if self.instance.database.is_sqlite:
            self._watch = self._leaving.enter_context(closing(Watch(self.instance.database)))
            self._loop("watch", self._notice, every=WATCH)
        reader = backfill.Reader(node)
        ended, threads = self._stop.is_set, self.instance.settings.workers
        self._loop("deliver", lambda: delivery.deliver_due(node, threads=threads, stop=ended))
        self._loop("handle", lambda: inbox.handle_due(node, stop=ended), ease=GATHER, bell=node.arrived)
        self._loop("backfill", lambda: int(reader.step()), ease=GATHER)
        self._loop("index", self.instance.index_once)
        self._loop("introduce", lambda: introducing.introduce(self.instance), ease=GATHER)
        self._loop("alert", lambda: alerting.alert(self.instance), ease=NEWS)
        self._loop("mail", lambda: mailing.send_due(self.instance, stop=ended), ease=GATHER)
        self._loop("hear", lambda: hearing.hear(self.instance), every=MEND)
        self._loop("mend", lambda: mending.mend_due(self.instance), every=MEND)
        self._loop("count", self._count, every=COUNT)
        self._loop("tidy", lambda: tidy(self.instance), every=TIDY)

    def stop(self, timeout: float = 4.0) -> None:
        """Ask every loop to end after its piece of work, and wait for them."""
        self._stop.set()
        for bell in self._bells:
            bell.set()
        for thread in self._threads:
            thread.join(timeout)
        self.instance.node.tally.write()
        self._leaving.close()

    def _notice(self) -> int:
        if self._watch and self._watch.changed():
            self.instance.wake.set()
        return 0

    def _count(self) -> int:
        self.instance.node.tally.write()
        return 0

    def _loop(
        self,
        name: str,
        work: Callable[[], int],
        *,
        every: float | None = None,
        ease: float = EASE,
        bell: threading.Event | None = None,
    ) -> None:
        bell = bell or (threading.Event() if every else self.instance.wake.listener())
        pause = every or (LOOK_AGAIN if self._watch else ASK)
        self._bells.append(bell)

        def run() -> None:
            hindered = False
            while not self._stop.is_set():
                began = time.monotonic()
                bell.clear()
                try:
                    busy = work()
                    if hindered:
                        log.info("work goes on", loop=name)
                    hindered = False
                except Exception as error:
                    if hindrance(error) is None:
                        log.exception("work failed", loop=name)
                    elif not hindered:  # told once: a database may be away for a night
                        log.warning("work waits", loop=name, why=told(error))
                    hindered, busy = hindrance(error) is not None, 0
                    self._stop.wait(1.0)  # a fault that repeats must not spin
                if not busy:
                    bell.wait(pause)
                self._stop.wait(max(0.0, began + ease - time.monotonic()))

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


def work_until_quiet(instance: Instance, *, rounds: int = 1000) -> int:
    """Do all that is due, in this thread, and return how much that was; for tests and commands."""
    done = 0
    for _ in range(rounds):
        step = (
            inbox.handle_due(instance.node)
            + int(backfill.step(instance.node))
            + delivery.deliver_due(instance.node)
            + instance.index_once()
            + introducing.introduce(instance)
            + alerting.alert(instance)
            + mailing.send_due(instance)
            + hearing.hear(instance)
            + mending.mend_due(instance)
        )
        if not step:
            return done
        done += step
    return done


def tidy(instance: Instance) -> int:
    """Forget what is over: expired log-ins, old answers to repeated requests, what arrived long ago."""
    node, at = instance.node, now()
    old = (
        delete(LoginSession).where(col(LoginSession.expires_at) < at),
        delete(Idempotency).where(col(Idempotency.created_at) < at - REMEMBERED),
    )
    forgotten: dict[str, Callable[[Session], object]] = {
        "log-ins": lambda session: session.exec(old[0]),
        "answers": lambda session: session.exec(old[1]),
        "questions": lambda session: ask.forget(session, at - QUESTIONS),
        "searches": lambda session: saved.forget(session, at - REMEMBERED),
        "keys": lambda session: peers.forget_failures(session, at - FAILURES_REMEMBERED),
    }
    for what, forget in forgotten.items():
        with _by_itself(what), instance.database.writing(quietly=True) as session:
            forget(session)
    with _by_itself("arrivals"):
        arrivals.forget(node.database, at - REMEMBERED)
    with _by_itself("lists"):  # the only one that asks others, so that nothing waits for them
        blocklists.refresh(node, at - LISTS_READ)
    return 0


@contextmanager
def _by_itself(what: str) -> Iterator[None]:
    """What fails here is written down, and nothing else is left undone for it."""
    try:
        yield
    except Exception as error:
        if hindrance(error):
            log.warning("tidying waits", what=what, why=told(error))
        else:
            log.exception("tidying failed", what=what)
