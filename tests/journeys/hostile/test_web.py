"""Pages, API and discovery meet bytes that no browser sends: never a 5xx, never a traceback, and they live on."""

import re
from collections.abc import Iterator

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.people import officers
from tests.journeys.hostile.stage import Stage

# Raw letters as they stand in a request line; \udcXX are bytes beyond ASCII.
NASTY = [
    "%00",
    "a%00b",
    "%ff",
    "%c3%28",
    "%ed%a0%80",
    "\udcff",
    "\udce9\udc80",
    "%",
    "%zz",
    "%u0041",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5c",
    "%0d%0aX-Injected:%20yes",
    "%0a",
    "%e2%80%ae%e2%80%8b",
    "%f0%9f%98%80",
    "%d9%a3",
    "-1",
    "0",
    "99999999999999999999999999",
    "1e9",
    "NaN",
    "true",
    "%7b%7b7*7%7d%7d",
    "%3cscript%3ealert(1)%3c/script%3e",
    "%27%20OR%201=1--",
    "00000000-0000-0000-0000-000000000000",
    "@ulm@attacked.localhost",
    "@a@[::1",
    "http://[::1",
    "http:%2f%2f%5b%3a%3a1",
    "a" * 5_000,
]
PARAMETERS = (
    "q page per_page sort theme country near language resource cursor limit since facets next uri url format "
    "population instance degurba evidence done adopted_by scope after v degree since until ref number"
).split()
HEADERS: list[dict[str, str]] = [
    {"Host": ""},
    {"Host": "evil.example"},
    {"Host": "a b"},
    {"Host": "\udcff"},
    {"Host": "[::1"},
    {"Host": "x:99999999"},
    {"Host": "x" * 300},
    {"Host": "x" * 70 + ".example"},
    {"Host": "..."},
    {"Accept": "a/b;q=NaN"},
    {"Accept": "," * 3_000},
    {"Accept": "application/activity+json;q=9e999, */*;q=-1"},
    {"Accept": "\udcff/\udcfe"},
    {"Accept": "text/html;" + "a=b;" * 3_000},
    {"Accept-Language": "x" * 5_000},
    {"Accept-Language": "de;q=\u0663, \udcff, *-*, de-\udcff"},
    {"Accept-Language": "de_DE@euro, ../../etc, C.UTF-8"},
    {"Accept-Charset": "utf-7"},
    {"Cookie": "session=\udcff\udcfe"},
    {"Cookie": "session=" + "a" * 30_000},
    {"Cookie": "; ".join(f"c{n}=v" for n in range(3_000))},
    {"Cookie": 'session="\\000\\377\\"'},
    {"Cookie": "language=%00; lang=\udcff; language=../../x"},
    {"Authorization": "Bearer \udcff"},
    {"Authorization": "Basic \udcff"},
    {"Authorization": "Basic AAAA"},
    {"Authorization": "Bearer"},
    {"Authorization": 'Digest username="'},
    {"Authorization": "Bearer " + "a" * 30_000},
    {"If-Modified-Since": "Fri, 31 Dec 99999999999 23:59:59 GMT"},
    {"If-Modified-Since": "\udcff"},
    {"If-None-Match": '"' * 3_001},
    {"If-Range": "\udcff"},
    {"Range": "bytes=0-99999999999999999999999"},
    {"Range": "bytes=-\u0663"},
    {"Range": "bytes=" + "0-0," * 3_000},
    {"X-Forwarded-For": "\udcff", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"},
    {"Forwarded": "for=\udcff;host=evil"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "\udcff"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "application/json; charset=hex"},
    {"Content-Type": "text/html; charset=\udcff"},
    {"Expect": "200-maybe"},
    {"Upgrade": "websocket"},
    {"Idempotency-Key": "\udcff"},
    {"Signature": "keyId=\udcff"},
    {"X" * 5_000: "x"},
    {"X-Long": "x" * 60_000},
    {"X-Empty": ""},
    {"bad name": "x"},
]


def _addresses(stage: Stage) -> Iterator[str]:
    """Every address of the application, with each strange value in each of its places."""
    for rule in stage.house.app.url_map.iter_rules():
        places = re.findall(r"<[^>]+>", rule.rule)
        strange = NASTY[
            len(rule.rule) % 4 :: 4
        ]  # each address meets a quarter of them, each of them a quarter
        for nasty in strange if places else [""]:
            path = rule.rule
            for place in places:
                choice = re.match(r"<any\('?([\w.]+)", place)
                path = path.replace(place, choice[1] if choice else nasty)
            yield path
    for nasty in NASTY:
        yield f"/{nasty}"
        yield f"//{nasty}"
        yield f"/practices/{stage.practice.key}/{nasty}"


def _check(
    stage: Stage, wrong: list[str], method: str, target: str, headers: dict[str, str], body: bytes = b""
) -> None:
    status, head, text = stage.raw(method, target, headers, body)
    what = f"{method} {target[:200]!a} {str(headers)[:200]!a}: {status}"
    if not 200 <= status < 500 and not (status in (501, 505) and method not in ("GET", "POST")):
        wrong.append(what)
    if b"Traceback (most" in text or b"werkzeug" in text.lower() or "\nx-injected" in head.lower():
        wrong.append(f"{what} says too much")
    location = re.search(r"(?im)^location: *(\S*)", head)
    if location and re.match(r"(?:https?:)?//(?!attacked\.localhost|there\.localhost)", location[1]):
        wrong.append(f"{what} leads to {location[1][:80]}")


def test_every_address_takes_every_strange_value(stage: Stage) -> None:
    wrong: list[str] = []
    for number, path in enumerate(_addresses(stage)):
        accept = ("text/html", "application/activity+json")[number % 2]
        _check(stage, wrong, "GET", path, {"Accept": accept})
    assert not wrong, "\n".join(wrong)
    assert stage.lives()


@pytest.mark.slow
def test_every_parameter_takes_every_strange_value(stage: Stage) -> None:
    wrong: list[str] = []
    own = f"/practices/{stage.practice.key}"
    for at, path in enumerate(
        (
            "/",
            "/practices",
            "/communities",
            "/federation",
            "/login",
            own,
            "/api/v1/practices",
            "/api/v1/communities",
            "/api/v1/inspect",
            "/.well-known/webfinger",
            "/actor/outbox",
            "/communities/ulm/followers",
        )
    ):
        for nasty in NASTY[at % 2 :: 2]:
            query = "&".join(f"{name}={nasty}" for name in (nasty, *PARAMETERS))
            _check(stage, wrong, "GET", f"{path}?{query}"[:60_000], {})
        for name in PARAMETERS if "webfinger" not in path else ["resource"]:
            _check(stage, wrong, "GET", f"{path}?{name}={NASTY[17 + at % 3]}", {})
        _check(stage, wrong, "GET", f"{path}?" + "a=b&" * 10_000, {})
        _check(stage, wrong, "GET", f"{path}?" + "&".join(f"theme={n}" for n in range(5_000)), {})
        _check(stage, wrong, "GET", f"{path}?q=" + "(" * 3_000, {})
        _check(stage, wrong, "GET", f"{path}?q=" + "%22a*~9^" * 500, {})
    assert not wrong, "\n".join(wrong)
    assert stage.lives()


def test_every_method_and_every_header_is_answered(stage: Stage) -> None:
    wrong: list[str] = []
    own = f"/practices/{stage.practice.key}"
    paths = (
        "/",
        "/practices",
        own,
        "/login",
        "/inbox",
        "/actor",
        "/actor/outbox",
        "/api/v1/practices",
        "/static/style.css",
        "/.well-known/webfinger?resource=acct:ulm@x",
        "/healthz",
    )
    for path in paths:
        for method in (
            "HEAD",
            "OPTIONS",
            "PUT",
            "PATCH",
            "DELETE",
            "TRACE",
            "CONNECT",
            "PROPFIND",
            "GETT",
            "get",
            "A" * 999,
        ):
            _check(stage, wrong, method, path, {})
    for number, path in enumerate(paths):
        for headers in HEADERS[number % 3 :: 3]:  # each header meets a third of the paths
            _check(stage, wrong, "GET", path, headers)
    for target in (
        "*",
        "http://evil.example/",
        "evil.example:443",
        "",
        "practices",
        "//evil.example/a",
        "/\\evil.example",
    ):
        for method in ("GET", "OPTIONS", "POST", "HEAD"):
            _check(stage, wrong, method, target, {})
    assert not wrong, "\n".join(wrong)
    assert stage.lives()


def _forms() -> Iterator[tuple[str, bytes]]:
    plain = "application/x-www-form-urlencoded"
    names = (
        "mailbox",
        "password",
        "language",
        "title",
        "uri",
        "address",
        "next",
        "stage",
        "comment",
        "answer",
        "yes",
        "text",
    )
    for nasty in [*NASTY, "%ed%a0%80%ed%b0%80", "x" * 400_000]:
        yield plain, "&".join(f"{name}={nasty}" for name in names).encode("utf-8", "surrogateescape")
        yield plain, f"{nasty}={nasty}".encode("utf-8", "surrogateescape")
    yield plain, b"a=b&" * 100_000
    yield plain + "; charset=utf-16", "a=b".encode("utf-16")
    yield plain + "; charset=rot13", b"a=b"
    yield "multipart/form-data", b"--x\r\n\r\n"
    yield "multipart/form-data; boundary=", b"--\r\n\r\n"
    yield "multipart/form-data; boundary=" + "x" * 5_000, b"--x"
    yield "multipart/form-data; boundary=x", b"--x"
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    yield "multipart/form-data; boundary=x", part * 10_000 + b"--x--"
    deep = b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    yield "multipart/form-data; boundary=x", deep * 10_000 + b"--x--"
    file = (
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="../../\x00\xff"\r\n\r\n'
        + b"y" * 100_000
        + b"\r\n--x--"
    )
    yield "multipart/form-data; boundary=x", file
    yield "multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 20_000 + b"\r\n\r\n--x--"
    yield (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: " + b";" * 100_000 + b"\r\n\r\n\r\n--x--",
    )
    yield "multipart/form-data; boundary=\xff", b"--\xff"
    yield "application/json", b"[" * 100_000
    yield "application/json", b'{"a": NaN, "record": {"title": {"en": "\\ud800\\u0000"}}}'
    yield "application/json", b'{"record": ' + b"9" * 10_000 + b"}"
    yield "application/json", b"\xff\xfe"
    yield "application/json", b'{"record": {"title": {"en": "\\ud800"}, "x": 1e999}}'
    yield "", b"\x00" * 1_000


@pytest.mark.parametrize("who", ["nobody", "an officer", "a program"])
def test_every_form_takes_every_strange_body(stage: Stage, who: str) -> None:
    headers: dict[str, str] = {"Sec-Fetch-Site": "same-origin"}
    with stage.house.instance.database.writing() as session:
        ulm = shelf.community(session, "ulm")
        officer, invited = officers.invite(session, "office@ulm.example", ulm, "editor")
        officers.accept_invitation(session, invited, "a long enough password", "en")
        if who == "an officer":
            headers["Cookie"] = f"session={officers.open_session(session, officer)}"
        if who == "a program":
            headers["Authorization"] = f"Bearer {officers.issue_token(session, ulm, 'write')}"
    wrong: list[str] = []
    keys = (stage.practice.key, "%00")
    for rule in stage.house.app.url_map.iter_rules():
        methods = {"POST", "PUT", "DELETE"} & (rule.methods or set())
        if (
            not methods
            or "anything" in rule.rule
            or (who == "a program") is not rule.rule.startswith("/api/v1")
        ):
            continue
        for number, (kind, body) in enumerate(_forms()):
            if (number + len(rule.rule)) % (4 if who == "a program" else 9):
                continue  # every page meets some of them, and every one of them some of the pages
            path = re.sub(r"<[^>]+>", keys[number % 2], rule.rule)
            for method in sorted(methods):
                if "withdraw" in path or method == "DELETE":
                    path = path.replace(stage.practice.key, "nothing")
                sent = headers | ({"Content-Type": kind} if kind else {})
                _check(stage, wrong, method, path, sent, body)
    assert not wrong, "\n".join(wrong)
    assert stage.lives()
