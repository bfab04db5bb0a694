"""The inboxes: what other instances post is answered here, before a page's machinery is set in motion.

A plain WSGI application. Most of what reaches an instance is posted by other software, which has no
cookie, no language and no form; all it needs of the web is its headers and its body.
"""

import math
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from exchange.hindrance import hindrance, told
from exchange.instance import Instance
from exchange.messages import NotNow
from exchange.web.doors import documents
from exchange.web.frame import guard
from exchange.web.frame.asked_for import problem_document
from federation.arriving import inbox
from federation.errors import BadActivity, Refused, TooLarge, TooMany, TryLater
from federation.ledger.memory import Memory
from federation.wire.activity import MAX_BYTES

log = structlog.get_logger()

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

TAKEN = ("application/activity+json", "application/ld+json", "application/json")
RULES = ("/inbox", "/actor/inbox", "/communities/<slug>/inbox", "/clusters/<slug>/inbox")
_PATH = re.compile(r"/(?:actor/|(communities|clusters)/([^/]+)/)?inbox")


def register(app: Flask, instance: Instance) -> None:
    """Put the inboxes before an application, which knows of them too: it tells who comes otherwise than by POST."""
    inboxes = Inboxes(instance)

    def post(slug: str = "") -> Application:
        return inboxes

    app.wsgi_app = inboxes.before(app.wsgi_app)  # type: ignore[assignment, method-assign]
    for rule in RULES:
        app.add_url_rule(rule, "inbox", post, methods=["POST"])


class Inboxes:
    """Takes what is posted to the inboxes of an instance."""

    def __init__(self, instance: Instance) -> None:
        self._node = instance.node
        self._database = instance.database
        self._actors: Memory[bool] = Memory(seconds=1)
        self._headers = guard.everywhere(instance.origin)

    def before(self, application: Application) -> Application:
        """`application`, with the inboxes in front of it."""

        def answer(environ: Environ, start: Start) -> Iterable[bytes]:
            if environ["REQUEST_METHOD"] == "POST" and _PATH.fullmatch(environ.get("PATH_INFO", "")):
                return self(environ, start)
            return application(environ, start)

        return answer

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer one request to an inbox."""
        headers, body = list(self._headers), b""
        try:
            self._take(environ)
            status = 202
        except Refused as refused:
            status, body = refused.status, problem_document(refused.status, refused.reason)
            if isinstance(refused, TooMany | TryLater):
                headers.append(("Retry-After", str(math.ceil(refused.seconds))))
        except Exception as error:
            if words := hindrance(error):
                log.warning("cannot answer", path=environ["PATH_INFO"], why=told(error))
                status, body = 503, problem_document(503, words.title)
                headers.append(("Retry-After", str(NotNow.RETRY_AFTER)))
            else:
                log.exception("an inbox failed")
                status, body = 500, problem_document(500, "Something broke on our side")
        if body:
            headers.append(("Content-Type", "application/problem+json"))
        start(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _take(self, environ: Environ) -> None:
        kind = parse_options_header(environ.get("CONTENT_TYPE", ""))[0].lower()
        if kind not in TAKEN or environ.get("HTTP_CONTENT_ENCODING", "") not in ("", "identity"):
            raise Refused(415, "An inbox takes ActivityPub JSON, not packed.")
        if not self._is_there(environ["PATH_INFO"]):
            raise Refused(404, "There is nothing at this address.")
        address = environ.get("REMOTE_ADDR", "")
        self._node.budgets.of_address(address)
        inbox.receive(
            self._node,
            method="POST",
            target=target(environ),
            headers=_headers(environ),
            body=_body(environ),
            address=address,
        )

    def _is_there(self, path: str) -> bool:
        """Whether the inbox is that of an actor of ours; asked for each request, so it is remembered."""
        found = _PATH.fullmatch(path)
        kind, slug = found.groups() if found else (None, None)
        if kind is None or slug is None:
            return found is not None

        def look() -> bool:
            with self._database.reading() as session:
                names = (slug, None) if kind == "communities" else (None, slug)
                return "\x00" not in slug and documents.is_actor(session, *names)

        return self._actors.ask(self._database, path, look)


def target(environ: Environ) -> str:
    """The request target as it came, which is what a signature is over; not what was decoded from it."""
    query = environ.get("QUERY_STRING", "")
    plain = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    return str(environ.get("REQUEST_URI") or plain)


def _headers(environ: Environ) -> list[tuple[str, str]]:
    named = [
        (name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")
    ]
    named += [
        (name.replace("_", "-"), environ[name])
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if environ.get(name)
    ]
    return named


def _body(environ: Environ) -> bytes:
    try:
        return get_input_stream(environ, max_content_length=MAX_BYTES).read()
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    except HTTPException as error:
        raise BadActivity("The body of the request is not whole.") from error
