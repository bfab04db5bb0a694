"""The first page of an instance: whoever holds the one-time link names it, and becomes its administrator."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import begin, officers
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.web.frame import guard
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, settings
from exchange.web.operators import founding

ORDER = (*founding.SITE, "languages", *founding.COMMUNITY, "mailbox", "password", "again")  # of the page
Answer = str | tuple[str, int] | Response


@public.get("/setup/<secret>")
def set_up(secret: str) -> Answer:
    """What has to be said before anybody can work here."""
    with database().reading() as session:
        begin.check(session, secret)
        if begin.is_done(session):
            return redirect(url_for("officer.login", done="set-up-already"))
    return _page(secret, founding.known(), [])


@public.post("/setup/<secret>")
def begin_instance(secret: str) -> Answer:
    """Set the instance up as a whole or not at all, and log its administrator in."""
    with database().reading() as session:
        begin.check(session, secret)
        if begin.is_done(session):  # sent twice, or by two people at once
            return redirect(url_for("officer.login", done="set-up-already"), 303)
    given = founding.sent((*founding.SITE, *founding.COMMUNITY, "mailbox"))
    password = request.form.get("password", "")
    first, problems = founding.community_of(given)
    problems += founding.wrong_site(given)
    if password != request.form.get("again", ""):
        problems.append(Problem("again", Message(N_("The two passwords are not the same."))))
    try:
        with database().writing() as session:
            officer = begin.set_up(
                session,
                secret,
                settings().origin,
                first,
                mailbox=given["mailbox"],
                password=password,
                language=current(),
            )
            if problems:
                raise Refusal(problems)
            cookie = officers.open_session(session, officer, lasting=guard.lasting())
            founding.write_site(given)  # the last thing before all of it holds
    except Refusal as refusal:
        if isinstance(refusal, NotFound) or not all(p.path for p in refusal.problems):
            raise
        paths = {p.path for p in problems}
        problems += [p for p in refusal.problems if p.path not in paths]
        return _page(secret, given, sorted(problems, key=_place))
    response = redirect(url_for("admin.house", done="set-up"), 303)
    guard.log_in(response, cookie)
    return response


def _place(problem: Problem) -> int:
    return ORDER.index(problem.path) if problem.path in ORDER else len(ORDER)


def _page(secret: str, given: dict[str, Any], problems: list[Problem]) -> Answer:
    with database().reading() as session:
        hosted = shelf.communities(session, local=True)
    page = render_template(
        "setup.html", secret=secret, given=given, problems=problems, communities=hosted, **founding.asked()
    )
    response = Response(page, 422 if problems else 200, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response
