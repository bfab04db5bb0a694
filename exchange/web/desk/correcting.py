"""Telling the owner of a practice what is wrong in it, without an account; and reading that at the desk."""

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import correct as correcting
from exchange.catalogue.people import letters
from exchange.catalogue.practices import look_again as looking
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.vocabulary.fields import clean
from exchange.web.desk.moderating import back
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer, public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, settings

FIELDS = ("text", "source", "contact")
TRAP = "website"  # a field that people do not see; what fills it is no person


@public.get("/practices/<key>/correct")
def correct(key: str) -> str | Response:
    """The form; of a practice that lives elsewhere, the way to its owner."""
    with database().reading() as session:
        practice, owner = _subject(session, key)
    if practice.state == WITHDRAWN:
        return failure(410, reason=practice.withdrawn_reason)
    return _form(practice, owner, dict.fromkeys(FIELDS, ""), [])


@public.post("/practices/<key>/correct")
def send_correction(key: str) -> str | tuple[str, int] | Response:
    """Lay the request on the owner's desk."""
    given = {name: clean(request.form.get(name, "")) for name in FIELDS}
    with database().reading() as session:
        practice, owner = _subject(session, key)
    if practice.state == WITHDRAWN:
        return failure(410, reason=practice.withdrawn_reason)
    if request.form.get(TRAP):
        return redirect(url_for("public.practice", key=practice.key, done="asked"), 303)
    if not current_app.extensions["correction_limits"].allows(request.remote_addr or ""):
        late = Message(N_("That was often in a short time. Wait an hour, then send it again."))
        return _form(practice, owner, given, [Problem("text", late)]), 429
    try:
        with database().writing() as session:
            correcting.ask(session, shelf.practice(session, key), language=current(), **given)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        problems = [Problem(p.path or "text", p.message) for p in refusal.problems]
        return _form(practice, owner, given, problems), 422
    return redirect(url_for("public.practice", key=practice.key, done="asked"), 303)


@officer.post("/desk/corrections/<key>/settle")
@guard.officers_only
def settle_correction(key: str) -> Response:
    """The owner has decided."""
    taken_up, reason = request.form.get("answer") == "yes", request.form.get("reason", "")
    with database().writing() as session:
        found = correcting.of_key(session, key)
        practice = session.get_one(Practice, found.practice_id)
        guard.check_may(shelf.community_of(session, practice))
        letters.correction_settled(session, settings(), found, practice, taken_up, clean(reason))
        correcting.settle(session, found, taken_up=taken_up, by=g.officer, reason=reason)
    if taken_up:
        return redirect(url_for("officer.ask_to_revise", key=practice.key), 303)
    return back("request-done")


@officer.post("/practices/<key>/still-so")
@guard.officers_only
def still_so(key: str) -> Response:
    """The owner has read the practice again, and it is right as it is."""
    with database().writing() as session:
        practice, owner = _subject(session, key)
        guard.check_may(owner)
        looking.still_so(session, practice)
    return redirect(url_for("public.practice", key=practice.key, done="still-so"), 303)


def _form(practice: Practice, owner: Community, given: dict[str, Any], problems: list[Problem]) -> str:
    return render_template(
        "correct.html", practice=practice, owner=owner, given=given, problems=problems, trap=TRAP
    )


def _subject(session: Session, key: str) -> tuple[Practice, Community]:
    found = shelf.practice(session, key)
    return found, shelf.community_of(session, found)
