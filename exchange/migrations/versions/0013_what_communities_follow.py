"""What communities follow, and when officers were here before"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follows", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("community_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_saved_search_follows"), ["follows"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_search_community_id"), ["community_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_saved_search_community_id_community"), "community", ["community_id"], ["id"]
        )
    with op.batch_alter_table("officer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_before_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("officer", schema=None) as batch_op:
        batch_op.drop_column("seen_before_at")
    with op.batch_alter_table("saved_search", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_saved_search_community_id_community"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_saved_search_community_id"))
        batch_op.drop_index(batch_op.f("ix_saved_search_follows"))
        batch_op.drop_column("community_id")
        batch_op.drop_column("follows")
