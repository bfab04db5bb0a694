"""Who says nothing does not keep others out of the web server."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from exchange.cli.strict import strict_server

LIMIT = 30


def hello(_environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


@pytest.fixture
def port() -> Iterator[int]:
    listening: dict[int, Any] = {}
    server = strict_server(
        *(hello, listening),
        host="127.0.0.1",
        port=0,
        threads=2,
        connection_limit=LIMIT,
        channel_timeout=60,
        cleanup_interval=1,
        asyncore_use_poll=True,
    )
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    yield server.effective_port
    server.close()


def ask(port: int, patience: float) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    connection.request("GET", "/")
    return connection.getresponse().read()


def test_a_house_full_of_silent_people_still_lets_somebody_in(port: int) -> None:
    with ExitStack() as crowd:
        for _n in range(2 * LIMIT):
            crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        assert ask(port, patience=20) == b"hello"


def test_where_there_is_room_a_silent_connection_is_left_alone(port: int) -> None:
    silent = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    silent.connect()
    time.sleep(3.5)
    silent.request("GET", "/")
    assert silent.getresponse().read() == b"hello"
