"""An older database that was brought up to date is like a new one."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from exchange import schema
from exchange.db import Database


def test_the_migrations_make_the_tables_that_the_models_describe(database_url: str) -> None:
    database = Database(database_url)
    _empty(database)
    schema.upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        everything = MetaData(naming_convention=schema.METADATA[0].naming_convention)
        for metadata in schema.METADATA:
            for table in metadata.sorted_tables:
                table.to_metadata(everything)
        differences = compare_metadata(context, everything)
    assert differences == []
    assert schema.version(database) == schema.newest()
    database.close()


def _empty(database: Database) -> None:
    held = MetaData()
    with database.engine.begin() as connection:
        held.reflect(connection)
        held.drop_all(connection)
        assert inspect(connection).get_table_names() == []
