"""Consultations and campaigns as pages: all, one, and an officer's part in them."""

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue.clusters import calls, contribute, progress
from exchange.fetching import fetch_now
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.call import CAMPAIGN, CONSULTATION, Call
from exchange.models.community import Community
from exchange.translation import LANGUAGES
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer, public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, instance
from federation.errors import FederationError

Answer = str | tuple[str, int] | Response


@public.get("/consultations")
def consultations() -> str:
    """All consultations that are known here."""
    return _list(CONSULTATION)


@public.get("/campaigns")
def campaigns() -> str:
    """All campaigns that are known here."""
    return _list(CAMPAIGN)


def _list(kind: str) -> str:
    with database().reading() as session:
        found = [(one, calls.is_open(one), calls.begins(one)) for one in calls.all_(session, kind)]
        sizes = calls.sizes(session)
    return render_template("calls.html", kind=kind, calls=found, sizes=sizes)


@public.get("/consultations/<key>")
def consultation(key: str) -> Answer:
    """One consultation: the question, what communities say to it, and what came out."""
    with database().reading() as session:
        found = calls.call(session, key, CONSULTATION)
        return failure(410) if found.withdrawn_at is not None else page(session, found)


@public.get("/campaigns/<key>")
def campaign(key: str) -> Answer:
    """One campaign: its goal, what has come so far, and what is missing."""
    with database().reading() as session:
        found = calls.call(session, key, CAMPAIGN)
        return failure(410) if found.withdrawn_at is not None else page(session, found)


def page(session: Session, found: Call, problems: list[Problem] | None = None) -> str:
    """The page of a call, with what was wrong in the form that was sent on it."""
    own: Community | None = g.community
    opened = calls.is_open(found)
    common = {
        "call": found,
        "is_open": opened,
        "begins": calls.begins(found),
        "may_speak": own is not None and calls.may_speak(session, found, own.uri),
        "own": own,
        "leads": found.local and guard.may_govern(),
        "problems": problems or [],
        "given": request.form,
        "language": language(),
    }
    if found.kind == CAMPAIGN:
        behind = calls.backers(session, found)[found.uri]
        known = calls.known(session, behind)
        return render_template(
            "campaign.html",
            **common,
            came=progress.progress(session, found),
            taking_part=[(uri, known.get(uri)) for uri in behind],
            member=own is not None and own.uri in calls.members(session, found),
        )
    others = [
        one
        for one in calls.all_(session, CONSULTATION, owner=found.owner)
        if one.id != found.id and calls.is_open(one)
    ]
    said = calls.shown(session, found)
    waiting = calls.unanswered(session, found, own) if own else []
    traces = calls.named(session, [uri for one in said for uri in (one.entry.moved_to, one.entry.moved_from)])
    return render_template(
        "consultation.html", **common, said=said, others=others, waiting=waiting, traces=traces
    )


@officer.post("/consultations/<key>/contributions")
@guard.officers_only
def add_contribution(key: str) -> Answer:
    """Say something to a consultation, or in a few words to a contribution there."""
    own = guard.own_community()
    title, text = request.form.get("title", "").strip(), request.form.get("text", "").strip()
    answers = request.form.get("answers", "")[:2000] or None
    tongue = language()
    try:
        with database().writing() as session:
            call = calls.call(session, key, CONSULTATION)
            said = contribute.contribute(
                session,
                session.get_one(Community, own.id),
                call,
                title={tongue: title} if title else {},
                text={tongue: text} if text else {},
                answers=answers,
            )
            there = said.key
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        name = "comment" if answers else "contribution"
        named = [Problem(_field(one.path, answers), one.message) for one in refusal.problems]
        with database().reading() as session:
            found = calls.call(session, key, CONSULTATION)
            if found.withdrawn_at is not None:
                return failure(410)
            return page(session, found, named or [Problem(name, refusal.problems[0].message)]), 422
    done = "commented" if answers else "contributed"
    return redirect(url_for("public.consultation", key=key, done=done, _anchor=f"said-{there}"), 303)


def _field(path: str, answers: str | None) -> str:
    """The field of the form that a problem is about."""
    if answers:
        return f"comment-{answers.rpartition('/')[2]}"
    return "title" if path.startswith("title") else "text"


@officer.post("/contributions/<key>/support")
@guard.officers_only
def support(key: str) -> Answer:
    """Stand behind a contribution, or no longer."""
    own = guard.own_community()
    yes = request.form.get("answer") != "no"
    with database().writing() as session:
        said = calls.contribution(session, key)
        verb = contribute.support if yes else contribute.support_no_more
        verb(session, session.get_one(Community, own.id), said)
        there = calls.entry(session, said.uri)
        at = there[1].key if there else calls.call(session, said.call).key
    done = "supported" if yes else "support-back"
    return redirect(url_for("public.consultation", key=at, done=done, _anchor=f"said-{key}"), 303)


@officer.post("/contributions/<key>/take-back")
@guard.officers_only
def take_contribution_back(key: str) -> Answer:
    """Take back what our community said."""
    own = guard.own_community()
    with database().writing() as session:
        said = calls.contribution(session, key)
        if said.author != own.uri:
            raise NotAllowed(N_("Only the community that wrote it takes it back."))
        there = calls.entry(session, said.uri)
        at = there[1].key if there else calls.call(session, said.call).key
        contribute.take_back(session, said)
    return redirect(url_for("public.consultation", key=at, done="said-back"), 303)


@officer.post("/campaigns/<key>/join")
@guard.officers_only
def take_part(key: str) -> Answer:
    """Take part in a campaign, or no longer."""
    own = guard.own_community()
    yes = request.form.get("answer") != "no"
    with database().writing() as session:
        call = calls.call(session, key, CAMPAIGN)
        (contribute.join if yes else contribute.leave)(session, session.get_one(Community, own.id), call)
    return redirect(url_for("public.campaign", key=key, done="takes-part" if yes else "parted"), 303)


@officer.get("/desk/calls")
@guard.officers_only
def own_calls() -> Answer:
    """The consultations and campaigns that our community may take part in, and the way to others."""
    return _desk("", [])


@officer.post("/desk/calls")
@guard.officers_only
def read_call() -> Answer:
    """Read a consultation or campaign from where it is held, by its address."""
    guard.own_community()
    wanted = request.form.get("address", "").strip()[:2000]
    problem = Message(N_("There is no consultation or campaign at this address."))
    try:
        if not instance().node.is_ours(wanted):
            fetch_now(instance(), wanted)
        with database().reading() as session:
            found = calls.at(session, wanted)
            if found is not None and found.withdrawn_at is None:
                return redirect(url_for(f"public.{found.kind}", key=found.key), 303)
    except FederationError as error:
        problem = Message(error.reason)
    except Refusal as refusal:
        problem = refusal.problems[0].message
    return _desk(wanted, [Problem("address", problem)]), 422


def _desk(wanted: str, problems: list[Problem]) -> str:
    own = guard.own_community()
    with database().reading() as session:
        found = calls.concerning(session, own)
    return render_template("own_calls.html", calls=found, wanted=wanted, problems=problems)


def language(otherwise: str = "") -> str:
    """The language that somebody writes in: as the form says, else that one, else the reader's."""
    wanted = request.form.get("language", "") or otherwise
    return wanted if wanted in LANGUAGES else current()
