"""How the API says that something is wrong: RFC 9457 problem documents, in the reader's language."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchAddress
from werkzeug.routing import BaseConverter

from exchange.api.blueprint import api, reader_language
from exchange.hindrance import ERRORS, hindrance, told
from exchange.messages import N_, Message, NotAllowed, NotFound, NotNow, Problem, Refusal
from exchange.translation import gettext_for

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger()

_TITLES = {
    400: N_("This request cannot be understood."),
    401: N_("This needs a valid token."),
    403: N_("This token may not do that."),
    404: N_("There is nothing here."),
    405: N_("This address does not take that method."),
    410: N_("This has been withdrawn."),
    413: N_("This is too large."),
    415: N_("The body must be JSON (Content-Type: application/json)."),
    422: N_("The rules of the exchange refuse this."),
    500: N_("Something broke on our side."),
    503: N_("The instance is busy; try again in a moment."),
}


class Anything(BaseConverter):
    """The rest of an address, whatever characters are in it; the usual converter stops at a line's end."""

    regex = r"(?s:.+)"
    part_isolating = False


class ApiProblem(Exception):
    """A refusal with a status of its own."""

    def __init__(self, status: int, message: Message | str | None = None, **params: Any) -> None:
        self.status = status
        self.message = Message(message, params) if isinstance(message, str) else message
        super().__init__(str(self.message or status))


def problem(
    status: int,
    *,
    title: str | None = None,
    detail: Message | None = None,
    errors: Iterable[Problem] = (),
    headers: Any = None,
) -> Response:
    """A problem document; `errors` are [{path, message}] as in a form, `title` another than the status has."""
    gettext = gettext_for(reader_language() or "en")
    listed = list(errors)
    if detail is None and listed:
        detail = listed[0].message
    title = title or _TITLES.get(status)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": gettext(title) if title else HTTPStatus(status).phrase,
        "status": status,
    }
    if detail is not None:
        body["detail"] = detail.render(gettext)
    if listed:
        body["errors"] = [{"path": p.path, "message": p.message.render(gettext)} for p in listed]
    answer = Response(json.dumps(body, ensure_ascii=True), status=status, mimetype=MEDIA_TYPE)
    answer.headers.extend(headers or {})
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="jumelage"'
    return answer


@api.errorhandler(ApiProblem)
def _own(error: ApiProblem) -> Response:
    return problem(error.status, detail=error.message)


@api.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, NotNow):
        return problem(503, errors=refusal.problems, headers={"Retry-After": str(refusal.RETRY_AFTER)})
    status = 404 if isinstance(refusal, NotFound) else 403 if isinstance(refusal, NotAllowed) else 400
    if status == 400 and request.method in ("POST", "PUT"):
        status = 422  # it was understood, and the rules refuse it
    return problem(status, errors=refusal.problems)


@api.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    headers = [pair for pair in error.get_headers() if pair[0] in ("Allow", "Retry-After")]
    return problem(error.code, headers=headers)


def _hindered(error: Exception) -> Response:
    """The database is busy or away, or there is no room: it passes. Other faults with such names are ours."""
    words = hindrance(error)
    if words is None:
        return _broken(error)
    log.warning("cannot answer", path=request.path, why=told(error))
    later = {"Retry-After": str(NotNow.RETRY_AFTER)}
    return problem(503, title=words.title, detail=Message(words.text), headers=later)


for _kind in ERRORS:
    api.register_error_handler(_kind, _hindered)


@api.errorhandler(500)
@api.errorhandler(Exception)
def _broken(error: Exception) -> Response:
    log.error("api failed", path=request.path, exc_info=getattr(error, "original_exception", None) or error)
    return problem(500)


@api.route("/", defaults={"rest": ""}, methods=["POST", "PUT", "PATCH", "DELETE"])
@api.route("/<anything:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(rest: str) -> Response:
    """Whatever has no route of its own: a known address with another method, or an unknown address."""
    allowed = _methods_of(request.path)
    if allowed:
        raise MethodNotAllowed(valid_methods=sorted(allowed))
    raise NoSuchAddress


def _methods_of(path: str) -> set[str]:
    """The methods with which an address is used, this catch-all left aside."""
    adapter = current_app.url_map.bind("", url_scheme="http")
    found: set[str] = set()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        try:
            endpoint, _values = adapter.match(path, method=method)
        except HTTPException:
            continue
        if endpoint != "api.unknown":
            found.add(method)
    return found
