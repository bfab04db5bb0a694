"""Saved searches, their readers, and what is new in them"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("feed_token", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
            name=op.f("fk_saved_search_officer_id_officer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_saved_search_cluster_id_cluster")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("feed_token", name=op.f("uq_saved_search_feed_token")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_search_key")),
    )
    op.create_index(op.f("ix_saved_search_officer_id"), "saved_search", ["officer_id"])
    op.create_index(op.f("ix_saved_search_cluster_id"), "saved_search", ["cluster_id"])
    op.create_table(
        "search_reader",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("seen_before", sa.BigInteger(), nullable=True),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("mailed", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_token", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_search.id"],
            name=op.f("fk_search_reader_search_id_saved_search"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
            name=op.f("fk_search_reader_officer_id_officer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("search_id", "officer_id", name=op.f("pk_search_reader")),
        sa.UniqueConstraint("stop_token", name=op.f("uq_search_reader_stop_token")),
    )
    op.create_index(op.f("ix_search_reader_officer_id"), "search_reader", ["officer_id"])
    op.create_index(op.f("ix_search_reader_due_at"), "search_reader", ["due_at"])
    op.create_table(
        "search_hit",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["saved_search.id"],
            name=op.f("fk_search_hit_search_id_saved_search"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name=op.f("fk_search_hit_practice_id_practice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("search_id", "practice_id", name=op.f("pk_search_hit")),
    )
    op.create_index("ix_search_hit_read", "search_hit", ["search_id", "number"])
    op.create_index(op.f("ix_search_hit_practice_id"), "search_hit", ["practice_id"])
    op.create_table(
        "practice_shape",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name=op.f("fk_practice_shape_practice_id_practice"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("practice_id", name=op.f("pk_practice_shape")),
    )
    op.create_table(
        "alert_pointer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_pointer")),
    )


def downgrade() -> None:
    for table in ("alert_pointer", "practice_shape", "search_hit", "search_reader", "saved_search"):
        op.drop_table(table)
