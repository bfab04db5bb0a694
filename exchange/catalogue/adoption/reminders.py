"""What an adopter should be asked or told: a new version is out, and after 1, 3 and 5 years what became of it.

Nothing is written down for it. What is due follows from when the adoption began and from its last word:
one that was given after the day answers the question of that day. The desk shows it, and whoever sends
messages may ask for it here.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.practices.differences import Change, between
from exchange.messages import NotFound
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.vocabulary.adoption import STOPPED

YEARS = (1, 3, 5)


@dataclass(frozen=True)
class Question:
    """“What became of it?”, asked of an adopter `years` after it began, on `due`."""

    adoption: Adoption
    practice: Practice
    years: int
    due: date


@dataclass(frozen=True)
class News:
    """A version is out that an adopter does not follow yet. `changes` is None when we lack one of the two."""

    adoption: Adoption
    practice: Practice
    follows: int
    newest: int
    changes: list[Change] | None


def questions(session: Session, adopter: Community, *, on: date | None = None) -> list[Question]:
    """What a community of ours is asked on that day, the longest due first."""
    today = on or now().date()
    found = []
    for adoption, practice in _own(session, adopter):
        if adoption.stage not in STOPPED and (due := due_on(adoption, today)):
            found.append(Question(adoption, practice, *due))
    return sorted(found, key=lambda q: (q.due, q.adoption.id))


def due_on(adoption: Adoption, today: date) -> tuple[int, date] | None:
    """(years, day) of the last question that has come due and that the adopter has not answered since."""
    began, said = began_on(adoption), adoption.modified_at.date()
    passed = [(n, day) for n in YEARS if (day := _after(began, n)) <= today]
    return passed[-1] if passed and passed[-1][1] > said else None


def began_on(adoption: Adoption) -> date:
    """When an adoption began: its first stage, or the year that it names; a bare year is its last day."""
    dates = [text for text in (adoption.record.get("stageDates") or {}).values() if isinstance(text, str)]
    since = adoption.record.get("since")
    told = [day for text in [*dates, *([since] if isinstance(since, str) else [])] if (day := _day(text))]
    return min(told, default=adoption.issued_at.date())


def news(session: Session, adopter: Community) -> list[News]:
    """What is new in the practices that a community of ours follows and has not looked at."""
    found = []
    for adoption, practice in _own(session, adopter):
        seen = max(adoption.practice_version, adoption.heeded_version)
        if adoption.stage not in STOPPED and practice.state == PUBLISHED and practice.version > seen:
            changes = _changes(session, adoption, practice)
            found.append(News(adoption, practice, adoption.practice_version, practice.version, changes))
    return found


def _changes(session: Session, adoption: Adoption, practice: Practice) -> list[Change] | None:
    try:
        before = shelf.version(session, practice, adoption.practice_version)
    except NotFound:
        return None
    return between(before.words(practice), practice.record)


def _own(session: Session, adopter: Community) -> list[tuple[Adoption, Practice]]:
    """The adoptions that a community has recorded itself; a withdrawn practice has adopters still."""
    query = (
        select(Adoption, Practice)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .where(
            Adoption.adopter_id == adopter.id,
            Adoption.local,
            Adoption.documented_by != OTHERS,
            Adoption.withdrawn_at == None,  # noqa: E711
        )
    )
    return list(session.exec(query.order_by(col(Adoption.id))))


def _day(text: str) -> date | None:
    """The day of a date as it was given; a year or a month counts from its end."""
    parts = [int(part) for part in text.rstrip("~?%").split("-") if part.isdigit()]
    try:
        return date(*parts, *(12, 28)[len(parts) - 1 :]) if parts else None
    except (ValueError, TypeError):
        return None


def _after(began: date, years: int) -> date:
    if began.year + years > date.max.year:
        return date.max
    try:
        return began.replace(year=began.year + years)
    except ValueError:  # the 29th of February
        return began.replace(year=began.year + years, day=28)
