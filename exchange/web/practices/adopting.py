"""Recording an adoption: which stage it has reached, what was changed, what came out or why it stopped."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response

from exchange.catalogue import lookup, shelf
from exchange.catalogue.adoption import adopt as adopting
from exchange.catalogue.adoption import reminders
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, WITHDRAWN, Practice
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.failures import page as failure
from exchange.web.frame.reach import database
from exchange.web.practices import adoption_form as forms

Answer = str | tuple[str, int] | Response
COMPARED = {
    "better": N_("better than at the origin"),
    "same": N_("as at the origin"),
    "worse": N_("not as good as at the origin"),
}


@officer.get("/practices/<key>/adopt")
@guard.officers_only
def adopt(key: str) -> Answer:
    """The form of an adoption, with what we said before."""
    by = guard.own_community()
    with database().reading() as session:
        practice, owner = _subject(session, key)
        before = _ours(session, practice, by)
        own = shelf.practices_of(session, by)
    if practice.state == WITHDRAWN:
        return failure(410, reason=practice.withdrawn_reason)
    if owner.id == by.id:
        raise NotAllowed(N_("A community does not adopt its own practice."))
    given = forms.told(before) if before else forms.empty()
    return _form(practice, owner, given, before, own, [])


@officer.post("/practices/<key>/adopt")
@guard.officers_only
def send_adoption(key: str) -> Answer:
    """Publish the adoption, or its next stage."""
    by = guard.own_community()
    problems: list[Problem] = []
    with database().reading() as session:
        practice, owner = _subject(session, key)
        before = _ours(session, practice, by)
        own = shelf.practices_of(session, by)
    given = forms.typed(practice)
    try:
        version = _version(given["version"])
        with database().writing() as session:
            adopting.adopt(
                session,
                session.get_one(Practice, practice.id),
                session.get_one(Community, by.id),
                stage=given["stage"],
                on=given["on"] or None,
                version=version,
                **forms.record(given, practice, before),
            )
    except Refusal as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        problems = [Problem(forms.field(p.path), p.message) for p in refusal.problems]
    if not problems:
        return redirect(url_for("public.practice", key=key, done="adopted", _anchor="adoptions"), 303)
    return _form(practice, owner, given, before, own, problems), 422


@officer.post("/desk/adoptions/<key>/heed")
@guard.officers_only
def heed(key: str) -> Response:
    """The new version was looked at; the adoption stays with the one it follows."""
    with database().writing() as session:
        found = lookup.adoption(session, key)
        guard.check_may(session.get_one(Community, found.publisher_id))
        adopting.heed(session, found)
    return redirect(url_for("officer.desk", done="heeded"), 303)


@officer.get("/desk/adoptions/<key>/take-back")
@guard.officers_only
def ask_to_take_adoption_back(key: str) -> Answer:
    """Ask once before an adoption is taken back; its practice may be withdrawn by now."""
    with database().reading() as session:
        found, practice = _our_own(session, key)
        owner = shelf.community_of(session, practice)
        adopter = session.get(Community, found.adopter_id) if found.adopter_id else None
    return render_template(
        "unadopt.html",
        adoption=found,
        practice=practice,
        owner=owner,
        adopter=adopter,
        gone=practice.state == WITHDRAWN,
    )


@officer.post("/desk/adoptions/<key>/take-back")
@guard.officers_only
def take_adoption_back(key: str) -> Response:
    """Erase an adoption that was recorded by mistake."""
    with database().writing() as session:
        found, _practice = _our_own(session, key)
        adopting.withdraw_adoption(session, found)
    return redirect(url_for("officer.desk", done="adoption-gone"), 303)


def _our_own(session: Session, key: str) -> tuple[Adoption, Practice]:
    found = lookup.adoption(session, key)
    guard.check_may(session.get_one(Community, found.publisher_id))
    if found.withdrawn_at is not None:
        raise NotFound(N_("There is no such adoption here."))
    return found, session.get_one(Practice, found.practice_id)


def _version(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refusal([Problem("version", Message(N_("There is no such version of the practice.")))])
    return int(text)


def _form(
    practice: Practice,
    owner: Community,
    given: dict[str, Any],
    before: Adoption | None,
    own: list[Practice],
    problems: list[Problem],
) -> str:
    asked = request.args.get("asked", "")
    return render_template(
        "adopt.html",
        practice=practice,
        owner=owner,
        given=given,
        before=before,
        own=own,
        measured=forms.measured(practice),
        problems=problems,
        compared=COMPARED,
        asked=int(asked) if asked in map(str, reminders.YEARS) else 0,
    )


def _subject(session: Session, key: str) -> tuple[Practice, Community]:
    practice = shelf.practice(session, key)
    return practice, shelf.community_of(session, practice)


def _ours(session: Session, practice: Practice, by: Community) -> Adoption | None:
    query = select(Adoption).where(
        Adoption.practice_id == practice.id,
        Adoption.adopter_id == by.id,
        Adoption.documented_by != OTHERS,
        Adoption.withdrawn_at == None,  # noqa: E711
    )
    return session.exec(query).first()
