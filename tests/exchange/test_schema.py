"""Which version the tables are of, said without the tool that changes them."""

import json
import re
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, MetaData, text

from exchange import schema
from exchange.db import Database
from exchange.models.practice import Practice, PracticeVersion
from federation.ledger import originals
from federation.ledger.journal import JournalEntry

ROOT = Path(__file__).parents[2]


def test_the_newest_version_is_the_one_that_alembic_would_bring() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("exchange").joinpath("migrations")))
    assert schema.newest() == ScriptDirectory.from_config(config).get_current_head() is not None


def test_the_version_of_a_database_is_the_one_that_alembic_wrote(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    assert schema.version(database) is None
    schema.create(database)
    with database.engine.connect() as connection:
        written = MigrationContext.configure(connection).get_current_revision()
    assert schema.version(database) == written == schema.newest()
    database.close()


def test_who_knows_the_schema_knows_every_table_whatever_else_was_imported() -> None:
    told = "from exchange import schema; print(*(name for held in schema.METADATA for name in held.tables))"
    known = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    sources = [
        path.read_text("utf-8")
        for place in ("exchange", "federation")
        for path in (ROOT / place).rglob("*.py")
    ]
    named = {name for source in sources for name in re.findall(r'__tablename__ = "(\w+)"', source)}
    assert set(known.stdout.split()) == named


def test_what_an_older_version_kept_is_read_by_this_one(database: Database) -> None:
    """The tables of 0001 with a practice, its version and its owner's signed words, brought up to date."""
    with database.engine.begin() as connection:
        for metadata in schema.METADATA:
            metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    schema._alembic(database, lambda config: command.upgrade(config, "0001"))
    signed = {"id": "https://ulm.example/p", "content": "Bürgerdach", "proof": {"type": "DataIntegrityProof"}}
    signed["proof"] |= {"cryptosuite": "eddsa-jcs-2022", "verificationMethod": "https://ulm.example/k"}  # type: ignore[operator]
    record = {"title": {"de": "Bürgerdach"}, "language": "de"}
    with database.engine.begin() as connection:
        then = MetaData()
        then.reflect(connection)
        at = datetime(2026, 1, 1, tzinfo=UTC)

        def put(table: str, **values: object) -> None:
            columns = then.tables[table].columns
            usual = {c.name: _nothing(c, at) for c in columns if not c.nullable}
            connection.execute(then.tables[table].insert().values(usual | values))

        put("community", id=1, uri="https://ulm.example/c")
        put("practice", id=1, uri=signed["id"], community_id=1, record=record)
        put("practice_version", id=1, practice_id=1, number=1, record=record)
        put("original", uri=signed["id"], packed=zlib.compress(json.dumps(signed).encode()))
        put("journal", number=1, body=json.dumps(signed).encode())
    schema.upgrade(database)
    with database.writing() as session:
        practice, version = session.get_one(Practice, 1), session.get_one(PracticeVersion, 1)
        assert practice.record == version.words(practice) == record
        assert originals.signed(session, str(signed["id"])) == signed
        assert session.get_one(JournalEntry, 1).activity == signed
        practice.record = record | {"language": "fr"}
    with database.reading() as session:
        assert session.get_one(Practice, 1).record["language"] == "fr"
        assert session.get_one(PracticeVersion, 1).record == record


def _nothing(column: Column[Any], at: datetime) -> object:
    kind = column.type.python_type if not isinstance(column.type, JSON) else dict
    return {int: 0, bool: False, str: "", dict: {}, bytes: b"", datetime: at}[kind]
