"""Clusters to which communities of ours belong, or have asked to"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "belonging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_belonging_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_belonging")),
        sa.UniqueConstraint("community_id", "cluster", name=op.f("uq_belonging_community_id_cluster")),
    )
    with op.batch_alter_table("belonging", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_belonging_cluster"), ["cluster"], unique=False)


def downgrade() -> None:
    op.drop_table("belonging")
