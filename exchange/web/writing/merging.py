"""Two officers on one draft: each sees the other, and what both wrote is put together, field by field.

A page of the form carries a fingerprint of what stood in each field when it was opened. A field that only one
of the two has changed is taken from that one; where both have, nobody's words go: they are asked.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import Flask, current_app, g
from werkzeug.datastructures import MultiDict

from exchange.web.writing import answers
from exchange.web.writing.questions import Part, Question

BASE, CHOICE, MERGING = "base:", "choose:", "merging"
MINE, THEIRS, BOTH = "mine", "theirs", "both"
PRESENT = 15 * 60.0  # seconds after the last page
MOST = 2000  # drafts

Form = MultiDict[str, str]


@dataclass(frozen=True)
class Conflict:
    """A field that both have changed: what stands there now, and what was sent; `both` if one can follow the other."""

    question: Question
    theirs: Any
    mine: Any
    fields: list[tuple[str, str]]  # of the form, as they were sent
    base: str
    both: bool


def fingerprints(part: Part, data: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each field of a page, short: name of the hidden field → fingerprint."""
    return {BASE + question.path: _fingerprint(question, data) for question in part.questions}


def merge(data: Mapping[str, Any], part: Part, form: Form) -> tuple[dict[str, Any], list[Conflict], bool]:
    """A draft with what was sent; the fields that have to be asked about; whether somebody else's words came along."""
    form, only = _chosen(data, part, form)
    typed = answers.typed(data, part, form, only=only)
    conflicts, keep = [], set()
    for question in part.questions:
        base = form.get(BASE + question.path)
        if base is None or question.path not in only or base == _fingerprint(question, data):
            continue
        mine = _fingerprint(question, typed)
        if mine == _fingerprint(question, data):
            continue
        keep.add(question.path)
        if mine != base:
            conflicts.append(_conflict(question, data, typed, form))
    if keep:
        typed = answers.typed(data, part, form, only=only - keep)
    return typed, conflicts, bool(keep)


def _conflict(question: Question, data: Mapping[str, Any], typed: Mapping[str, Any], form: Form) -> Conflict:
    inside = question.path + "."
    sent = [
        (name, value)
        for name, value in form.items(multi=True)
        if name == question.path or (question.kind == "rows" and name.startswith(inside))
    ]
    return Conflict(
        question,
        _seen(question, data),
        _seen(question, typed),
        sent,
        _fingerprint(question, data),
        question.kind in ("text", "lines", "urls"),
    )


def _chosen(data: Mapping[str, Any], part: Part, form: Form) -> tuple[Form, set[str]]:
    """The form as it counts, and the fields it is about: after a conflict only those that were chosen as sent."""
    everything = {question.path for question in part.questions}
    if not form.get(MERGING):
        return form, everything
    form = MultiDict(list(form.items(multi=True)))
    only = set()
    for question in part.questions:
        choice = form.get(CHOICE + question.path)
        if choice == BOTH and question.kind in ("text", "lines", "urls"):
            gap = "\n\n" if question.kind == "text" else "\n"
            theirs = str(_seen(question, data))
            form.setlist(
                question.path, [gap.join(one for one in (theirs, form.get(question.path, "")) if one)]
            )
        if choice in (MINE, BOTH):
            only.add(question.path)
    return form, only


def _seen(question: Question, data: Mapping[str, Any]) -> Any:
    """What stands in a field, in rows as lists of texts."""
    language = str(data.get("language") or "und")
    value = answers.shown(question, data, language)
    if question.kind != "rows":
        return value
    return [
        [str(answers.shown(sub, row, language)) for sub in question.rows]
        for row in value
        if isinstance(row, dict)
    ]


def _fingerprint(question: Question, data: Mapping[str, Any]) -> str:
    text = json.dumps(_seen(question, data), ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.replace("\\r", "").encode()).hexdigest()[:16]


class Writing:
    """Who has which draft open, in memory, for a quarter of an hour after their last page."""

    def __init__(self) -> None:
        self._open: dict[str, dict[int, tuple[str, float]]] = {}
        self._lock = Lock()

    def note(self, draft: str, officer: int, mailbox: str) -> list[str]:
        """An officer has a draft open; the mailboxes of the others who have."""
        at = time.monotonic()
        with self._lock:
            if len(self._open) >= MOST:
                self._open.clear()
            present = self._open.setdefault(draft, {})
            for one in [one for one, (_, seen) in present.items() if at - seen > PRESENT]:
                del present[one]
            present[officer] = (mailbox, at)
            return sorted(told for one, (told, _) in present.items() if one != officer)

    def forget(self, draft: str) -> None:
        """The draft is gone."""
        with self._lock:
            self._open.pop(draft, None)


def register(app: Flask) -> None:
    """Let an application know who writes."""
    app.extensions["writing"] = Writing()


def others(draft: str) -> list[str]:
    """The mailboxes of the others who have this draft open; from now on they see this officer too."""
    writing: Writing = current_app.extensions["writing"]
    return writing.note(draft, g.officer.id, g.officer.mailbox)


def forget(draft: str) -> None:
    """The draft is published or discarded."""
    current_app.extensions["writing"].forget(draft)
