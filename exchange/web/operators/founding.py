"""What an administrator says about the site and the communities that it hosts: at the beginning, and later on."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange import config
from exchange.catalogue import shelf
from exchange.catalogue.people import begin, officers
from exchange.config import LANGUAGES, ConfigurationError
from exchange.hindrance import hindrance
from exchange.messages import N_, Message, NotNow, Problem, Refusal
from exchange.vocabulary import names
from exchange.vocabulary.fields import clean
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, instance, settings
from exchange.web.operators import house

LONGEST_NAME = 100
SITE = ("name", "contact")
LATER = ("enforcement",)  # of the site, and not asked at the beginning
COMMUNITY = ("community.name", "community.country", "community.population")
DEGURBA = ("dg-1", "dg-2", "dg-3")
Answer = str | tuple[str, int] | Response
T = TypeVar("T")


@admin.get("/desk/instance/site")
@guard.officers_only
def site() -> Answer:
    """The name of the site, its mailbox and languages, how it is dressed, and its communities."""
    house.check()
    return page(known(), [])


@admin.post("/desk/instance/site")
@guard.officers_only
def change_site() -> Answer:
    """Another name, mailbox, or choice of languages."""
    house.check()
    given = sent((*SITE, *LATER))
    if problems := wrong_site(given):
        return page(known() | given, problems)
    write_site(given)
    return redirect(url_for("admin.site", done="search-changed"), 303)


@admin.post("/desk/instance/communities")
@guard.officers_only
def add_community() -> Answer:
    """One more community."""
    house.check()
    given = known() | sent(COMMUNITY)
    told, problems = community_of(given)
    try:
        with database().writing() as session:
            made = begin.found(session, settings().origin, told)
            if problems:
                raise Refusal(problems)
    except Refusal as refusal:
        paths = {p.path for p in problems}
        return page(given, problems + [p for p in refusal.problems if p.path not in paths])
    return redirect(url_for("public.community", ref=made.slug, done="community-added"), 303)


def sent(fields: tuple[str, ...]) -> dict[str, Any]:
    """What a form says about the site or a community, tidied; what the environment says is not asked."""
    given: dict[str, Any] = {name: clean(request.form.get(name, ""))[:300] for name in fields}
    if "name" in fields:
        given["languages"] = [code for code in LANGUAGES if code in request.form.getlist("languages")]
    if "community.name" in fields:
        degurba = request.form.get("community.degurba", "")
        given["community.degurba"] = degurba if degurba in DEGURBA else ""
    fixed = config.surroundings()
    return given | {name: value for name, value in known().items() if name in fixed and name in given}


def wrong_site(given: dict[str, Any]) -> list[Problem]:
    """What is wrong with what is said about the site."""
    problems = []
    if not given["name"] or len(given["name"]) > LONGEST_NAME:
        told = N_("A name of one line, at most %(limit)s characters.")
        problems.append(Problem("name", Message(told, {"limit": LONGEST_NAME})))
    if given["contact"] and not officers.is_mailbox(given["contact"]):
        problems.append(Problem("contact", Message(N_("This is not a mailbox."))))
    if not given["languages"]:
        problems.append(Problem("languages", Message(N_("Choose at least one language."))))
    return problems


def community_of(given: dict[str, Any]) -> tuple[begin.FirstCommunity, list[Problem]]:
    """What is said about a community, and what is wrong with its figures."""
    digits, problems = re.sub(r"[\s.,'’]", "", given["community.population"]), []
    if digits and not re.fullmatch(r"\d{1,8}", digits):
        told = N_("The population is a whole number of inhabitants.")
        problems.append(Problem("community.population", Message(told)))
        digits = ""
    told_of = begin.FirstCommunity(
        given["community.name"],
        given["community.country"],
        int(digits) if digits else None,
        given["community.degurba"] or None,
    )
    return told_of, problems


def write_site(given: dict[str, Any]) -> None:
    """Write down what the site is called. Raises Refusal when that cannot be."""
    first = current()
    spoken = sorted(given["languages"], key=lambda code: code != first)
    told = {name: given[name] for name in (*SITE, *LATER) if name in given}
    write(**told, languages=", ".join(spoken))


def write(**told: str) -> None:
    """Write settings down, but those that the environment makes. Raises Refusal when that cannot be."""
    fixed = config.surroundings()
    tried(lambda: instance().change(**{k: value for k, value in told.items() if k not in fixed}))


def tried(change: Callable[[], T]) -> T:
    """Do what changes the files of the instance. Raises Refusal when they do not let it."""
    try:
        return change()
    except (ConfigurationError, OSError) as error:
        kind = NotNow if hindrance(error) else Refusal
        raise kind(
            N_("The settings cannot be written, and nothing was changed: %(why)s"), why=str(error)
        ) from error


def known() -> dict[str, Any]:
    """What stands in the settings."""
    own = settings()
    plain = ("name", "contact", "languages", "enforcement", "colour", "crest")
    return {name: getattr(own, name) for name in plain} | {"mailbox": own.contact}


def asked() -> dict[str, Any]:
    """What the templates of these forms need."""
    return {
        "countries": names.countries(current()),
        "spoken_here": LANGUAGES,
        "fixed": config.surroundings(),
    }


def page(given: dict[str, Any], problems: list[Problem]) -> Answer:
    """The page, with what was given and what is wrong with it."""
    with database().reading() as session:
        hosted = shelf.communities(session, local=True)
    told = render_template("site.html", given=given, problems=problems, communities=hosted, **asked())
    return told, 422 if problems else 200
