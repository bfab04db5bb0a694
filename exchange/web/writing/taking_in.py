"""Taking in what a community has written already: a file is read, its columns are put in order, and drafts come of it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue.files import take_in as taking
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.community import Community
from exchange.models.intake import Intake
from exchange.vocabulary import tables
from exchange.vocabulary.fields import clean, is_language
from exchange.vocabulary.foreign import COMMUNITY
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.language import current, gettext
from exchange.web.frame.reach import database
from exchange.web.writing import recognising
from exchange.web.writing.placing import Placed, place

Answer = str | tuple[str, int] | Response
EXAMPLE = 160  # characters of what stands in a column


@dataclass(frozen=True)
class Record:
    """A record of a file as it would come in."""

    number: int
    placed: Placed
    stranger: str  # the other community that it says it is of
    known: bool  # something of this title is here already

    @property
    def wanted(self) -> bool:
        return not self.stranger and not self.known


@officer.get("/desk/take-in")
@guard.officers_only
def take_in() -> Answer:
    """Ask for the file; one that was read before waits here."""
    guard.own_community()
    return _ask([])


@officer.post("/desk/take-in")
@guard.officers_only
def hand_in() -> Answer:
    """Read a file, whatever it is, and keep what it holds until it is put in order."""
    community = guard.own_community()
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Refusal([Problem("file", Message(N_("Choose a file.")))])
        table = tables.read(sent.stream.read(tables.LARGEST + 1), sent.filename)
    except Refusal as refusal:
        return _ask([Problem("file", one.message) for one in refusal.problems]), 422
    except (RecursionError, MemoryError):
        return _ask([Problem("file", Message(N_("This file cannot be read.")))]), 422
    mapping = recognising.recognise(table.columns)
    with database().writing() as session:
        kept = taking.begin(
            session,
            session.get_one(Community, community.id),
            g.officer,
            table.rows,
            mapping,
            name=clean(sent.filename)[:100],
            language=_language(),
        )
    return redirect(url_for("officer.put_in_order", key=kept.key), 303)


@officer.get("/desk/take-in/<key>")
@guard.officers_only
def put_in_order(key: str) -> Answer:
    """Which field each column is, and which records come in."""
    with database().reading() as session:
        return _look(session, _own(session, key), [])


@officer.post("/desk/take-in/<key>")
@guard.officers_only
def settle_order(key: str) -> Answer:
    """Remember the columns; then look again, make the drafts, or forget the file."""
    go = request.form.get("go", "look")
    with database().writing() as session:
        kept = _own(session, key)
        if go == "drop":
            taking.drop(session, kept)
            return redirect(url_for("officer.desk"), 303)
        taking.put_in_order(session, kept, _mapping(kept), _language())
        if go == "take":
            community = session.get_one(Community, kept.community_id)
            wanted = set(request.form.getlist("record"))
            records = [
                one for one in _records(session, kept) if str(one.number) in wanted and not one.stranger
            ]
            if records:
                placed = [(one.placed.data, one.placed.aside) for one in records]
                taking.take_in(session, kept, community, g.officer, placed)
                return redirect(url_for("officer.desk", done="taken-in", _anchor="drafts"), 303)
            problems = [Problem("record", Message(N_("Tick at least one record.")))]
            return _look(session, kept, problems, none=True), 422
    return redirect(url_for("officer.put_in_order", key=key), 303)


def _ask(problems: list[Problem]) -> str:
    with database().reading() as session:
        waiting = taking.waiting(session, g.officer)
    mine = waiting if waiting and g.community and waiting.community_id == g.community.id else None
    return render_template(
        "take_in.html",
        problems=problems,
        waiting=mine,
        language=_language(),
        megabytes=tables.LARGEST // 1024 // 1024,
        records=tables.RECORDS,
    )


def _look(session: Session, kept: Intake, problems: list[Problem], none: bool = False) -> str:
    columns = [
        (number, column, kept.example(column)[:EXAMPLE], kept.mapping[column])
        for number, column in enumerate(kept.columns())
    ]
    return render_template(
        "take_in_order.html",
        intake=kept,
        unknown=[one for one in columns if one[3] == recognising.ASIDE],
        known=[one for one in columns if one[3] and one[3] != recognising.own(one[1])],
        ours=[one[1] for one in columns if one[3] and one[3] == recognising.own(one[1])],
        records=_records(session, kept),
        options=_options(),
        problems=problems,
        none=none,
    )


def _options() -> Callable[[str], Markup]:
    """The fields to choose from, with one of them chosen; they are written out once for all the columns of a page."""
    one = Markup('<option value="{}">{}</option>')
    groups = [
        Markup('<optgroup label="{}">{}</optgroup>').format(
            gettext(title),
            Markup("").join(one.format(path, " · ".join(map(gettext, words))) for path, words in fields),
        )
        for title, fields in recognising.choices()
    ]
    aside = one.format(recognising.ASIDE, gettext(N_("Keep it as a note")))
    whole = aside + one.format(COMMUNITY, gettext(recognising.OF_COMMUNITY)) + Markup("").join(groups)
    return lambda path: Markup(whole.replace(f'value="{path}"', f'value="{path}" selected', 1))  # noqa: S704 - both are ours


def _records(session: Session, kept: Intake) -> list[Record]:
    community = session.get_one(Community, kept.community_id)
    here = taking.titles(session, community)
    found = []
    for number, row in enumerate(kept.rows):
        placed = place(row, kept.mapping, kept.language)
        known = placed.title.casefold() in here if placed.title else False
        found.append(Record(number, placed, placed.stranger(community), known))
    return found


def _mapping(kept: Intake) -> dict[str, str]:
    """What was chosen for each column, as far as it is a field."""
    allowed = {*recognising.leaves(), COMMUNITY, recognising.ASIDE}
    found = {}
    for number, column in enumerate(kept.columns()):
        path = request.form.get(f"column.{number}")
        if path is not None and (path in allowed or path == recognising.own(column)):
            found[column] = path
    return found


def _language() -> str:
    told = clean(request.form.get("language", ""))
    return told if is_language(told) else current()


def _own(session: Session, key: str) -> Intake:
    kept = taking.by_key(session, key)
    guard.check_may(session.get_one(Community, kept.community_id))
    if kept.officer_id != g.officer.id:
        raise NotAllowed(N_("A colleague of yours has handed in this file."))
    return kept
