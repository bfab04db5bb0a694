"""Arrivals by state: whether an earlier word about the same thing is unfinished is seen without reading the old ones"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index("ix_arrival_order")
        batch_op.create_index("ix_arrival_order", ["actor", "object_id", "state", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("arrival", schema=None) as batch_op:
        batch_op.drop_index("ix_arrival_order")
        batch_op.create_index("ix_arrival_order", ["actor", "object_id", "id"], unique=False)
