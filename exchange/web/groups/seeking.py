"""An officer says what their community looks for, and sees what others did about it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue.communities import seek
from exchange.messages import NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary.fields import clean
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.language import current
from exchange.web.frame.reach import database

ROOM = 2  # empty wishes that stand below what was said


@officer.get("/desk/seeks")
@guard.officers_only
def seeks() -> str:
    """What our community looks for, and what fits."""
    own = guard.own_community()
    with database().reading() as session:
        return _page(session, session.get_one(Community, own.id), [])


@officer.post("/desk/seeks")
@guard.officers_only
def say() -> Response | tuple[str, int]:
    """Say it anew."""
    own = guard.own_community()
    try:
        with database().writing() as session:
            community = session.get_one(Community, own.id)
            seek.seek(session, community, _typed(seek.sought(community)))
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed | NotFound):
            raise
        with database().reading() as session:
            community = session.get_one(Community, own.id)
            return _page(session, community, refusal.problems, _typed(seek.sought(community))), 422
    return redirect(url_for("officer.seeks", done="saved"), 303)


def _typed(before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The wishes of the form; what a wish says in other languages stays as it was.

    A wish that was there and has no theme any more is taken back; one that is new and has none is asked for it.
    """
    wishes = []
    for number in range(seek.MOST + 1):
        row = f"seeks.{number}"
        theme = clean(request.form.get(f"{row}.theme", ""))[:60]
        text = clean(request.form.get(f"{row}.problem", ""))[:700]
        if not theme and (not text or number < len(before)):
            continue
        old = before[number] if number < len(before) and before[number]["theme"] == theme else {}
        language = clean(request.form.get(f"{row}.language", ""))[:12] or current()
        problem = {**(old.get("problem") or {}), language: text}
        problem = {k: v for k, v in problem.items() if v}
        wishes.append({"theme": theme, **({"problem": problem} if problem else {})})
    return wishes


def _page(
    session: Session, community: Community, problems: list[Problem], typed: list[dict[str, Any]] | None = None
) -> str:
    held = seek.sought(community)
    wishes = [{**w, "kept": n < len(held)} for n, w in enumerate(held if typed is None else typed)]
    room = [{"theme": "", "problem": {}}] * max(0, min(ROOM, seek.MOST - len(wishes)))
    return render_template(
        "seeks.html",
        community=community,
        wishes=[*wishes, *room],
        matches=seek.matches(session, community),
        problems=problems,
    )
