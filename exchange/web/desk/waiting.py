"""What waits for an officer, in short: each thing one press away from the page where it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.adoption import reminders
from exchange.catalogue.clusters import calls
from exchange.catalogue.judging import answer
from exchange.catalogue.people import correct as correcting
from exchange.catalogue.practices import draft
from exchange.catalogue.practices import look_again as looking
from exchange.models.call import Call
from exchange.models.practice import OTHERS, Practice
from exchange.web.desk import asking, moderating
from exchange.web.desk.desk import reviews_of
from exchange.web.frame import guard
from exchange.web.frame.language import ngettext
from exchange.web.frame.show import Wording, best, practice_url
from exchange.web.groups.communities import adoptions_of_all

NAMED = 3  # things of a kind that are named; the desk has them all


@dataclass(frozen=True)
class Todo:
    """Things of one kind: how many in a sentence, where all of them are, and the first few."""

    sentence: str
    href: str
    first: list[tuple[Wording, str]]


def todos(session: Session) -> list[Todo]:
    """Everything that waits, what others wait for first."""
    if g.community is None:
        return _moderation(session)
    own = shelf.practices_of(session, g.community)
    ids = [p.id for p in own if p.id is not None]
    claimed = [
        (a, p)
        for a, p, _ in adoptions_of_all(session, ids)
        if a.documented_by != OTHERS and not a.record.get("inverse") and a.confirmed is None
    ]
    reviews = reviews_of(session, ids)
    answered = answer.of_all(session, [review for review, _, _ in reviews])
    questions = asking.waiting(session)
    found = [
        _todo(
            ngettext("%(num)s question to answer", "%(num)s questions to answer", len(questions)),
            "questions",
            ((p, f"{url_for('officer.desk')}#questions") for _, p in questions),
        ),
        _todo(
            ngettext("%(num)s adoption to confirm", "%(num)s adoptions to confirm", len(claimed)),
            "to-confirm",
            ((p, url_for("officer.ask_for_answer", key=a.key)) for a, p in claimed),
        ),
        _reviews([(p, r.key) for r, _, p in reviews if r.id not in answered]),
        _corrections(session),
        *_moderation(session),
        _asked(session),
        _to_close(session),
        _versions(session),
        _became(session),
        _overdue(session),
        _drafts(session),
    ]
    return [one for one in found if one.first]


def _todo(sentence: str, anchor: str, things: Iterable[tuple[Practice, str]]) -> Todo:
    named = [(best(p.title_texts, p.title), href) for p, href in things]
    count = len(named)
    return Todo(sentence % {"num": count}, f"{url_for('officer.desk')}#{anchor}", named[:NAMED])


def _reviews(found: list[tuple[Practice, str]]) -> Todo:
    words = ngettext("%(num)s review without an answer", "%(num)s reviews without an answer", len(found))
    return _todo(words, "came-in", ((p, url_for("officer.answer_review", key=key)) for p, key in found))


def _corrections(session: Session) -> Todo:
    found = correcting.waiting(session, g.community)
    words = ngettext("%(num)s request to correct", "%(num)s requests to correct", len(found))
    return _todo(words, "corrections", ((p, f"{url_for('officer.desk')}#corrections") for _, p in found))


def _moderation(session: Session) -> list[Todo]:
    found = moderating.waiting(session).comments
    words = ngettext("%(num)s comment to read", "%(num)s comments to read", len(found))
    todo = _todo(words, "comments", ((p, f"{url_for('officer.desk')}#comments") for _, p in found))
    return [todo] if found else []


def _asked(session: Session) -> Todo:
    found = calls.awaiting(session, g.community)
    words = ngettext("%(num)s call of your clusters", "%(num)s calls of your clusters", len(found))
    return _calls(words, "calls", found)


def _to_close(session: Session) -> Todo:
    found = calls.to_close(session) if guard.may_govern() else []
    words = ngettext("%(num)s synthesis to write", "%(num)s syntheses to write", len(found))
    return _calls(words, "to-close", found)


def _calls(sentence: str, anchor: str, found: list[Call]) -> Todo:
    named = [(best(one.title), url_for(f"public.{one.kind}", key=one.key)) for one in found[:NAMED]]
    return Todo(sentence % {"num": len(found)}, f"{url_for('officer.desk')}#{anchor}", named)


def _versions(session: Session) -> Todo:
    found = reminders.news(session, g.community)
    words = ngettext(
        "%(num)s new version of what you took up", "%(num)s new versions of what you took up", len(found)
    )

    def page(one: reminders.News) -> str:
        args: dict[str, Any] = {"key": one.practice.key, "from": one.follows, "to": one.newest}
        return url_for("public.differences_between", **args) if one.changes else practice_url(one.practice)

    return _todo(words, "news", ((one.practice, page(one)) for one in found))


def _became(session: Session) -> Todo:
    found = [q for q in reminders.questions(session, g.community) if q.practice.state == "published"]
    words = ngettext(
        "%(num)s time to say what became of it", "%(num)s times to say what became of it", len(found)
    )
    return _todo(
        words,
        "became",
        ((q.practice, url_for("officer.adopt", key=q.practice.key, asked=q.years)) for q in found),
    )


def _overdue(session: Session) -> Todo:
    found = looking.overdue(session, g.community)
    words = ngettext("%(num)s practice to look at again", "%(num)s practices to look at again", len(found))
    return _todo(words, "own", ((p, practice_url(p)) for p in found))


def _drafts(session: Session) -> Todo:
    found = draft.drafts_of(session, g.community)
    sentence = ngettext("%(num)s draft", "%(num)s drafts", len(found)) % {"num": len(found)}
    named = []
    for one in found[:NAMED]:
        title = (one.data.get("title") or {}).get(str(one.data.get("language", "und")), "")
        named.append(
            (Wording(str(one.data.get("language", "und")), title), url_for("officer.draft", key=one.key))
        )
    return Todo(sentence, f"{url_for('officer.desk')}#drafts", named)
