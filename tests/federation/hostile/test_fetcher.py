"""Point 4: wherever an address can come in, only public ones are gone to, and no answer breaks who asked."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from exchange.db import Database
from federation.arriving import backfill
from federation.errors import FederationError, FetchError
from federation.node import Node
from federation.others import addresses, peers, webfinger
from federation.others.client import Client
from federation.wire.activity import ACTIVITY_JSON
from tests.federation.foreign import Foreign, client, instance, reply
from tests.federation.world import Notebook, took_less_than

FORBIDDEN = """
10.0.0.1 10.1 192.168.0.1 172.16.0.1 172.31.255.255 169.254.169.254 169.254.43518 100.64.0.1 0.0.0.0 0 127.1 127.0.0.2
127.000.000.001 0177.0.0.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001 127.0.0.1. 127.0.0.0x1 255.255.255.255
224.0.0.1 240.0.0.1 198.18.0.1 192.0.2.1 192.0.0.1 203.0.113.1 8.8.8.8 [::] [::ffff:127.0.0.1] [::ffff:a00:1]
[::ffff:0:10.0.0.1] [::127.0.0.1] [64:ff9b::a00:1] [64:ff9b:1::a00:1] [2002:a00:1::] [2001::1] [2001:db8::1] [fc00::1]
[fd12:3456::1] [fe80::1] [fe80::1%25lo] [fec0::1] [ff02::1] [0:0:0:0:0:ffff:7f00:1] [::1%25lo]
localhost. lOcAlHoSt. printer.local metadata.google.internal router.lan intranet 1.0.0.127.in-addr.arpa x.onion
""".split()


@pytest.fixture
def there() -> Iterator[Foreign]:
    with instance() as other:
        yield other


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that were looked up; none of them is found."""
    names: list[str] = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> Any:
        names.append(host)
        raise socket.gaierror("not found")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
    return names


@pytest.fixture
def gone_to(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a connection was about to be made to."""
    seen: list[str] = []
    usual = addresses.Resolver.addresses

    def spy(self: addresses.Resolver, host: str, port: int) -> list[tuple[int, str]]:
        found = usual(self, host, port)
        seen.extend(address for _family, address in found)
        return found

    monkeypatch.setattr(addresses.Resolver, "addresses", spy)
    return seen


@pytest.fixture
def node(database: Database) -> Iterator[Node]:
    made = Node("http://here.localhost", database, client(), Notebook(), lab=True)
    yield made
    made.client.close()


def _asks_for(node: Node, there: Foreign, url: str) -> dict[str, Callable[[], object]]:
    """Every way by which a stranger can make us ask for an address."""
    actor = f"{there.origin}/mayor"
    host = url.removeprefix("http://").partition("/")[0]

    def outbox(cover: Any) -> Callable[[], object]:
        def read() -> object:
            there.serve("/mayor/outbox", {"id": f"{actor}/outbox", "type": "OrderedCollection", **cover})
            return backfill.read(node, actor, None)

        return read

    def link(jrd: dict[str, Any]) -> Callable[[], object]:
        def finger() -> object:
            path = f"/.well-known/webfinger?resource=acct%3Amayor%40{there.host.replace(':', '%3A')}"
            there.serve(path, jrd, kind="application/jrd+json")
            return webfinger.resolve(node.client, f"mayor@{there.host}")

        return finger

    def moved() -> object:
        there.serve("/moved", b"", status=302, headers={"Location": url})
        return node.client.get_object(f"{there.origin}/moved")

    def key_moved() -> object:
        there.serve("/key", b"", status=307, headers={"Location": url})
        return peers.resolve_key(node, f"{there.origin}/key")

    def key_elsewhere() -> object:
        there.serve("/key2", {"id": f"{there.origin}/key2", "owner": url, "publicKeyPem": "x"})
        return peers.resolve_key(node, f"{there.origin}/key2")

    def other_id() -> object:
        there.serve("/thing", {"id": url, "type": "Note"})
        return node.client.get_object(f"{there.origin}/thing")

    def service() -> object:
        links = {"links": [{"rel": "https://www.w3.org/ns/activitystreams#Application", "href": url}]}
        there.serve("/.well-known/nodeinfo", links, kind="application/json")
        return webfinger.resolve(node.client, there.origin)

    def inbox() -> object:
        there.actor("clerk", inbox=url)
        return peers.resolve_actor(node, f"{there.origin}/clerk").inbox

    def shared_inbox() -> object:
        there.actor("aide", endpoints={"sharedInbox": url})
        if peers.resolve_actor(node, f"{there.origin}/aide").shared_inbox:
            return "taken"
        raise FetchError("left out")

    return {
        "a fetch": lambda: node.client.get_object(url),
        "a delivery": lambda: node.client.post(url, b"{}", {}),
        "an object": lambda: node.client.get_json(url),
        "a key": lambda: peers.resolve_key(node, f"{url}#main-key"),
        "an actor": lambda: peers.resolve_actor(node, url),
        "a redirect": moved,
        "a redirect of a key": key_moved,
        "the owner of a key": key_elsewhere,
        "the id of a document": other_id,
        "an inbox": inbox,
        "a shared inbox": shared_inbox,
        "the first page of an outbox": outbox({"first": url}),
        "the next page of an outbox": outbox({"first": {"id": f"{actor}/outbox?page=1", "next": url}}),
        "a link of WebFinger": link({"links": [{"rel": "self", "type": ACTIVITY_JSON, "href": url}]}),
        "a subject of WebFinger": link(
            {
                "subject": f"acct:mayor@{host}",
                "links": [{"rel": "self", "type": ACTIVITY_JSON, "href": f"{there.origin}/nobody"}],
            }
        ),
        "a link of nodeinfo": service,
        "a handle": lambda: webfinger.resolve(node.client, f"@mayor@{host}"),
        "an address that somebody types": lambda: webfinger.resolve(node.client, url),
    }


@pytest.mark.parametrize("host", FORBIDDEN)
def test_no_spelling_of_a_private_address_is_gone_to_from_any_place(
    there: Foreign, node: Node, asked: list[str], gone_to: list[str], host: str
) -> None:
    there.actor("mayor", outbox=f"{there.origin}/mayor/outbox")
    for place, ask in _asks_for(node, there, f"http://{host}/x").items():
        try:
            ask()
        except FederationError:
            continue
        raise AssertionError(f"{place} was taken")
    assert set(gone_to) <= {"127.0.0.1"}
    assert all(request.header("Host") == there.host for request in there.seen)
    assert not asked


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x.example/", "ftp://x.example/", "//x.example/", "x.example", "", "http:/x", "javascript:1",
     "http://x.example@10.0.0.1/", "http://10.0.0.1#@x.example/", "http://x.example:22/", "http://x.example\\@10.0.0.1/",
     "http://[::1", "http://[]/", "http:///", "http://.", "http://x..example/", "http://-/", "http://x.example:0/",
     "http://x.example:65536/", "http://x.example:-1/", "http://" + "a" * 64 + ".example/", "http://x.example/\udcff",
     "http://\u2488\u2488/", "http://x.example/ y", "http://x.example/\r\nHost: y", "HTTP://LOCALHOST.:1/"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(
    there: Foreign, node: Node, asked: list[str], url: str
) -> None:
    there.actor("mayor", outbox=f"{there.origin}/mayor/outbox")
    for place, ask in _asks_for(node, there, url).items():
        if "redirect" in place and not url.isascii():
            continue
        try:
            ask()
        except FederationError:
            continue
        raise AssertionError(f"{place} was taken")


def test_outside_of_a_laboratory_nothing_here_is_asked_at_all(there: Foreign, gone_to: list[str]) -> None:
    outside = Client(origin="https://here.example")
    for url in (
        there.origin,
        f"https://there.localhost:{there.port}",
        f"https://127.0.0.1:{there.port}",
        "https://localhost/",
    ):
        with pytest.raises(FetchError):
            outside.get_object(f"{url}/mayor")
        with pytest.raises(FetchError):
            webfinger.resolve(outside, f"mayor@{url.partition('://')[2]}")
    assert not gone_to
    assert not there.seen


def _raw(data: bytes, *, pause: float = 0) -> Callable[[BaseHTTPRequestHandler], None]:
    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(data)
        time.sleep(pause)

    return route


def _drip(start: bytes, byte: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(start)
        for _ in range(200):
            handler.wfile.write(byte)
            handler.wfile.flush()
            time.sleep(0.02)

    return route


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
BOMB = gzip.compress(b" " * 30_000_000)
ANSWERS: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
    "nothing": _raw(b""),
    "a line": _raw(b"\r\n"),
    "another protocol": _raw(b"220 mail.example ESMTP\r\n"),
    "a status that is a word": _raw(b"HTTP/1.1 yes\r\n\r\n"),
    "status 99": _raw(b"HTTP/1.1 99 x\r\n\r\n"),
    "status 1000": _raw(b"HTTP/1.1 1000 x\r\n\r\n"),
    "status 200 in strange digits": _raw("HTTP/1.1 ٢٠٠ x\r\n\r\n".encode()),
    "a switch of protocols": _raw(b"HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n"),
    "no content": _raw(b"HTTP/1.1 204 x\r\n\r\n"),
    "a part": _raw(b"HTTP/1.1 206 x\r\nContent-Range: bytes 0-1/2\r\nContent-Length: 2\r\n\r\n{}"),
    "a thousand continues": _raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
    "ten thousand headers": _raw(OK + b"A: b\r\n" * 10_000 + b"\r\n{}"),
    "a header without end": _raw(OK + b"A: " + b"b" * 1_000_000),
    "headers that are none": _raw(OK + b"\xff\xfe\x00\r\n: x\r\n\r\n{}"),
    "a negative length": _raw(OK + b"Content-Length: -1\r\n\r\n{}"),
    "a length that is a word": _raw(OK + b"Content-Length: many\r\n\r\n{}"),
    "two lengths": _raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "a length beyond": _raw(OK + b"Content-Length: 99999999999999999999\r\n\r\n{}"),
    "chunks that are none": _raw(OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    "a chunk of minus one": _raw(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
    "a chunk beyond": _raw(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}"),
    "a chunk size without end": _raw(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 500_000),
    "gzip that is none": _raw(OK + b"Content-Encoding: gzip\r\n\r\n{}"),
    "gzip cut short": _raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}" * 100)[:20]),
    "a bomb": _raw(OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB),
    "a bomb in a bomb": _raw(OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(BOMB)),
    "a bomb of another packing": _raw(OK + b"Content-Encoding: br\r\n\r\n" + BOMB),
    "too much": _raw(OK + b"\r\n" + b" " * 2_000_000),
    "JSON so deep": _raw(OK + b"\r\n" + b"[" * 500_000),
    "a type with strange parameters": _raw(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/ld+json; profile*=utf-99\'\'%ff; profile*0*=x\r\n\r\n{"id": 1}'
    ),
    "a type without end": _raw(b"HTTP/1.1 200 OK\r\nContent-Type: " + b"a/b;" * 10_000 + b"\r\n\r\n{}"),
    "a page of a browser": _raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"),
    "a redirect to itself": lambda handler: reply(handler, 302, b"", {"Location": handler.path}),
    "a redirect to half an address": lambda handler: reply(handler, 301, b"", {"Location": "http://[::1"}),
    "a redirect to nowhere": lambda handler: reply(handler, 308, b"", {"Location": ""}),
    "a redirect in other letters": lambda handler: reply(handler, 303, b"", {"Location": "/\xe9\xff"}),
    "a redirect to a file": lambda handler: reply(handler, 307, b"", {"Location": "file:///etc/passwd"}),
    "a header byte by byte": _drip(OK + b"X: ", b"y"),
    "a body byte by byte": _drip(OK + b"\r\n{", b" "),
    "chunks byte by byte": _drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "continues one by one": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silence": _raw(b"", pause=3),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_does_more_than_fail(there: Foreign, name: str) -> None:
    there.routes["/x"] = ANSWERS[name]
    asking = client(seconds=1.0)
    with took_less_than(4), pytest.raises(FetchError):
        asking.get_object(f"{there.origin}/x")
    with took_less_than(4), suppress(FetchError):  # what can be read has a status
        asking.post(f"{there.origin}/x", b"{}", {"Host": there.host})
    asking.close()


RETRIES = {
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT": None,
    "Fri, 31 Dec 9999 23:59:59 GMT": 12 * 3600,
    "Sat, 01 Jan 2000 00:00:00 GMT": 0,
    "999999999": 12 * 3600,
    "99999999999999999999": 12 * 3600,
    "-1": None,
    "1e9": None,
    "١٢": None,
    "soon": None,
    "": None,
    "0": 0,
    "120, 120": None,
}


def test_an_actor_does_not_lead_to_the_inbox_of_another(there: Foreign, node: Node) -> None:
    victim = there.actor("victim")["id"]
    there.serve("/thief", b"", status=302, headers={"Location": victim})
    there.serve("/liar", {"id": victim, "type": "Organization", "inbox": f"{victim}/inbox"})
    for name in ("thief", "liar"):
        with pytest.raises(FetchError):
            peers.resolve_actor(node, f"{there.origin}/{name}")


@pytest.mark.parametrize("text", RETRIES)
def test_an_absurd_wish_for_later_is_bounded(there: Foreign, text: str) -> None:
    there.routes["/inbox"] = _raw(
        f"HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: {text}\r\n\r\n".encode()
    )
    answer = client().post(f"{there.origin}/inbox", b"{}", {"Host": there.host})
    wait = RETRIES[text]
    assert answer.retry_after is None if wait is None else answer.retry_after.total_seconds() == wait  # type: ignore[union-attr]
