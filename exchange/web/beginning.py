"""The first page of an instance: whoever holds the one-time link names it, and becomes its administrator."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue import begin, officers, shelf
from exchange.config import LANGUAGES, ConfigurationError
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.vocabulary import names
from exchange.vocabulary.fields import clean
from exchange.web import guard
from exchange.web.blueprints import public
from exchange.web.language import current
from exchange.web.reach import database, instance, settings

LONGEST_NAME = 100
FIELDS = ("name", "contact", "community.name", "community.country", "community.population", "mailbox")
ORDER = (
    *("name", "contact", "languages", "community.name", "community.country", "community.population"),
    *("mailbox", "password", "again"),
)  # in which the page asks
Answer = str | tuple[str, int] | Response


@public.get("/setup/<secret>")
def set_up(secret: str) -> Answer:
    """What has to be said before anybody can work here."""
    with database().reading() as session:
        begin.check(session, secret)
        if begin.is_done(session):
            return redirect(url_for("officer.login", done="set-up-already"))
    return _page(secret, _known(), [])


@public.post("/setup/<secret>")
def begin_instance(secret: str) -> Answer:
    """Set the instance up as a whole or not at all, and log its administrator in."""
    with database().reading() as session:
        begin.check(session, secret)
        if begin.is_done(session):  # sent twice, or by two people at once
            return redirect(url_for("officer.login", done="set-up-already"), 303)
    given: dict[str, Any] = {name: clean(request.form.get(name, ""))[:300] for name in FIELDS}
    given["languages"] = [code for code in LANGUAGES if code in request.form.getlist("languages")]
    degurba = request.form.get("community.degurba", "")
    given["community.degurba"] = degurba if degurba in ("dg-1", "dg-2", "dg-3") else ""
    password = request.form.get("password", "")
    problems, population = _wrong(given, password)
    first = begin.FirstCommunity(
        given["community.name"], given["community.country"], population, given["community.degurba"] or None
    )
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
            _name(given)
    except Refusal as refusal:
        if isinstance(refusal, NotFound) or not all(p.path for p in refusal.problems):
            raise
        known = {p.path for p in problems}
        problems += [p for p in refusal.problems if p.path not in known]
        return _page(
            secret, given, sorted(problems, key=lambda p: ORDER.index(p.path) if p.path in ORDER else 99)
        )
    response = redirect(url_for("admin.house", done="set-up"), 303)
    guard.log_in(response, cookie)
    return response


def _wrong(given: dict[str, Any], password: str) -> tuple[list[Problem], int | None]:
    """What is wrong with what only this page asks, and the population as a number."""
    problems = []
    if not given["name"] or len(given["name"]) > LONGEST_NAME:
        told = N_("A name of one line, at most %(limit)s characters.")
        problems.append(Problem("name", Message(told, {"limit": LONGEST_NAME})))
    if given["contact"] and not officers.is_mailbox(given["contact"]):
        problems.append(Problem("contact", Message(N_("This is not a mailbox."))))
    if not given["languages"]:
        problems.append(Problem("languages", Message(N_("Choose at least one language."))))
    if password != request.form.get("again", ""):
        problems.append(Problem("again", Message(N_("The two passwords are not the same."))))
    digits = re.sub(r"[\s.,'’]", "", given["community.population"])
    if digits and not re.fullmatch(r"\d{1,8}", digits):
        told = N_("The population is a whole number of inhabitants.")
        problems.append(Problem("community.population", Message(told)))
        digits = ""
    return problems, int(digits) if digits else None


def _name(given: dict[str, Any]) -> None:
    """Write down what the instance is called; the last thing before all of it holds."""
    first = current()
    spoken = sorted(given["languages"], key=lambda code: code != first)
    try:
        instance().change(name=given["name"], contact=given["contact"], languages=", ".join(spoken))
    except (ConfigurationError, OSError) as error:
        raise Refusal(
            N_("The settings cannot be written, and nothing was changed: %(why)s"), why=str(error)
        ) from error


def _known() -> dict[str, Any]:
    own = settings()
    return {"name": own.name, "contact": own.contact, "mailbox": own.contact, "languages": own.languages}


def _page(secret: str, given: dict[str, Any], problems: list[Problem]) -> Answer:
    with database().reading() as session:
        communities = shelf.communities(session, local=True)
    page = render_template(
        "setup.html",
        secret=secret,
        given=given,
        problems=problems,
        communities=communities,
        countries=names.countries(current()),
        spoken_here=LANGUAGES,
    )
    response = Response(page, 422 if problems else 200, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response
