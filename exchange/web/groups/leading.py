"""The coordinator's hand in consultations and campaigns: open one, moderate, close with a synthesis."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlmodel import Session

from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls, cluster, consult
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.call import CAMPAIGN, CONSULTATION, Call
from exchange.translation import LANGUAGES
from exchange.vocabulary.fields import clean
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.failures import page as failure
from exchange.web.frame.reach import database
from exchange.web.groups.calls import Answer, language, page
from exchange.web.groups.collections import texts_with

USUAL = timedelta(days=28)
FIELDS = ("title", "words", "theme", "opens_on", "closes_on", "open_to", "number", "counts", "place")
DONE = {"hide": "said-hidden", "show": "said-shown", "move": "said-moved", "close": "call-closed"}


@admin.get("/clusters/<slug>/calls/<any(consultation, campaign):kind>")
@guard.officers_only
def new_call(slug: str, kind: str) -> Answer:
    """The form to open a consultation or a campaign of a cluster."""
    _check()
    today = now().date()
    given = {"opens_on": today.isoformat(), "closes_on": (today + USUAL).isoformat(), "open_to": "members"}
    return _form(slug, kind, given, [])


@admin.post("/clusters/<slug>/calls/<any(consultation, campaign):kind>")
@guard.officers_only
def open_call(slug: str, kind: str) -> Answer:
    """Open it; whoever it concerns is told."""
    _check()
    given = {name: clean(request.form.get(name, ""))[:5000] for name in FIELDS}
    tongue = language()
    try:
        with database().writing() as session:
            made = calling.open_(
                session,
                cluster.cluster(session, slug),
                kind,
                title={tongue: given["title"]} if given["title"] else {},
                words={tongue: given["words"]} if given["words"] else {},
                theme=given["theme"],
                opens_on=given["opens_on"],
                closes_on=given["closes_on"],
                open_to=given["open_to"],
                aim={name: given[name] for name in ("number", "counts", "place")},
            )
            key = made.key
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _form(slug, kind, given, refusal.problems), 422
    return redirect(url_for(f"public.{kind}", key=key, done="call-opened"), 303)


@admin.post("/consultations/<key>/lead", defaults={"kind": CONSULTATION})
@admin.post("/campaigns/<key>/lead", defaults={"kind": CAMPAIGN})
@guard.officers_only
def lead_call(key: str, kind: str) -> Answer:
    """Hide a contribution or show it again, move it; close the whole or take it back."""
    _check()
    verb = request.form.get("do", "")
    try:
        with database().writing() as session:
            found = calls.call(session, key, kind)
            slug = found.owner.rpartition("/")[2]
            _do(session, found, verb)
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        with database().reading() as session:
            found = calls.call(session, key, kind)
            if found.withdrawn_at is not None:
                return failure(410)
            named = [Problem(_field(one.path, verb), one.message) for one in refusal.problems]
            return page(session, found, named), 422
    if verb == "remove":
        return redirect(url_for("public.one_cluster", slug=slug, done="call-gone"), 303)
    return redirect(url_for(f"public.{kind}", key=key, done=DONE[verb]), 303)


@admin.get("/consultations/<key>/edit", defaults={"kind": CONSULTATION})
@admin.get("/campaigns/<key>/edit", defaults={"kind": CAMPAIGN})
@guard.officers_only
def edit_call(key: str, kind: str) -> Answer:
    """The form to say a title and a question anew, in one language or another, and to give more time."""
    _check()
    return _edit(key, kind, {}, [])


@admin.post("/consultations/<key>/edit", defaults={"kind": CONSULTATION})
@admin.post("/campaigns/<key>/edit", defaults={"kind": CAMPAIGN})
@guard.officers_only
def change_call(key: str, kind: str) -> Answer:
    """Change it as the form says."""
    _check()
    given = {name: clean(request.form.get(name, ""))[:5000] for name in ("title", "words", "closes_on")}
    tongue = language()
    try:
        with database().writing() as session:
            found = calls.call(session, key, kind)
            calling.change(
                session,
                found,
                title=texts_with(found.title, tongue, given["title"]),
                words=texts_with(found.words, tongue, given["words"]),
                closes_on=given["closes_on"],
            )
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _edit(key, kind, given, refusal.problems), 422
    return redirect(url_for(f"public.{kind}", key=key, done="call-changed"), 303)


def _edit(key: str, kind: str, given: dict[str, Any], problems: list[Problem]) -> str:
    with database().reading() as session:
        found = calls.call(session, key, kind)
        calling.check(found)
    tongue = request.args.get("language") or language(next(iter(found.title), ""))
    tongue = tongue if tongue in LANGUAGES else language()
    held = {
        "title": found.title.get(tongue, ""),
        "words": found.words.get(tongue, ""),
        "closes_on": found.closes_on.isoformat(),
    }
    return render_template(
        "edit_call.html",
        call=found,
        given=held | given,
        problems=problems,
        language=tongue,
        tongues=LANGUAGES,
    )


def _do(session: Session, found: Call, verb: str) -> None:
    which, tongue = request.form.get("contribution", "")[:2000], language()
    text = clean(request.form.get("words", ""))
    words = {tongue: text} if text else {}
    if verb == "hide":
        consult.hide(session, found, which, words)
    elif verb == "show":
        consult.show_again(session, found, which)
    elif verb == "move":
        consult.move(
            session, found, which, calls.call(session, request.form.get("to", "")[:2000], CONSULTATION)
        )
    elif verb == "close":
        calling.close(session, found, words)
    elif verb == "remove":
        calling.remove(session, found)
    else:
        raise Refusal(N_("Please choose"))


def _field(path: str, verb: str) -> str:
    """The field of the page that a problem is about."""
    key = request.form.get("contribution", "").rpartition("/")[2]
    if verb == "close":
        return "synthesis"
    return f"{'to' if path == 'to' else 'reason'}-{key}" if verb in ("hide", "move") else ""


def _form(slug: str, kind: str, given: dict[str, Any], problems: list[Problem]) -> str:
    with database().reading() as session:
        found = cluster.cluster(session, slug)
    return render_template(
        "new_call.html", cluster=found, kind=kind, given=given, problems=problems, language=language()
    )


def _check() -> None:
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators lead a cluster."))
