"""Killed at five points between save and send: is anything lost, and do all receivers end equal?"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from exchange.catalogue.practices import publish, revise, withdraw
from exchange.models.practice import PUBLISHED, Practice
from federation.base import now
from federation.ledger import hosts, outbox
from federation.ledger.arrivals import Arrival
from federation.ledger.lease import unfinished
from federation.ledger.relations import Follow
from tests.load.figures import Figure
from tests.load.mortal import OF_THE_SENDER, TRAPS, Mortal
from tests.load.town import until
from tests.rig import complete

AT_ONCE = 5  # changes in one transaction

State = dict[str, tuple[int, str]]  # of each practice that was not withdrawn: its version and digest


@dataclass(frozen=True)
class Outcome:
    """What came of it. `lost` counts what the sender holds and a receiver does not hold in the same way."""

    activities: int
    deaths: Counter[str]
    lost: int
    equal: bool
    seconds: float


def play(
    place: Path, *, activities: int, receivers: int, deaths: int, new_database: Callable[[], str] = str
) -> Outcome:
    """Publish, revise and withdraw while the sender or a receiver is killed `deaths` times at each point."""
    began = time.perf_counter()
    sender = Mortal(place, "village", new_database())
    followers = [Mortal(place, f"hub{n}", new_database()) for n in range(receivers)]
    everybody = [sender, *followers]
    died: Counter[str] = Counter()
    try:
        for one in followers:
            one.follow(sender)
        for one in everybody:
            one.live()
        until(lambda: _followed(sender) == receivers, "the followers were not taken", every=0.05)
        rounds = [(trap, n) for trap in TRAPS for n in range(deaths)]
        for number, (trap, nth) in enumerate(rounds):
            victim = sender if trap in OF_THE_SENDER else followers[nth % receivers]
            victim.kill()
            victim.live(trap, 1 + nth)
            wanted = activities * (number + 1) // len(rounds) - activities * number // len(rounds)
            _change(sender, number, wanted)
            until(lambda: _dies(sender, victim), f"it did not die: {trap}", every=0.05)  # noqa: B023
            died[trap] += 1
            victim.live()
        until(lambda: _quiet(sender, followers), "not all arrived", every=0.2, patience=600)
        held = _state(sender)
        copies = [_state(one) for one in followers]
    finally:
        for one in everybody:
            one.end()
    lost = sum(copy.get(uri) != told for copy in copies for uri, told in held.items())
    equal = all(copy == held for copy in copies)  # nothing that was withdrawn has come back either
    return Outcome(activities, died, lost, equal, time.perf_counter() - began)


def _followed(sender: Mortal) -> int:
    with sender.database.reading() as session:
        query = select(func.count()).select_from(Follow).where(Follow.state == "accepted")
        return session.exec(query).one()


def _change(sender: Mortal, number: int, count: int) -> None:
    """So many changes beside the running instance, as an import does: six of ten new, three revised, one taken back."""
    for first in range(0, count, AT_ONCE):
        with sender.database.writing() as session:
            for n in range(first, min(count, first + AT_ONCE)):
                title = {"en": f"Practice {number} {n}"}
                query = select(Practice).where(Practice.local, Practice.state == PUBLISHED)
                old = session.exec(query.order_by(col(Practice.modified_at)).limit(1)).first()
                if n % 10 in (3, 5, 8) and old is not None:
                    revise.revise(session, old, old.record | {"title": title})
                elif n % 10 == 6 and old is not None:
                    withdraw.withdraw(session, old)
                else:
                    publish.publish(session, sender.owner, complete({"language": "en", "title": title}))


def _dies(sender: Mortal, victim: Mortal) -> bool:
    if victim.is_dead():
        return True
    if victim is not sender:
        _hasten(sender)
    return False


def _hasten(sender: Mortal) -> None:
    """What the operator's “try again” does: nobody here waits out the hours of the schedule."""
    with sender.database.reading() as session:
        failed = {row.host for row in outbox.backlog(session) if row.attempts and row.due_at > now()}
    if not failed:
        return
    with sender.database.writing() as session:
        for host in failed:
            outbox.hasten(session, host)
            hosts.probe(session, host)


def _quiet(sender: Mortal, followers: list[Mortal]) -> bool:
    with sender.database.reading() as session:
        left = len(outbox.backlog(session))
    for one in followers:
        with one.database.reading() as session:
            query = select(func.count()).select_from(Arrival).where(unfinished(Arrival))
            left += session.exec(query).one()
    if left:
        _hasten(sender)
    return left == 0


def _state(one: Mortal) -> State:
    with one.database.reading() as session:
        shown = session.exec(select(Practice).where(Practice.state == PUBLISHED))
        return {p.uri: (p.version, publish.digest(p.record)) for p in shown}


def measure(place: Path, activities: int) -> list[Figure]:
    """The whole of it: three followers, every point three times."""
    outcome = play(place / "kills", activities=activities, receivers=3, deaths=3)
    told = f"{outcome.activities:,} activities to 3 followers in {outcome.seconds:.0f} s"
    return [
        *(Figure(f"killed: {name}", times, "×") for name, times in outcome.deaths.items()),
        Figure("lost", outcome.lost, "", aim="0", note=told),
        Figure("receivers equal (1: yes)", float(outcome.equal), "", aim="1"),
    ]
