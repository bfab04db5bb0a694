"""The processes of the demo: started together, watched, and none of them left behind."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from exchange.cli.demo.cast import HOUSES, House
from exchange.config import PREFIX

PATIENCE = 3.0  # seconds between asking a process to end and ending it


class Collapsed(Exception):
    """One of the instances ended or could not begin; the message says why."""


@dataclass
class Stage:
    """One running instance."""

    house: House
    port: int
    process: "subprocess.Popen[str]"
    log: Path
    told: dict[str, dict[str, Any]] = field(default_factory=dict)  # the last event of each kind

    @property
    def origin(self) -> str:
        return self.house.origin(self.port)

    @property
    def token(self) -> str:
        return str(self.told["serving"]["token"])

    def ask(self, line: str) -> None:
        """Have it do something."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
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
        for number, house in enumerate(HOUSES):
            self._start(house, self.port + number)
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
        """End all of them: asked by the end of their stdin and SIGTERM, and killed if that does not help."""
        for stage in self.stages.values():
            if stage.process.stdin is not None:
                with contextlib.suppress(OSError):
                    stage.process.stdin.close()
            if stage.process.poll() is None:
                stage.process.terminate()
        end = time.monotonic() + PATIENCE
        for stage in self.stages.values():
            try:
                stage.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                stage.process.kill()
                stage.process.wait()

    def _start(self, house: House, port: int) -> None:
        place = self.data / house.name
        log = self.data / f"{house.name}.log"
        surroundings = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
        with log.open("ab") as errors:
            process = subprocess.Popen(  # noqa: S603  our own interpreter, our own module
                [
                    sys.executable,
                    "-m",
                    "exchange.cli.demo.house",
                    house.name,
                    str(place),
                    str(port),
                    self.hold_back,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=surroundings | {f"{PREFIX}LAB": "1"},
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
            )
        stage = Stage(house, port, process, log)
        self.stages[house.name] = stage
        threading.Thread(target=self._listen, args=(stage,), daemon=True).start()

    def _listen(self, stage: Stage) -> None:
        assert stage.process.stdout is not None
        for line in stage.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            stage.told[event["event"]] = event
            self._events.put((stage.house.name, event))
        self._events.put((stage.house.name, None))
