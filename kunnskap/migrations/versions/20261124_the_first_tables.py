"""the first tables."""

import sqlalchemy as sa
from alembic import op

from kunnskap import db

revision = "49b6eae81d99"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", db.Timestamp(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_files")),
    )
    op.create_table(
        "networks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("coordinated_by", sa.String(), nullable=False),
        sa.Column("members_note", sa.String(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("slug", name=op.f("uq_networks_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column("happened_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("next_try_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("told_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("set_aside_at", db.Timestamp(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_told_at_set_aside_at_slow_next_try_at"),
            ["told_at", "set_aside_at", "slow", "next_try_at"],
            unique=False,
        )

    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("parallel_names", sa.JSON(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("centrality", sa.Integer(), nullable=True),
        sa.Column("kostra_group", sa.String(), nullable=True),
        sa.Column("language_form", sa.String(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("seat", sa.String(), nullable=True),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind in ('municipality', 'county')", name=op.f("ck_places_kind")),
        sa.ForeignKeyConstraint(["county_id"], ["places.id"], name=op.f("fk_places_county_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("kind", "number", "valid_from", name=op.f("uq_places_kind_number_valid_from")),
    )
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_places_county_id"), ["county_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_places_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_places_number"), ["number"], unique=False)

    op.create_table(
        "site_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_version")),
    )
    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name_nb", sa.String(), nullable=False),
        sa.Column("name_nn", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["themes.id"], name=op.f("fk_themes_parent_id_themes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("slug", name=op.f("uq_themes_slug")),
    )
    with op.batch_alter_table("themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_themes_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "network_places",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_places_network_id_networks")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_network_places_place_id_places")),
        sa.PrimaryKeyConstraint("network_id", "place_id", name=op.f("pk_network_places")),
    )
    with op.batch_alter_table("network_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_places_place_id"), ["place_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("workplace_kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("confirmed_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("left_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "workplace_kind in ('municipality', 'county', 'state', 'other')", name=op.f("ck_people_workplace")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_people_place_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("external_id", name=op.f("uq_people_external_id")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_listed"), ["listed"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_place_id"), ["place_id"], unique=False)

    op.create_table(
        "place_successions",
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["new_id"], ["places.id"], name=op.f("fk_place_successions_new_id_places")),
        sa.ForeignKeyConstraint(["old_id"], ["places.id"], name=op.f("fk_place_successions_old_id_places")),
        sa.PrimaryKeyConstraint("old_id", "new_id", name=op.f("pk_place_successions")),
    )
    with op.batch_alter_table("place_successions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_successions_new_id"), ["new_id"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_number", sa.Integer(), nullable=False),
        sa.Column("created_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("confirmed_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("closed_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('member', 'moderator', 'administrator')", name=op.f("ck_accounts_role")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "drafts",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_drafts_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "form", name=op.f("pk_drafts")),
    )
    op.create_table(
        "follows",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("since", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_follows_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "target_kind", "target_id", name=op.f("pk_follows")),
    )
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follows_target_kind_target_id"), ["target_kind", "target_id"], unique=False
        )

    op.create_table(
        "network_members",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("joined_at", db.Timestamp(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('member', 'coordinator')", name=op.f("ck_network_members_role")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_members_network_id_networks")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_network_members_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "person_id", name=op.f("pk_network_members")),
    )
    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_members_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_themes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.CheckConstraint("level in ('help', 'learn')", name=op.f("ck_person_themes_level")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_themes_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_person_themes_theme_id_themes")),
        sa.PrimaryKeyConstraint("person_id", "theme_id", "level", name=op.f("pk_person_themes")),
    )
    with op.batch_alter_table("person_themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_themes_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("workplace", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("attachment_count", sa.Integer(), nullable=False),
        sa.Column("published_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("confirmed_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("active_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("hidden_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("withdrawn_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("submission_key", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.CheckConstraint("audience in ('everyone', 'members')", name=op.f("ck_posts_audience")),
        sa.CheckConstraint("kind in ('question', 'answer', 'experience', 'document')", name=op.f("ck_posts_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_posts_author_id_people")),
        sa.ForeignKeyConstraint(["parent_id"], ["posts.id"], name=op.f("fk_posts_parent_id_posts")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_posts_place_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("author_id", "submission_key", name=op.f("uq_posts_author_id_submission_key")),
        sa.UniqueConstraint("external_id", name=op.f("uq_posts_external_id")),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posts_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_kind_published_at"), ["kind", "published_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_posts_kind_status_published_at"), ["kind", "status", "published_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_posts_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_place_id"), ["place_id"], unique=False)

    op.create_table(
        "account_tokens",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("expires_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("used_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_tokens_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_account_tokens")),
    )
    with op.batch_alter_table("account_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_tokens_account_id"), ["account_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("added_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_attachments_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["files.sha256"], name=op.f("fk_attachments_sha256_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("withdrawn_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("submission_key", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_comments_author_id_people")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_comments_post_id_posts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("author_id", "submission_key", name=op.f("uq_comments_author_id_submission_key")),
        sa.UniqueConstraint("external_id", name=op.f("uq_comments_external_id")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comments_post_id"), ["post_id"], unique=False)

    op.create_table(
        "document_details",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(), nullable=False),
        sa.CheckConstraint(
            "reading in ('waiting', 'read', 'locked', 'broken', 'too-heavy', 'no-text')",
            name=op.f("ck_document_details_reading"),
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_document_details_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["files.sha256"], name=op.f("fk_document_details_sha256_files")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_document_details")),
    )
    with op.batch_alter_table("document_details", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_details_sha256"), ["sha256"], unique=False)

    op.create_table(
        "document_pages",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_document_pages_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_document_pages")),
    )
    op.create_table(
        "experience_details",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("contact_role", sa.String(), nullable=False),
        sa.Column("contact_mailbox", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("actions", sa.String(), nullable=False),
        sa.Column("worked", sa.String(), nullable=False),
        sa.Column("barriers", sa.String(), nullable=False),
        sa.Column("barrier_codes", sa.JSON(), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("cost_investment", sa.Integer(), nullable=True),
        sa.Column("cost_yearly", sa.Integer(), nullable=True),
        sa.Column("cost_extra", sa.Integer(), nullable=True),
        sa.Column("cost_year", sa.Integer(), nullable=True),
        sa.Column("cost_basis", sa.String(), nullable=True),
        sa.Column("effect_amount", sa.Double(), nullable=True),
        sa.Column("effect_unit", sa.String(), nullable=True),
        sa.Column("effect_basis", sa.String(), nullable=True),
        sa.Column("effect_method", sa.String(), nullable=False),
        sa.Column("funding_source", sa.String(), nullable=True),
        sa.Column("funding_amount", sa.Integer(), nullable=True),
        sa.Column("funding_case", sa.String(), nullable=False),
        sa.Column("period_from", sa.String(), nullable=True),
        sa.Column("period_to", sa.String(), nullable=True),
        sa.CheckConstraint(
            "effect_basis in ('beregnet', 'malt', 'anslatt')", name=op.f("ck_experience_details_effect_basis")
        ),
        sa.CheckConstraint("effect_unit in ('per-ar', 'totalt')", name=op.f("ck_experience_details_effect_unit")),
        sa.ForeignKeyConstraint(["contact_id"], ["people.id"], name=op.f("fk_experience_details_contact_id_people")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_experience_details_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_experience_details")),
    )
    with op.batch_alter_table("experience_details", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_experience_details_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "post_places",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_post_places_place_id_places")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_places_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "place_id", name=op.f("pk_post_places")),
    )
    with op.batch_alter_table("post_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_places_place_id"), ["place_id"], unique=False)

    op.create_table(
        "post_themes",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_themes_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_post_themes_theme_id_themes")),
        sa.PrimaryKeyConstraint("post_id", "theme_id", name=op.f("pk_post_themes")),
    )
    with op.batch_alter_table("post_themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_themes_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "question_details",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("accepted_answer_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("wonder_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_answer_id"], ["posts.id"], name=op.f("fk_question_details_accepted_answer_id_posts")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["posts.id"], name=op.f("fk_question_details_duplicate_of_id_posts")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_question_details_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_question_details")),
        sa.UniqueConstraint("accepted_answer_id", name=op.f("uq_question_details_accepted_answer_id")),
    )
    with op.batch_alter_table("question_details", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_details_duplicate_of_id"), ["duplicate_of_id"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["people.id"], name=op.f("fk_revisions_editor_id_people")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_revisions_post_id_posts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_post_id"), ["post_id"], unique=False)

    op.create_table(
        "votes",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("cast_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_votes_post_id_posts"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["voter_id"], ["people.id"], name=op.f("fk_votes_voter_id_people"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "voter_id", name=op.f("pk_votes")),
    )
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_votes_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "wonders",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wonders_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_wonders_post_id_posts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_wonders")),
    )
    with op.batch_alter_table("wonders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wonders_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("wonders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wonders_person_id"))

    op.drop_table("wonders")
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_votes_voter_id"))

    op.drop_table("votes")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revisions_post_id"))

    op.drop_table("revisions")
    with op.batch_alter_table("question_details", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_details_duplicate_of_id"))

    op.drop_table("question_details")
    with op.batch_alter_table("post_themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_themes_theme_id"))

    op.drop_table("post_themes")
    with op.batch_alter_table("post_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_places_place_id"))

    op.drop_table("post_places")
    with op.batch_alter_table("experience_details", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_experience_details_contact_id"))

    op.drop_table("experience_details")
    op.drop_table("document_pages")
    with op.batch_alter_table("document_details", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_details_sha256"))

    op.drop_table("document_details")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_post_id"))
        batch_op.drop_index(batch_op.f("ix_comments_author_id"))

    op.drop_table("comments")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachments_post_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("account_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_tokens_account_id"))

    op.drop_table("account_tokens")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posts_place_id"))
        batch_op.drop_index(batch_op.f("ix_posts_parent_id"))
        batch_op.drop_index(batch_op.f("ix_posts_kind_status_published_at"))
        batch_op.drop_index(batch_op.f("ix_posts_kind_published_at"))
        batch_op.drop_index(batch_op.f("ix_posts_author_id"))

    op.drop_table("posts")
    with op.batch_alter_table("person_themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_themes_theme_id"))

    op.drop_table("person_themes")
    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_members_person_id"))

    op.drop_table("network_members")
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follows_target_kind_target_id"))

    op.drop_table("follows")
    op.drop_table("drafts")
    op.drop_table("accounts")
    with op.batch_alter_table("place_successions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_successions_new_id"))

    op.drop_table("place_successions")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_place_id"))
        batch_op.drop_index(batch_op.f("ix_people_name"))
        batch_op.drop_index(batch_op.f("ix_people_listed"))

    op.drop_table("people")
    with op.batch_alter_table("network_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_places_place_id"))

    op.drop_table("network_places")
    with op.batch_alter_table("themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_themes_parent_id"))

    op.drop_table("themes")
    op.drop_table("site_version")
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_places_number"))
        batch_op.drop_index(batch_op.f("ix_places_name"))
        batch_op.drop_index(batch_op.f("ix_places_county_id"))

    op.drop_table("places")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_told_at_set_aside_at_slow_next_try_at"))

    op.drop_table("outbox")
    op.drop_table("networks")
    op.drop_table("files")
