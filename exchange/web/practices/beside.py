"""Up to four practices side by side: what each cost, needed and brought, a row for each fact."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding.find import SearchParams
from exchange.catalogue.judging import judgement
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary.adoption import STOPPED
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current
from exchange.web.frame.pictures import Strip, strips
from exchange.web.frame.reach import database, instance
from exchange.web.practices.practice import Telling, telling

MOST = 4
OFFERED = 6
TOO_MANY = N_("At most %(limit)s practices stand side by side; the first ones are shown.")


@dataclass(frozen=True)
class Column:
    """One practice: what it tells, its figures, and what became of it."""

    practice: Practice
    told: Telling
    strips: dict[str, Strip]
    voices: int
    adoptions: list[Adoption]
    stages: dict[str, int]

    @property
    def owner(self) -> Community:
        return self.told.owner

    @property
    def stopped(self) -> int:
        return sum(n for stage, n in self.stages.items() if stage in STOPPED)


@dataclass(frozen=True)
class Row:
    """One fact. `differs` only where what is told can be compared, not where everybody uses words of their own."""

    name: str
    label: str
    differs: bool


Fact = Callable[[Column], Any]
_STAFF = ("fte", "personMonths")
ROWS: tuple[tuple[str, str, Fact, Fact | None], ...] = (  # name, label, what is told, what is compared
    ("place", N_("Place"), lambda c: c.owner, None),
    ("kind", N_("Kind of place"), lambda c: c.owner.degurba, lambda c: c.owner.degurba),
    ("size", N_("Size"), lambda c: c.owner.population, lambda c: c.owner.population_class),
    ("themes", N_("Themes"), lambda c: c.practice.themes, lambda c: frozenset(c.practice.themes)),
    ("status", N_("Where it stands"), lambda c: c.practice.status, lambda c: c.practice.status),
    ("time", N_("Time"), lambda c: _told(c, "startDate"), lambda c: (_told(c, "startDate"), _told(c, "endDate"))),
    ("cost", N_("Cost"), lambda c: _cost(c), lambda c: _cost(c).get("class")),
    ("staff", N_("Staff"), lambda c: _staff(c), lambda c: tuple(_staff(c).get(name) for name in _STAFF)),
    ("evidence", N_("Evidence"), lambda c: c.told.evidence, lambda c: c.told.evidence),
    ("maturity", N_("Maturity"), lambda c: c.practice.maturity, lambda c: c.practice.maturity),
    ("people", N_("How far people took part"), lambda c: _level(c), lambda c: _level(c)),
    ("results", N_("What came out"), lambda c: _told(c, "result"), None),
    ("lessons", N_("What was learned, also the hard way"), lambda c: _told(c, "lesson"), None),
    ("needs", N_("What it needs"), lambda c: _told(c, "prerequisite"), None),
    ("core", N_("What must stay, what may change"), lambda c: _again(c).get("core"), None),
    ("fits", N_("Fits places of"), lambda c: _again(c).get("scaleRange"), lambda c: _fits(c)),
    ("adoptions", N_("Adoptions"), lambda c: True, lambda c: len(c.adoptions)),
    ("voices", N_("Voices in reviews"), lambda c: c.voices, lambda c: c.voices),
)  # fmt: skip


@public.get("/compare")
def beside() -> str | tuple[str, int]:
    """The practices that were chosen, and a way to add one."""
    wanted = list(dict.fromkeys(one for one in request.args.getlist("p") if one))
    problems: list[Problem] = []
    if len(wanted) > MOST:
        problems.append(Problem("", Message(TOO_MANY, {"limit": MOST})))
    columns: list[Column] = []
    words = request.args.get("q", "")[: finding.MOST_WORDS]
    with database().reading() as session:
        for key in wanted[:MOST]:
            try:
                found = shelf.practice(session, key[:300])
                if found.state != PUBLISHED:
                    raise NotFound(N_("There is no practice “%(ref)s” here."), ref=key[:200])
            except NotFound as missing:
                problems += missing.problems
                continue
            if found.id not in {column.practice.id for column in columns}:
                columns.append(_column(session, found))
        offered = _offered(session, columns, words) if len(columns) < MOST else []
    body = render_template(
        "beside.html",
        columns=columns,
        rows=rows(columns),
        criteria=_criteria(columns),
        offered=offered,
        words=words,
        most=MOST,
        problems=problems,
    )
    return (body, 400) if problems else body


def rows(columns: Sequence[Column]) -> list[Row]:
    """The facts that at least one of them tells."""
    found = []
    for name, label, told, compared in ROWS:
        if any(told(column) not in (None, "", [], {}) for column in columns):
            values = {compared(column) for column in columns} if compared else set()
            found.append(Row(name, label, len(values) > 1))
    return found


def _column(session: Session, found: Practice) -> Column:
    judged = judgement.judged(session, found)
    adoptions = [a for a in shelf.adoptions_of(session, found) if a.counts]
    return Column(
        practice=found,
        told=telling(found, shelf.community_of(session, found)),
        strips={one.distribution.criterion: one for one in strips(judged.distributions)},
        voices=judged.n,
        adoptions=adoptions,
        stages=dict(Counter(a.stage for a in adoptions).most_common()),
    )


def _criteria(columns: Sequence[Column]) -> list[str]:
    """The criteria by which any of them was rated, in the order of the vocabulary."""
    return list(dict.fromkeys(name for column in columns for name in column.strips))


def _offered(session: Session, columns: Sequence[Column], words: str) -> list[dict[str, Any]]:
    """What could stand beside them: what was searched for, else others on the theme of the first."""
    themes = tuple(columns[0].practice.themes[:1]) if columns else ()
    if not words and not themes:
        return []
    filters = {} if words else {"theme": themes}
    params = SearchParams(q=words, filters=filters, per_page=OFFERED + MOST)
    try:
        results = finding.find(
            instance().engine, params, language=current(), session=session, home=g.community
        )
    except Refusal:
        return []
    there = {column.practice.key for column in columns}
    return [one for one in results.items if one["key"] not in there][:OFFERED]


def _told(column: Column, name: str) -> Any:
    return column.told.record.get(name)


def _cost(column: Column) -> dict[str, Any]:
    return _told(column, "cost") or {}


def _staff(column: Column) -> dict[str, Any]:
    return _cost(column).get("staff") or {}


def _again(column: Column) -> dict[str, Any]:
    return _told(column, "replication") or {}


def _level(column: Column) -> Any:
    return (_told(column, "engagement") or {}).get("level")


def _fits(column: Column) -> Any:
    told = _again(column).get("scaleRange") or {}
    return (told.get("min"), told.get("max"))
