"""What a query means in this index: read, with its references looked up; and through what a hit was found."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from search.engine import Query
from search.errors import QueryError
from search.layout import Layout
from search.question import language as syntax
from search.question.meaning import All, Among, Meaning, compile, named
from search.question.references import References
from search.question.shelf import Request, Row, Shelf


@dataclass(frozen=True)
class Understood:
    """The meaning of a text, its mistakes, and whether nothing was left to search for."""

    meaning: Meaning
    mistakes: tuple[QueryError, ...] = ()
    unread: bool = False


def understand(shelf: Shelf, query: Query, layout: Layout) -> Understood:
    """What the words of a query mean."""
    reading = syntax.read(query.text, layout, query.thesaurus)
    references = References(
        lambda meaning, limit: shelf.page(_plain(meaning, limit)).rows,
        shelf.frequencies,
        layout.subjects,
    )
    tree = references.resolve(reading.tree)
    mistakes = sorted((*reading.mistakes, *references.mistakes), key=lambda mistake: mistake.position)
    unread = tree == syntax.And() and bool(query.text.strip())
    return Understood(compile(tree, query.languages, query.thesaurus), tuple(mistakes), unread)


def points(query: Query, layout: Layout) -> bool:
    """Whether a query points at something that only the index can look up: near a name, like a document."""
    return _points(syntax.read(query.text, layout, query.thesaurus).tree)


def values(text: str, fields: Collection[str], layout: Layout) -> Iterator[tuple[str, str]]:
    """What a query asks for of these facets, as (facet, value), each as it was typed."""
    yield from _values(syntax.read(text, layout).tree, fields)


def _values(node: syntax.Tree, fields: Collection[str]) -> Iterator[tuple[str, str]]:
    match node:
        case syntax.Facet(name, several) if name in fields:
            yield from ((name, value) for value in several)
        case syntax.Not(part):
            yield from _values(part, fields)
        case syntax.And(parts) | syntax.Or(parts):
            for part in parts:
                yield from _values(part, fields)


def _points(node: syntax.Tree) -> bool:
    match node:
        case syntax.NearNamed() | syntax.Like():
            return True
        case syntax.Not(part):
            return _points(part)
        case syntax.And(several) | syntax.Or(several):
            return any(map(_points, several))
    return False


def through(shelf: Shelf, meaning: Meaning, rows: Iterable[Row]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Row → the subjects, as (facet, value), for which it was found without the words that stand for them."""
    rows = list(rows)
    found: dict[str, dict[tuple[str, str], None]] = {row.id: {} for row in rows}
    for group in named(meaning):
        about = {(subject.field, subject.value) for subject in group.subjects}
        having = {row.id: shared for row in rows if (shared := about & _subjects(row))}
        if having:
            asked = _plain(All((group.words, Among(tuple(having)))), len(having), "newest")
            worded = {row.id for row in shelf.page(asked).rows}
            for name in having.keys() - worded:
                found[name].update(dict.fromkeys(sorted(having[name])))
    return {name: tuple(subjects) for name, subjects in found.items()}


def _subjects(row: Row) -> set[tuple[str, str]]:
    return {(name, value) for name, values in row.subjects.items() for value in values}


def _plain(meaning: Meaning, limit: int, sort: str = "relevance") -> Request:
    """A question of our own: what has this?"""
    return Request(meaning, (), {}, sort, None, 0, limit, ())
