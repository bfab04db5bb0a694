"""Indexes for what the pages list first: the newest practices, the adoptions and reviews that moved last"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index("ix_practice_state_issued", ["state", "issued_at"], unique=False)
        batch_op.create_index("ix_practice_community_state", ["community_id", "state"], unique=False)
        batch_op.drop_index(batch_op.f("ix_practice_state"))
        batch_op.drop_index(batch_op.f("ix_practice_community_id"))
    for table in ("adoption", "review"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_modified_at"), ["modified_at"], unique=False)


def downgrade() -> None:
    for table in ("adoption", "review"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_modified_at"))
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_state"), ["state"], unique=False)
        batch_op.drop_index("ix_practice_community_state")
        batch_op.drop_index("ix_practice_state_issued")
