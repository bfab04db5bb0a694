"""An instance served in a process of its own, while other processes change it; and the demo as a whole."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from exchange import config
from exchange.instance import Instance
from tests.exchange.cli.conftest import Operator
from tests.rig import complete

PATIENCE = 60.0


def _free_port(count: int = 1) -> int:
    """The first of `count` ports in a row that nobody uses; each process of the tests looks in a place of its own."""
    begin = 10_000 + os.getpid() % 1_000 * 20
    return next(first for first in range(begin, 32_000, count) if _are_free(first, count))


def _are_free(first: int, count: int) -> bool:
    """Whether nobody listens on any of these ports any more."""
    with contextlib.ExitStack() as stack:
        for port in range(first, first + count):
            probe = stack.enter_context(socket.socket())
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _until(look: Any) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(requests.ConnectionError):
            if found := look():
                return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@contextlib.contextmanager
def _running(*words: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "exchange", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_what_other_processes_change_is_served_and_it_stops_clean(operator: Operator) -> None:
    port = _free_port()
    here = f"http://127.0.0.1:{port}"
    token = operator.types("token", "add", "--community", "ulm", "--scope", "write").stdout.strip()
    with _running("serve", "--data", str(operator.data), "--listen", f"127.0.0.1:{port}") as process:
        assert _until(lambda: requests.get(f"{here}/healthz", timeout=5).json()) == {"status": "ok"}
        taken = operator.types("serve", "--listen", f"127.0.0.1:{port}", status=1)
        assert "is in use" in taken.stderr

        published = requests.post(
            f"{here}/api/v1/practices",
            json=complete({"language": "de", "title": {"de": "Dorfladen mit Gutscheinen"}}),
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        )
        assert published.status_code == 201, published.text
        search = f"{here}/api/v1/practices?q=dorfladen"
        _until(lambda: requests.get(search, timeout=5).json()["total"] == 1)
        assert operator.reads("search", "dorfladen")["total"] == 1

        operator.types("practice", "withdraw", published.json()["key"])  # in a process of its own
        _until(lambda: requests.get(search, timeout=5).json()["total"] == 0)
        assert (
            requests.get(f"{here}/api/v1/practices/{published.json()['key']}", timeout=5).status_code == 410
        )
        assert requests.get(f"{here}/practices?q=plan", timeout=20).status_code == 200

        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 5
    assert _are_free(port, 1)


def test_a_worker_alone_keeps_the_index_in_step(operator: Operator) -> None:
    operator.types("index", "rebuild")
    with _running("worker", "--data", str(operator.data)) as process:
        _until(lambda: not _may_write(Instance(config.load(operator.data))))
        operator.types("practice", "withdraw", operator.key())
        _until(lambda: operator.reads("index", "status")["documents"] == 0)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def _may_write(instance: Any) -> bool:
    try:
        return bool(instance.index.may_write())
    finally:
        instance.close()


@pytest.mark.slow
def test_the_demo_exchanges_everything_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = _free_port(4)
    words = ["demo", "--exit-when-ready", "--port", str(port), "--data", str(tmp_path / "demo")]
    with _running(*words) as process:
        output, _ = process.communicate(timeout=170)
        assert process.returncode == 0, output
    lines = output.strip().splitlines()
    assert lines[-1] == "ready"
    assert [line.split()[0] for line in lines[-6:-2]] == [
        f"http://{name}.localhost:{port + number}"
        for number, name in enumerate(("france", "gemeinden", "europe", "hub"))
    ]
    hub = Operator(tmp_path / "demo" / "hub")
    found = hub.reads("search", "--limit", "100")
    assert found["total"] == 34
    hosts = {row["value"]: row["count"] for row in found["facets"]["instance"]}
    assert len(hosts) == 3
    assert sum(hosts.values()) == 34
    assert {relation["state"] for relation in hub.reads("peer", "list")["relations"]} == {"accepted"}

    [led] = hub.reads("cluster", "list")
    assert len(led["members"]) == 3
    assert len(led["practices"]) == 1
    assert [one["titles"]["it"] for one in hub.reads("campaign", "list")] == [
        "Un inverno di viaggi condivisi"
    ]

    begun = time.monotonic()
    with _running(*words) as process:
        output, _ = process.communicate(timeout=100)
        assert process.returncode == 0, output
    assert output.strip().splitlines()[-1] == "ready"
    assert time.monotonic() - begun < 40  # 15 on a machine that does nothing else

    with socket.socket() as busy:
        busy.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # the last words of before may linger there
        busy.bind(("127.0.0.1", port + 2))
        busy.listen()
        with _running(*words) as process:
            output, _ = process.communicate(timeout=60)
        assert (process.returncode, str(port + 2) in output) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_demo_is_ended_none_of_it_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    port = _free_port(4)
    with _running("demo", "--port", str(port), "--data", str(tmp_path / "demo")) as process:
        assert process.stdout is not None
        _until(lambda: "is there" in process.stdout.readline())  # in the middle of the beginning
        begun = time.monotonic()
        process.send_signal(number)
        process.wait(10)
        assert time.monotonic() - begun < 5

    _until(lambda: _are_free(port, 4))
