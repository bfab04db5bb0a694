"""A record beside its translation: the original left, one language at a time right, text by text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.practices import draft as drafts
from exchange.catalogue.practices import translate as translating
from exchange.catalogue.practices.translate import OFFICIAL, Sent, Text, fingerprint
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Draft, Practice
from exchange.vocabulary.fields import clean
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current, gettext, tongue
from exchange.web.frame.reach import database
from exchange.web.writing import changes
from exchange.web.writing.questions import place_of

Answer = str | tuple[str, int] | Response
TYPED, ORIGINAL, BASE = "t:", "o:", "b:"
_NAMES = {"method": N_("How it was measured"), "text": N_("In words")}
CLASH = N_(
    "Somebody else has translated this meanwhile. Their words stand above yours; what you save now stays."
)


@dataclass(frozen=True)
class Row:
    """One text as the page shows it. `typed` stands in the field, `theirs` where somebody else was quicker."""

    text: Text
    label: str
    limit: int | None
    typed: str
    changes: list[changes.Piece]
    theirs: str | None = None

    @property
    def anchor(self) -> str:
        return self.text.path.replace(".", "-")

    @property
    def lines(self) -> int:
        return max(2, min(18, len(self.text.original) // 48 + self.text.original.count("\n") + 1))


@officer.get("/practices/<key>/translate")
@guard.officers_only
def translate(key: str) -> Answer:
    """A published practice beside its translation."""
    with database().reading() as session:
        found = _own_practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        earlier = translating.earlier(session, found)
    return _page(found.record, earlier, practice=found)


@officer.post("/practices/<key>/translate")
@guard.officers_only
def send_translation(key: str) -> Answer:
    """Publish what was translated as a new version that is a translation only."""
    to = _to({})
    try:
        with database().writing() as session:
            found = _own_practice(session, key)
            if found.state == WITHDRAWN:
                return failure(410, reason=found.withdrawn_reason)
            keep, clashes, lost = translating.settle(found.record, to, _sent())
            if clashes or lost:
                earlier = translating.earlier(session, found)
                return _page(found.record, earlier, practice=found, clashes=clashes, lost=lost), 409
            before = found.version
            note = gettext(N_("Translation only: %(language)s.")) % {"language": tongue(to)}
            done = translating.translate(session, found, to, keep, note=note).version > before
    except Refusal as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        with database().reading() as session:
            found = _own_practice(session, key)
            earlier = translating.earlier(session, found)
        return _page(found.record, earlier, practice=found, problems=refusal.problems), 422
    return redirect(
        url_for("officer.translate", key=key, to=to, done="translated" if done else "unchanged"), 303
    )


@officer.get("/desk/drafts/<key>/translate")
@guard.officers_only
def translate_draft(key: str) -> Answer:
    """A draft beside its translation."""
    with database().reading() as session:
        kept, earlier = _own_draft(session, key)
    return _page(kept.data, earlier, draft=kept)


@officer.post("/desk/drafts/<key>/translate")
@guard.officers_only
def keep_translation(key: str) -> Answer:
    """Keep what was translated in the draft."""
    to = _to({})
    with database().writing() as session:
        kept, earlier = _own_draft(session, key)
        keep, clashes, lost = translating.settle(kept.data, to, _sent())
        if clashes or lost:
            return _page(kept.data, earlier, draft=kept, clashes=clashes, lost=lost), 409
        owner = session.get_one(Community, kept.community_id)
        drafts.save(
            session, owner, translating.translated(kept.data, to, keep), officer=g.officer, draft=kept
        )
    return redirect(url_for("officer.translate_draft", key=key, to=to, done="saved"), 303)


def _page(
    record: Mapping[str, Any],
    earlier: list[Mapping[str, Any]],
    *,
    practice: Practice | None = None,
    draft: Draft | None = None,
    clashes: list[Sent] | None = None,
    lost: list[Sent] | None = None,
    problems: list[Problem] | None = None,
) -> str:
    original, to = str(record.get("language") or "und"), _to(record)
    typed = {one.path: one.text for one in (_sent() if request.method == "POST" else [])}
    clashing = {one.path: one.text for one in clashes or []}
    problems = [_at_its_text(one, to) for one in problems or []]
    problems += [Problem(path, Message(CLASH)) for path in clashing]
    rows = [
        Row(
            text,
            label_of(text.path),
            _limit(text.path),
            clashing.get(text.path, typed.get(text.path, text.told)),
            changes.words(text.before, text.original) if text.before is not None else [],
            text.told if text.path in clashing else None,
        )
        for text in translating.texts(record, to, earlier)
    ]
    return render_template(
        "translate.html",
        practice=practice,
        draft=draft,
        rows=rows,
        original=original,
        to=to,
        languages_done=[
            (code, *translating.done(record, code))
            for code in sorted(OFFICIAL, key=lambda code: tongue(code).casefold())
            if code != original
        ],
        missing=sum(1 for row in rows if not row.text.told),
        changed=sum(1 for row in rows if row.changes),
        lost=lost or [],
        problems=problems,
        fingerprint=fingerprint,
        version=practice.version if practice else 0,
    )


def label_of(path: str) -> str:
    """What a text is called in the form, with its number in a list."""
    found = place_of(path)
    steps = path.split(".")
    words = [gettext(found[1].label)] if found else [gettext(changes.OTHER)]
    words += [str(int(step) + 1) for step in steps if step.isdecimal()]
    last = steps[-1]
    inner = next((q.label for q in found[1].rows if q.path == last), "") if found else ""
    if inner or (found and last in _NAMES and path != found[1].path and not last.isdecimal()):
        words.append(gettext(inner or _NAMES[last]))
    return " · ".join(words)


def _limit(path: str) -> int | None:
    found = place_of(path)
    return found[1].limit if found and found[1].path == path else None


def _at_its_text(problem: Problem, to: str) -> Problem:
    """A problem of the record at the text that it is about; the language may stand at its end."""
    return Problem(problem.path.removesuffix(f".{to}"), problem.message)


def _to(record: Mapping[str, Any]) -> str:
    """The language to translate into: the one asked for, else the reader's, else English or French."""
    original = record.get("language")
    told = clean(request.form.get("to", "") or request.args.get("to", ""))
    for one in (told, current(), "en", "fr"):
        if one in OFFICIAL and one != original:
            return one
    return "fr"


def _sent() -> list[Sent]:
    form = request.form
    return [
        Sent(
            name[len(TYPED) :],
            text,
            form.get(ORIGINAL + name[len(TYPED) :], ""),
            form.get(BASE + name[len(TYPED) :], ""),
        )
        for name, text in form.items()
        if name.startswith(TYPED)
    ]


def _own_practice(session: Session, key: str) -> Practice:
    found = shelf.practice(session, key)
    guard.check_may(shelf.community_of(session, found))
    return found


def _own_draft(session: Session, key: str) -> tuple[Draft, list[Mapping[str, Any]]]:
    kept = drafts.draft_by_key(session, key)
    guard.check_may(session.get_one(Community, kept.community_id))
    if kept.practice_id is None:
        return kept, []
    practice = session.get_one(Practice, kept.practice_id)
    return kept, [practice.record, *translating.earlier(session, practice)]
