"""Point 5: bytes that are not an activity never get further than a 4xx, signed or not."""

import gzip
import json
import socket
import time

import pytest

from tests.federation.world import took_less_than
from tests.journeys.hostile.stage import ACTIVITY_JSON, Stage

HEAD = '{"id": "http://there.localhost/1", "type": "Create", "actor": "http://there.localhost/mayor", "x": '
NOT_JSON = {
    "nothing": b"",
    "space": b" \n",
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "null": b"null",
    "half of it": b'{"id": ',
    "two of them": b"{}{}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "UTF-32": "{}".encode("utf-32"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "overlong UTF-8": b'{"a": "\xc0\x80"}',
    "a raw surrogate": b'{"a": "\xed\xa0\x80"}',
    "a raw NUL": b'{"a": "\x00"}',
    "a form": b"a=b&c=d",
    "a zip": gzip.compress(b"{}"),
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "open lists": b"[" * 1_000_000,
}
VALUES = {
    "depth 33": "[" * 33 + "]" * 33,
    "depth 100,000": "[" * 100_000 + "]" * 100_000,
    "depth of objects": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "a key twice": '{"a": 1, "a": 1}',
    "a key twice, once escaped": '{"a": 1, "\\u0061": 2}',
    "a key twice far below": '[[{"b": [{"a": 1, "a": 2}]}]]',
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "infinity by size": "1e999",
    "a number of 5,000 digits": "9" * 5_000,
    "a number of 500,000 digits": "9" * 500_000,
    "a fraction of 500,000 digits and an exponent": "0." + "9" * 500_000 + "e999999999",
    "half a surrogate pair": '"\\ud800"',
    "the other half": '"\\udc00"',
    "both halves in the wrong order": '"\\udc00\\ud800"',
    "half a pair in a key": '{"\\ud800": 1}',
    "an escaped NUL": '"a\\u0000b"',
    "an escaped NUL in a key": '{"\\u0000": 1}',
    "@graph": '{"@graph": []}',
    "@reverse": '{"@reverse": {"object": 1}}',
    "@included": '[{"@included": []}]',
    "@graph in the context": '{"@context": {"g": {"@graph": 1}}}',
    "@graph escaped": '{"\\u0040graph": []}',
    "100,001 values": "[" + "1," * 100_000 + "1]",
}


def test_what_is_not_an_activity_is_refused_before_anybody_asks_who_signed_it(stage: Stage) -> None:
    told = dict(NOT_JSON)
    told |= {name: f"{HEAD}{value}}}".encode() for name, value in VALUES.items()}
    for name, body in told.items():
        with took_less_than(5):
            assert 400 <= stage.post(body) < 500, name
        status, head, _ = stage.raw("POST", "/inbox", {"Content-Type": ACTIVITY_JSON}, body)
        assert 400 <= status < 500, (name, head)
    for kinds in (["Like", "Delete"], ["Like", "Like"], [], ["Like", 1]):
        assert stage.say(stage.activity("Like", stage.practice.uri) | {"type": kinds}) == 400, kinds
    assert not stage.arrivals()
    assert not stage.neighbour.seen  # and nobody was asked for a key
    assert stage.lives()


def test_many_recipients_are_refused_or_cost_nothing(stage: Stage) -> None:
    crowd = [f"https://x.example/{number}" for number in range(30_000)]
    for field in ("to", "cc", "bto", "bcc", "audience"):
        with took_less_than(5):
            status = stage.say(stage.activity("Create", stage.practice_node(), **{field: crowd}))
        assert 200 <= status < 500
    too_many = json.dumps(stage.activity("Create", stage.practice_node(), to=["x"] * 100_001)).encode()
    assert stage.post(too_many) == 400
    with took_less_than(5):
        stage.settle()
    assert not stage.unjudged()


@pytest.mark.parametrize("path", ["/inbox", "/actor/inbox", "/communities/ulm/inbox"])
def test_large_bodies_are_refused_in_every_inbox_with_a_length_and_in_chunks(stage: Stage, path: str) -> None:
    host = f"Host: attacked.localhost:{stage.house.port}\r\nContent-Type: {ACTIVITY_JSON}\r\nConnection: close\r\n"
    body = b" " * 10_000_000
    start = f"POST {path} HTTP/1.1\r\n{host}".encode()
    plain = start + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    assert stage.send(plain)[0] == 413
    chunk = b"%x\r\n" % 100_000 + body[:100_000] + b"\r\n"
    chunked = start + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 100 + b"0\r\n\r\n"
    assert stage.send(chunked)[0] == 413
    exact = b'{"a": "' + b"x" * (1024 * 1024) + b'"}'
    assert stage.raw("POST", path, {"Content-Type": ACTIVITY_JSON}, exact)[0] == 413
    assert stage.lives()


@pytest.mark.slow
def test_a_lying_length_does_no_harm(stage: Stage) -> None:
    body = json.dumps(stage.activity("Like", stage.practice.uri)).encode()
    for length in (
        "-1",
        "+5",
        "5, 5",
        "0x10",
        "1e3",
        "٣",
        "",
        " ",
        "99999999999999999999999",
        "1_0",
        "5 5",
        "a",
    ):
        status, head, _ = stage.raw("POST", "/inbox", {"Content-Length": length}, body, length=False)
        assert 400 <= status < 500, (length, head)
    for more in (
        {"Content-Length": "5", "content-length": "6"},
        {"Content-Length": "5", "Transfer-Encoding": "chunked"},
        {"Transfer-Encoding": "gzip, chunked"},
        {"Transfer-Encoding": "xchunked"},
        {"Transfer-Encoding": "chunked", "transfer-encoding": "identity"},
    ):
        status, head, _ = stage.raw("POST", "/inbox", more, body + b"\r\n\r\n", length=False)
        assert 400 <= status < 500 or status == 501, (more, head)
    for chunks in (
        b"-5\r\nhello\r\n",
        b"zz\r\n",
        b"5;a=b\r\nhell\r\n0\r\n\r\n",
        b"FFFFFFFFFFFFFFFFFF\r\n",
        b"5\nhello\n0\n\n",
    ):
        host = f"Host: attacked.localhost:{stage.house.port}\r\nConnection: close\r\n"
        data = f"POST /inbox HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks
        status, head, _ = stage.send(data, seconds=1)
        assert status == 0 or 400 <= status < 500, (chunks, head)
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n"
    for version, more in (("1.1", "Content-Length: 5\r\n"), ("1.0", "Connection: keep-alive\r\n")):
        start = f"POST /inbox HTTP/{version}\r\nHost: attacked.localhost:{stage.house.port}\r\n{more}"
        data = f"{start}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode() + smuggled
        status, head, rest = stage.send(data, seconds=2)
        assert status == 400, head
        assert b"HTTP/1" not in rest  # nothing behind it is answered
    short = stage.raw("POST", "/inbox", {"Content-Length": str(len(body) + 10)}, body, length=False)
    assert short[0] in (0, 400, 401)
    assert stage.lives()


def test_a_body_in_another_type_or_packing_is_refused(stage: Stage) -> None:
    body = json.dumps(stage.activity("Like", stage.practice.uri)).encode()
    for kind in ("text/html", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", ""):
        assert 400 <= stage.post(body, headers={"Content-Type": kind}) < 500, kind
    assert 400 <= stage.post(gzip.compress(body), headers={"Content-Encoding": "gzip"}) < 500
    assert 400 <= stage.post(gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}) < 500
    assert not stage.arrivals()


def test_a_context_elsewhere_is_never_fetched(stage: Stage) -> None:
    contexts: list[object] = [
        f"{stage.neighbour.origin}/context",
        [{"@import": f"{stage.neighbour.origin}/import"}, f"{stage.neighbour.origin}/context"],
        {"Create": f"{stage.neighbour.origin}/Delete", "@base": stage.house.origin, "object": "@id"},
        "file:///etc/passwd",
    ]
    for context in contexts:
        assert stage.say(stage.activity("Like", stage.practice.uri) | {"@context": context}) == 202
    stage.settle()
    asked = {request.target for request in stage.neighbour.seen}
    assert "/context" not in asked
    assert "/import" not in asked
    assert not stage.unjudged()


def test_a_slow_sender_does_not_keep_others_waiting(stage: Stage) -> None:
    slow = [socket.create_connection(("127.0.0.1", stage.house.port)) for _ in range(30)]
    for connection in slow:
        connection.sendall(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{")
    start = time.monotonic()
    assert stage.lives()
    assert time.monotonic() - start < 10
    for connection in slow:
        connection.close()
