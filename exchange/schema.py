"""The database's tables: made for a new instance, and brought up to date for an older one."""

import importlib
import pkgutil
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import exchange.models
import exchange.models.adoption
import exchange.models.community
import exchange.models.officer
import exchange.models.practice
import exchange.models.review
import exchange.models.tombstone
import federation
import federation.backfill
import federation.inbox
import federation.journal
import federation.node
import federation.outbox
import federation.peers
from exchange.db import Database
from exchange.models.base import ExchangeTable
from federation.base import FederationTable

for _package in (exchange.models, federation):  # importing a module registers its tables
    for _module in pkgutil.iter_modules(_package.__path__):
        importlib.import_module(f"{_package.__name__}.{_module.name}")
METADATA = (ExchangeTable.metadata, FederationTable.metadata)


def create(database: Database) -> None:
    """Make all tables in an empty database and note that they are of the newest version."""
    with database.engine.begin() as connection:
        for metadata in METADATA:
            metadata.create_all(connection)
    stamp(database)


def stamp(database: Database) -> None:
    """Note that the tables in this database are of the newest version."""
    _alembic(database, lambda config: command.stamp(config, "head"))


def upgrade(database: Database) -> None:
    """Run the migrations that an older database lacks, all of them or none."""
    _alembic(database, lambda config: command.upgrade(config, "head"))


def version(database: Database) -> str | None:
    """The version of the tables in this database; None where there are none."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The version that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("exchange").joinpath("migrations")))
    return config


def _alembic(database: Database, run) -> None:  # type: ignore[no-untyped-def]
    config = _config()
    engine = database.engine.execution_options(begin="IMMEDIATE") if database.is_sqlite else database.engine
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        run(config)
