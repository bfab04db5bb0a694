"""Words are kept once, and packed.

Rows that are there stay readable as they are; they are packed when they are next written.
"""

import zlib

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_version_practice_id"))
    if op.get_bind().dialect.name == "sqlite":
        # Not by a copy of the table, as is usual here: other tables refer to the rows of `practice`.
        for table, must in (("practice", "NOT NULL DEFAULT x''"), ("practice_version", "")):
            op.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN packed BLOB {must}"))
            op.execute(sa.text(f"UPDATE {table} SET packed = CAST(record AS BLOB)"))  # noqa: S608
            op.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN record"))
            op.execute(sa.text(f"ALTER TABLE {table} RENAME COLUMN packed TO record"))
    else:
        for table in ("practice", "practice_version"):
            op.alter_column(
                table,
                "record",
                type_=sa.LargeBinary(),
                nullable=table == "practice_version",
                postgresql_using="convert_to(record::text, 'UTF8')",
            )
    _each_original(zlib.decompress)


def downgrade() -> None:
    raise CommandError("What is packed cannot be read by an older program; restore the backup.")


def _each_original(change) -> None:  # type: ignore[no-untyped-def]
    table = sa.table("original", sa.column("uri"), sa.column("packed", sa.LargeBinary))
    connection = op.get_bind()
    for uri in connection.execute(sa.select(table.c.uri)).scalars().all():
        held = connection.execute(sa.select(table.c.packed).where(table.c.uri == uri)).scalar_one()
        connection.execute(table.update().where(table.c.uri == uri).values(packed=change(held)))
