"""An instance in one file, to keep it or to move it: every row of every table, whatever database holds them.

The file is a gzip-compressed tar: `about.json` (format, version of the tables, origin, when), the
`jumelage.toml` and the crest that was given in the browser, and for each table `tables/NAME.jsonl`, one row a line. It is read in one transaction, so
it is one moment of the instance, also while it is at work. The keys of its actors are in it: whoever has the
file can speak in their name. The search index is not: it is built anew.

A backup of SQLite can be restored on PostgreSQL and the other way round, and one of an older version is
brought up to date on the way.
"""

import base64
import gzip
import io
import json
import os
import tarfile
import tempfile
import tomllib
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from exchange import config, crest, directory, schema
from exchange.config import Settings
from exchange.db import Database
from exchange.messages import N_, Refusal

FORMAT = 1
PORTION = 500  # rows that are written at once
PIECE = 1024 * 1024  # bytes that are unpacked at once
LONGEST_LINE = 64 * 1024 * 1024
_HERE_ONLY = ("database", "data")  # of a machine, not of an instance

Progress = Callable[[str, int], None]


def backup(settings: Settings, file: Path, *, progress: Progress | None = None) -> int:
    """Write everything into `file`, which must not be there yet; the number of rows.

    Only the owner of the file can read it. A backup that breaks off leaves no file.
    """
    if file.exists():
        raise Refusal(N_("%(file)s is there already; a backup does not write over anything."), file=str(file))
    database = Database(settings.database)
    part = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
            rows = _write(database, settings, tar, progress)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
        database.close()
    return rows


def _write(database: Database, settings: Settings, tar: tarfile.TarFile, progress: Progress | None) -> int:
    count = 0
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            about = {
                "format": FORMAT,
                "version": schema.version(database),
                "origin": settings.origin,
                "name": settings.name,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            _add(tar, "about.json", json.dumps(about, ensure_ascii=False, indent=1).encode())
            told = settings.data / config.FILE
            if told.is_file():
                said = told.read_bytes()
                _add(tar, config.FILE, said)
                worn = str(tomllib.loads(said.decode()).get("crest", ""))
                if crest.KEPT.fullmatch(worn):
                    _add(tar, worn, (settings.data / worn).read_bytes())
            for table in _tables(connection):
                rows = _write_table(connection, table, tar)
                count += rows
                if progress:
                    progress(table.name, rows)
    return count


def _write_table(connection: Connection, table: Table, tar: tarfile.TarFile) -> int:
    rows = 0
    with tempfile.TemporaryFile() as held:  # tar wants to know how long a part is before it comes
        for row in connection.execution_options(stream_results=True).execute(select(table)).mappings():
            line = {name: _plain(value) for name, value in row.items()}
            held.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            rows += 1
        entry = _entry(f"tables/{table.name}.jsonl", held.tell())
        held.seek(0)
        tar.addfile(entry, held)
    return rows


def restore(
    file: Path, data: Path, *, database_url: str | None = None, progress: Progress | None = None
) -> Settings:
    """Make the instance of a backup in `data`, which must be empty; its settings.

    `database_url` is where its tables go, when that is not the SQLite file in `data`; it must hold none yet.
    Raises Refusal when the file is no backup or damaged: then nothing is left behind.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Refusal(N_("%(data)s is not empty; a new instance needs an empty directory."), data=str(data))
    made = not data.exists()
    try:
        _prove(file)
        with tarfile.open(file, mode="r:*") as tar:
            about = _about(tar)
            directory.make_room(data)
            kept = _settings(tar, about)
            _hang(tar, str(kept.get("crest", "")), data)
            settings = config.load(data, **kept, **({"database": database_url} if database_url else {}))
            _fill(settings, about, tar, progress)
        directory.write(data, **kept, **({"database": database_url} if database_url else {}))
    except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, OSError) as error:
        _undo(data, made)
        if isinstance(error, OSError) and not isinstance(error, tarfile.TarError) and error.errno:
            raise
        raise Refusal(
            N_("%(file)s is no backup of an instance, or it is damaged."), file=str(file)
        ) from error
    except BaseException:
        _undo(data, made)
        raise
    return config.load(data)


def _prove(file: Path) -> None:
    """Unpack it once to its end, where the checksum stands: tar reads what it needs and never gets there."""
    with file.open("rb") as raw:
        if raw.read(2) != b"\x1f\x8b":  # somebody unpacked it; tar alone judges it then
            return
    with gzip.open(file) as unpacked:
        while unpacked.read(PIECE):
            pass


def _fill(settings: Settings, about: dict[str, Any], tar: tarfile.TarFile, progress: Progress | None) -> None:
    database = Database(settings.database)
    try:
        database.make_file()
        if inspect(database.engine).get_table_names():
            raise Refusal(N_("This database already holds an instance."))
        version = str(about["version"])
        if version not in schema.versions():
            raise Refusal(N_("This backup is of a newer version than this program."))
        try:
            schema.upgrade(database, version)
            with database.engine.begin() as connection:
                tables = {table.name: table for table in _tables(connection)}
                for name, table in tables.items():
                    rows = _read(connection, table, tar.extractfile(f"tables/{name}.jsonl"))
                    if progress:
                        progress(name, rows)
                if not database.is_sqlite:
                    _count_on(connection, tables.values())
            schema.upgrade(database)
        except BaseException:
            _empty(database)
            raise
    finally:
        database.close()


def _read(connection: Connection, table: Table, lines: IO[bytes] | None) -> int:
    assert lines is not None
    count, portion = 0, []
    while line := lines.readline(LONGEST_LINE):
        row = json.loads(line)
        portion.append({name: _typed(value) for name, value in row.items()})
        count += 1
        if len(portion) == PORTION:
            connection.execute(table.insert(), portion)
            portion = []
    if portion:
        connection.execute(table.insert(), portion)
    return count


def _tables(connection: Connection) -> Iterator[Table]:
    """The tables as they are in this database, what is referred to before what refers to it."""
    held = MetaData()
    held.reflect(connection)
    known = {table.name: table for metadata in schema.METADATA for table in metadata.sorted_tables}
    for table in held.sorted_tables:
        if table.name == "alembic_version":
            continue
        if table.name in known:  # with the types of our own, which know what a time and a text by language is
            for column in table.columns:
                if column.name in known[table.name].columns:
                    column.type = known[table.name].columns[column.name].type
        yield table


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    return {"$json": value} if isinstance(value, dict | list) else value


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, told),) = value.items()
        match kind:
            case "$bytes":
                return base64.b64decode(told)
            case "$time":
                return datetime.fromisoformat(told)
            case "$day":
                return date.fromisoformat(told)
        return told
    return value


def _count_on(connection: Connection, tables: Any) -> None:
    """PostgreSQL numbers rows by itself: let it go on after the last one that came along."""
    for table in tables:
        for column in table.primary_key.columns:
            name = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": f'"{table.name}"', "column": column.name},
            ).scalar()
            if name:
                highest = connection.execute(select(column).order_by(column.desc()).limit(1)).scalar()
                if highest is not None:
                    connection.execute(text("SELECT setval(:name, :value)"), {"name": name, "value": highest})


def _about(tar: tarfile.TarFile) -> dict[str, Any]:
    found = tar.extractfile("about.json")
    about: dict[str, Any] = json.loads(found.read(1_000_000)) if found else {}
    if about.get("format") != FORMAT or not about.get("origin"):
        raise KeyError("format")
    return about


def _settings(tar: tarfile.TarFile, about: dict[str, Any]) -> dict[str, Any]:
    try:
        found = tar.extractfile(config.FILE)
    except KeyError:
        found = None
    told = tomllib.loads(found.read(1_000_000).decode()) if found else {}
    kept = {name: value for name, value in told.items() if name not in _HERE_ONLY}
    return {"origin": about["origin"], "name": about["name"], **kept}


def _hang(tar: tarfile.TarFile, name: str, data: Path) -> None:
    """Put the crest that came along where the settings name it."""
    if crest.KEPT.fullmatch(name) and (found := tar.extractfile(name)):
        crest.keep(found.read(crest.LARGEST + 1), data)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    return entry


def _empty(database: Database) -> None:
    held = MetaData()
    with database.engine.begin() as connection:
        held.reflect(connection)
        held.drop_all(connection)


def _undo(data: Path, made: bool) -> None:
    if not data.is_dir():
        return
    for path in data.iterdir():
        if path.is_file():
            path.unlink()
    if made:
        data.rmdir()
