"""Lending a voice in a theme, taking it back, and answering a review of one's own practice."""

from flask import redirect, render_template, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response

from exchange.catalogue import lookup, shelf
from exchange.catalogue.judging import answer as answering
from exchange.catalogue.judging import delegate, voices
from exchange.meeting import meet
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.models.delegation import Delegation
from exchange.models.practice import Practice
from exchange.models.review import Review
from exchange.translation import LANGUAGES
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, instance
from federation.errors import FetchError

Answer = str | tuple[str, int] | Response


@officer.get("/desk/voice")
@guard.officers_only
def voice() -> Answer:
    """Whom we have lent our voice, who has lent us theirs, and the form to lend it."""
    return _voice(request.args.get("theme", ""), request.args.get("to", "")[:500], [])


@officer.post("/desk/voice")
@guard.officers_only
def lend() -> Answer:
    """Lend our voice in a theme."""
    own = guard.own_community()
    theme, wanted = request.form.get("theme", ""), request.form.get("to", "").strip()[:500]
    try:
        if not wanted:
            raise Refusal([Problem("to", Message(N_("Write the handle or address of a community.")))])
        met = meet(instance(), wanted)
        with database().writing() as session:
            giver = session.get_one(Community, own.id)
            delegate.delegate(session, giver, theme, shelf.community(session, met))
    except NotFound as missing:
        return _voice(theme, wanted, [Problem("to", missing.problems[0].message)]), 422
    except NotAllowed:
        raise
    except Refusal as refusal:
        problems = [Problem(one.path or "to", one.message) for one in refusal.problems]
        return _voice(theme, wanted, problems), 422
    except FetchError as error:
        return _voice(theme, wanted, [Problem("to", Message(error.reason))]), 422
    return redirect(url_for("officer.voice", done="lent"), 303)


@officer.post("/desk/voice/<key>/take-back")
@guard.officers_only
def take_voice_back(key: str) -> Answer:
    """Take a voice of ours back."""
    with database().writing() as session:
        held = session.exec(select(Delegation).where(Delegation.key == key)).first()
        if held is None:
            raise NotFound(N_("This community has lent nobody its voice in this theme."))
        guard.check_may(session.get_one(Community, held.giver_id))
        delegate.revoke(session, held)
    return redirect(url_for("officer.voice", done="voice-back"), 303)


def _voice(theme: str, wanted: str, problems: list[Problem]) -> str:
    own = guard.own_community()
    with database().reading() as session:
        lent = [(one, _known(session, one.receiver)) for one in voices.holding(session, own)]
        spoken_for = voices.spoken_for(session, own)
    return render_template(
        "voice.html", lent=lent, spoken_for=spoken_for, theme=theme, wanted=wanted, problems=problems
    )


def _known(session: Session, uri: str) -> Community | None:
    return session.exec(select(Community).where(Community.uri == uri)).first()


@officer.get("/reviews/<key>/answer")
@guard.officers_only
def answer_review(key: str) -> Answer:
    """The form of an answer, with what was answered before."""
    with database().reading() as session:
        review, practice, reviewer = _subject(session, key)
        before = answering.to(session, review)
    if review.withdrawn_at is not None:
        return failure(410)
    language, text = next(iter(before.text.items()), (current(), "")) if before else (current(), "")
    return _answer_page(review, practice, reviewer, text, language, before is not None, [])


@officer.post("/reviews/<key>/answer")
@guard.officers_only
def send_answer(key: str) -> Answer:
    """Publish the answer, or take it back."""
    text, language = request.form.get("text", ""), request.form.get("language", "")
    language = language if language in LANGUAGES else current()
    problems: list[Problem] = []
    with database().reading() as session:
        review, practice, reviewer = _subject(session, key)
        before = answering.to(session, review)
    try:
        with database().writing() as session:
            held = session.get_one(Review, review.id)
            if request.form.get("take-back") and before is not None:
                if (told := answering.to(session, held)) is not None:  # a colleague may have been quicker
                    answering.take_back(session, told)
            else:
                answering.answer(session, held, {language: text})
    except NotAllowed:
        raise
    except Refusal as refusal:
        problems = refusal.problems
    if problems:
        return _answer_page(review, practice, reviewer, text, language, before is not None, problems), 422
    return redirect(
        url_for("public.practice", key=practice.key, done="review-answered", _anchor=f"review-{key}"), 303
    )


def _subject(session: Session, key: str) -> tuple[Review, Practice, Community]:
    review = lookup.review(session, key)
    practice = session.get_one(Practice, review.practice_id)
    guard.check_may(shelf.community_of(session, practice))
    return review, practice, session.get_one(Community, review.community_id)


def _answer_page(
    review: Review,
    practice: Practice,
    reviewer: Community,
    text: str,
    language: str,
    answered: bool,
    problems: list[Problem],
) -> str:
    return render_template(
        "answer.html",
        review=review,
        practice=practice,
        reviewer=reviewer,
        text=text,
        language=language,
        answered=answered,
        problems=problems,
    )
