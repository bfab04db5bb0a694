"""The tables of practices and what is said of them, as they first were"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = "0001b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_texts", sa.JSON(), nullable=False),
        sa.Column("summary_texts", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("maturity", sa.String(), nullable=True),
        sa.Column("evidence_level", sa.String(), nullable=True),
        sa.Column("documented_by", sa.String(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_practice_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
        sa.UniqueConstraint("key", name=op.f("uq_practice_key")),
        sa.UniqueConstraint("uri", name=op.f("uq_practice_uri")),
    )
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_local"), ["local"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_slug"), ["slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_state"), ["state"], unique=False)

    op.create_table(
        "adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("practice_version", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("adopter_id", sa.Integer(), nullable=True),
        sa.Column("adopter", sa.JSON(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("documented_by", sa.String(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["adopter_id"], ["community.id"], name=op.f("fk_adoption_adopter_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_adoption_practice_id_practice")
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["community.id"], name=op.f("fk_adoption_publisher_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
        sa.UniqueConstraint("key", name=op.f("uq_adoption_key")),
        sa.UniqueConstraint("uri", name=op.f("uq_adoption_uri")),
    )
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoption_adopter_id"), ["adopter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_local"), ["local"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_publisher_id"), ["publisher_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adoption_slug"), ["slug"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_comment_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("key", name=op.f("uq_comment_key")),
        sa.UniqueConstraint("uri", name=op.f("uq_comment_uri")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_author"), ["author"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_host"), ["host"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_comment_state"), ["state"], unique=False)

    op.create_table(
        "curated",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("announcements", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_curated_cluster_id_cluster")),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_curated_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curated")),
        sa.UniqueConstraint("cluster_id", "practice_id", name=op.f("uq_curated_cluster_id_practice_id")),
    )
    with op.batch_alter_table("curated", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_curated_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_draft_community_id_community")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_draft_officer_id_officer")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_draft_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("key", name=op.f("uq_draft_key")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_endorsement_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint(
            "practice_id", "actor", "kind", name=op.f("uq_endorsement_practice_id_actor_kind")
        ),
    )
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsement_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsement_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsement_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_endorsement_host"), ["host"], unique=False)

    op.create_table(
        "practice_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_practice_version_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_version")),
        sa.UniqueConstraint("practice_id", "number", name=op.f("uq_practice_version_practice_id_number")),
    )
    with op.batch_alter_table("practice_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_version_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("practice_version", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("comment", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_review_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_review_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("key", name=op.f("uq_review_key")),
        sa.UniqueConstraint("practice_id", "community_id", name=op.f("uq_review_practice_id_community_id")),
        sa.UniqueConstraint("uri", name=op.f("uq_review_uri")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_local"), ["local"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_practice_id"), ["practice_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_practice_id"))
        batch_op.drop_index(batch_op.f("ix_review_local"))
        batch_op.drop_index(batch_op.f("ix_review_issued_at"))
        batch_op.drop_index(batch_op.f("ix_review_community_id"))
    op.drop_table("review")
    with op.batch_alter_table("practice_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_version_practice_id"))
    op.drop_table("practice_version")
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endorsement_host"))
        batch_op.drop_index(batch_op.f("ix_endorsement_at"))
        batch_op.drop_index(batch_op.f("ix_endorsement_actor"))
        batch_op.drop_index(batch_op.f("ix_endorsement_activity_id"))
    op.drop_table("endorsement")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_practice_id"))
        batch_op.drop_index(batch_op.f("ix_draft_community_id"))
    op.drop_table("draft")
    with op.batch_alter_table("curated", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_curated_practice_id"))
    op.drop_table("curated")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_state"))
        batch_op.drop_index(batch_op.f("ix_comment_received_at"))
        batch_op.drop_index(batch_op.f("ix_comment_practice_id"))
        batch_op.drop_index(batch_op.f("ix_comment_host"))
        batch_op.drop_index(batch_op.f("ix_comment_author"))
    op.drop_table("comment")
    with op.batch_alter_table("adoption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adoption_slug"))
        batch_op.drop_index(batch_op.f("ix_adoption_publisher_id"))
        batch_op.drop_index(batch_op.f("ix_adoption_practice_id"))
        batch_op.drop_index(batch_op.f("ix_adoption_local"))
        batch_op.drop_index(batch_op.f("ix_adoption_issued_at"))
        batch_op.drop_index(batch_op.f("ix_adoption_adopter_id"))
    op.drop_table("adoption")
    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_state"))
        batch_op.drop_index(batch_op.f("ix_practice_slug"))
        batch_op.drop_index(batch_op.f("ix_practice_local"))
        batch_op.drop_index(batch_op.f("ix_practice_issued_at"))
        batch_op.drop_index(batch_op.f("ix_practice_community_id"))
    op.drop_table("practice")
