"""Translate a record, text by text: what there is to translate, what is missing, and where the original moved on.

A translation is a part of the record, so a translated practice is a new version. Which of its texts were
translated from other words than those that stand there now, the earlier versions tell.
"""

import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from exchange.catalogue import shelf
from exchange.catalogue.practices.revise import revise
from exchange.models.base import now
from exchange.models.practice import Draft, Practice
from exchange.vocabulary.fields import clean, is_language

# The official languages of the European Union (Regulation No 1/1958 as amended).
OFFICIAL = tuple("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())
REVIEWED, HUMAN, MACHINE = "reviewed", "human", "machine"


@dataclass(frozen=True)
class Text:
    """One text of a record: its original, its translation ("" without one), and the original it was made from.

    `before` is None while that is still the original.
    """

    path: str
    original: str
    told: str
    before: str | None = None

    @property
    def mark(self) -> str:
        return fingerprint(self.original)


@dataclass(frozen=True)
class Sent:
    """What somebody wrote as the translation of a text: its path, and the fingerprints of what they saw."""

    path: str
    text: str
    original: str  # fingerprint
    base: str  # fingerprint of the translation that stood there


def fingerprint(text: str) -> str:
    """A short mark by which a text is known again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def walk(value: Any, original: str, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of a record that stands in its original language, with its path."""
    if isinstance(value, dict):
        if _is_text(value, original):
            yield path, value
            return
        for name, inner in value.items():
            yield from walk(inner, original, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, original, f"{path}.{number}")


def _is_text(value: dict[Any, Any], original: str) -> bool:
    there = value.get(original)
    return (
        isinstance(there, str)
        and bool(there.strip())
        and all(is_language(k) and isinstance(v, str) for k, v in value.items())
    )


def texts(record: Mapping[str, Any], to: str, earlier: Sequence[Mapping[str, Any]] = ()) -> list[Text]:
    """The texts of a record beside their translations; `earlier` are its versions before this one, newest first."""
    original = str(record.get("language") or "und")
    known = [_by_translation(one, to) for one in earlier]
    found = []
    for path, value in walk(record, original):
        told, before = value.get(to, ""), None
        for paths in known if told else ():
            there = paths.get((path, told)) or paths.get(("", told))
            if there is None:
                break  # here the translation was made
            before = there
        changed = before if before not in (None, value[original]) else None
        found.append(Text(path, value[original], told, changed))
    return found


def _by_translation(record: Mapping[str, Any], to: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    original = str(record.get("language") or "und")
    for path, value in walk(record, original):
        if to in value:
            found[path, value[to]] = value[original]
            found.setdefault(("", value[to]), value[original])
    return found


def done(record: Mapping[str, Any], to: str) -> tuple[int, int]:
    """How many of the texts of a record are translated, and how many there are."""
    found = list(walk(record, str(record.get("language") or "und")))
    return sum(1 for _path, value in found if value.get(to)), len(found)


def settle(
    record: Mapping[str, Any], to: str, sent: Sequence[Sent]
) -> tuple[dict[str, str], list[Sent], list[Sent]]:
    """What was sent against what stands there now: path → text to keep, what clashes, and what has no place any more.

    A text is known by its original, wherever in its list it stands meanwhile. It clashes where somebody else
    has translated it meanwhile, and differently.
    """
    there = texts(record, to)
    by_path = {text.path: text for text in there}
    by_mark = {text.mark: text for text in reversed(there)}
    keep: dict[str, str] = {}
    clashes: list[Sent] = []
    lost: list[Sent] = []
    for one in sent:
        typed = clean(one.text)
        if fingerprint(typed) == one.base:
            continue  # as it was found
        at = by_path.get(one.path)
        if at is None or at.mark != one.original:
            at = by_mark.get(one.original)
        if at is None:
            lost.append(one)
        elif at.told != typed and fingerprint(at.told) != one.base:
            clashes.append(Sent(at.path, typed, one.original, one.base))
        else:
            keep[at.path] = typed
    return keep, clashes, lost


def translated(record: Mapping[str, Any], to: str, keep: Mapping[str, str]) -> dict[str, Any]:
    """The record with these translations; an empty one is taken out."""
    new = copy.deepcopy(dict(record))
    original = str(new.get("language") or "und")
    before = done(new, to)[0]
    for path, value in list(walk(new, original)):
        if path in keep:
            value.pop(to, None)
            if keep[path]:
                value[to] = keep[path]
    if new != record:
        _note(new, to, before)
    return new


def _note(record: dict[str, Any], to: str, before: int) -> None:
    """Say in the record that there is a translation, by people; one that a machine had made is now reviewed."""
    told = record.get("translation")
    entries = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    old = next((one for one in entries if one.get("lang") == to), None)
    rest = [one for one in entries if one is not old]
    machine = before > 0 and old is not None and old.get("kind") in (MACHINE, REVIEWED)
    if done(record, to)[0]:
        kind = REVIEWED if machine else HUMAN
        rest.append({"lang": to, "kind": kind, "date": now().date().isoformat()})
    record.pop("translation", None)
    if rest:
        record["translation"] = rest


def translate(
    session: Session, practice: Practice, to: str, keep: Mapping[str, str], *, note: str
) -> Practice:
    """Publish these translations of a practice of ours as its next version, and take them along into open drafts."""
    changes = {
        one.original: (one.told, keep[one.path]) for one in texts(practice.record, to) if one.path in keep
    }
    made = revise(session, practice, translated(practice.record, to, keep), note=note)
    for draft in session.exec(select(Draft).where(Draft.practice_id == practice.id)):
        along = {
            one.path: changes[one.original][1]
            for one in texts(draft.data, to)
            if one.original in changes and one.told == changes[one.original][0]
        }
        if along:
            draft.data = translated(draft.data, to, along)
            session.add(draft)
    session.flush()
    return made


def earlier(session: Session, practice: Practice) -> list[Mapping[str, Any]]:
    """The records of the versions before the one that stands, newest first."""
    return [
        one.words(practice) for one in shelf.versions_of(session, practice) if one.number < practice.version
    ]
