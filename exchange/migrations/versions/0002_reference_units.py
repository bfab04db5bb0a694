"""Reference units: the local units of official statistics"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reference_unit",
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("latin", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("folded_latin", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("area_km2", sa.Float(), nullable=True),
        sa.Column("degurba", sa.String(), nullable=True),
        sa.Column("coastal", sa.Boolean(), nullable=True),
        sa.Column("nuts3", sa.String(), nullable=True),
        sa.Column("nuts_version", sa.Integer(), nullable=True),
        sa.Column("fua_code", sa.String(), nullable=True),
        sa.Column("fua_name", sa.String(), nullable=True),
        sa.Column("fua_role", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("country", "code", name=op.f("pk_reference_unit")),
    )
    with op.batch_alter_table("reference_unit", schema=None) as batch_op:
        batch_op.create_index("ix_reference_unit_name", ["folded", "country"], unique=False)
        batch_op.create_index("ix_reference_unit_latin", ["folded_latin", "country"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reference_unit", schema=None) as batch_op:
        batch_op.drop_index("ix_reference_unit_latin")
        batch_op.drop_index("ix_reference_unit_name")
    op.drop_table("reference_unit")
