"""The full-text search of two databases beside ours, with the same words and stems and as much of the same work."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import psycopg

from search.engine import Query
from search.layout import LAYOUT
from search.question import language as syntax
from search.question.meaning import All, Run, Start, Word, compile
from search.question.meaning import Any as Either
from tests.load.asking import SIX
from tests.load.corpus import Analysed

COMPARED = ("term", "three words", "phrase", "prefix", "six facets")


class Rival(Protocol):
    """A database with a full-text index."""

    name: str

    def take(self, documents: Iterable[Analysed], start: int) -> None: ...

    def finish(self) -> None: ...

    def ask(self, query: Query) -> int: ...

    def size(self) -> int: ...

    def close(self) -> None: ...


class Fts5:
    """SQLite."""

    name = "SQLite FTS5"

    def __init__(self, place: Path) -> None:
        self.path = place / "fts5.db"
        self.database = sqlite3.connect(self.path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=NORMAL",
            "CREATE VIRTUAL TABLE found USING fts5(words, stems, content='', "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars ':'\")",
            "CREATE TABLE facet (doc INTEGER, name TEXT, value TEXT)",
        ):
            self.database.execute(statement)

    def take(self, documents: Iterable[Analysed], start: int) -> None:
        self.database.execute("BEGIN")
        for at, (one, zones) in enumerate(documents, start):
            words, stems = " ".join(zones["all"].words), " ".join(zones["all"].stems)
            self.database.execute(
                "INSERT INTO found (rowid, words, stems) VALUES (?, ?, ?)", (at, words, stems)
            )
            rows = [(at, name, value) for name in SIX for value in one.facets.get(name, ())]
            self.database.executemany("INSERT INTO facet VALUES (?, ?, ?)", rows)
        self.database.execute("COMMIT")

    def finish(self) -> None:
        self.database.execute("CREATE INDEX facet_doc ON facet (doc, name, value)")

    def ask(self, query: Query) -> int:
        text = _fts5(_meaning(query))
        if query.facets:
            self.database.execute(
                "SELECT name, value, count(*) FROM facet WHERE doc IN (SELECT rowid FROM found WHERE found MATCH ?) "
                "GROUP BY 1, 2",
                (text,),
            ).fetchall()
            return int(
                self.database.execute("SELECT count(*) FROM found WHERE found MATCH ?", (text,)).fetchone()[0]
            )
        best = "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 20"
        return len(self.database.execute(best, (text,)).fetchall())

    def size(self) -> int:
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size

    def close(self) -> None:
        self.database.close()


class Postgres:
    """PostgreSQL with a GIN index over prepared lexemes."""

    name = "PostgreSQL FTS"

    def __init__(self, url: str) -> None:
        self.database = psycopg.connect(
            url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
        )
        self.database.execute("DROP TABLE IF EXISTS bench_found, bench_facet")
        self.database.execute("CREATE UNLOGGED TABLE bench_found (doc integer PRIMARY KEY, terms tsvector)")
        self.database.execute("CREATE UNLOGGED TABLE bench_facet (doc integer, name text, value text)")

    def take(self, documents: Iterable[Analysed], start: int) -> None:
        taken = list(enumerate(documents, start))
        with self.database.cursor() as cursor:
            with cursor.copy("COPY bench_found FROM STDIN") as copy:
                for at, (_one, zones) in taken:
                    copy.write_row((at, _lexemes(zones["all"].words, zones["all"].stems)))
            with cursor.copy("COPY bench_facet FROM STDIN") as copy:
                for at, (one, _zones) in taken:
                    for name in SIX:
                        for value in one.facets.get(name, ()):
                            copy.write_row((at, name, value))

    def finish(self) -> None:
        self.database.execute("CREATE INDEX ON bench_found USING gin (terms)")
        self.database.execute("CREATE INDEX ON bench_facet (doc, name, value)")
        self.database.execute("ANALYZE bench_found, bench_facet")

    def ask(self, query: Query) -> int:
        text = _tsquery(_meaning(query))
        if query.facets:
            self.database.execute(
                "SELECT name, value, count(*) FROM bench_facet JOIN bench_found USING (doc) WHERE terms @@ %s::tsquery "
                "GROUP BY 1, 2",
                (text,),
            ).fetchall()
            total = "SELECT count(*) FROM bench_found WHERE terms @@ %s::tsquery"
            return int(self.database.execute(total, (text,)).fetchone()[0])  # type: ignore[index]
        best = (
            "SELECT doc FROM bench_found, (SELECT %s::tsquery AS asked) AS q WHERE terms @@ asked "
            "ORDER BY ts_rank(terms, asked) DESC LIMIT 20"
        )
        return len(self.database.execute(best, (text,)).fetchall())

    def size(self) -> int:
        tables = "SELECT pg_total_relation_size('bench_found') + pg_total_relation_size('bench_facet')"
        return int(self.database.execute(tables).fetchone()[0])  # type: ignore[index]

    def close(self) -> None:
        self.database.execute("DROP TABLE bench_found, bench_facet")
        self.database.close()


def _meaning(query: Query) -> Any:
    return compile(syntax.read(query.text, LAYOUT).tree, query.languages)


def _forms(word: Word) -> list[tuple[str, str]]:
    return [*(("words", form) for form in word.surfaces), *(("stems", stem) for stem, _ in word.stems)]


def _fts5(meaning: Any) -> str:
    match meaning:
        case Word():
            return "(" + " OR ".join(f'{column} : "{form}"' for column, form in _forms(meaning)) + ")"
        case Run(words):
            return 'words : "' + " ".join(words) + '"'
        case Start(text):
            return f'words : "{text}" *'
        case All(parts):
            return "(" + " AND ".join(map(_fts5, parts)) + ")"
        case Either(parts):
            return "(" + " OR ".join(map(_fts5, parts)) + ")"
    raise TypeError(f"There is no {type(meaning).__name__} in the questions to databases.")


def _tsquery(meaning: Any) -> str:
    match meaning:
        case Word():
            return "(" + " | ".join(_quoted(form) for _column, form in _forms(meaning)) + ")"
        case Run(words):
            return "(" + " <-> ".join(map(_quoted, words)) + ")"
        case Start(text):
            return f"{_quoted(text)}:*"
        case All(parts):
            return "(" + " & ".join(map(_tsquery, parts)) + ")"
        case Either(parts):
            return "(" + " | ".join(map(_tsquery, parts)) + ")"
    raise TypeError(f"There is no {type(meaning).__name__} in the questions to databases.")


def _lexemes(words: list[str], stems: list[str]) -> str:
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words[:16_000], 1):
        places.setdefault(word, []).append(at)
    made = [f"{_quoted(word)}:{','.join(map(str, found[:250]))}" for word, found in places.items()]
    return " ".join(made + [_quoted(stem) for stem in set(stems)])


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''").replace("\\", "\\\\")
    return f"'{doubled}'"
