"""What no browser sends is refused on the doorstep, before anything behind it stumbles over it."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_date

Start = Callable[..., Any]
LONGEST_LABEL = 63
LONGEST_WISH = 1000  # characters; a browser sends 200
WISHES = ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_CHARSET", "HTTP_ACCEPT_ENCODING")
DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE")
ROOM = {"officer.hand_in": 11 * 1024 * 1024}  # endpoint → bytes of what it is sent
REFUSAL = b'{"type": "about:blank", "title": "This request cannot be understood.", "status": 400}'


def register(app: Flask) -> None:
    """Put the doorstep before an application."""
    inner = app.wsgi_app

    def doorstep(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "")
        if not is_host(host) or not (host or environ.get("SERVER_PROTOCOL") == "HTTP/1.0"):
            start("400 Bad Request", [("Content-Type", "application/problem+json")])
            return [REFUSAL]
        for name in WISHES:  # Werkzeug reads blanks in the square of their number
            if len(environ.get(name, "")) > LONGEST_WISH:
                del environ[name]
        for name in DATES:
            if name in environ and not _is_on_a_calendar(environ[name]):
                del environ[name]
        return inner(environ, start)

    app.wsgi_app = doorstep  # type: ignore[assignment, method-assign]
    app.before_request(_make_room)
    app.before_request(_refuse_strange_letters)


def is_host(text: str) -> bool:
    """Whether a Host header can be the name of a host; an absent one can, as HTTP/1.0 allows it."""
    try:
        name = urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return False
    return not name or all(0 < len(label) <= LONGEST_LABEL for label in name.removesuffix(".").split("."))


def _is_on_a_calendar(date: str) -> bool:
    try:
        parse_date(date)
    except (OverflowError, ValueError):
        return False
    return True


def _make_room() -> None:
    """A page that takes a file takes more than a form has."""
    if request.method == "POST" and request.endpoint in ROOM:
        request.max_content_length = ROOM[request.endpoint]


def _refuse_strange_letters() -> None:
    """Not every database can hold a NUL, and a field of a form has a name.

    In an address a NUL is no accident; in a form it may have come with something that was pasted, and
    what somebody has typed is not thrown away for it.
    """
    told: list[str | None] = [request.path, *request.args.keys()]
    told += [value for values in request.args.listvalues() for value in values]
    if request.method == "POST" and request.blueprint in ("public", "officer", "admin"):
        told += [*request.form.keys(), *request.files.keys()]
        pairs = [(name, value.replace("\x00", "")) for name, value in request.form.items(multi=True)]
        request.form = ImmutableMultiDict(pairs)
    if any(text is None or "\x00" in text for text in told):
        abort(400)
