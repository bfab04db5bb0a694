"""Which field a column is: by our own names and labels in five languages, or by the names of other catalogues.

A file that looks more like another catalogue's than like ours is read with that catalogue's names first:
“Context” is the need with URBACT, and the place with us.
"""

from collections.abc import Iterable
from functools import cache

from exchange.messages import N_
from exchange.translation import LANGUAGES, gettext_for
from exchange.vocabulary import foreign, sheet
from exchange.vocabulary.fields import is_language
from exchange.vocabulary.foreign import COMMUNITY, plain
from exchange.web.writing.questions import PARTS, Question

ASIDE = ""  # not a field: kept as a note
_SPOKEN = {"community", "community.id"}  # by its short name or its name
OF_COMMUNITY = N_("Community (only yours is taken in)")


@cache
def leaves() -> dict[str, Question]:
    """Every field that one cell can fill, by its path; those of a list by the path inside of it."""
    found: dict[str, Question] = {}
    for part in PARTS:
        for question in part.questions:
            if question.rows:
                found |= {f"{question.path}.{sub.path}": sub for sub in question.rows}
            else:
                found[question.path] = question
    return found


@cache
def choices() -> list[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """The fields to choose from, in the groups of the form: title → (path, the one or two sentences of its name)."""
    groups = []
    for part in PARTS:
        fields: list[tuple[str, tuple[str, ...]]] = []
        for question in part.questions:
            if question.rows:
                fields += [
                    (f"{question.path}.{sub.path}", (question.label, sub.label)) for sub in question.rows
                ]
            else:
                fields.append((question.path, (question.label,)))
        groups.append((part.title, fields))
    return groups


def own(column: str) -> str | None:
    """The field of a column of our own sheets, such as `title.fr` or `source.2.title`: its path without those."""
    if column in _SPOKEN:
        return COMMUNITY
    steps = [step for step in column.split(".") if not step.isdecimal()]
    path, known = ".".join(steps), sheet.columns()
    if path in known and known[path] != "named":
        return path
    before, _, last = path.rpartition(".")
    if before in known and (known[before] in ("text", "list") and is_language(last)):
        return before
    return path if column.startswith(sheet.NAMED) else None


def recognise(columns: Iterable[str]) -> dict[str, str]:
    """What each column is: the path of a field, COMMUNITY, or ASIDE where nothing is known by its name."""
    columns = list(columns)
    best, most = _ours(), 0
    hits = sum(1 for one in columns if own(one) or plain(one) in _ours())
    for names in foreign.catalogues().values():
        found = sum(1 for one in columns if plain(one) in names)
        if found > max(hits, most):
            best, most = names, found
    return {column: _field(column, best) for column in columns}


def _field(column: str, best: dict[str, str]) -> str:
    name = plain(column)
    if best is not _ours() and name in best:
        return best[name]
    if path := own(column):
        return path
    for names in (_ours(), *foreign.catalogues().values()):
        if name in names:
            return names[name]
    return ASIDE


@cache
def _ours() -> dict[str, str]:
    """Our own names and the labels of the form in five languages, plain → path."""
    found: dict[str, str] = {}
    for path, words in [one for _title, fields in choices() for one in fields]:
        found.setdefault(plain(path), path)
        for language in LANGUAGES:
            said = [gettext_for(language)(one) for one in words]
            found.setdefault(plain(" ".join(said)), path)
            if len(words) == 1:
                found.setdefault(plain(said[0]), path)
    for part in PARTS:  # a list by its own name means what stands first in it
        for question in (q for q in part.questions if q.rows):
            first = f"{question.path}.{question.rows[0].path}"
            found.setdefault(plain(question.path), first)
            for language in LANGUAGES:
                found.setdefault(plain(gettext_for(language)(question.label)), first)
    return found
