"""Documents, queries and hits, and what every search engine promises about them.

An index is a cache of somebody else's truth, and it can be thrown away at any time. The host keeps a
journal of numbered changes; the index remembers, inside its own commit, the number of the last change
that it holds. Keeping in step is then one loop, the same after a start, a crash or a lost disk:

    engine = open_engine("tantivy", directory)
    while rows := journal.after(engine.seen(), limit=500):
        documents, deletes = what_the_rows_mean(rows)
        engine.put(documents, deletes, number=rows[-1].number)

There is no queue between the two and nothing to lose: what has not been committed is read again. To build
it anew, the host does the same with `fresh = engine.beside()`, which nobody searches until `engine.adopt(fresh)`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from search.errors import QueryError
from search.words.thesaurus import NOTHING, Thesaurus

SORTS = (
    *("relevance", "newest", "updated", "oldest", "adoptions", "evidence", "population", "title"),
    "nearest",
)
Point = tuple[float, float]
# What is stored with hits in the order of their relevance → each index once, with a word for why it
# stands there ("" where it is its own rank). Neither the hits nor the order is gone through farther than needed.
Arrange = Callable[[Sequence[Mapping[str, Any]]], Iterable[tuple[int, str]]]


@dataclass(frozen=True)
class Document:
    """One thing that can be found.

    `texts` is field → {language: text}, `facets` field → values, `numbers` field → number; their names
    are those of `layout.LAYOUT`. `language` is the original language of the texts (BCP 47), `point` is
    (latitude, longitude), `stored` whatever the host wants back with a hit: small, and JSON.
    """

    id: str
    language: str
    texts: Mapping[str, Mapping[str, str]]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    point: Point | None = None
    stored: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """What somebody asks.

    `text` is the query language of `language.py`, read leniently. `languages` are those of the reader,
    the preferred one first: they rank and choose the snippet's language, they exclude nothing.
    Several values of one filter are alternatives; different filters must all hold. A range is
    (lowest, highest), both included, None for open. `near` is (latitude, longitude, kilometres);
    `origin` is where the nearest are near to when nothing has to be near.

    `after` is the `Hits.after` of the page before: with it the next page goes on behind what was shown,
    whatever has been put or deleted meanwhile (`cursor.py`); `page` alone counts positions.
    `arrange` may put the first hits by relevance in another order. `explain` asks for `Hit.reasons`,
    `snippets=False` spares them.
    The `thesaurus` says what words stand for and what the values of facets are called.
    """

    text: str = ""
    languages: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    near: tuple[float, float, float] | None = None
    sort: str = "relevance"
    page: int = 1
    per_page: int = 20
    facets: tuple[str, ...] = ()
    thesaurus: Thesaurus = NOTHING
    origin: Point | None = None
    after: str = ""
    arrange: Arrange | None = None
    explain: bool = False
    snippets: bool = True


@dataclass(frozen=True)
class Reason:
    """Why a document was found: the word as it was typed, the text in which it stands, and its score there.

    `field` is "all" for the score that a word has wherever it stands; the extra weight of a text comes
    beside it. The reasons of a hit add up to its score.
    """

    word: str
    field: str
    score: float


@dataclass(frozen=True)
class Hit:
    """One document found; `snippet` is HTML-safe text with <mark> around what was found.

    `language` is the language of the snippet, `distance` is in kilometres when the query has a place.
    `through` are the subjects, as (facet, value), for which the document was found although it does not
    have the words that stand for them.
    `rank` is its position by the sort alone, from 1; `place` the word of `Query.arrange` for where it stands.
    """

    id: str
    score: float
    stored: Mapping[str, Any]
    snippet: str
    language: str
    distance: float | None = None
    through: tuple[tuple[str, str], ...] = ()
    rank: int = 0
    place: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Hits:
    """One page of what was found, with the counts of everything that was.

    `facets` is field → [(value, count)], most frequent first; each facet is counted without its own
    filter, so that the numbers beside the alternatives say what choosing them would bring.
    `relaxed` says that hardly any document has all the words, and that these have all or some of them.
    `spelled` is word → the words nearly like it that were searched as well, because too few documents
    have the word itself. `after` asks for the next page, "" when this is the last; `before` for the page
    before this one, None when only its number is known.
    `mistakes` are what could not be understood in the text; it was searched all the same, and when
    `unread`, nothing was left to search for: these are all documents. With `away` nothing was searched,
    because the server of the index does not answer; the mistake says so.
    """

    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    did_you_mean: str | None = None
    relaxed: bool = False
    mistakes: tuple[QueryError, ...] = ()
    unread: bool = False
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: str = ""
    before: str | None = None
    sort: str = "relevance"
    away: bool = False


class Index(Protocol):
    """A place where documents are kept so that words find them.

    An index may be used by several threads at once. One process writes; others may read the same
    directory, and see each commit at the latest with their next `find()`. (Only a search server takes
    several writers.)

    - `name` is the kind of engine; `generation` names this very index: two indexes of the same
      generation name hold the same analysis in the same layout.
    - `seen()` is the number given with the last commit, 0 for a fresh index. The host then feeds it
      from the beginning of its journal.
    - `put()` replaces the given documents by id, removes those whose ids are in `deletes`, and remembers
      `number`: all of it in one commit, or nothing that is ever found. A document in both is kept. An
      empty put still moves `seen()` forward.
    - `find()` never raises for something that a person can type, nor because a server is away: it then
      finds nothing and says so among the mistakes.
    - `count()` is the number of documents. `clear()` empties the index and sets `seen()` back to 0.
    """

    @property
    def name(self) -> str: ...

    @property
    def generation(self) -> str: ...

    def seen(self) -> int: ...

    def put(self, documents: Iterable[Document], deletes: Iterable[str], number: int) -> None: ...

    def find(self, query: Query) -> Hits: ...

    def count(self) -> int: ...

    def clear(self) -> None: ...

    def close(self) -> None: ...


class Engine(Index, Protocol):
    """An index that can be exchanged for a fresh one while it is searched.

    - `beside()` makes an empty index that nobody searches yet, in the place of any that was begun before.
    - `adopt()` takes one that `beside()` made and the host has fed: from then on it is the one that is
      searched, here and in other processes, and the one before it is removed.
    - `tidy()` removes what earlier versions of the program have left, once the host has fed this one.
    """

    def beside(self) -> Index: ...

    def adopt(self, fresh: Index) -> None: ...

    def tidy(self) -> None: ...
