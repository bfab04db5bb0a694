"""An instance that is killed in the middle of publishing loses nothing that it had acknowledged."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from exchange.catalogue import community, officers
from exchange.instance import Instance
from federation import followers
from tests.rig import complete

PRACTICES = 50
PATIENCE = 120.0  # seconds in which a follower must have everything
pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.timeout(400)]


class Process:
    """An instance that is served by the real command, and can be killed like a real one."""

    def __init__(self, name: str, data: Path, database_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.origin = f"http://{name}.localhost:{self.port}"
        self.data = data
        self.database_url = database_url
        self.child: subprocess.Popen[bytes] | None = None

    def make(self) -> str:
        """Found a village on it; the API token that speaks for it."""
        instance = Instance.over(self.database_url, self.data, origin=self.origin, name="Killed", lab=True)
        with instance.database.writing() as session:
            village = community.found(session, self.origin, slug="ostana", name="Ostana", country="IT")
            token = officers.issue_token(session, village, "write")
        instance.close()
        return token

    def start(self) -> None:
        command = [
            sys.executable,
            "-c",
            "from exchange.cli import main; main()",
            "--data",
            str(self.data),
            "serve",
        ]
        command += ["--listen", f"127.0.0.1:{self.port}"]
        environment = {**os.environ, "JUMELAGE_LAB": "1", "JUMELAGE_DATABASE": self.database_url}
        self.child = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        self.wait_until(lambda: self.call("GET", "/healthz").status_code == 200)

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            self.child.wait(10)

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Host": self.origin.removeprefix("http://"), **more.pop("headers", {})}
        return requests.request(
            method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=10, **more
        )

    def held(self) -> set[str]:
        answer = self.call("GET", "/api/v1/practices?per_page=100").json()
        return {item["id"] for item in answer["items"]}

    @staticmethod
    def wait_until(done: Callable[[], bool], patience: float = 90.0) -> None:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                if done():
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise AssertionError("it took too long")


def test_all_that_was_acknowledged_reaches_the_follower(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    village = Process("village", tmp_path / "village", new_database())
    hub = Process("hub", tmp_path / "hub", new_database())
    token = village.make()
    hub.make()
    try:
        village.start()
        instance = Instance.over(hub.database_url, hub.data, lab=True)
        with instance.database.writing() as session:
            node = instance.node
            followers.follow(
                session, node, local_actor=node.instance_actor, target_actor=f"{village.origin}/actor"
            )
        instance.close()
        hub.start()
        acknowledged: set[str] = set()
        for number in range(PRACTICES):
            if number in (17, 34):
                village.kill()  # with deliveries, an index and perhaps a reply still under way
                village.start()
            record = complete({"language": "en", "title": {"en": f"Practice number {number}"}})
            answer = village.call(
                "POST", "/api/v1/practices", json=record, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 201, answer.text
            acknowledged.add(answer.json()["id"])
        village.kill()
        village.start()
        assert len(acknowledged) == PRACTICES
        hub.wait_until(lambda: acknowledged <= hub.held(), PATIENCE)
        assert hub.held() == village.held() == acknowledged
    finally:
        village.stop()
        hub.stop()
