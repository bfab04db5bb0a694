"""Which version the tables are of, said without the tool that changes them."""

from importlib.resources import files
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from exchange import schema
from exchange.db import Database


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
