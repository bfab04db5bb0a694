"""Following a theme, a community or a practice: searches that are kept for a community of ours.

What is followed is asked as any saved search is, so that what is new in it, feeds and letters are those of
saved searches. They are read by all who act for the community, also by whoever comes after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session, col, or_, select

from exchange.catalogue import shelf
from exchange.catalogue.finding import saved
from exchange.catalogue.finding.saved import Kept
from exchange.messages import N_, NotFound, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.saved import SavedSearch
from exchange.translation import gettext_for
from exchange.vocabulary import concepts

THEME, COMMUNITY, PRACTICE = "theme", "community", "practice"
TAKES_UP = N_("%(name)s: what it takes up")
KINDS = (COMMUNITY, THEME, PRACTICE)


@dataclass(frozen=True)
class Followed:
    """One thing that is followed, with the searches that carry it; `subject` is its row where it has one."""

    kind: str
    value: str
    searches: Sequence[Kept]
    subject: Community | Practice | None = None

    @property
    def new(self) -> int:
        return sum(one.new for one in self.searches)

    @property
    def name(self) -> str:
        return self.searches[0].search.name

    @property
    def what(self) -> str:
        return f"{self.kind}:{self.value}"


def follow(session: Session, officer: Officer, what: str, *, language: str = "en") -> None:
    """Follow what `what` names, as kind and value, for the officer's community; once is enough.

    A community is followed in what it does and in what it takes up. Everything that is there by now counts
    as seen. Raises NotFound where there is no such thing, and Refusal for another kind of thing.
    """
    kind, value, name, questions = _meant(session, what, language)
    subject = f"{kind}:{value}"
    if is_followed(session, officer, subject):
        return
    for question in questions:
        called = TAKES_UP if question[0] == "adopted_by" else "%(name)s"
        told = _name(gettext_for(language)(called) % {"name": name})
        made = saved.save(session, officer, urlencode([question]), name=told, language=language)
        made.follows, made.community_id = subject, officer.community_id
        session.add(made)
    session.flush()


def unfollow(session: Session, officer: Officer, what: str) -> None:
    """Follow it no longer. Whoever acts for the community may say so."""
    for search in session.exec(_theirs(officer).where(SavedSearch.follows == what)):
        search.deleted_at = now()
        session.add(search)
    session.flush()


def is_followed(session: Session, officer: Officer, what: str) -> bool:
    """Whether the officer's community follows it."""
    return session.exec(_theirs(officer).where(SavedSearch.follows == what).limit(1)).first() is not None


def followed(session: Session, searches: Sequence[Kept]) -> list[Followed]:
    """What is followed, out of the searches that an officer has: what has news first, then by kind and name."""
    grouped: dict[str, list[Kept]] = {}
    for one in searches:
        if one.search.follows:
            grouped.setdefault(one.search.follows, []).append(one)
    found = []
    for what, kept in grouped.items():
        kind, _, value = what.partition(":")
        kept.sort(key=lambda one: one.search.id or 0)
        found.append(Followed(kind, value, kept, _subject(session, kind, value)))
    order = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (-one.new, order.get(one.kind, len(order)), one.name.casefold()))


def _theirs(officer: Officer) -> Any:
    """The searches by which this officer, or the community that they act for, follows something."""
    own: Any = SavedSearch.officer_id == officer.id
    if officer.community_id is not None:
        own = or_(own, SavedSearch.community_id == officer.community_id)
    return select(SavedSearch).where(
        own,
        col(SavedSearch.follows).is_not(None),
        SavedSearch.deleted_at == None,  # noqa: E711
    )


def _meant(session: Session, what: str, language: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    """(kind, value, name, what is asked) of something that can be followed."""
    kind, _, value = what.partition(":")
    if kind == THEME and value in concepts.scheme("themes"):
        return kind, value, concepts.label(value, language), [("theme", value)]
    if kind == COMMUNITY:
        town = shelf.community(session, value)
        return kind, town.uri, town.called(language), [("community", town.uri), ("adopted_by", town.uri)]
    if kind == PRACTICE:
        found = shelf.practice(session, value)
        if found.state != PUBLISHED:
            raise NotFound(N_("There is no practice “%(ref)s” here."), ref=value[:200])
        return kind, found.key, found.title_texts.get(language) or found.title, [("key", found.key)]
    raise Refusal(N_("“%(value)s” is not one of the choices here."), value=what[:80])


def _subject(session: Session, kind: str, value: str) -> Community | Practice | None:
    if kind == COMMUNITY:
        return session.exec(select(Community).where(Community.uri == value)).first()
    if kind == PRACTICE:
        return session.exec(select(Practice).where(Practice.key == value)).first()
    return None


def _name(text: str) -> str:
    """A name as a saved search may have it, whatever somebody elsewhere called the thing."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line[: saved.LONGEST_NAME].strip() or "?"
