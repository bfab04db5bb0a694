"""An officer writes a practice: draft, preview, check, publish; and revises or withdraws it later."""

from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import officers
from exchange.catalogue.practices import draft as drafts
from exchange.catalogue.practices import publish as publishing
from exchange.catalogue.practices import revise as revising
from exchange.catalogue.practices import withdraw as withdrawing
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.models.practice import WITHDRAWN, Draft, Practice
from exchange.vocabulary import completeness
from exchange.vocabulary.fields import UNDETERMINED, clean
from exchange.vocabulary.record import DEFAULT_LICENCE
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current, switch
from exchange.web.frame.reach import database
from exchange.web.practices.practice import Telling
from exchange.web.writing import answers, merging
from exchange.web.writing.questions import BY_KEY, PARTS, Part, place_of

Answer = str | tuple[str, int] | Response


@officer.get("/desk/practices/new")
@guard.officers_only
def new() -> Answer:
    """What it takes to tell a practice, and the first question."""
    return render_template("new.html", community=guard.own_community())


@officer.post("/desk/practices/new")
@guard.officers_only
def begin() -> Answer:
    """Open an empty draft."""
    community = guard.own_community()
    language = clean(request.form.get("language", "")) or current()
    data = {"language": language[:12], "licence": DEFAULT_LICENCE}
    with database().writing() as session:
        kept = drafts.save(session, session.get_one(Community, community.id), data, officer=g.officer)
    return redirect(url_for("officer.draft", key=kept.key), 303)


@officer.get("/desk/drafts/<key>")
@guard.officers_only
def draft(key: str) -> Answer:
    """One part of the form."""
    with database().reading() as session:
        kept, _owner = _own_draft(session, key)
    shown = problems_at(kept.data) if request.args.get("checked") else []
    if kept.aside is not None and not shown:  # it came out of a file: nobody has seen yet what is wrong in it
        shown = answers.wrongly_put(kept.data)
    return _form(kept, _part(), shown)


@officer.post("/desk/drafts/<key>")
@guard.officers_only
def save(key: str) -> Answer:
    """Keep what was typed, whatever it is, and go where the button says."""
    part = _part()
    try:
        with database().writing() as session:
            kept, owner = _own_draft(session, key)
            before = drafts.saved_by(session, kept)
            new, conflicts, merged = merging.merge(kept.data, part, request.form)
            kept = drafts.save(session, owner, new, officer=g.officer, draft=kept)
    except NotFound:
        return _gone(key, part)
    merging.others(key)
    go = request.form.get("go", "save")
    if conflicts:
        return _ask_which(kept, part, conflicts, before, go)
    if go.startswith("language:"):
        back = redirect(url_for("officer.draft", key=key, part=part.key, done="saved"), 303)
        switch(back, go.removeprefix("language:"))
        return back
    wrong = [p for p in answers.wrongly_put(kept.data) if (place_of(p.path) or (part,))[0] is part]
    if wrong:
        return _form(kept, part, wrong), 422
    if go.startswith("more:"):
        anchor = "f-" + go.removeprefix("more:").replace(".", "-")
        return redirect(url_for("officer.draft", key=key, part=part.key, room=go[5:], _anchor=anchor), 303)
    if go == "next":
        after = PARTS.index(part) + 1
        if after < len(PARTS):
            return redirect(url_for("officer.draft", key=key, part=PARTS[after].key), 303)
        return redirect(url_for("officer.check", key=key), 303)
    if go in ("check", "preview"):
        return redirect(url_for(f"officer.{go}", key=key), 303)
    done = "merged" if merged else "saved"
    return redirect(url_for("officer.draft", key=key, part=part.key, done=done), 303)


@officer.get("/desk/drafts/<key>/preview")
@guard.officers_only
def preview(key: str) -> Answer:
    """The draft as others will see it."""
    with database().reading() as session:
        kept, owner = _own_draft(session, key)
    told = Telling(record=answers.readable(kept.data).data(), owner=owner, modified=now(), preview=True)
    return render_template(
        "preview.html", told=told, draft=kept, reading="both", left_out=answers.wrongly_put(kept.data)
    )


@officer.get("/desk/drafts/<key>/check")
@guard.officers_only
def check(key: str) -> Answer:
    """All answers once more before they are published."""
    with database().reading() as session:
        kept, _owner = _own_draft(session, key)
    return _check_page(kept, [])


@officer.post("/desk/drafts/<key>/publish")
@guard.officers_only
def publish(key: str) -> Answer:
    """Publish the draft: as a new practice, or as the next version of one."""
    done = "published"
    with database().reading() as session:
        if made := _made_of(session, key):  # sent twice
            return redirect(url_for("public.practice", key=made.key, done=done), 303)
    try:
        with database().writing() as session:
            kept, owner = _own_draft(session, key)
            if kept.practice_id is None:
                practice = publishing.publish(session, owner, kept.data, draft=kept)
            else:
                practice = session.get_one(Practice, kept.practice_id)
                before = practice.version
                note = clean(request.form.get("note", ""))[:500]
                practice = revising.revise(session, practice, kept.data, note=note, draft=kept)
                done = "revised" if practice.version > before else "unchanged"
    except Refusal as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        with database().reading() as session:
            kept, _owner = _own_draft(session, key)
        return _check_page(kept, refusal.problems), 422
    merging.forget(key)
    return redirect(url_for("public.practice", key=practice.key, done=done), 303)


@officer.get("/desk/drafts/<key>/discard")
@guard.officers_only
def ask_to_discard(key: str) -> Answer:
    """Ask once before a draft is thrown away."""
    with database().reading() as session:
        kept, _owner = _own_draft(session, key)
    return render_template("discard.html", draft=kept, title=_title(kept))


@officer.post("/desk/drafts/<key>/discard")
@guard.officers_only
def discard(key: str) -> Answer:
    """Throw a draft away."""
    with database().writing() as session:
        kept, _owner = _own_draft(session, key)
        drafts.discard(session, kept)
    merging.forget(key)
    return redirect(url_for("officer.desk", done="discarded"), 303)


@officer.get("/practices/<key>/revise")
@guard.officers_only
def ask_to_revise(key: str) -> Answer:
    """What revising means, and the draft of it where one is open."""
    with database().reading() as session:
        found, owner = _own_practice(session, key)
        kept = session.exec(select(Draft).where(Draft.practice_id == found.id)).first()
    if found.state == WITHDRAWN:
        return failure(410, reason=found.withdrawn_reason)
    if kept is not None:
        return redirect(url_for("officer.draft", key=kept.key), 303)
    return render_template("revise.html", practice=found, owner=owner)


@officer.post("/practices/<key>/revise")
@guard.officers_only
def revise(key: str) -> Answer:
    """Open a draft that begins with what is published; an open one is gone on with."""
    with database().writing() as session:
        found, owner = _own_practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        kept = session.exec(select(Draft).where(Draft.practice_id == found.id)).first()
        if kept is None:
            kept = drafts.save(session, owner, dict(found.record), officer=g.officer, practice=found)
    return redirect(url_for("officer.draft", key=kept.key), 303)


@officer.get("/practices/<key>/withdraw")
@guard.officers_only
def ask_to_withdraw(key: str) -> Answer:
    """Ask once before a practice is withdrawn."""
    with database().reading() as session:
        found, owner = _own_practice(session, key)
    if found.state == WITHDRAWN:
        return failure(410, reason=found.withdrawn_reason)
    return _withdrawal(found, owner, "", [])


@officer.post("/practices/<key>/withdraw")
@guard.officers_only
def withdraw(key: str) -> Answer:
    """Withdraw a practice, and say why."""
    reason = clean(request.form.get("reason", ""))
    problems: list[Problem] = []
    with database().reading() as session:
        found, owner = _own_practice(session, key)
    if found.state != WITHDRAWN and not reason:
        problems = [Problem("reason", Message(N_("Say why; it is all that stays to be read.")))]
    else:
        try:
            with database().writing() as session:
                held, _owner = _own_practice(session, key)
                withdrawing.withdraw(session, held, reason={current(): reason})
        except Refusal as refusal:
            problems = refusal.problems
    if problems:
        return _withdrawal(found, owner, reason, problems), 422
    return redirect(url_for("officer.desk", done="withdrawn"), 303)


def _withdrawal(found: Practice, owner: Community, reason: str, problems: list[Problem]) -> str:
    return render_template("withdraw.html", practice=found, owner=owner, reason=reason, problems=problems)


def problems_at(data: dict[str, Any]) -> list[Problem]:
    """All that keeps a draft from being published: what is in the wrong form, and what is missing."""
    wrong = answers.wrongly_put(data)
    missing = completeness.missing(answers.readable(data))
    paths = [p.path for p in wrong]
    return wrong + [m for m in missing if not any(p == m.path or p.startswith(m.path + ".") for p in paths)]


def _form(kept: Draft, part: Part, problems: list[Problem]) -> str:
    everything = [p.path for p in problems_at(kept.data)]
    here = [_at_its_field(p) for p in problems if (place_of(p.path) or (None,))[0] is part]
    return render_template(
        "draft.html",
        draft=kept,
        data=kept.data,
        language=str(kept.data.get("language") or UNDETERMINED),
        part=part,
        parts=[(p, *answers.answered(p, everything)) for p in PARTS],
        problems=here,
        labels={p.path: found[1].label for p in here if (found := place_of(p.path))},
        room=request.args.get("room", ""),
        bases=merging.fingerprints(part, kept.data),
        others=merging.others(kept.key),
        last_saver=_last_saver(kept),
        title=_title(kept),
        score=completeness.score(answers.readable(kept.data)),
        shown=answers.shown,
    )


def _at_its_field(problem: Problem) -> Problem:
    """A problem of one entry of a list that is a single field of the form stands at that field."""
    found = place_of(problem.path)
    if found is None or found[1].kind not in ("checks", "lines", "urls", "numbers"):
        return problem
    return Problem(found[1].path, problem.message)


def _check_page(kept: Draft, refused: list[Problem]) -> str:
    problems = problems_at(kept.data)
    known = {p.path for p in problems}
    problems += [p for p in refused if p.path not in known]
    hrefs = [_where(kept.key, p.path) for p in problems]
    return render_template(
        "check.html",
        draft=kept,
        data=kept.data,
        language=str(kept.data.get("language") or UNDETERMINED),
        parts=PARTS,
        problems=problems,
        hrefs=hrefs,
        title=_title(kept),
        shown=answers.shown,
    )


def _ask_which(
    kept: Draft, part: Part, conflicts: list[merging.Conflict], before: Officer | None, go: str
) -> Answer:
    """Both have changed a field: whose words it is to be."""
    page = render_template(
        "merge.html",
        draft=kept,
        part=part,
        conflicts=conflicts,
        language=str(kept.data.get("language") or UNDETERMINED),
        who=before.mailbox if before and before.id != g.officer.id else "",
        go=go if not go.startswith("language:") else "save",
    )
    return page, 409


def _last_saver(kept: Draft) -> str:
    """The mailbox of somebody else who saved a draft last."""
    if kept.saved_by in (None, g.officer.id):
        return ""
    with database().reading() as session:
        found = drafts.saved_by(session, kept)
    return found.mailbox if found else ""


def _gone(key: str, part: Part) -> Answer:
    """The draft went while somebody wrote in it; what they wrote is given back."""
    labels = {question.path: question.label for question in part.questions}
    written = [
        (labels.get(name) or labels.get(name.split(".")[0], part.title), value)
        for name, value in request.form.items(multi=True)
        if value.strip() and (name in labels or name.split(".")[0] in labels)
    ]
    with database().reading() as session:
        made = _made_of(session, key)
    return render_template("gone.html", practice=made, written=written), 404


def _made_of(session: Session, key: str) -> Practice | None:
    """The practice that a draft has become, if the officer may revise it."""
    made = session.exec(select(Practice).where(Practice.key == key, Practice.local)).first()
    return made if made and officers.may(g.officer, shelf.community_of(session, made)) else None


def _where(key: str, path: str) -> str:
    """The address of the field that a problem is about."""
    found = place_of(path)
    if found is None:
        return url_for("officer.draft", key=key, checked=1)
    anchor = (
        "f-" + path.replace(".", "-")
        if found[1].kind == "rows" and path != found[1].path
        else found[1].anchor
    )
    return url_for("officer.draft", key=key, part=found[0].key, checked=1, _anchor=anchor)


def _part() -> Part:
    wanted = request.form.get("part") or request.args.get("part", "")
    return BY_KEY.get(wanted, PARTS[0])


def _title(kept: Draft) -> str:
    titles = kept.data.get("title") or {}
    return str(titles.get(kept.data.get("language"), "")) if isinstance(titles, dict) else ""


def _own_draft(session: Session, key: str) -> tuple[Draft, Community]:
    kept = drafts.draft_by_key(session, key)
    owner = session.get_one(Community, kept.community_id)
    guard.check_may(owner)
    return kept, owner


def _own_practice(session: Session, key: str) -> tuple[Practice, Community]:
    found = shelf.practice(session, key)
    owner = shelf.community_of(session, found)
    guard.check_may(owner)
    return found, owner
