"""Comments whose author has no name yet are found without reading all others, which each commit asks for"""

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


def downgrade() -> None:
    op.drop_index("ix_comment_nameless", table_name="comment")
