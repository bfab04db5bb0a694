"""The one way out, against a real server that misbehaves in every way a server can."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from federation.errors import (
    AddressRefused,
    BadDocument,
    FetchError,
    Gone,
    NotFound,
    Unreachable,
)
from federation.others import addresses, client
from federation.wire import signatures
from federation.wire.activity import ACTIVITY_JSON, LD_JSON
from tests.federation import foreign
from tests.federation.foreign import RSA, Foreign, reply


@pytest.fixture
def there() -> Iterator[Foreign]:
    with foreign.instance() as other:
        yield other


def test_a_document_is_fetched_signed_from_its_own_address(there: Foreign) -> None:
    url = there.serve("/note?x=1", {"id": f"{there.origin}/note?x=1", "type": "Note"})
    document = foreign.client().get_object(url)
    assert document.json["type"] == "Note"
    (seen,) = there.seen
    assert seen.header("Host") == there.host
    assert ACTIVITY_JSON in str(seen.header("Accept"))
    assert "here.localhost" in str(seen.header("User-Agent"))
    claim = signatures.read(seen.headers)
    signatures.verify(
        claim,
        RSA.public_key(),
        method="GET",
        target=seen.target,
        origin=there.origin,
        headers=seen.headers,
        body=b"",
    )


def test_a_server_that_dislikes_the_first_dialect_is_asked_in_the_second(there: Foreign) -> None:
    def picky(handler: BaseHTTPRequestHandler) -> None:
        modern = "Signature-Input" in handler.headers
        reply(handler, 200 if modern else 401, b"{}", {"Content-Type": "application/json"})

    there.routes["/secret"] = picky
    assert foreign.client().get(f"{there.origin}/secret").body == b"{}"
    assert len(there.seen) == 2
    with pytest.raises(FetchError) as caught:
        foreign.client().get(f"{there.origin}/secret", signed=False)
    assert caught.value.status == 401
    assert not caught.value.retry


@pytest.mark.parametrize(
    ("status", "error", "retry"),
    [
        (404, NotFound, False),
        (410, Gone, False),
        (400, FetchError, False),
        (403, FetchError, False),
        (204, FetchError, False),
        (304, FetchError, False),
        (408, Unreachable, True),
        (429, Unreachable, True),
        (500, Unreachable, True),
        (503, Unreachable, True),
    ],
)
def test_each_status_has_its_meaning(there: Foreign, status: int, error: type, retry: bool) -> None:
    url = there.serve("/x", status=status)
    with pytest.raises(error) as caught:
        foreign.client().get(url)
    assert caught.value.retry is retry
    assert caught.value.status == status


@pytest.mark.parametrize(
    "kind",
    ["text/html", "application/json", "", "application/ld+json", "text/plain; profile=activity", "image/png"],
)
def test_a_document_of_another_type_is_no_object(there: Foreign, kind: str) -> None:
    url = there.serve("/note", {"id": f"{there.origin}/note"}, kind=kind)
    with pytest.raises(BadDocument):
        foreign.client().get_object(url)


@pytest.mark.parametrize("kind", [ACTIVITY_JSON, LD_JSON, "Application/Activity+JSON; charset=utf-8"])
def test_both_types_of_activitypub_are_read(there: Foreign, kind: str) -> None:
    url = there.serve("/note", {"id": f"{there.origin}/note"}, kind=kind)
    assert foreign.client().get_object(url).json["id"] == url


def test_a_document_is_believed_only_at_its_own_address(there: Foreign) -> None:
    page = there.serve("/@mayor", {"id": f"{there.origin}/mayor"})
    there.serve("/mayor", {"id": f"{there.origin}/mayor", "true": True})
    assert foreign.client().get_object(page).json["true"]
    lie = there.serve("/lie", {"id": f"{there.origin}/other"})
    there.serve("/other", {"id": f"{there.origin}/third"})
    with pytest.raises(BadDocument):
        foreign.client().get_object(lie)
    for wrong in (None, 5, "", ["x"], {"id": "x"}):
        url = there.serve("/wrong", {"id": wrong})
        with pytest.raises(FetchError):
            foreign.client().get_object(url)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"id":1,"id":2}', b"\xff", b'{"a":' + b"[" * 5000])
def test_hostile_json_is_a_bad_document(there: Foreign, body: bytes) -> None:
    url = there.serve("/note", body)
    with pytest.raises(BadDocument):
        foreign.client().get_object(url)


def test_redirects_are_followed_three_times_and_signed_anew(there: Foreign) -> None:
    target = f"{there.origin}/4"
    there.serve("/4", {"id": target})
    for step in (1, 2, 3):
        there.serve(f"/{step}", status=302, headers={"Location": f"/{step + 1}"})
    there.serve("/0", status=301, headers={"Location": f"{there.origin}/1"})
    assert foreign.client().get_object(f"{there.origin}/1").url == target
    assert len({seen.header("Signature") for seen in there.seen}) == 4
    with pytest.raises(BadDocument):
        foreign.client().get(f"{there.origin}/0")


def test_no_signature_is_carried_to_another_host(there: Foreign) -> None:
    with foreign.instance() as second:
        second.serve("/note", {"id": f"{second.origin}/note"})
        url = there.serve("/note", status=307, headers={"Location": f"{second.origin}/note#here"})
        assert foreign.client().get(url).url == f"{second.origin}/note"
    assert there.seen[0].header("Signature")
    for name in ("Signature", "Signature-Input", "Authorization", "Cookie"):
        assert second.seen[0].header(name) is None


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00::1]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "gopher://there.localhost/",
        "http://user@there.localhost/",
        "http://here.localhost/actor",
        "//0x7f.1/",
        "https:///",
    ],
)
def test_each_redirect_is_judged(there: Foreign, location: str) -> None:
    url = there.serve("/x", status=302, headers={"Location": location})
    with pytest.raises(AddressRefused):
        foreign.client().get(url)
    assert len(there.seen) == 1


def test_a_redirect_from_https_to_http_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = foreign.client()

    class Moved:
        status_code = 302
        headers = {"Location": "http://a.example/"}

        def close(self) -> None:
            return None

    monkeypatch.setattr(made, "_send", lambda *_: Moved())
    with pytest.raises(AddressRefused, match="from https"):
        made.get("https://a.example/")


def test_our_own_address_is_never_fetched() -> None:
    made = foreign.client()
    for url in ("http://here.localhost/actor", "http://HERE.localhost:80/actor"):
        with pytest.raises(AddressRefused):
            made.get(url)
        with pytest.raises(AddressRefused):
            made.post(url, b"{}", {})


def test_outside_of_a_laboratory_this_machine_cannot_be_reached(there: Foreign) -> None:
    there.serve("/x", b"{}")
    made = client.Client(origin="https://here.example")
    for host in ("there.localhost", "localhost", "127.0.0.1", "[::1]", "2130706433"):
        for scheme in ("http", "https"):
            with pytest.raises(AddressRefused):
                made.get(f"{scheme}://{host}:{there.port}/x")
    assert there.seen == []


def test_the_connection_goes_to_the_address_that_was_judged(
    there: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its answer between judging and connecting gains nothing by it."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list:
        asked.append(host)
        found = next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    there.serve("/x", b"{}")
    made = foreign.client()
    assert made.get(f"http://rebind.example:{there.port}/x").status == 200
    assert made.get(f"http://rebind.example:{there.port}/x").status == 200
    assert asked == ["rebind.example"]
    assert there.seen[0].header("Host") == f"rebind.example:{there.port}"
    monkeypatch.setattr(addresses, "MEMORY_SECONDS", -1)
    with pytest.raises(AddressRefused):
        foreign.client().get(f"http://rebind.example:{there.port}/x")
    assert len(there.seen) == 2


def test_a_second_address_is_tried_when_the_first_does_not_answer(
    there: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.serve("/x", b"{}")
    found = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]
    monkeypatch.setattr(addresses.Resolver, "_ask", lambda *_: found)
    assert foreign.client().get(f"http://two.example:{there.port}/x").status == 200


def test_a_proxy_in_the_environment_is_ignored(there: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    there.serve("/x", b"{}")
    assert foreign.client().get(f"{there.origin}/x").status == 200


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        foreign.client().get(f"http://nobody.localhost:{port}/")
    assert caught.value.retry


def test_something_that_is_not_http_is_unreachable(there: Foreign) -> None:
    def junk(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\x01 junk\r\n\r\n")
        handler.close_connection = True

    def short(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 200, b"abc", {"Content-Length": "1000"})
        handler.close_connection = True

    there.routes |= {"/junk": junk, "/short": short}
    for path in ("/junk", "/short"):
        with pytest.raises(Unreachable):
            foreign.client().get(there.origin + path)


def test_an_answer_to_a_delivery_tells_when_to_come_back(there: Foreign) -> None:
    url = there.serve("/inbox", b"later", status=429, headers={"Retry-After": "120"})
    body = b'{"type":"Create"}'
    headers = foreign.signed(url, body, key_id="http://here.localhost/actor#main-key")
    answer = foreign.client().post(url, body, headers)
    assert (answer.status, answer.retry_after, answer.body) == (429, timedelta(minutes=2), b"later")
    (seen,) = there.seen
    assert seen.body == body
    claim = signatures.read(seen.headers)
    signatures.verify(
        claim,
        RSA.public_key(),
        method="POST",
        target="/inbox",
        origin=there.origin,
        headers=seen.headers,
        body=body,
    )


def test_a_delivery_follows_no_redirect(there: Foreign) -> None:
    url = there.serve("/inbox", status=307, headers={"Location": "/elsewhere"})
    assert foreign.client().post(url, b"{}", {}).status == 307
    assert len(there.seen) == 1


def test_the_endless_answer_of_an_inbox_is_cut_off(there: Foreign) -> None:
    url = there.serve("/inbox", b"x" * 5_000_000, status=202)
    answer = foreign.client().post(url, b"{}", {})
    assert (answer.status, len(answer.body)) == (202, client.MAX_ANSWER)


def test_connections_are_kept_open_and_shared_between_threads(there: Foreign) -> None:
    url = there.serve("/inbox", b"", status=202)
    made = foreign.client()
    for _ in range(5):
        made.post(url, b"{}", {})
    assert len({seen.client for seen in there.seen}) == 1
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: made.post(url, b"{}", {}).status, range(80)))
    assert answers == [202] * 80
    assert threading.active_count() < 60


def test_a_kept_connection_that_was_closed_there_costs_nothing(there: Foreign) -> None:
    def once(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, 202, b"", {})
        handler.close_connection = True  # without saying so in a header

    there.routes["/inbox"] = once
    made = foreign.client()
    assert [made.post(f"{there.origin}/inbox", b"{}", {}).status for _ in range(4)] == [202] * 4
