"""What can go wrong in a search, as a tree.

SearchError
├── QueryError        what a person typed is not quite the query language
├── UnknownField      a document carries a facet or a number that the layout does not have
├── UnknownEngine     a setting names an engine that does not exist
├── IndexBroken       the files of an index cannot be read or written; it must be built again
├── IndexBusy         another process is writing to this index
├── IndexTooLarge     more documents than this engine is good for
└── EngineAway        the server that keeps the index does not answer
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class SearchError(Exception):
    """The search could not be done."""


class QueryError(SearchError):
    """This could not be understood as a query.

    `message` is an English msgid with `%(name)s` places, `params` fills them, so that a page can say it
    in any language; `position` and `length` are the characters of the typed text that it is about.
    """

    def __init__(
        self, message: str, params: Mapping[str, Any] | None = None, position: int = 0, length: int = 0
    ) -> None:
        self.message = message
        self.params = dict(params or {})
        self.position = position
        self.length = length
        super().__init__(message % self.params)


class UnknownField(SearchError):
    """The layout of the index has no such field."""


class UnknownEngine(SearchError):
    """There is no search engine of that name."""


class IndexBroken(SearchError):
    """The index cannot be used and has to be built again."""


class IndexBusy(SearchError):
    """Another process is writing to this index."""


class IndexTooLarge(SearchError):
    """This engine is not made for so many documents."""


class EngineAway(SearchError):
    """The server that keeps the index does not answer, or lets nobody in; `since` is when it was first missed."""

    def __init__(self, server: str, since: datetime, why: str) -> None:
        self.server = server
        self.since = since
        self.why = why
        super().__init__(
            f"The search server {server} does not answer since {since:%Y-%m-%d %H:%M} UTC ({why})."
        )
