"""Open a consultation or a campaign of a cluster, close it, take it back; who it concerns is told each time.

What is told is always the whole: the newest word about a call holds, in whatever order words arrive. It
goes to the followers of the cluster, to its members, and to everybody who has taken part.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, delete, select

from exchange.catalogue.clusters import calls
from exchange.catalogue.clusters.tally import tally
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import new_key, now
from exchange.models.call import (
    ADOPTIONS,
    BOTH,
    CAMPAIGN,
    CONSULTATION,
    EVERYBODY,
    MEMBERS,
    PRACTICES,
    Backing,
    Call,
    Entry,
)
from exchange.models.cluster import Cluster
from exchange.vocabulary import completeness, concepts
from exchange.vocabulary.activitystreams import call_object, tombstone, wrap
from exchange.vocabulary.activitystreams.call import LINKED, PLACES
from exchange.vocabulary.fields import Question, Text, Title
from federation import keys
from federation.ledger import originals, outbox
from federation.wire import proofs
from federation.wire.activity import PUBLIC, origin_of

Texts = Mapping[str, str]
_TITLE, _QUESTION, _TEXT = (TypeAdapter[dict[str, str]](one) for one in (Title, Question, Text))
_MOST_AIMED_AT = 1_000_000


def open_(
    session: Session,
    cluster: Cluster,
    kind: str,
    *,
    title: Texts,
    words: Texts,
    theme: str,
    opens_on: date | str,
    closes_on: date | str,
    open_to: str = MEMBERS,
    aim: Mapping[str, Any] | None = None,
) -> Call:
    """A new consultation or campaign of a cluster of ours.

    `words` is the question or the goal; `aim`, of a campaign, {number, counts: both | practices |
    adoptions, place: "" | rural | town | city}. Raises Refusal with a problem at each field.
    """
    problems: list[Problem] = []
    titles = _checked(_TITLE, title, "title", problems)
    texts = _checked(_QUESTION, words, "words", problems)
    if not titles and not problems:
        problems.append(Problem("title", Message(N_("Give it a title."))))
    if not texts and not any(one.path == "words" for one in problems):
        told = N_("Say what it is to reach.") if kind == CAMPAIGN else N_("Write the question.")
        problems.append(Problem("words", Message(told)))
    if theme not in concepts.scheme("themes"):
        problems.append(Problem("theme", Message(N_("Choose a theme."))))
    begin, end = _day(opens_on, "opens_on", problems), _day(closes_on, "closes_on", problems)
    if begin and end and end < begin:
        problems.append(Problem("closes_on", Message(N_("It ends before it begins."))))
    elif end and end < now().date():
        problems.append(Problem("closes_on", Message(N_("This day is over already."))))
    if open_to not in (MEMBERS, EVERYBODY):
        problems.append(Problem("open_to", Message(N_("Say who may take part."))))
    aimed = _aim(aim or {}, problems) if kind == CAMPAIGN else {}
    if problems or begin is None or end is None:
        raise Refusal(problems)
    key = new_key()
    made = Call(
        key=key,
        uri=f"{origin_of(cluster.uri)}/{kind}s/{key}",
        kind=kind,
        owner=cluster.uri,
        owner_name=cluster.name,
        local=True,
        title=titles,
        words=texts,
        theme=theme,
        opens_on=begin,
        closes_on=end,
        open_to=open_to,
        aim=aimed,
    )
    session.add(made)
    session.flush()
    tell(session, made, first=True)
    return made


def close(session: Session, call: Call, synthesis: Texts) -> None:
    """End a call with the coordinators' words; of a consultation the figures are counted now, by rule."""
    check(call)
    if call.closed_at is not None:
        raise Refusal(N_("It has been closed already."))
    problems: list[Problem] = []
    words = _checked(_TEXT, synthesis, "synthesis", problems)
    if not words and not problems:
        problems.append(Problem("synthesis", Message(N_("Write what came out of it."))))
    if problems:
        raise Refusal(problems)
    call.synthesis, call.closed_at = words, now()
    if call.kind == CONSULTATION:
        call.tally = tally(session, call)
    session.add(call)
    tell(session, call)


def remove(session: Session, call: Call) -> None:
    """Take a call of ours back; a tombstone stays at its address."""
    check(call)
    people = _concerned(session, call)
    uri = call.uri
    erase(session, call)
    say(session, call, "Delete", tombstone(uri, "Article", call.modified_at), people)


def erase(session: Session, call: Call) -> None:
    """Leave of a call only that it was there; what communities said stays with them."""
    listed = [one.contribution for one in calls.entries(session, call)]
    session.exec(delete(Backing).where(col(Backing.subject).in_([call.uri, *listed])))
    session.exec(delete(Entry).where(col(Entry.call_id) == call.id))
    call.withdrawn_at = call.modified_at = now()
    call.title = call.words = call.synthesis = {}
    call.aim = call.tally = {}
    call.members = call.backers = []
    session.add(call)
    originals.forget(session, call.uri)
    session.flush()


def check(call: Call) -> None:
    """Refuse when a call is not of this instance, or is gone."""
    if not call.local:
        raise NotAllowed(N_("Only the cluster that opened it leads it."))
    if call.withdrawn_at is not None:
        raise Refusal(N_("It has been taken back."))


def tell(session: Session, call: Call, *, first: bool = False) -> None:
    """Say a call of ours as it stands to all whom it concerns."""
    call.modified_at = call.issued_at if first else now()
    call.members = calls.members(session, call) if call.kind == CAMPAIGN else []
    session.add(call)
    session.flush()
    listed = calls.entries(session, call)
    people = _concerned(session, call)
    links = []
    if call.closed_at is not None and call.kind == CONSULTATION:
        best = [one for one in calls.shown(session, call) if one.readable and one.words][:LINKED]
        links = [
            (one.entry.contribution, next(iter(one.words.title.values()), "")) for one in best if one.words
        ]
    behind = calls.backers(session, call, listed)
    key_id, private = keys.proving_key(session, call.owner)
    obj = call_object(call, listed, behind, links=links, others=people)
    told = proofs.sign_object(obj, key_id=key_id, private_key=private)
    say(session, call, "Create" if first else "Update", told, people)


def tell_members(session: Session, cluster: str) -> None:
    """Say what a cluster has open anew, as when its members have changed: who is new has not heard of it."""
    for one in calls.all_(session, owner=cluster):
        if one.local and (calls.is_open(one) or calls.begins(one)):
            tell(session, one)


def change(
    session: Session, call: Call, *, title: Texts, words: Texts, closes_on: date | str | None = None
) -> None:
    """Say a title and a question or goal anew, as in one more language, or give more time; it stays open.

    What is shortened or made longer is the last day alone, and it never lies in the past.
    """
    check(call)
    if call.closed_at is not None:
        raise Refusal(N_("It has been closed already."))
    problems: list[Problem] = []
    titles = _checked(_TITLE, title, "title", problems)
    texts = _checked(_QUESTION, words, "words", problems)
    if not titles and not problems:
        problems.append(Problem("title", Message(N_("Give it a title."))))
    if not texts and not any(one.path == "words" for one in problems):
        problems.append(Problem("words", Message(N_("Write the question."))))
    end = call.closes_on if closes_on is None else _day(closes_on, "closes_on", problems)
    if end and end != call.closes_on and end < now().date():
        problems.append(Problem("closes_on", Message(N_("This day is over already."))))
    elif end and end < call.opens_on:
        problems.append(Problem("closes_on", Message(N_("It ends before it begins."))))
    if problems or end is None:
        raise Refusal(problems)
    if (titles, texts, end) != (call.title, call.words, call.closes_on):
        call.title, call.words, call.closes_on = titles, texts, end
        session.add(call)
        tell(session, call)


def say(
    session: Session, call: Call, kind: str, thing: Any, people: list[str] | None = None, **extra: Any
) -> None:
    """Send an activity of the cluster to its followers and to all whom the call concerns."""
    owner = call.owner
    others = _concerned(session, call) if people is None else people
    activity = wrap(kind, owner, thing, to=[PUBLIC], cc=[f"{owner}/followers", *others])
    outbox.send(session, actor=owner, activity=activity | extra, followers_of=[owner], to_actors=others)


def _concerned(session: Session, call: Call) -> list[str]:
    """The members of the cluster, and who has taken part."""
    listed = calls.entries(session, call)
    behind = select(Backing.community).where(
        col(Backing.subject).in_([call.uri, *(one.contribution for one in listed)])
    )
    return sorted({*calls.members(session, call), *(one.author for one in listed), *session.exec(behind)})


def _checked(
    kind: TypeAdapter[dict[str, str]], texts: Texts, path: str, problems: list[Problem]
) -> dict[str, str]:
    try:
        return kind.validate_python(dict(texts))
    except ValidationError as error:
        problems += [Problem(path, one.message) for one in completeness.problems(error)]
        return {}


def _day(value: date | str, path: str, problems: list[Problem]) -> date | None:
    if isinstance(value, date):
        return value
    with suppress(ValueError):
        if len(value.strip()) == 10:
            return date.fromisoformat(value.strip())
    problems.append(Problem(path, Message(N_("Write the day as 2024-05-31."))))
    return None


def _aim(aim: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    number = str(aim.get("number") or "").strip()
    if not number:
        return {}
    if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= _MOST_AIMED_AT):
        problems.append(Problem("aim", Message(N_("A whole number is expected here."))))
        return {}
    counts, place = aim.get("counts") or BOTH, aim.get("place") or ""
    if counts not in (BOTH, PRACTICES, ADOPTIONS) or place not in PLACES:
        problems.append(Problem("aim", Message(N_("Please choose"))))
        return {}
    return {"number": int(number), "counts": counts, "place": place}
