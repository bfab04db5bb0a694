"""What no browser sends is refused on the doorstep."""

import time

import pytest
from sqlalchemy.exc import OperationalError

from exchange.web.frame.doorstep import is_host
from federation.arriving import inbox
from federation.errors import TryLater
from tests.exchange.web.world import Visitor


@pytest.mark.parametrize(
    "host", ["", "ulm.example", "ulm.example:8000", "127.0.0.1", "[::1]:80", "ulm.example.", "a" * 63]
)
def test_a_host_may_be_any_name_or_number(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize("host", ["...", "a..b", "a" * 64, f"{'a' * 64}.example", "[::1", ".example"])
def test_what_cannot_be_a_name_is_no_host(host: str) -> None:
    assert not is_host(host)


def test_a_request_that_names_no_host_is_refused(visitor: Visitor) -> None:
    for protocol, status in (("HTTP/1.1", 400), ("HTTP/1.0", 200)):
        bare = {"HTTP_HOST": "", "SERVER_PROTOCOL": protocol}
        assert visitor.client.get("/nodeinfo/2.1", environ_overrides=bare).status_code == status


@pytest.mark.parametrize(
    "path", ["/communities/a%00b", "/practices?q=a%00b", "/practices?a%00b=c", "/api/v1/practices?q=%00"]
)
def test_a_nul_is_refused_wherever_it_stands_in_an_address(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 400


@pytest.mark.parametrize("name", ["Accept", "Accept-Language"])
def test_who_wishes_for_too_much_wishes_for_nothing(visitor: Visitor, name: str) -> None:
    wish = {name: "fr/fr" + " " * 60_000 + "b"}
    began = time.thread_time()
    assert visitor.get("/nowhere", **wish).status_code == 404
    assert time.thread_time() - began < 2  # it took twenty seconds
    french = ", ".join(["fr", *(f"x-{number};q=0.1" for number in range(50))])
    assert 'lang="fr"' in visitor.get("/", **{"Accept-Language": french}).text


INBOXES = ["/inbox", "/actor/inbox", "/communities/ulm/inbox"]
JSON = "application/activity+json"


@pytest.mark.parametrize("path", INBOXES)
def test_an_inbox_says_what_it_takes(visitor: Visitor, path: str) -> None:
    told = visitor.get(path)
    assert (told.status_code, set(told.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    refused = visitor.client.post(path, data=b"{}", content_type="text/plain")
    assert refused.status_code == 415
    packed = visitor.client.post(path, data=b"x", content_type=JSON, headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    unsigned = visitor.client.post(
        path, data=b'{"type": "Like", "actor": "https://a.example/"}', content_type=JSON
    )
    assert unsigned.status_code == 401
    for answer in (refused, packed, unsigned):
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told.content_type == "text/html; charset=utf-8"  # somebody looks with a browser
    anything = visitor.client.put(path, headers={"Accept": "*/*"})
    assert (anything.status_code, anything.content_type) == (405, "application/problem+json")
    # Parameters and capitals make no difference to what a media type is.
    wordy = visitor.client.post(path, data=b"nonsense", content_type='Application/LD+JSON; profile="x"')
    assert (wordy.status_code, wordy.json["title"]) == (400, "The text is not valid JSON.")


@pytest.mark.parametrize(
    "path", ["/communities/nobody/inbox", "/clusters/nothing/inbox", "/communities/a%00b/inbox"]
)
def test_who_is_not_here_has_no_inbox(visitor: Visitor, path: str) -> None:
    for _ in range(2):  # also when that is known by heart
        answer = visitor.client.post(path, data=b"{}", content_type=JSON)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_an_inbox_that_cannot_have_a_key_says_when_to_come_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(*_: object, **__: object) -> None:
        raise TryLater("Too many keys are being fetched.")

    monkeypatch.setattr(inbox, "receive", crowded)
    answer = visitor.client.post("/inbox", data=b"{}", content_type=JSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_an_inbox_whose_database_is_busy_says_when_to_come_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(inbox, "receive", locked)
    answer = visitor.client.post("/inbox", data=b"{}", content_type=JSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content_type == "application/problem+json"
