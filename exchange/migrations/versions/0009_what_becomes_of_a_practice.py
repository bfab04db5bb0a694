"""Answers to adoptions, links between practices, corrections, and why a practice was withdrawn"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adoption_answer",
        sa.Column("adoption_uri", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("adoption_uri", "actor", name=op.f("pk_adoption_answer")),
    )
    op.create_table(
        "practice_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_link_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_link")),
        sa.UniqueConstraint(
            "practice_id", "kind", "target", name=op.f("uq_practice_link_practice_id_kind_target")
        ),
    )
    with op.batch_alter_table("practice_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_link_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_link_target"), ["target"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_up", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_correction_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("key", name=op.f("uq_correction_key")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        for name in ("practice_id", "received_at", "settled_at"):
            batch_op.create_index(batch_op.f(f"ix_correction_{name}"), [name], unique=False)
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.add_column(sa.Column("own_practice", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("heeded_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_adoption_own_practice"), ["own_practice"], unique=False)
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_reason", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    _fill()


def _fill() -> None:
    """What earlier records say of each other."""
    connection = op.get_bind()
    practice = sa.table("practice", sa.column("id"), sa.column("record", sa.JSON()))
    adoption = sa.table(
        "adoption", sa.column("id"), sa.column("record", sa.JSON()), sa.column("own_practice")
    )
    link = sa.table("practice_link", sa.column("practice_id"), sa.column("kind"), sa.column("target"))
    for number, record in _records(connection, practice):
        for kind in ("basedOn", "sameAs"):
            for target in dict.fromkeys(record.get(kind) or ()):
                connection.execute(sa.insert(link).values(practice_id=number, kind=kind, target=target))
    for number, record in _records(connection, adoption):
        if own := record.get("ownPractice"):
            connection.execute(sa.update(adoption).where(adoption.c.id == number).values(own_practice=own))


def _records(connection: Any, table: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, record in connection.execute(sa.select(table.c.id, table.c.record)).all():
        yield number, json.loads(record) if isinstance(record, str) else record or {}


def downgrade() -> None:
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_column("checked_at")
        batch_op.drop_column("withdrawn_reason")
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adoption_own_practice"))
        batch_op.drop_column("heeded_version")
        batch_op.drop_column("own_practice")
    op.drop_table("correction")
    op.drop_table("practice_link")
    op.drop_table("adoption_answer")
