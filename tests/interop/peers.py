"""Other software as a process of its own, that is told what to do and tells what it saw.

Commands go in and answers and events come out as JSON, one a line. What a peer is built from is fetched
once, pinned by its lock, into `.cache/interop`; where that cannot be done its tests are skipped.
"""

import fcntl
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "interop"
PATIENCE = 15.0  # seconds in which a peer answers or sees what it should
FETCHING = 80.0
LATELY = 300.0  # seconds for which a fetch that failed is not tried again by the next test process

Event = dict[str, Any]


class Peer:
    """A running peer. `events` are all that it has told so far."""

    def __init__(self, command: list[str], place: Path) -> None:
        self._numbers = count(1)
        self._answers: dict[int, queue.Queue[Event]] = {}
        self._news = threading.Condition()
        self.events: list[Event] = []
        self._log = (place / "errors.txt").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            command,
            cwd=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.ready = self.saw("ready")

    def ask(self, what: str, /, **told: Any) -> Any:
        """Let the peer do something; what came of it."""
        number = next(self._numbers)
        self._answers[number] = queue.Queue()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"command": number, "ask": what, **told}) + "\n")
        self._process.stdin.flush()
        try:
            answer = self._answers[number].get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"no answer to “{what}”: {self._words()}") from None
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer["value"]

    def saw(self, event: str, **like: Any) -> Event:
        """The first event of that kind with these values, waited for."""
        until = time.monotonic() + PATIENCE
        with self._news:
            while True:
                for told in self.events:
                    if told["event"] == event and all(told.get(k) == v for k, v in like.items()):
                        return told
                alive = self._process.poll() is None
                if not alive or not self._news.wait(max(0.0, until - time.monotonic())):
                    raise AssertionError(f"{event} {like} did not come: {self._words()}")

    def all(self, event: str, **like: Any) -> list[Event]:
        """Those of the events so far."""
        return [e for e in self.events if e["event"] == event and all(e.get(k) == v for k, v in like.items())]

    def forget(self) -> None:
        """Begin a new story."""
        with self._news:
            self.events.clear()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # a peer ends when nobody talks to it any more
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "answer" in told:
                self._answers[told["answer"]].put(told)
            else:
                with self._news:
                    self.events.append(told)
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _words(self) -> str:
        self._log.seek(0)
        return f"{self.events[-8:]} {self._log.read()[-3000:]}"


class PeerError(Exception):
    """The peer could not do what it was asked for, in its own words."""


def fedify() -> list[str]:
    """The command that starts the towns on Fedify; skips where Node or the network is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Fedify needs Node and npm, which are not there")
    if _version(node) < 20:
        pytest.skip("Fedify needs Node 20 or newer")
    source = HERE / "fedify"

    def fetch(place: Path) -> list[list[str]]:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(source / name, place)
        quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000"]
        return [[npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *quick]]

    place = _fetched("fedify", source / "package-lock.json", fetch)
    return [node, "--no-warnings", str(source / "peer.mjs"), str(place)]


def bovine() -> list[str]:
    """The command that starts the town on bovine; skips where the network is missing."""
    lock = HERE / "requirements-bovine.lock"
    uv = shutil.which("uv") or shutil.which(ROOT / ".venv" / "uv" / "bin" / "uv")
    if uv is None:
        pytest.skip("bovine needs uv to be fetched with, which is not there")

    def fetch(place: Path) -> list[list[str]]:
        python = str(place / "venv" / "bin" / "python")
        return [
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place / "venv")],
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock)],
        ]

    place = _fetched("bovine", lock, fetch)
    return [str(place / "venv" / "bin" / "python"), str(HERE / "bovine_peer.py")]


def _version(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.strip().lstrip("v").split(".")[0])


def _fetched(name: str, lock: Path, commands: Callable[[Path], list[list[str]]]) -> Path:
    """The directory that holds what the lock names, filled when it does not yet."""
    place, failure = CACHE / name, CACHE / f"{name}.failed"
    with _alone(name):
        holds = place / "holds"
        if holds.is_file() and holds.read_bytes() == lock.read_bytes():
            return place
        if failure.is_file() and time.time() - failure.stat().st_mtime < LATELY:
            pytest.skip(failure.read_text())
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for command in commands(place):
            if trouble := _trouble(command, place):
                failure.write_text(f"{name} could not be fetched; is the network there? {trouble}")
                pytest.skip(failure.read_text())
        failure.unlink(missing_ok=True)
        shutil.copy(lock, holds)
    return place


def _trouble(command: list[str], place: Path) -> str | None:
    """Run a command that fetches; why it did not work, if it did not."""
    environment = {"UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1"}
    if index := os.environ.get("PIP_INDEX_URL"):
        environment["UV_DEFAULT_INDEX"] = index
    if certificates := os.environ.get("PIP_CERT"):
        environment["SSL_CERT_FILE"] = certificates
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env={**environment, **os.environ},
            capture_output=True,
            text=True,
            timeout=FETCHING,
        )
    except subprocess.TimeoutExpired:
        return f"It took more than {FETCHING:.0f} seconds."
    return (done.stderr.strip()[-500:] or "It gave no reason.") if done.returncode else None


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one of several test processes fetches; the others wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
