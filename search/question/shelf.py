"""What an engine is asked when a query has been understood, and what it answers with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, overload, runtime_checkable

from search.question.meaning import All, Around, Chosen, Meaning, Word


@dataclass(frozen=True)
class Request:
    """A query as an engine gets it: what must hold, how to sort, which page, what to count."""

    text: Meaning
    conditions: tuple[Meaning, ...]
    filters: Mapping[str, Chosen]
    sort: str
    origin: Around | None
    offset: int
    limit: int
    facets: tuple[str, ...]
    reader: str = ""  # the language in whose alphabetical order titles stand

    def whole(self) -> Meaning:
        return All((self.text, *self.conditions, *self.filters.values()))

    def unfiltered(self) -> Meaning:
        """Everything but the filters."""
        return All((self.text, *self.conditions))

    def without(self, facet: str) -> Meaning:
        """Everything but the filter of one facet, to count its alternatives."""
        others = (chosen for name, chosen in self.filters.items() if name != facet)
        return All((self.text, *self.conditions, *others))


@dataclass(frozen=True)
class Row:
    """A document found, with what a hit is made of."""

    id: str
    score: float
    language: str
    stored: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]
    spot: str | None
    subjects: Mapping[str, list[str]] = field(default_factory=dict)


class Rows(Sequence[Row]):
    """Rows that are read when somebody looks at them: of sixty that are put in order, a page shows twenty."""

    def __init__(self, count: int, read: Callable[[int], Row]) -> None:
        self._read = read
        self._known: list[Row | None] = [None] * count

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        known = self._known[at]
        if known is None:
            known = self._known[at] = self._read(at)
        return known


@dataclass(frozen=True)
class Page:
    total: int
    rows: Sequence[Row]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class Shelf(Protocol):
    """One consistent state of an index, to be asked several things."""

    def page(self, request: Request) -> Page: ...

    def knows(self, word: Word) -> bool: ...

    def frequencies(self, stems: Iterable[str]) -> list[int]:
        """In how many documents each stem stands, wherever in them."""
        ...

    def vocabulary(self, beginning: str) -> Iterable[tuple[str, int]]: ...


@runtime_checkable
class Weigher(Protocol):
    """A shelf that can say what each part of a query adds to the score of a document."""

    def worth(self, parts: Sequence[Meaning], ids: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """For each part the ids that have it, with the score that it gives them."""
        ...
