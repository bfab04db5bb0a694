"""An officer's desk: what is begun, what is published, and what came in about it."""

from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.adoption import handshake as answering
from exchange.catalogue.adoption import reminders
from exchange.catalogue.clusters import calls, overview
from exchange.catalogue.judging import answer as judged
from exchange.catalogue.people import correct as correcting
from exchange.catalogue.practices import draft
from exchange.catalogue.practices import look_again as looking
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.handshake import CONFIRMED, CONTESTED, OPEN
from exchange.models.practice import OTHERS, Draft, Practice
from exchange.models.review import Review
from exchange.vocabulary import completeness
from exchange.vocabulary.fields import clean
from exchange.web.desk import asking, moderating
from exchange.web.find import followed, searches
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.language import current
from exchange.web.frame.reach import database
from exchange.web.groups.communities import adoptions_of_all
from exchange.web.writing import answers

RECENT = 20
STATES = {"yes": CONFIRMED, "no": CONTESTED, "open": OPEN}
DONE = {CONFIRMED: "confirmed", CONTESTED: "contested", OPEN: "lifted"}


@officer.get("/desk")
@guard.officers_only
def desk() -> str:
    """Where an officer begins."""
    with database().reading() as session:
        if g.community is None:
            return render_template(
                "desk.html",
                community=None,
                **_led(session),
                to_close=calls.to_close(session) if guard.may_govern() else [],
                to_moderate=moderating.waiting(session),
                searches=searches.waiting(session),
                follows=followed.follows(session),
            )
        own = shelf.practices_of(session, g.community)
        ids = [p.id for p in own if p.id is not None]
        incoming = [
            row
            for row in adoptions_of_all(session, ids)
            if row[0].documented_by != OTHERS and not row[0].record.get("inverse")
        ]
        return render_template(
            "desk.html",
            community=g.community,
            **_led(session),
            questions=asking.waiting(session),
            searches=searches.waiting(session),
            follows=followed.follows(session),
            to_moderate=moderating.waiting(session),
            drafts=[(d, *_state(d)) for d in draft.drafts_of(session, g.community)],
            practices=own,
            overdue=looking.overdue(session, g.community),
            corrections=correcting.waiting(session, g.community),
            to_confirm=[row for row in incoming if row[0].confirmed is None],
            answered=[
                (*row, answering.of(session, row[0], g.community))
                for row in incoming
                if row[0].confirmed is not None
            ][:RECENT],
            reviews=(found := reviews_of(session, ids)),
            said=judged.of_all(session, [review for review, _by, _about in found]),
            own_adoptions=[
                (a, p, owner, answering.of(session, a, owner))
                for a, p in shelf.adopted_by(session, g.community)
                for owner in (shelf.community_of(session, p),)
            ],
            open_calls=calls.awaiting(session, g.community),
            to_close=calls.to_close(session) if guard.may_govern() else [],
            due=reminders.questions(session, g.community),
            news=reminders.news(session, g.community),
        )


def _led(session: Session) -> dict[str, Any]:
    """The clusters of this instance for who leads them, with what is new since they were here."""
    since = g.officer.seen_before_at
    return {"led": overview.overviews(session, since) if guard.may_govern() else [], "since": since}


@officer.get("/desk/adoptions/<key>/answer")
@guard.officers_only
def ask_for_answer(key: str) -> str:
    """What an adopter says of our practice, and the form to confirm or contest it."""
    with database().reading() as session:
        return _answer_form(session, key, "", [])


@officer.post("/desk/adoptions/<key>/answer")
@guard.officers_only
def answer(key: str) -> Response | tuple[str, int]:
    """Say of somebody's adoption of our practice that it is so, that it is not and why, or take that back."""
    state = STATES.get(request.form.get("answer", "yes"), CONFIRMED)
    reason = clean(request.form.get("reason", ""))
    try:
        with database().writing() as session:
            adoption, _practice, _owner = _subject(session, key)
            answering.answer(session, adoption, state, reason={current(): reason} if reason else None)
    except Refusal as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        with database().reading() as session:
            return _answer_form(session, key, reason, refusal.problems), 422
    return redirect(url_for("officer.desk", done=DONE[state]), 303)


def _answer_form(session: Session, key: str, reason: str, problems: list[Problem]) -> str:
    adoption, practice, owner = _subject(session, key)
    adopter = session.get(Community, adoption.adopter_id) if adoption.adopter_id else None
    said = answering.of(session, adoption, owner)
    held = next(iter(said.reason.values()), "") if said else ""
    return render_template(
        "handshake.html",
        adoption=adoption,
        practice=practice,
        adopter=adopter,
        said=said,
        reason=reason or held,
        problems=problems,
    )


def _subject(session: Session, key: str) -> tuple[Adoption, Practice, Community]:
    adoption = session.exec(select(Adoption).where(Adoption.key == key)).first()
    if adoption is None or adoption.withdrawn_at is not None:
        raise NotFound(N_("There is no such adoption here."))
    practice = session.get_one(Practice, adoption.practice_id)
    owner = shelf.community_of(session, practice)
    guard.check_may(owner)
    return adoption, practice, owner


def _state(kept: Draft) -> tuple[str, int, int]:
    """A draft's title as far as it has one, how complete it is in percent, and what came in wrong."""
    language = str(kept.data.get("language", "und"))
    title = (kept.data.get("title") or {}).get(language, "")
    wrong = len(answers.wrongly_put(kept.data)) if kept.aside is not None else 0
    return title, completeness.score(answers.readable(kept.data)), wrong


def reviews_of(session: Session, practice_ids: list[int]) -> list[tuple[Review, Community, Practice]]:
    """The reviews of these practices, the last written first."""
    query = (
        select(Review, Community, Practice)
        .join(Community, Community.id == Review.community_id)  # type: ignore[arg-type]
        .join(Practice, Practice.id == Review.practice_id)  # type: ignore[arg-type]
        .where(col(Review.practice_id).in_(practice_ids), Review.withdrawn_at == None)  # noqa: E711
        .order_by(col(Review.modified_at).desc())
    )
    return list(session.exec(query.limit(RECENT)))
