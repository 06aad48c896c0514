"""synonyms, tallies of searches and saved searches."""

import sqlalchemy as sa
from alembic import op

from kunnskap import db

revision = "7c1d04b2e9a5"
down_revision = "49b6eae81d99"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_synonyms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_search_synonyms_changed_by_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_synonyms")),
        sa.UniqueConstraint("seed", name=op.f("uq_search_synonyms_seed")),
    )
    op.create_index(op.f("ix_search_synonyms_changed_by_id"), "search_synonyms", ["changed_by_id"])
    op.create_table(
        "search_tallies",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("without_hits", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "words", name=op.f("pk_search_tallies")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("saved_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("seen_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("told_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("due_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("notice in ('none', 'daily', 'weekly')", name=op.f("ck_saved_searches_notice")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("person_id", "query", name=op.f("uq_saved_searches_person_id_query")),
    )
    op.create_index(op.f("ix_saved_searches_due_at"), "saved_searches", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_saved_searches_due_at"), table_name="saved_searches")
    op.drop_table("saved_searches")
    op.drop_table("search_tallies")
    op.drop_index(op.f("ix_search_synonyms_changed_by_id"), table_name="search_synonyms")
    op.drop_table("search_synonyms")
