"""How words find documents: one analysis, one query tree, several engines. Knows no database and no network.

In reading order: `engine` (documents, queries, hits, and what an engine promises), `layout` (which
fields there are), `text`, `compounds` and `analysis` (a document as index terms), `lexer`, `values` and `language`
(what somebody typed, as a tree), `thesaurus` (what words stand for), `meaning` (the tree as index terms),
`references` and `understanding` (names, ids and subjects in a query), `sense` (what texts mean beyond their words), `finding` (what all engines do with a
query, with `turning` and `cursor` for its pages, `tolerance` and `spelling` for its mistakes, `explaining` for
its reasons), `shelf` (what they ask an engine), `memory`, `fast` and `pure` (the engines), `order`, `geo` and
`highlight` (what they share), and `opening` (which directory an index lives in, and what happens when it breaks).
"""

from search.engine import Document, Engine, Hit, Hits, Query
from search.errors import QueryError, SearchError
from search.opening import open_engine

__all__ = ["Document", "Engine", "Hit", "Hits", "Query", "QueryError", "SearchError", "open_engine"]
