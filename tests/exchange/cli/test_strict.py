"""Who says nothing does not keep others out of the web server."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from exchange.cli import strict
from exchange.cli.serving import _Dispatcher
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


def test_a_house_full_of_people_who_stutter_still_lets_somebody_in(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strict, "SLOW", 2.0)
    over = threading.Event()

    def stutter() -> None:
        with ExitStack() as crowd:
            address = ("127.0.0.1", port)
            said = [crowd.enter_context(socket.create_connection(address, timeout=5)) for _ in range(LIMIT)]
            for one in said:
                one.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nX: ")
            while not over.wait(0.1):
                for one in said:
                    with suppress(OSError):
                        one.sendall(b"x")

    crowd = threading.Thread(target=stutter)
    crowd.start()
    try:
        time.sleep(0.5)
        assert ask(port, patience=10) == b"hello"
    finally:
        over.set()
        crowd.join()


def test_where_there_is_room_a_silent_connection_is_left_alone(port: int) -> None:
    silent = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    silent.connect()
    time.sleep(3.5)
    silent.request("GET", "/")
    assert silent.getresponse().read() == b"hello"


@pytest.mark.parametrize("target", ["http://[::", "http://[]/", "http://a]b/"])
def test_an_address_that_cannot_be_read_is_answered(port: int, target: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")
    assert ask(port, patience=5) == b"hello"


@pytest.mark.parametrize("head", [b"Host : here", b" Host: here", b"Host: here\r\nno colon", b"\x00: x"])
def test_a_head_that_cannot_be_read_is_answered_by_the_server_that_orders_its_requests(
    caplog: pytest.LogCaptureFixture, head: bytes
) -> None:
    dispatcher = _Dispatcher()
    place = {"host": "127.0.0.1", "port": 0}
    server = strict_server(hello, {}, **place, _dispatcher=dispatcher, asyncore_use_poll=True)
    dispatcher.set_thread_count(1)
    threading.Thread(target=server.run, daemon=True).start()
    with socket.create_connection(("127.0.0.1", server.effective_port), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n" + head + b"\r\n\r\n")
        assert raw.recv(4096).split(b" ")[1] == b"400"
    server.close()
    assert "uncaptured" not in caplog.text


def test_a_packing_that_nobody_knows_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_who_asks_whether_we_live_goes_before_all_who_wait() -> None:
    started, over, served = threading.Event(), threading.Event(), []

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow":
            started.set()
            over.wait(10)
        served.append(environ["PATH_INFO"])
        return hello(environ, start)

    dispatcher = _Dispatcher()
    server = strict_server(app, {}, host="127.0.0.1", port=0, _dispatcher=dispatcher, asyncore_use_poll=True)
    dispatcher.set_thread_count(1)
    threading.Thread(target=server.run, daemon=True).start()
    with ExitStack() as asked:
        for path in ("/slow", "/a", "/b", "/healthz"):
            one = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=10)
            asked.callback(one.close)
            one.request("GET", path)
            started.wait(5)
            waiting = 3 if path == "/healthz" else {"/a": 1, "/b": 2}.get(path, 0)
            for _moment in range(200):
                if len(dispatcher.queue) == waiting:
                    break
                time.sleep(0.02)
        over.set()
        for _moment in range(200):
            if len(served) == 4:
                break
            time.sleep(0.02)
    server.close()
    assert served == ["/slow", "/healthz", "/a", "/b"]
