"""An officer's own account: what is kept about them, a new password, and the way out."""

import json
from datetime import datetime

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue.people import leave, letters, officers
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import now
from exchange.models.officer import Officer
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.reach import database, settings
from exchange.web.operators.people import WORDS

Answer = str | tuple[str, int] | Response
TOO_OFTEN = Message(N_("Too many tries. Wait a minute, then try again."))


@officer.get("/desk/account")
@guard.officers_only
def account() -> Answer:
    """Who one is here."""
    return _page()


@officer.post("/desk/account")
@guard.officers_only
def change_account() -> Answer:
    """Another language for letters."""
    language = request.form.get("language", "")
    with database().writing() as session:
        if language in settings().languages:
            own = session.get_one(Officer, g.officer.id)
            own.language = language
            session.add(own)
    return redirect(url_for("officer.account", done="search-changed"), 303)


@officer.get("/desk/account/data.json")
@guard.officers_only
def own_data() -> Response:
    """Everything that is kept about this officer, as a file."""
    with database().reading() as session:
        kept = leave.what_is_kept(session, session.get_one(Officer, g.officer.id))
    told = {"site": settings().origin, "at": now(), **kept}
    text = json.dumps(told, ensure_ascii=False, indent=2, default=_plain)
    answer = Response(text + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = "attachment; filename=jumelage-account.json"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@officer.post("/desk/account/password")
@guard.officers_only
def change_password() -> Answer:
    """Another password; every other log-in of this account ends."""
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        return _page([Problem("again", Message(N_("The two passwords are not the same.")))])
    if not _may_try():
        return _page([Problem("old", TOO_OFTEN)], 429)
    try:
        with database().writing() as session:
            officers.change_password(session, g.officer, request.form.get("old", "")[:300], new)
            own = session.get_one(Officer, g.officer.id)
            token = officers.open_session(session, own, lasting=guard.lasting())
            letters.password_changed(session, settings(), own)
    except Refusal as refusal:
        return _page(refusal.problems)
    _knew()
    response = redirect(url_for("officer.account", done="password-changed"), 303)
    guard.log_in(response, token)
    return response


@officer.get("/desk/account/delete")
@guard.officers_only
def ask_to_leave() -> Answer:
    """What goes and what stays, and the password once more."""
    return _leaving([])


@officer.post("/desk/account/delete")
@guard.officers_only
def leave_for_good() -> Answer:
    """Erase the account."""
    if not _may_try():
        return _leaving([Problem("password", TOO_OFTEN)], 429)
    try:
        with database().writing() as session:
            leave.leave(session, g.officer, request.form.get("password", "")[:300])
            letters.account_deleted(session, settings(), g.officer.mailbox, g.officer.language)
    except NotAllowed as refusal:
        return _leaving([Problem("", p.message) for p in refusal.problems], 403)
    except Refusal as refusal:
        return _leaving(refusal.problems)
    response = redirect(url_for("public.home", done="account-gone"), 303)
    guard.log_out(response)
    return response


def _may_try() -> bool:
    return bool(guard.limits().allows(request.remote_addr or "", g.officer.mailbox))


def _knew() -> None:
    guard.limits().forget(request.remote_addr or "", g.officer.mailbox)


def _page(problems: list[Problem] | None = None, status: int = 422) -> Answer:
    page = render_template("account.html", problems=problems or [], role=WORDS[g.officer.role])
    return page, status if problems else 200


def _leaving(problems: list[Problem], status: int = 422) -> Answer:
    with database().reading() as session:
        last = leave.is_last_administrator(session, g.officer)
    page = render_template("leave.html", problems=problems, last=last)
    return page, status if problems else 200


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
