"""What stands before every page: who is asking, whether the request comes from our own page, what a page may load."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import officers
from exchange.messages import N_, NotAllowed
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.web.frame.reach import database, settings

PAGES = ("public", "officer", "admin")  # the blueprints whose requests a browser makes with a cookie
SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
STRICT = ("Strict-Transport-Security", "max-age=31536000")
P = ParamSpec("P")
R = TypeVar("R")


def register(app: Flask) -> None:
    """Guard every page of `app`."""
    app.before_request(_identify)
    app.before_request(_refuse_foreign_forms)
    app.after_request(_headers)


def everywhere(origin: str) -> list[tuple[str, str]]:
    """The headers of every answer of the instance at `origin`, whatever it answers."""
    headers = [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    return [*headers, STRICT] if origin.startswith("https://") else headers


def cookie_name() -> str:
    """The session cookie; bound to the host by its prefix wherever the site is on https."""
    return "__Host-session" if settings().origin.startswith("https://") else "session"


def lasting() -> timedelta:
    """How long a log-in lasts here."""
    return timedelta(hours=settings().session_hours)


def log_in(response: Response, token: str) -> None:
    """Give the browser the token of a log-in."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(lasting().total_seconds()),
        secure=settings().origin.startswith("https://"),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def log_out(response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(
        cookie_name(),
        secure=settings().origin.startswith("https://"),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def officers_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """A page for people who have logged in; others log in first and come back to it.

    A log-in that ended while somebody wrote takes nothing with it: the page that asks for the password
    carries what was sent, and gives it back afterwards.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if g.officer is not None:
            return view(*args, **kwargs)
        if request.method in SAFE:
            return redirect(url_for("officer.login", next=request.full_path.rstrip("?")))
        kept = list(request.form.items(multi=True))
        page = render_template("login.html", problems=[], mailbox="", wanted=request.path, kept=kept)
        return Response(page, status=401, mimetype="text/html")

    return guarded


def own_community() -> Community:
    """The community that the officer acts for."""
    if g.community is None:
        raise NotAllowed(N_("Your account acts for no community of its own. Ask your operator for one."))
    return g.community


def check_may(community: Community) -> None:
    """Refuse when the officer does not act for `community`."""
    if g.officer is None or not officers.may(g.officer, community):
        raise NotAllowed(N_("You act for another community."))


def may_govern() -> bool:
    """Whether the officer decides about following other instances."""
    return g.officer is not None and g.officer.role in ("coordinator", "admin")


def is_admin() -> bool:
    """Whether the officer administers the whole instance."""
    return g.officer is not None and g.officer.role == "admin"


def local_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` when it is a path on this site, else `otherwise`; nobody is sent elsewhere."""
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return otherwise
    if any(ord(c) < 33 or c == "\\" for c in wanted):
        return otherwise
    return quote(wanted, safe="/?&=%#:@,+;~!$'()*-._")


def _identify() -> None:
    g.officer = None
    g.community = None
    token = request.cookies.get(cookie_name()) if request.blueprint in (*PAGES, None) else None
    if not token:
        return
    with database().reading() as session:
        officer: Officer | None = officers.officer_of(session, token)
        if officer is not None:
            g.officer = officer
            g.community = session.get(Community, officer.community_id) if officer.community_id else None
            if g.community is None and officer.role == "admin":
                g.community = next(iter(shelf.communities(session, local=True)), None)


def _refuse_foreign_forms() -> None:
    """An unsafe request must come from our own page: its Sec-Fetch-Site or Origin header says so.

    Browsers send at least one of the two with every form; a request with neither can only act for
    somebody when it carries a cookie, and then it is refused.
    """
    if request.method in SAFE or request.blueprint not in PAGES:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        own = site in ("same-origin", "none")
    elif origin is not None:
        own = origin == settings().origin
    else:
        own = cookie_name() not in request.cookies
    if not own:
        raise NotAllowed(N_("This form was sent from another site. Open the page here and send it again."))


def _headers(response: Response) -> Response:
    headers = response.headers
    for name, value in everywhere(settings().origin):
        headers.setdefault(name, value)
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("Cache-Control", "private, no-store" if g.get("officer") else "private, no-cache")
        if not g.get("officer") and request.method in ("GET", "HEAD") and response.status_code == 200:
            response.add_etag()  # who has been here before is told that nothing changed, and sent no page
            response.make_conditional(request)
    if request.endpoint == "static" and request.args.get("v"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def limits() -> Any:
    """The counter of log-in tries of this application."""
    return current_app.extensions["login_limits"]


def knows_the_password() -> bool:
    """Whether whoever is at the keyboard is the officer still; tries are counted as at the log-in."""
    address, mailbox = request.remote_addr or "", g.officer.mailbox
    if not limits().allows(address, mailbox):
        return False
    with database().reading() as session:
        known = officers.authenticate(session, mailbox, request.form.get("password", "")[:300])
    if known is None:
        return False
    limits().forget(address, mailbox)
    return True
