"""The pages that say what went wrong, what was kept, and what to do, in the reader's language."""

from collections.abc import Mapping

import structlog
from flask import Flask, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from exchange.hindrance import AWAY, BUSY, ERRORS, Hindrance, hindrance, told
from exchange.messages import N_, NotAllowed, NotFound, NotNow, Refusal
from exchange.web.frame.asked_for import preferred, problem
from exchange.web.frame.language import choose, said

log = structlog.get_logger()

SOFTWARE = (
    "application/activity+json",
    "application/ld+json",
    "application/json",
    "application/problem+json",
)
PROGRAMS = ("/.well-known/", "/nodeinfo/", "/metrics", "/readyz", "/healthz")
WORDS: dict[int, tuple[str, str]] = {
    400: (
        N_("We did not understand that"),
        N_("Something in the request was not in the form expected. Go back, and try again."),
    ),
    403: (N_("You may not do that"), N_("This page or this action belongs to others. Nothing was changed.")),
    404: (N_("There is no such page"), N_("The address may be mistyped, or what was here has moved.")),
    405: (
        N_("That does not work this way"),
        N_("This address cannot be used like that. Nothing was changed."),
    ),
    410: (
        N_("This has been withdrawn"),
        N_("Its owner has taken it back. Only the memory that it was here remains."),
    ),
    413: (
        N_("That was too much at once"),
        N_("What you sent is larger than this site takes. Nothing was changed."),
    ),
    415: (
        N_("We cannot read that kind of content"),
        N_("This address takes what our own forms send. Nothing was changed."),
    ),
    429: (N_("Too many tries"), N_("Wait a minute, then try again.")),
    500: (
        N_("Something broke on our side"),
        N_("It has been noted in the log. What you had saved is kept; try again in a moment."),
    ),
    503: BUSY,
}


def register(app: Flask) -> None:
    """Show every failure as a page; the API and the federation answer for their own."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFound, lambda error: page(404, error))
    app.register_error_handler(NotAllowed, lambda error: page(403, error))
    app.register_error_handler(Refusal, lambda error: page(400, error))
    app.register_error_handler(NotNow, _not_now)
    for kind in ERRORS:
        app.register_error_handler(kind, _hindered)
    app.register_error_handler(500, lambda error: page(500))


def page(
    status: int,
    error: Exception | str | None = None,
    *,
    reason: Mapping[str, str] | None = None,
    words: Hindrance | None = None,
) -> Response:
    """The page for a status, with the sentence of whoever refused, or the `reason` of whoever withdrew."""
    if "language" not in g:  # it broke on the doorstep, where nobody has asked yet
        choose()
    title, text = words or WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    if _software_asks():
        return problem(status, said(title))
    if isinstance(error, Refusal):
        sentences = [said(problem.message) for problem in error.problems]
    elif isinstance(error, str):
        sentences = [said(error)]
    else:
        sentences = []
    g.setdefault("officer", None)
    g.setdefault("community", None)
    body = render_template(
        "failure.html", status=status, title=title, text=text, sentences=sentences, reason=reason
    )
    return Response(body, status=status, mimetype="text/html")


def _software_asks() -> bool:
    """Whether a program is to be told; where programs alone have business, also one that takes anything."""
    path = request.path
    for_programs = path.endswith("/inbox") or path.startswith(PROGRAMS)
    return preferred(*(*SOFTWARE, "text/html") if for_programs else ("text/html", *SOFTWARE)) in SOFTWARE


def _not_now(error: NotNow) -> Response:
    words = hindrance(error.__cause__ or error) or Hindrance(AWAY.title, BUSY.text)
    return later(page(503, error, words=words))


def _hindered(error: Exception) -> Response:
    """The database is busy or away, or there is no room: it passes. Other faults with such names are ours."""
    words = hindrance(error)
    if words is None:
        raise error
    log.warning("cannot answer", path=request.path, why=told(error))
    return later(page(503, words=words))


def later(response: Response) -> Response:
    """An answer that says when to ask again."""
    response.headers["Retry-After"] = str(NotNow.RETRY_AFTER)
    return response


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    response = page(error.code)
    response.headers.extend((k, v) for k, v in error.get_headers() if k in ("Allow", "Retry-After"))
    return response
