"""The processes of the demo: started together, watched, and none of them left behind."""

import contextlib
import multiprocessing
import os
import queue
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any

from exchange.cli.demo.cast import HOUSES, House

PREFIX = "JUMELAGE_"
PATIENCE = 3.0  # seconds between asking a process to end and ending it


class Collapsed(Exception):
    """One of the instances ended or could not begin; the message says why."""


@dataclass
class Stage:
    """One running instance."""

    house: House
    port: int
    process: BaseProcess
    connection: Connection
    log: Path
    told: dict[str, dict[str, Any]] = field(default_factory=dict)  # the last event of each kind

    @property
    def origin(self) -> str:
        return self.house.origin(self.port)

    @property
    def token(self) -> str:
        return str(self.told["serving"]["token"])

    def ask(self, verb: str, rest: str = "") -> None:
        """Have it do something."""
        try:
            self.connection.send((verb, rest))
        except OSError as error:
            raise Collapsed(self.obituary()) from error

    def obituary(self) -> str:
        """Why it ended, as far as it said."""
        if "failed" in self.told:
            return f"{self.house.name}: {self.told['failed']['why']}"
        try:
            last = self.log.read_text(errors="replace").strip().splitlines()[-1:]
        except OSError:
            last = []
        return f"{self.house.name} has ended unexpectedly. {' '.join(last)} (the log is {self.log})"


class Theatre:
    """All four of them. Leaving the block ends every process, also when it is left by an error."""

    def __init__(self, data: Path, port: int, *, hold_back: str = "") -> None:
        self.data = data
        self.port = port
        self.hold_back = hold_back
        self.stages: dict[str, Stage] = {}
        self._events: queue.Queue[tuple[str, dict[str, Any] | None]] = queue.Queue()

    def __enter__(self) -> "Theatre":
        # One process loads the program, and the others part from it: four times faster than four starts.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["exchange.cli.demo.house"])
        for number, house in enumerate(HOUSES):
            self._start(context, house, self.port + number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def next_event(self, timeout: float) -> tuple[Stage, dict[str, Any]] | None:
        """What one of them says next; None when nothing came in time. Raises Collapsed when one ended."""
        try:
            name, event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        stage = self.stages[name]
        if event is None or event["event"] == "failed":
            raise Collapsed(stage.obituary())
        return stage, event

    def close(self) -> None:
        """End all of them: asked by SIGTERM, and killed if that does not help."""
        for stage in self.stages.values():
            stage.process.terminate()
        end = time.monotonic() + PATIENCE
        for stage in self.stages.values():
            stage.process.join(max(0.05, end - time.monotonic()))
            if stage.process.exitcode is None:
                stage.process.kill()
                stage.process.join()
            stage.connection.close()

    def _start(self, context: Any, house: House, port: int) -> None:
        log = self.data / f"{house.name}.log"
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_live,
            args=(theirs, str(log), house.name, self.data / house.name, port, self.hold_back),
            name=house.name,
            daemon=True,
        )
        process.start()
        theirs.close()
        stage = Stage(house, port, process, ours, log)
        self.stages[house.name] = stage
        threading.Thread(target=self._listen, args=(stage,), daemon=True).start()

    def _listen(self, stage: Stage) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                event = stage.connection.recv()
                stage.told[event["event"]] = event
                self._events.put((stage.house.name, event))
        self._events.put((stage.house.name, None))


def _live(connection: Connection, log: str, name: str, data: Path, port: int, hold_back: str) -> None:
    """The life of one process: its words go into its log, and Ctrl-C in the terminal is not for it."""
    os.setsid()
    with open(log, "ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    for setting in [key for key in os.environ if key.startswith(PREFIX)]:
        del os.environ[setting]
    os.environ[f"{PREFIX}LAB"] = "1"
    from exchange.cli.demo import house

    house.main(house.Line(connection), name, data, port, hold_back)
