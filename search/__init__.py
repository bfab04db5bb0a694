"""How words find documents: one analysis, one query tree, several engines. Knows no database and no network.

In reading order:

    engine      documents, queries, hits, and what an engine promises; layout: which fields there are
    words/      how words are found, stemmed, taken apart, forgiven, and understood in other languages
    analysis    a document as index terms
    question/   what somebody typed: as tokens, as a tree, as terms; shelf: what an engine is asked
    answer/     the page of what was found: in order, with reasons and marked words, and the pages after it
    engines/    Tantivy, Whoosh, a search server, and the obvious one in memory; geo: how they hold places
    opening     which directory an index lives in, and what happens when it breaks
"""

from search.engine import Document, Engine, Hit, Hits, Query
from search.errors import QueryError, SearchError
from search.opening import open_engine

__all__ = ["Document", "Engine", "Hit", "Hits", "Query", "QueryError", "SearchError", "open_engine"]
