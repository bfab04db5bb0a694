"""An instance in a process of its own, as an operator would run it, with the few acts a measurement needs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

from exchange.catalogue import shelf
from exchange.catalogue.communities import community
from exchange.catalogue.people import officers
from exchange.catalogue.practices import publish
from exchange.db import Database
from exchange.instance import Instance

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds after which something will not happen any more


class Town:
    """One instance with one community of the same name."""

    def __init__(self, place: Path, name: str, **settings: Any) -> None:
        self.name = name
        self.data = place / name
        self.port = free_port()
        self.origin = f"http://{name}.localhost:{self.port}"
        listen = f"127.0.0.1:{self.port}"
        instance = Instance.create(
            self.data,
            origin=self.origin,
            name=name,
            **({"lab": True, "listen": listen, "log": "error", "inbox_rate": 0} | settings),
        )
        with instance.database.writing() as session:
            owner = community.found(session, self.origin, slug=name, name=name.capitalize(), country="FR")
            self.actor = owner.uri
            self.token = officers.issue_token(session, owner, "write")
        instance.close()
        self.database = Database(instance.settings.database)
        self.web = requests.Session()
        self.web.headers["Host"] = f"{name}.localhost:{self.port}"

    def __enter__(self) -> "Town":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "exchange", "serve", "--data", str(self.data)], cwd=ROOT
        )
        until(self._answers, f"{self.name} does not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.web.close()
        self.database.close()

    def command(self, *words: str) -> None:
        """One `jumelage` command about this instance."""
        program = [sys.executable, "-m", "exchange", *words, "--data", str(self.data)]
        subprocess.run(program, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def memory(self) -> float:
        """Resident memory of its process, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
        return int(kilobytes) / 1024

    def processor(self) -> float:
        """Seconds of processor time that its process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def page(self, path: str, **query: Any) -> str:
        """A page as a browser gets it."""
        answer = self.web.get(
            f"http://127.0.0.1:{self.port}{path}", params=query, headers={"Accept": "text/html"}, timeout=30
        )
        answer.raise_for_status()
        return answer.text

    def publish(self, record: dict[str, Any]) -> None:
        """Publish through the API, as another program would."""
        answer = self.web.post(
            f"http://127.0.0.1:{self.port}/api/v1/practices",
            json=record,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )
        answer.raise_for_status()

    def publish_many(self, records: list[dict[str, Any]]) -> None:
        """Publish all of them in one transaction beside the running instance, as an import does."""
        with self.database.writing() as session:
            owner = shelf.community(session, self.name)
            for record in records:
                publish.publish(session, owner, record)

    def search(self, **query: Any) -> dict[str, Any]:
        """A page of results from the API."""
        answer = self.web.get(f"http://127.0.0.1:{self.port}/api/v1/practices", params=query, timeout=30)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _answers(self) -> bool:
        try:
            return self.web.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False


def until(
    condition: Callable[[], bool], otherwise: str, *, every: float = 0.005, patience: float = PATIENCE
) -> float:
    """Wait for the condition and return how many seconds that took; TimeoutError when it never comes."""
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > patience:
            raise TimeoutError(otherwise)
        time.sleep(every)
    return time.perf_counter() - began


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
