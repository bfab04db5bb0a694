"""A cluster's consultation or campaign on the wire: an Article, and in it what is asked, of whom, and what came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import escape
from typing import Any

from exchange.messages import N_
from exchange.models.call import (
    ADOPTIONS,
    BOTH,
    CAMPAIGN,
    CONSULTATION,
    EVERYBODY,
    MEMBERS,
    PRACTICES,
    Call,
    Entry,
)
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.kinds import CALLS
from exchange.vocabulary.activitystreams.reading import (
    choice_at,
    is_uri,
    moment_at,
    node,
    number_at,
    refuse,
    uri_at,
    validated,
)
from exchange.vocabulary.activitystreams.shared import addressed, object_link, page_link, plain, stamp, tagged
from exchange.vocabulary.fields import UNDETERMINED, Part, Question, Remark, Text, Title

MOST = 300  # contributions and comments in one consultation
MOST_BACKERS = 1_000  # communities behind one contribution or campaign
LINKED = 10  # contributions in the text of a synthesis
PLACES = ("", "rural", "town", "city")
NODE = {CONSULTATION: "Consultation", CAMPAIGN: "Campaign"}
_WORDS = {CONSULTATION: "question", CAMPAIGN: "goal"}
_FIGURES = ("contributions", "supports", "communities", "countries")


class _Words(Part):
    title: Title = {}
    words: Question = {}
    synthesis: Text = {}


class _Reason(Part):
    hidden: Remark = {}


@dataclass(frozen=True)
class ReadEntry:
    """One contribution as the cluster lists it; `backers` are the communities that support it."""

    uri: str
    author: str
    answers: str | None
    at: datetime
    hidden: dict[str, str]
    moved_to: str | None
    moved_from: str | None
    backers: tuple[str, ...]


@dataclass(frozen=True)
class ReadCall:
    """A consultation or campaign as it came in, judged; `taking_part` and `members` are of a campaign."""

    uri: str
    kind: str
    owner: str
    fields: dict[str, Any]
    entries: tuple[ReadEntry, ...]
    taking_part: tuple[str, ...]
    published: datetime
    updated: datetime


def call_object(
    call: Call,
    entries: Sequence[Entry],
    backers: Mapping[str, Sequence[str]],
    *,
    links: Sequence[tuple[str, str]] = (),
    others: Sequence[str] = (),
) -> dict[str, Any]:
    """The Article for a call of a cluster of ours.

    `backers` is {address of a contribution or of the campaign: communities}, `links` the contributions that
    a synthesis leads to as (address, title), `others` the actors whom it concerns.
    """
    language = next(iter(call.title), UNDETERMINED)
    told = {k: _told(call, k, links) for k in call.words}
    obj = {
        **addressed(call.uri, call.owner, others),
        "type": "Article",
        "attributedTo": call.owner,
        "name": call.called(language),
        "nameMap": tagged(call.title),
        "content": next(iter(told.values()), ""),
        "contentMap": tagged(told),
        "url": call.uri,
        "published": stamp(call.issued_at),
        "updated": stamp(call.modified_at),
        "startTime": stamp(datetime.combine(call.opens_on, time.min, UTC)),
        "endTime": stamp(datetime.combine(call.closes_on, time(23, 59, 59), UTC)),
        "attachment": [page_link(call.uri, call.called(language), language)],
        "tag": [object_link(to, name or to) for to, name in links[:LINKED]] or None,
        call.kind: {
            "id": f"{call.uri}#{call.kind}",
            "type": NODE[call.kind],
            "title": call.title,
            _WORDS[call.kind]: call.words,
            "theme": call.theme,
            "opens": call.opens_on.isoformat(),
            "closes": call.closes_on.isoformat(),
            "openTo": call.open_to,
            "closed": stamp(call.closed_at) if call.closed_at else None,
            "synthesis": call.synthesis or None,
            **(_campaign(call, backers) if call.kind == CAMPAIGN else _consultation(call, entries, backers)),
        },
    }
    return {k: v for k, v in plain(obj).items() if v != {}}


def _consultation(
    call: Call, entries: Sequence[Entry], backers: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    return {
        "contributions": [
            {
                "type": "Entry",
                "contribution": one.contribution,
                "author": one.author,
                "answers": one.answers,
                "accepted": stamp(one.at),
                "supportedBy": list(backers.get(one.contribution, ())) or None,
                "hidden": one.hidden or None,
                "movedTo": one.moved_to,
                "movedFrom": one.moved_from,
            }
            for one in entries
        ],
        "tally": call.tally or None,
    }


def _campaign(call: Call, backers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "aim": {k: v for k, v in call.aim.items() if v} or None,
        "takingPart": list(backers.get(call.uri, ())),
        "members": call.members,
    }


def _told(call: Call, language: str, links: Sequence[tuple[str, str]]) -> str:
    parts = [article.paragraphs(call.words, language)]
    if call.closed_at is not None:
        parts.append(article.paragraphs(call.synthesis, language) if call.synthesis else "")
        items = "".join(
            f'<li><a href="{escape(uri)}">{escape(title or uri, quote=False)}</a></li>'
            for uri, title in links[:LINKED]
        )
        parts.append(f"<ol>{items}</ol>" if items else "")
    return "".join(parts)


# --------------------------------------------------------------------- reading


def call_of(obj: Any) -> ReadCall:
    """The consultation or campaign in an Article; raises Refusal, with the field, where it is not in order."""
    if not isinstance(obj, dict):
        raise refuse("", N_("An object is expected here."))
    kind = next((name for name in CALLS if isinstance(obj.get(name), dict)), CONSULTATION)
    inner = node(obj, kind, NODE[kind])
    if obj.get("type") != "Article":
        raise refuse("type", N_("A consultation or campaign comes as an Article."))
    given = {"title": inner.get("title", {}), "words": inner.get(_WORDS[kind], {})}
    if inner.get("synthesis") is not None:
        given["synthesis"] = inner["synthesis"]
    words = validated(_Words, given, kind)
    if not words.title or not words.words:
        raise refuse(kind, N_("A call has a title, and says what it is about."))
    opens, closes = _day(inner, "opens", kind), _day(inner, "closes", kind)
    if closes < opens:
        raise refuse(f"{kind}.closes", N_("It ends before it begins."))
    published = moment_at(obj, "published")
    fields = {
        "title": words.title,
        "words": words.words,
        "synthesis": words.synthesis,
        "theme": choice_at(inner, "theme", kind, concepts.scheme("themes").concepts),
        "opens_on": opens,
        "closes_on": closes,
        "open_to": choice_at(inner, "openTo", kind, (MEMBERS, EVERYBODY), MEMBERS),
        "closed_at": moment_at(inner, "closed") if inner.get("closed") is not None else None,
        "tally": _tally(inner.get("tally")) if kind == CONSULTATION else {},
        "aim": _aim(inner.get("aim")) if kind == CAMPAIGN else {},
        "members": list(_uris(inner.get("members"), "members", kind)) if kind == CAMPAIGN else [],
    }
    return ReadCall(
        uri=uri_at(obj, "id"),
        kind=kind,
        owner=uri_at(obj, "attributedTo"),
        fields=fields,
        entries=entries_in(obj),
        taking_part=_uris(inner.get("takingPart"), "takingPart", kind) if kind == CAMPAIGN else (),
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
    )


def entries_in(obj: dict[str, Any]) -> tuple[ReadEntry, ...]:
    """What a consultation lists, each contribution once; raises Refusal on nonsense."""
    inner = obj.get(CONSULTATION)
    listed = inner.get("contributions") if isinstance(inner, dict) else None
    listed = [] if listed is None else listed
    path = f"{CONSULTATION}.contributions"
    if not isinstance(listed, list) or len(listed) > MOST:
        raise refuse(path, N_("A list of at most %(limit)s items is expected here."), limit=MOST)
    found: dict[str, ReadEntry] = {}
    for one in listed:
        if not isinstance(one, dict):
            raise refuse(path, N_("An object is expected here."))
        hidden = validated(_Reason, {"hidden": one.get("hidden") or {}}, path).hidden
        read = ReadEntry(
            uri=uri_at(one, "contribution", path),
            author=uri_at(one, "author", path),
            answers=_maybe_uri(one, "answers", path),
            at=moment_at(one, "accepted"),
            hidden=hidden,
            moved_to=_maybe_uri(one, "movedTo", path),
            moved_from=_maybe_uri(one, "movedFrom", path),
            backers=_uris(one.get("supportedBy"), "supportedBy", path),
        )
        found.setdefault(read.uri, read)
    return tuple(found.values())


def _maybe_uri(obj: dict[str, Any], name: str, path: str) -> str | None:
    return uri_at(obj, name, f"{path}.{name}") if obj.get(name) is not None else None


def _uris(value: Any, name: str, path: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value or []
    if not isinstance(listed, list) or len(listed) > MOST_BACKERS or not all(map(is_uri, listed)):
        raise refuse(f"{path}.{name}", N_("A list of web addresses is expected here."))
    return tuple(dict.fromkeys(listed))


def _day(inner: dict[str, Any], name: str, path: str) -> date:
    value = inner.get(name)
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refuse(f"{path}.{name}", N_("Write the day as 2024-05-31."))


def _aim(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refuse("campaign.aim", N_("An object is expected here."))
    return {
        "number": number_at(value, "number", "campaign.aim"),
        "counts": choice_at(value, "counts", "campaign.aim", (BOTH, PRACTICES, ADOPTIONS), BOTH),
        "place": choice_at(value, "place", "campaign.aim", PLACES),
    }


def _tally(value: Any) -> dict[str, Any]:
    """The figures of a synthesis: whole numbers, and how many communities of each kind of place."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not isinstance(value.get("places", {}), dict):
        raise refuse("consultation.tally", N_("An object is expected here."))
    places = value.get("places", {})

    def figure(of: dict[str, Any], name: str) -> int:
        return number_at(of, name, "consultation.tally", low=0) if name in of else 0

    told: dict[str, Any] = {name: figure(value, name) for name in _FIGURES}
    return told | {"places": {name: figure(places, name) for name in PLACES[1:]}}
