"""Too much and too slow: what another instance may cost us in bytes and in seconds is bounded."""

import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from federation.errors import BadDocument, Unreachable
from federation.others import client
from tests.federation import foreign
from tests.federation.foreign import Foreign, reply


@pytest.fixture
def there() -> Iterator[Foreign]:
    with foreign.instance() as other:
        yield other


def test_more_than_a_mebibyte_is_refused(there: Foreign) -> None:
    big = b" " * (client.MAX_BYTES + 1)
    for url in (there.serve("/big", big), _chunked(there, big)):
        with pytest.raises(BadDocument, match="too large"):
            foreign.client().get(url)
    exact = there.serve("/exact", big[:-1])
    assert len(foreign.client().get(exact).body) == client.MAX_BYTES
    assert len(foreign.client().get(f"{there.origin}/big", limit=2 * client.MAX_BYTES).body) == len(big)


def _chunked(there: Foreign, body: bytes) -> str:
    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for start in range(0, len(body), 100_000):
            part = body[start : start + 100_000]
            handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    there.routes["/chunked"] = route
    return f"{there.origin}/chunked"


def test_a_packed_answer_is_unpacked_and_a_bomb_is_not(there: Foreign) -> None:
    packed = {"Content-Encoding": "gzip"}
    url = there.serve("/x", foreign.packed(b'{"a":1}'), kind="application/json", headers=packed)
    assert foreign.client().get_json(url).json == {"a": 1}
    bomb = foreign.packed(b" " * 200_000_000)
    assert len(bomb) < client.MAX_BYTES
    url = there.serve("/bomb", bomb, headers=packed)
    with pytest.raises(BadDocument, match="too large"):
        foreign.client().get(url)
    twice = there.serve("/twice", foreign.packed(bomb), headers={"Content-Encoding": "gzip, gzip"})
    broken = there.serve("/broken", b"no gzip", headers=packed)
    deflated = there.serve("/zlib", zlib.compress(b"{}"), headers={"Content-Encoding": "deflate"})
    for url in (twice, broken, deflated):
        with pytest.raises(BadDocument):
            foreign.client().get(url)


def _drip(there: Foreign, path: str, head: bytes) -> str:
    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    there.routes[path] = route
    return there.origin + path


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Header: ",
        b"HTTP/1.1 ",
        b"",
    ],
    ids=["body", "endless-body", "header", "status", "nothing"],
)
def test_a_server_that_drips_byte_by_byte_runs_out_of_time(there: Foreign, head: bytes) -> None:
    url = _drip(there, "/slow", head)
    start = time.monotonic()
    with pytest.raises(Unreachable, match="in time") as caught:
        foreign.client(seconds=0.4).get(url)
    assert caught.value.retry
    assert time.monotonic() - start < 2
    with pytest.raises(Unreachable):
        foreign.client().post(url, b"{}", {}, seconds=0.3)


def test_time_counts_over_all_redirects(there: Foreign) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.25)
        reply(handler, 302, b"", {"Location": "/slow"})

    there.routes["/slow"] = slow
    with pytest.raises(Unreachable, match="in time"):
        foreign.client(seconds=0.4).get(f"{there.origin}/slow")
    assert len(there.seen) == 2
