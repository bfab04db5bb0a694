"""Recording an adoption: which stage it has reached, what was changed, what came out or why it stopped."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response

from exchange.catalogue import adopt as adopting
from exchange.catalogue import shelf
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, WITHDRAWN, Practice
from exchange.translation import LANGUAGES
from exchange.vocabulary.fields import clean
from exchange.web import guard
from exchange.web.blueprints import officer
from exchange.web.failures import page as failure
from exchange.web.language import current
from exchange.web.reach import database

Answer = str | tuple[str, int] | Response
PLAIN = ("since", "adaptationType", "ownPractice", "through", "note")
CHECKED = ("since", "adaptationType", "ownPractice")  # an empty text is none of these
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
    if practice.state == WITHDRAWN:
        return failure(410)
    if owner.id == by.id:
        raise NotAllowed(N_("A community does not adopt its own practice."))
    given = _told(before) if before else {"language": current(), "stage": "", "help": []}
    return _form(practice, owner, given, before, [])


@officer.post("/practices/<key>/adopt")
@guard.officers_only
def send_adoption(key: str) -> Answer:
    """Publish the adoption, or its next stage."""
    by = guard.own_community()
    given = _typed()
    problems: list[Problem] = []
    try:
        with database().writing() as session:
            practice, _owner = _subject(session, key)
            adopting.adopt(
                session, practice, session.get_one(Community, by.id), stage=given["stage"], **_record(given)
            )
    except Refusal as refusal:
        if isinstance(refusal, NotFound | NotAllowed):
            raise
        problems = [Problem(_field(p.path), p.message) for p in refusal.problems]
    if not problems:
        return redirect(url_for("public.practice", key=key, done="adopted", _anchor="adoptions"), 303)
    with database().reading() as session:
        practice, owner = _subject(session, key)
        before = _ours(session, practice, by)
    return _form(practice, owner, given, before, problems), 422


def _form(
    practice: Practice,
    owner: Community,
    given: dict[str, Any],
    before: Adoption | None,
    problems: list[Problem],
) -> str:
    return render_template(
        "adopt.html",
        practice=practice,
        owner=owner,
        given=given,
        before=before,
        problems=problems,
        compared=COMPARED,
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


def _told(before: Adoption) -> dict[str, Any]:
    """What an adoption says, in the shape of the form."""
    record = before.record
    reason, changes, outcome = (record.get(name) or {} for name in ("reason", "changes", "outcome"))
    texts = {"changes": _text_of(changes, "changed"), "reason": _text_of(reason, "text")}
    texts["outcome"] = _text_of(outcome, "text")
    languages = [language for language, text in texts.values() if text]
    return {
        **{name: record.get(name, "") for name in PLAIN},
        **{name: text for name, (_language, text) in texts.items()},
        "stage": before.stage,
        "cause": reason.get("cause", "") if isinstance(reason, dict) else "",
        "compared": outcome.get("compared", "") if isinstance(outcome, dict) else "",
        "help": record.get("help") or [],
        "language": languages[0] if languages and languages[0] in LANGUAGES else current(),
    }


def _text_of(value: Any, inside: str) -> tuple[str, str]:
    """(language, text) of a text that may be bare, in several languages, or inside a part."""
    if isinstance(value, dict) and inside in value:
        value = value[inside]
    if isinstance(value, str):
        return current(), value
    if isinstance(value, dict) and value:
        language, text = next(iter(value.items()))
        return (language, text) if isinstance(text, str) else (current(), "")
    return current(), ""


def _typed() -> dict[str, Any]:
    form = request.form
    names = (*PLAIN, "stage", "changes", "reason", "cause", "outcome", "compared")
    given: dict[str, Any] = {name: clean(form.get(name, "")) for name in names}
    language = form.get("language", "")
    given["help"] = form.getlist("help")
    given["language"] = language if language in LANGUAGES else current()
    return given


def _record(given: dict[str, Any]) -> dict[str, Any]:
    """The record as the rules read it; what was emptied is emptied."""

    def text(name: str) -> dict[str, str]:
        return {given["language"]: given[name]} if given[name] else {}

    reason = {k: v for k, v in {"cause": given["cause"], "text": text("reason")}.items() if v}
    outcome = {k: v for k, v in {"compared": given["compared"], "text": text("outcome")}.items() if v}
    changes = {"changed": text("changes")} if given["changes"] else {}
    plain = {name: given[name] or (None if name in CHECKED else "") for name in PLAIN}
    return {**plain, "changes": changes, "reason": reason, "outcome": outcome, "help": given["help"]}


def _field(path: str) -> str:
    """The field of the form that a rule speaks of."""
    first, _, rest = path.partition(".")
    if first == "reason" and rest.startswith("cause"):
        return "cause"
    if first == "outcome" and rest.startswith("compared"):
        return "compared"
    return first
