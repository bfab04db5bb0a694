"""Indexes for what is asked after each commit, whose comment has no name yet, and for each stranger, who is new today"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAMELESS = sa.text("handle IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_comment_nameless",
        "comment",
        ["author"],
        unique=False,
        sqlite_where=NAMELESS,
        postgresql_where=NAMELESS,
    )
    op.create_index("ix_community_created_at", "community", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_community_created_at", table_name="community")
    op.drop_index("ix_comment_nameless", table_name="comment")
