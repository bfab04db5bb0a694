"""The database's tables: made for a new instance, and brought up to date for an older one.

Alembic is loaded when tables change; for the question that every start asks, whether the database is
of this version, it would take more time and memory than the answer.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

import exchange.models
import federation
from exchange.db import Database
from exchange.messages import N_, Refusal
from exchange.models.base import ExchangeTable
from federation.base import FederationTable

for _package in (
    exchange.models,
    federation,
):  # importing a module registers its tables, in whatever room it is
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)

if TYPE_CHECKING:
    from alembic.config import Config

METADATA = (ExchangeTable.metadata, FederationTable.metadata)


def create(database: Database) -> None:
    """Make all tables in an empty database and note that they are of the newest version."""
    with database.engine.begin() as connection:
        for metadata in METADATA:
            metadata.create_all(connection)
    stamp(database)


def stamp(database: Database) -> None:
    """Note that the tables in this database are of the newest version."""
    from alembic import command

    _alembic(database, lambda config: command.stamp(config, "head"))


def upgrade(database: Database, version: str = "head") -> None:
    """Run the migrations that an older database lacks up to a version, all of them or none."""
    from alembic import command

    _alembic(database, lambda config: command.upgrade(config, version))


def versions() -> set[str]:
    """Every version of the tables that there has been."""
    return {_step(path.read_text("utf-8"))[0] for path in _scripts().joinpath("versions").glob("*.py")}


def version(database: Database) -> str | None:
    """The version of the tables in this database; None where there are none."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def refuse_newer(version: str) -> None:
    """Refusal when tables are of a version that this program does not know: a newer one made them."""
    if version not in versions():
        raise Refusal(N_("The database is of a newer version than this program; put the newer program back."))


@cache
def newest() -> str | None:
    """The version that this code expects: the one migration that none builds on."""
    steps = [_step(path.read_text("utf-8")) for path in _scripts().joinpath("versions").glob("*.py")]
    last = {own for own, _ in steps} - {before for _, before in steps}
    return last.pop() if len(last) == 1 else None


def _step(migration: str) -> tuple[str, str | None]:
    """The version that a migration makes, and the one it builds on."""
    own = re.search(r'^revision(?:: str)? = "(\w+)"', migration, re.MULTILINE)
    before = re.search(r'^down_revision(?:: .+)? = "(\w+)"', migration, re.MULTILINE)
    if own is None:
        raise LookupError("A migration does not name its version.")
    return own[1], before[1] if before else None


def _scripts() -> Path:
    return Path(str(files("exchange").joinpath("migrations")))


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_scripts()))
    return config


def _alembic(database: Database, run: Callable[["Config"], None]) -> None:
    config = _config()
    engine = database.engine.execution_options(begin="IMMEDIATE") if database.is_sqlite else database.engine
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        run(config)
