"""Setting records side by side: what changed between two versions, and where two catalogues differ."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.practices import differences, links
from exchange.catalogue.practices.differences import Change
from exchange.messages import N_, NotFound
from exchange.models.practice import WITHDRAWN, Practice
from exchange.vocabulary import concepts
from exchange.vocabulary.fields import is_language
from exchange.web.frame.blueprints import public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import gettext, label, number
from exchange.web.frame.reach import database
from exchange.web.frame.show import best
from exchange.web.writing.questions import PARTS

SAME, GONE, NEW = "same", "gone", "new"
OTHER = N_("Other details")
_LABELS = {q.path: q.label for part in PARTS for q in part.questions}
FIGURES = (
    "status",
    "maturity",
    "evidenceLevel",
    "startDate",
    "endDate",
    "cost.class",
    "cost.items",
    "cost.staff",
)
NAMES = {"cost.items": N_("Costs"), "cost.staff": N_("Staff")}
_WORDS = re.compile(r"\s+|[^\s]+")
Piece = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """A change as it is read: texts with what is gone and what is new in them, lists as their lines."""

    field: str
    label: str
    texts: list[tuple[str, list[Piece]]]
    lines: list[Piece]


@dataclass(frozen=True)
class Row:
    """One figure in each of several records."""

    label: str
    cells: list[str]

    @property
    def differs(self) -> bool:
        return len({cell for cell in self.cells if cell}) > 1


@public.get("/practices/<key>/differences")
def differences_between(key: str) -> str | Response:
    """What changed between two versions of a practice; the last two when none are named."""
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        owner = shelf.community_of(session, found)
        versions = shelf.versions_of(session, found)
        numbers = [one.number for one in versions]
        newer = _number("to", numbers[0] if numbers else found.version)
        older = _number("from", next((n for n in numbers if n < newer), newer))
        before, after = shelf.version(session, found, older), shelf.version(session, found, newer)
    changes = [shown(one) for one in differences.between(before.words(found), after.words(found))]
    return render_template(
        "differences.html",
        practice=found,
        owner=owner,
        versions=versions,
        before=before,
        after=after,
        changes=changes,
    )


@public.get("/practices/<key>/same")
def same(key: str) -> str | Response:
    """The same practice as other catalogues have it, side by side."""
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        others = links.same_as(session, found)
        if not others:
            raise NotFound(N_("No other record of this practice is held here."))
        records = [(p, shelf.community_of(session, p), said) for p, said in [(found, True), *others]]
    return render_template(
        "same.html", practice=found, records=records, rows=rows([p for p, _o, _s in records])
    )


def shown(change: Change) -> Shown:
    """A change in the words of the form."""
    before, after = change.before, change.after
    texts: list[tuple[str, list[Piece]]] = []
    lines: list[Piece] = []
    if _is_text(before) and _is_text(after):
        old, new = before or {}, after or {}
        for language in dict.fromkeys((*new, *old)):
            if old.get(language) != new.get(language):
                texts.append((language, words(old.get(language, ""), new.get(language, ""))))
    else:
        old_lines, new_lines = list(_lines(before)), list(_lines(after))
        lines = [(GONE, line) for line in old_lines if line not in new_lines]
        lines += [(NEW, line) for line in new_lines if line not in old_lines]
    return Shown(change.field, _named(change.field), texts, lines)


def words(before: str, after: str) -> list[Piece]:
    """A text with what is gone and what is new in it, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((SAME, "".join(old[a:b])))
            continue
        found += [(GONE, "".join(old[a:b]))] if a < b else []
        found += [(NEW, "".join(new[c:d]))] if c < d else []
    return found


def rows(practices: Sequence[Practice]) -> list[Row]:
    """The figures of several records of the same thing, one figure a row."""
    told = [differences.flat(p.record) for p in practices]
    found = [
        Row(_named(name), [" · ".join(_lines(_read(one.get(name)))) for one in told]) for name in FIGURES
    ]
    for name in dict.fromkeys(_first(r.get("indicator")) for one in told for r in one.get("result") or []):
        found.append(Row(name, [_measured(one.get("result") or [], name) for one in told]))
    counted = [{_first(n["label"]): n["number"] for n in one.get("engagement.numbers") or []} for one in told]
    for name in dict.fromkeys(name for one in counted for name in one):
        found.append(Row(name, [number(one[name]) if name in one else "" for one in counted]))
    return [row for row in found if row.label and any(row.cells)]


def _measured(results: list[dict[str, Any]], name: str) -> str:
    for one in results:
        if _first(one.get("indicator")) == name:
            parts = (one.get("value"), one.get("unit"), f"({one['period']})" if one.get("period") else "")
            return " ".join(str(part) for part in parts if part)
    return ""


def _first(texts: Any) -> str:
    """The name of a figure by which records are matched: English where it has it, else its first."""
    if not isinstance(texts, dict):
        return str(texts or "")
    return str(texts.get("en") or next(iter(texts.values()), ""))


def _named(field: str) -> str:
    first = field.partition(".")[0]
    return gettext(_LABELS.get(field) or NAMES.get(field) or _LABELS.get(first) or OTHER)


def _is_text(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict) and all(is_language(k) and isinstance(v, str) for k, v in value.items())
    )


def _lines(value: Any) -> Iterable[str]:
    """A value as lines that people read."""
    if value is None:
        return
    if isinstance(value, list):
        for one in value:
            yield " · ".join(_leaves(one))
    else:
        yield " · ".join(_leaves(value))


def _read(value: Any) -> Any:
    """A figure as one reader reads it: each text in one language, and without the marks of its certainty."""
    if isinstance(value, list):
        return [_read(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _is_text(value):
        return best(value).text
    return {name: _read(one) for name, one in value.items() if name != "certainty"}


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if _is_text(value):
            yield from value.values()
        elif value and all(concepts.concept(str(k)) for k in value):
            yield from (f"{label(k)} {v}" for k, v in value.items())
        else:
            for inner in value.values():
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, bool):
        yield "✓" if value else "–"
    elif isinstance(value, int | float):
        yield number(value)
    else:
        yield label(value) if concepts.concept(str(value)) else str(value)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound(N_("This practice has no version %(number)s here."), number=text[:20])
    return int(text)
