"""Who supports what in consultations and campaigns elsewhere, as their clusters tell it"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("call_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("backers", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("cluster_call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("backers", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    for table in ("call_entry", "cluster_call"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("backers")
