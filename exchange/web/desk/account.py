"""Getting in and out: the one-time invitation, the log-in and the log-out of an officer."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue.people import officers
from exchange.messages import N_, Message, Problem, Refusal
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.language import current
from exchange.web.frame.reach import database

KEPT = "kept:"
Answer = str | tuple[str, int] | Response


@officer.get("/login")
def login() -> Answer:
    """The log-in page."""
    if g.officer is not None:
        return redirect(guard.local_path(request.args.get("next"), url_for("officer.desk")))
    return render_template(
        "login.html", problems=[], mailbox="", wanted=request.args.get("next", ""), kept=[]
    )


@officer.post("/login")
def log_in() -> Answer:
    """Try a mailbox and a password."""
    mailbox = request.form.get("mailbox", "")[:300]
    password = request.form.get("password", "")[:300]
    address = request.remote_addr or ""
    if not guard.limits().allows(address, mailbox):
        return _again(mailbox, N_("Too many tries. Wait a minute, then try again."), 429)
    with database().reading() as session:
        found = officers.authenticate(session, mailbox, password)
    token = None
    if found is not None:
        with database().writing() as session:
            if (known := officers.unchanged(session, found)) is not None:
                token = officers.open_session(session, known, lasting=guard.lasting())
    if found is None or token is None:
        return _again(mailbox, N_("This mailbox and this password do not belong together."), 422)
    guard.limits().forget(address, mailbox)
    _end_old_login()
    wanted = guard.local_path(request.form.get("next"), url_for("officer.desk"))
    if kept := _kept():
        g.officer = found
        page = render_template("resume.html", wanted=wanted, kept=kept)
        response: Response = Response(page, mimetype="text/html")
    else:
        response = redirect(wanted, 303)
    guard.log_in(response, token)
    return response


@officer.post("/logout")
def logout() -> Answer:
    """End the log-in, here and on the server."""
    _end_old_login()
    response = redirect(url_for("public.home", done="logged-out"), 303)
    guard.log_out(response)
    return response


@officer.get("/welcome/<token>")
def welcome(token: str) -> Answer:
    """The page that an invitation leads to."""
    with database().reading() as session:
        invited = officers.invited(session, token)
    return render_template(
        "welcome.html",
        problems=[],
        mailbox=invited.mailbox,
        token=token,
        again=invited.password_hash is not None,
    )


@officer.post("/welcome/<token>")
def accept(token: str) -> Answer:
    """Set the password, and log the officer in."""
    password = request.form.get("password", "")
    with database().reading() as session:
        invited = officers.invited(session, token)
        mailbox, again = invited.mailbox, invited.password_hash is not None
    if password != request.form.get("again", ""):
        problems = [Problem("again", Message(N_("The two passwords are not the same.")))]
        return render_template(
            "welcome.html", problems=problems, mailbox=mailbox, token=token, again=again
        ), 422
    _end_old_login()
    try:
        with database().writing() as session:
            found = officers.accept_invitation(session, token, password, current())
            cookie = officers.open_session(session, found, lasting=guard.lasting())
    except Refusal as refusal:
        if not any(p.path for p in refusal.problems):
            raise
        return render_template(
            "welcome.html", problems=refusal.problems, mailbox=mailbox, token=token, again=again
        ), 422
    response = redirect(url_for("officer.desk", done="welcome"), 303)
    guard.log_in(response, cookie)
    return response


def _again(mailbox: str, sentence: str, status: int) -> Answer:
    problems = [Problem("mailbox", Message(sentence))]
    wanted = request.form.get("next", "")
    return render_template(
        "login.html", problems=problems, mailbox=mailbox, wanted=wanted, kept=_kept()
    ), status


def _kept() -> list[tuple[str, str]]:
    """What somebody had written when their log-in ended, and the log-in page carried for them."""
    pairs = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in pairs if name.startswith(KEPT)]


def _end_old_login() -> None:
    """A log-in begins with a new token and leaves no older one of this browser behind."""
    old = request.cookies.get(guard.cookie_name())
    if old:
        with database().writing() as session:
            officers.close_session(session, old)
