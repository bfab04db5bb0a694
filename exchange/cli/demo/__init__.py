"""The demo: four instances on this machine exchange real practices while one watches."""

import contextlib
import json
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from exchange.cli.base import Command, data_directory, fail
from exchange.cli.demo.cast import HOUSES, HUB, LATECOMER, PASSWORD
from exchange.cli.demo.scene import play
from exchange.cli.demo.theatre import Collapsed, Stage, Theatre
from exchange.cli.output import Steps, progress, say

PRACTICES = 34
# Seconds that making, exchanging and coming together may take at the most.
BEGIN, EXCHANGE, MEETING = 150.0, 90.0, 60.0


@click.command(cls=Command)
@click.option(
    "--port", type=click.IntRange(1, 65532), default=8001, show_default=True, help="The first of four."
)
@click.option("--exit-when-ready", is_flag=True, help="Stop as soon as everything has been exchanged.")
def demo(port: int, exit_when_ready: bool) -> None:
    """Four instances on this machine exchange real practices; Ctrl-C ends it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts with & is deaf to it
    signal.signal(signal.SIGTERM, lambda _number, _frame: signal.raise_signal(signal.SIGINT))
    _check_ports(port)
    ready = False
    try:
        with _place(data_directory(), port) as data:
            hold_back = "" if exit_when_ready else LATECOMER
            with Theatre(data, port, hold_back=hold_back) as theatre:
                _begin(theatre)
                _exchange(theatre)
                _meet(theatre)
                _introduce(theatre)
                ready = True
                if exit_when_ready:
                    return
                play(theatre)
                say("\nAll of this goes on until Ctrl-C.")
                while theatre.next_event(3600) or True:
                    pass
    except Collapsed as error:
        fail(str(error))
    except KeyboardInterrupt:
        if not ready:
            raise
        say("\nAll four have stopped.")


@contextlib.contextmanager
def _place(given: Path | None, port: int) -> Iterator[Path]:
    """Where the demo lives: a directory that is kept, or one that is gone afterwards."""
    if given is None:
        with tempfile.TemporaryDirectory(prefix="jumelage-demo-", ignore_cleanup_errors=True) as made:
            yield Path(made)
        return
    path = given.expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    for number, house in enumerate(HOUSES):
        made_before = path / house.name / "demo.json"
        if made_before.is_file():
            origin = json.loads(made_before.read_text())["origin"]
            if origin != house.origin(port + number):
                first = int(origin.rpartition(":")[2]) - number
                fail(f"The demo in {path} was made for port {first}: start it with --port {first}.")
    yield path


def _check_ports(first: int) -> None:
    taken = []
    for port in range(first, first + len(HOUSES)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(str(port))
    if taken:
        several = len(taken) > 1
        fail(
            f"Port{'s' if several else ''} {', '.join(taken)} {'are' if several else 'is'} in use by another "
            f"program; --port N moves the demo to N…N+{len(HOUSES) - 1}."
        )


def _begin(theatre: Theatre) -> None:
    """Wait until all of them have their practices and answer."""
    records: dict[str, tuple[int, int]] = {}
    waiting = set(theatre.stages)
    end = time.monotonic() + BEGIN
    with progress("Making four instances", 1) as steps:
        while waiting:
            happened = theatre.next_event(1.0)
            if time.monotonic() > end:
                raise Collapsed(f"{', '.join(sorted(waiting))} did not begin in time.")
            if happened is None:
                continue
            stage, event = happened
            if event["event"] == "importing":
                records[stage.house.name] = (event["done"], event["total"])
                steps.to(sum(d for d, _ in records.values()), sum(t for _, t in records.values()))
            elif event["event"] == "serving":
                waiting.discard(stage.house.name)
                _note(f"{stage.origin} is there.")


def _exchange(theatre: Theatre) -> None:
    """Let them follow each other, and wait until each has read the others' past."""
    for stage in theatre.stages.values():
        for name in stage.house.follows:
            stage.ask("follow", theatre.stages[name].origin)
    end = time.monotonic() + EXCHANGE
    with progress("Following each other") as steps:
        while not _all_read(theatre, steps):
            if time.monotonic() > end:
                raise Collapsed(
                    f"The instances did not exchange their practices in time (see {theatre.data})."
                )
            pause = time.monotonic() + 0.3
            while time.monotonic() < pause:
                happened = theatre.next_event(0.1)
                if happened and happened[1]["event"] == "trouble":
                    stage, event = happened
                    raise Collapsed(f"{stage.house.name} could not {event['verb']}: {event['why']}")


def _all_read(theatre: Theatre, steps: Steps) -> bool:
    told: list[tuple[Stage, dict[str, Any]]] = []
    for stage in theatre.stages.values():
        stage.ask("progress")
        if "progress" in stage.told:
            told.append((stage, stage.told["progress"]))
    steps.to(sum(t["fetched"] for _, t in told), sum(t["total"] for _, t in told) or None)
    if len(told) < len(HOUSES):
        return False
    held = {t["findable"] for _, t in told}
    return len(held) == 1 and all(
        t["accepted"] >= len(s.house.follows)
        and t["done"] >= len(s.house.follows)
        and t["held"] == t["findable"]
        for s, t in told
    )


def _meet(theatre: Theatre) -> None:
    """Let the hub found its cluster and the officers' communities join it, and wait until they belong to it."""
    hub = theatre.stages[HUB.name]
    joining = [stage for stage in theatre.stages.values() if stage.house.acting]
    end = time.monotonic() + MEETING
    _tell(theatre, hub, "gather", "gathered", end)
    for stage in joining:
        stage.ask("join", hub.told["gathered"]["cluster"])
    while _tell(theatre, hub, "admit", "admitted", end)["members"] < len(joining):
        time.sleep(0.2)
    _tell(theatre, hub, "summon", "summoned", end)


def _tell(theatre: Theatre, stage: Stage, verb: str, answer: str, end: float) -> dict[str, Any]:
    """Have an instance do something, and wait for the event that it answers with."""
    stage.told.pop(answer, None)
    stage.ask(verb)
    while answer not in stage.told:
        happened = theatre.next_event(0.1)
        if happened and happened[1]["event"] == "trouble":
            raise Collapsed(f"{happened[0].house.name} could not {happened[1]['verb']}: {happened[1]['why']}")
        if time.monotonic() > end:
            raise Collapsed(f"The cluster did not come together in time (see {theatre.data}).")
    return stage.told[answer]


def _introduce(theatre: Theatre) -> None:
    """One line for each instance, and the word that programs wait for."""
    width = max(len(stage.house.title) for stage in theatre.stages.values())
    wide = max(len(stage.origin) for stage in theatre.stages.values())
    found = theatre.stages[HUB.name].told["progress"]["findable"]
    say(f"\nEach has read the others' past; the hub finds {found} practices of three instances.\n")
    for stage in theatre.stages.values():
        say(f"{stage.origin:<{wide}}  {stage.house.title:<{width}}  {stage.house.mailbox} / {PASSWORD}")
    say("\nready")


def _note(text: str) -> None:
    click.echo(text, err=True)
