"""What survives `kill -9`: everything that was acknowledged."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import func, select

from federation import recovery
from federation.arriving import backfill
from federation.leaving import dueness
from federation.ledger import journal
from federation.ledger.arrivals import Arrival
from tests.federation.world import Instance, World

ROOT = Path(__file__).parents[2]


def run_and_kill(task: str, instance: Instance, lines: int) -> list[str]:
    """Let a process work until it has said so many lines, then kill it; all that it said."""
    url = instance.node.database.url  # type: ignore[attr-defined]
    command = [sys.executable, "-m", "tests.federation.victim", task, url, instance.origin, instance.name]
    victim = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert victim.stdout is not None
    said = []
    for line in victim.stdout:
        said.append(line.strip())
        if len(said) == lines:
            victim.send_signal(signal.SIGKILL)
    assert victim.wait() == -signal.SIGKILL
    victim.stdout.close()
    return said


def restart(instance: Instance) -> None:
    with instance.node.database.writing() as session:
        recovery.give_back(session)


def received(instance: Instance) -> list[str]:
    with instance.node.database.reading() as session:
        rows = journal.after(session, 0, limit=100_000)
    return [row.activity_id for row in rows if row.direction == "in" and row.kind == "Create"]


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 7, 60])
def test_what_a_killed_publisher_acknowledged_reaches_its_followers(world: World, lines: int) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    saillans.follow(ulm.actor)
    world.settle()
    acknowledged = run_and_kill("publish", ulm, lines)
    acknowledged += run_and_kill("publish", ulm, 3)
    restart(ulm)
    world.settle()
    assert len(acknowledged) >= lines + 3
    arrived = received(saillans)
    assert set(acknowledged) <= set(arrived)
    assert len(arrived) == len(set(arrived))


def test_a_killed_judge_loses_nothing_and_judges_nothing_twice(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    for number in range(60):
        ulm.post(saillans, ulm.note(str(number), "text"))
    for _ in range(3):
        run_and_kill("work", saillans, 2)
        restart(saillans)
    world.settle()
    assert sorted(received(saillans)) == sorted(f"{ulm.origin}/activities/Create-{n}-1" for n in range(60))
    with saillans.node.database.reading() as session:
        states = session.exec(select(Arrival.state, func.count()).group_by(Arrival.state)).all()
    assert dict(states) == {"done": 60}


def test_a_killed_reader_goes_on_where_it_was(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    for number in range(450):
        ulm.say(str(number), "text")
    with saillans.node.database.writing() as session:
        backfill.start(session, ulm.actor)
    run_and_kill("work", saillans, 2)
    restart(saillans)
    pages = sum("page=" in path for _, path in ulm.requests)
    world.settle()
    with saillans.node.database.reading() as session:
        (row,) = backfill.progress(session)
    assert (row.state, row.fetched, row.kept, row.pages) == ("done", 450, 450, 5)
    assert len(received(saillans)) == 450
    assert sum("page=" in path for _, path in ulm.requests) <= pages + 4


def test_a_lease_that_is_not_given_back_runs_out(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    saillans.follow(ulm.actor)
    world.settle()
    acknowledged = run_and_kill("publish", ulm, 20)
    world.later(seconds=dueness.LEASE.total_seconds() + 1)
    assert set(acknowledged) <= set(received(saillans))
