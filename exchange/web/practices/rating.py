"""Reviewing a practice: eight criteria, how one knows it, and why."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.judging import review as reviewing
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.translation import LANGUAGES
from exchange.vocabulary import concepts
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current
from exchange.web.frame.reach import database

Answer = str | tuple[str, int] | Response
NOT_APPLICABLE = "na"


@officer.get("/practices/<key>/rate")
@guard.officers_only
def rate(key: str) -> Answer:
    """The form of a review, with what we said before."""
    by = guard.own_community()
    with database().reading() as session:
        practice, owner = _subject(session, key)
        before = _ours(session, practice, by)
    if practice.state == WITHDRAWN:
        return failure(410, reason=practice.withdrawn_reason)
    if owner.id == by.id:
        raise NotAllowed(N_("Nobody rates a practice of their own."))
    given = _told(before) if before else {"language": current(), "ratings": {}}
    return render_template(
        "rate.html", practice=practice, owner=owner, given=given, before=before, problems=[]
    )


@officer.post("/practices/<key>/rate")
@guard.officers_only
def send_review(key: str) -> Answer:
    """Publish the review, or take it back."""
    by = guard.own_community()
    given = _typed()
    problems: list[Problem] = []
    done = "rated"
    try:
        with database().writing() as session:
            practice, _owner = _subject(session, key)
            community = session.get_one(Community, by.id)
            if request.form.get("take-back"):
                before = _ours(session, practice, community)
                if before is None:
                    raise NotFound(N_("You have not reviewed this practice."))
                reviewing.withdraw_review(session, before)
                done = "review-withdrawn"
            else:
                reviewing.review(
                    session,
                    practice,
                    community,
                    relation=given["relation"],
                    ratings={c: None if v == NOT_APPLICABLE else int(v) for c, v in given["ratings"].items()},
                    conflict=given["conflict"],
                    comment={given["language"]: given["comment"]},
                )
    except Refusal as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        problems = refusal.problems
    if not problems:
        return redirect(url_for("public.practice", key=key, done=done, _anchor="reviews"), 303)
    with database().reading() as session:
        practice, owner = _subject(session, key)
        before = _ours(session, practice, by)
    body = render_template(
        "rate.html", practice=practice, owner=owner, given=given, before=before, problems=problems
    )
    return body, 422


def _subject(session: Session, key: str) -> tuple[Practice, Community]:
    practice = shelf.practice(session, key)
    return practice, shelf.community_of(session, practice)


def _ours(session: Session, practice: Practice, by: Community) -> Review | None:
    query = select(Review).where(
        Review.practice_id == practice.id,
        Review.community_id == by.id,
        Review.withdrawn_at == None,  # noqa: E711
    )
    return session.exec(query).first()


def _told(before: Review) -> dict[str, Any]:
    language, comment = next(iter(before.comment.items()), (current(), ""))
    return {
        "relation": before.relation,
        "conflict": before.conflict,
        "comment": comment,
        "language": language if language in LANGUAGES else current(),
        "ratings": {c: NOT_APPLICABLE if v is None else str(v) for c, v in before.ratings.items()},
    }


def _typed() -> dict[str, Any]:
    """What came with the form; a rating that is not one of the choices is left out."""
    form = request.form
    ratings = {c.id: form.get(f"ratings.{c.id}", "") for c in concepts.scheme("rating-criteria")}
    language = form.get("language", "")
    return {
        "relation": form.get("relation", ""),
        "conflict": form.get("conflict") == "yes",
        "comment": form.get("comment", ""),
        "language": language if language in LANGUAGES else current(),
        "ratings": {c: v for c, v in ratings.items() if v in ("1", "2", "3", "4", "5", NOT_APPLICABLE)},
    }
