"""A search server that speaks the REST of OpenSearch and Elasticsearch, asked with patience and an end to it.

The address is the operator's own: `https://user:password@search.example:9200/prefix`. Where it does not
answer, questions of people fail at once for a while instead of waiting one after the other.
"""

import json
import random
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from search.errors import EngineAway, IndexBroken, UnknownEngine

CONNECT = 3.0  # seconds to reach the server
ASKING = 5.0  # seconds that a person's question may take, repetitions included
WRITING = 60.0  # and one batch of documents
REST_AFTER_FAILURE = 2.0  # seconds during which nobody asks again a server that did not answer
AGAIN = frozenset({429, 502, 503, 504})  # it has too much to do, or is just starting
REFUSED = frozenset({401, 403})
BULK_BYTES = 4_000_000  # of one request; hosted servers refuse more than ten megabytes


class Gone(Exception):
    """The index or the alias that was named does not exist."""


def _adapter(ca: str | None) -> HTTPAdapter:
    """A transport that trusts the certificates in the file `ca` beside the usual ones, not in their place."""

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            if ca:
                self.ssl_context = create_urllib3_context()
                self.ssl_context.load_verify_locations(ca)
            super().connect()

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    made = HTTPAdapter(pool_maxsize=32)
    made.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": SecurePool}
    return made


class Server:
    """The server of an address; for several threads."""

    def __init__(self, address: str, key: str = "", ca: str | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UnknownEngine(f"“{parts.scheme}://{parts.hostname or ''}” is not the address of a server.")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.name = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
        self.prefix = parts.path.strip("/")
        self._web = requests.Session()
        self._web.trust_env = False  # no proxy and no .netrc: the address says it all
        for scheme in ("http://", "https://"):
            self._web.mount(scheme, _adapter(ca))
        if key:
            self._web.headers["Authorization"] = f"ApiKey {key}"
        elif parts.username is not None:
            self._web.auth = (unquote(parts.username), unquote(parts.password or ""))
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._rest_until = 0.0
        self._why = ""

    @property
    def away_since(self) -> datetime | None:
        """When the server was first missed; None while it answers."""
        return self._since

    def ask(
        self, method: str, path: str, body: Any = None, *, within: float = ASKING, **params: str
    ) -> dict[str, Any]:
        """The answer to one request. Gone: no such index; IndexBroken: it cannot do this; EngineAway."""
        text = None if body is None else json.dumps(body).encode()
        return self._ask(method, path, text, "application/json", within, params)

    def ask_lines(self, path: str, lines: bytes, *, within: float = ASKING) -> dict[str, Any]:
        """The answer to several requests in one."""
        return self._ask("POST", path, lines, "application/x-ndjson", within, {})

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        kind: str,
        within: float,
        params: Mapping[str, str],
    ) -> dict[str, Any]:
        if time.monotonic() < self._rest_until:
            raise self.missed()
        end = time.monotonic() + within
        pause = 0.1
        while True:
            try:
                answer = self._web.request(
                    method,
                    f"{self.name}/{quote(path, safe='/,*-_.')}",
                    params=params,
                    data=body,
                    headers={"Content-Type": kind},
                    timeout=(min(CONNECT, within), max(0.5, end - time.monotonic())),
                    allow_redirects=False,  # what it would be sent along to has no right to our password
                )
                if answer.status_code not in AGAIN:
                    return self._read(answer)
                why = f"HTTP {answer.status_code}"
            except requests.RequestException as error:
                why = type(error).__name__
            pause = min(pause * 2, 5.0) * random.uniform(0.7, 1.0)  # noqa: S311
            if time.monotonic() + pause > end:
                raise self._lost(why)
            time.sleep(pause)

    def _read(self, answer: requests.Response) -> dict[str, Any]:
        if answer.status_code in REFUSED:
            raise self._lost(f"HTTP {answer.status_code}, {_reason(answer)}")
        self._found()
        if answer.status_code == 404:
            raise Gone(_reason(answer))
        if answer.status_code >= 300:
            raise IndexBroken(f"{self.name} answers HTTP {answer.status_code}: {_reason(answer)}")
        try:
            found = answer.json()
        except ValueError as error:
            raise IndexBroken(f"{self.name} answers something that is not JSON.") from error
        return found if isinstance(found, dict) else {"answer": found}

    def bulk(self, actions: Iterable[tuple[dict[str, Any], dict[str, Any] | None]], *, alias: str) -> None:
        """All of these actions; what the server could not do just then is sent again.

        An action whose version is older than what the index holds counts as done: somebody was faster.
        """
        end = time.monotonic() + WRITING
        for portion in _portions(actions):
            left, pause = portion, 0.1
            while left:
                left, why = self._portion(left, alias, max(1.0, end - time.monotonic()))
                if left:
                    pause = min(pause * 2, 5.0)
                    if time.monotonic() + pause > end:
                        raise self._lost(why)
                    time.sleep(pause)

    def _portion(self, lines: list[bytes], alias: str, within: float) -> tuple[list[bytes], str]:
        answer = self._ask(
            "POST",
            f"{alias}/_bulk",
            b"".join(lines),
            "application/x-ndjson",
            within,
            {"require_alias": "true"},  # a server would else make an index of its own taste
        )
        again, why = [], ""
        for line, item in zip(lines, answer.get("items", ()), strict=True):
            result = next(iter(item.values()))
            status = int(result.get("status", 0))
            error = result.get("error") or {}
            if status in AGAIN or "block" in str(error.get("type")):
                again.append(line)
                why = str(error.get("reason"))[:200]
            elif error.get("type") == "index_not_found_exception":
                raise Gone(str(error.get("reason"))[:200])
            elif status >= 300 and status != 409 and not (status == 404 and "delete" in item):
                raise IndexBroken(f"{self.name} does not take a document: {str(error)[:400]}")
        return again, why

    def _lost(self, why: str) -> EngineAway:
        with self._lock:
            self._since = self._since or datetime.now(UTC)
            self._rest_until = time.monotonic() + REST_AFTER_FAILURE
            self._why = why
        return self.missed()

    def missed(self) -> EngineAway:
        """The error that says since when the server is away."""
        since = self._since or datetime.now(UTC)
        return EngineAway(self.name, since, self._why)

    def _found(self) -> None:
        if self._since is not None:
            with self._lock:
                self._since, self._rest_until, self._why = None, 0.0, ""

    def close(self) -> None:
        self._web.close()


def _portions(actions: Iterable[tuple[dict[str, Any], dict[str, Any] | None]]) -> Iterable[list[bytes]]:
    portion: list[bytes] = []
    size = 0
    for action, document in actions:
        line = _line(action) + (_line(document) if document is not None else b"")
        if portion and size + len(line) > BULK_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(line)
        size += len(line)
    if portion:
        yield portion


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _reason(answer: requests.Response) -> str:
    try:
        error = answer.json().get("error")
        return str(error.get("reason") if isinstance(error, dict) else error)[:400]
    except (ValueError, AttributeError):
        return answer.text[:200]
