"""Asking the owner of a practice: a form that anybody may send, and the questions at the owner's desk."""

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import ask as asking
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.question import Question
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer, public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.reach import database, settings

FIELDS = ("mailbox", "name", "text")
Answer = str | tuple[str, int] | Response


@public.get("/practices/<key>/ask")
def ask(key: str) -> Answer:
    """The form; for a practice of another instance the way to its owner there."""
    own = {
        "mailbox": g.officer.mailbox if g.officer else "",
        "name": g.community.called() if g.community else "",
    }
    return _page(key, own)


@public.post("/practices/<key>/ask")
def send_question(key: str) -> Answer:
    """Give the question to the owner."""
    given = {name: request.form.get(name, "") for name in FIELDS}
    if request.form.get("website"):  # a field that people do not see, and programs fill in
        return _page(key, given, sent=True)
    if not guard.limits().may_ask(request.remote_addr or "", key):
        told = Message(N_("Too many questions were sent from here. Wait an hour, then try again."))
        return _page(key, given, [Problem("text", told)], 429)
    try:
        with database().writing() as session:
            asking.ask(session, settings(), shelf.practice(session, key), **given)
    except Refusal as refusal:
        if not any(problem.path for problem in refusal.problems):
            raise
        return _page(key, given, refusal.problems, 422)
    return redirect(url_for("public.ask", key=key, done="asked"), 303)


@officer.post("/desk/questions/<key>/done")
@guard.officers_only
def settle_question(key: str) -> Response:
    """The question has been answered."""
    with database().writing() as session:
        asked = asking.question(session, key)
        guard.check_may(shelf.community_of(session, session.get_one(Practice, asked.practice_id)))
        asking.settle(session, asked)
    return redirect(url_for("officer.desk", done="question-done"), 303)


def waiting(session: Session) -> list[tuple[Question, Practice]]:
    """The questions at the officer's desk."""
    return asking.waiting(session, g.community) if g.community else []


def _page(
    key: str,
    given: dict[str, str],
    problems: list[Problem] | None = None,
    status: int = 200,
    *,
    sent: bool = False,
) -> Answer:
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state != PUBLISHED:
            return failure(410)
        owner = shelf.community_of(session, found)
        page = render_template(
            "ask.html",
            practice=found,
            owner=owner,
            elsewhere=None if found.local else asking.page_elsewhere(found, owner),
            reachable=asking.reachable(session, found),
            given=given,
            problems=problems or [],
            sent=sent or request.args.get("done") == "asked",
        )
    return page, status
