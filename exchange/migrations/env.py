"""How Alembic meets our database: inside a transaction of ours, over the tables of both packages."""

from typing import Any, Literal

from alembic import context

from exchange.schema import METADATA

PLAIN = {"AutoString": "sa.String()", "UtcDateTime": "sa.DateTime(timezone=True)"}


def plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name the types of the database, not ours, which may change later."""
    return PLAIN.get(type(item).__name__) or False if kind == "type" else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=list(METADATA),
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
