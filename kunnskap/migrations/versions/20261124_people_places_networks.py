"""people, places and networks: likeness, profiles, offers, messages, collections, meetings and what goes with them."""

import sqlalchemy as sa
from alembic import op

from kunnskap import db

revision = "a882331d1410"
down_revision = "a3f2c85d71e0"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column("site_version", sa.Column("people", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "network_themes",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_network_themes_network_id_networks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_network_themes_theme_id_themes")),
        sa.PrimaryKeyConstraint("network_id", "theme_id", name=op.f("pk_network_themes")),
    )
    with op.batch_alter_table("network_themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_themes_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "place_likeness",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["places.id"], name=op.f("fk_place_likeness_other_id_places")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_likeness_place_id_places")),
        sa.PrimaryKeyConstraint("place_id", "other_id", name=op.f("pk_place_likeness")),
    )
    with op.batch_alter_table("place_likeness", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_likeness_place_id_score"), ["place_id", "score"], unique=False)

    op.create_table(
        "blocks",
        sa.Column("blocker_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        sa.Column("since", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["people.id"], name=op.f("fk_blocks_blocked_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["people.id"], name=op.f("fk_blocks_blocker_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blocker_id", "blocked_id", name=op.f("pk_blocks")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocks_blocked_id"), ["blocked_id"], unique=False)

    op.create_table(
        "calendar_keys",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_keys_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_keys")),
    )
    op.create_table(
        "collections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("introduction", sa.String(), nullable=False),
        sa.Column("introduction_html", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("published_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("audience in ('everyone', 'members', 'network')", name=op.f("ck_collections_audience")),
        sa.ForeignKeyConstraint(
            ["copied_from_id"],
            ["collections.id"],
            name=op.f("fk_collections_copied_from_id_collections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_collections_made_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_collections_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collections_network_id"), ["network_id"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("leaves_on", sa.Date(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("done_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("seen_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_handovers_made_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_handovers_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_handovers_place_id_places")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["people.id"], name=op.f("fk_handovers_successor_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_leaves_on"), ["leaves_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "learning_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("guide_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("suggested_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guide_id"], ["people.id"], name=op.f("fk_learning_pairs_guide_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_learning_pairs_learner_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_learning_pairs_theme_id_themes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_pairs")),
        sa.UniqueConstraint(
            "learner_id", "guide_id", "theme_id", name=op.f("uq_learning_pairs_learner_id_guide_id_theme_id")
        ),
    )
    with op.batch_alter_table("learning_pairs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learning_pairs_guide_id"), ["guide_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_learning_pairs_suggested_at"), ["suggested_at"], unique=False)

    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("description_html", sa.String(), nullable=False),
        sa.Column("starts_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("ends_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("minutes_html", sa.String(), nullable=False),
        sa.Column("minutes_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("cancelled_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("audience in ('everyone', 'members', 'network')", name=op.f("ck_meetings_audience")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meetings_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_meetings_made_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_meetings_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("uid", name=op.f("uq_meetings_uid")),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_network_id_starts_at"), ["network_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetings_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "network_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("sent_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("submission_key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_letters_network_id_networks")),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["people.id"], name=op.f("fk_network_letters_sender_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_letters")),
        sa.UniqueConstraint("sender_id", "submission_key", name=op.f("uq_network_letters_sender_id_submission_key")),
    )
    with op.batch_alter_table("network_letters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_network_letters_network_id_sent_at"), ["network_id", "sent_at"], unique=False
        )

    op.create_table(
        "network_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("until >= since", name=op.f("ck_network_reports_period")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_network_reports_made_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_reports_network_id_networks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_reports")),
    )
    with op.batch_alter_table("network_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_reports_network_id"), ["network_id"], unique=False)

    op.create_table(
        "positions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("workplace_kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "workplace_kind in ('municipality', 'county', 'state', 'other')", name=op.f("ck_positions_workplace")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_positions_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_positions_place_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
    )
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_positions_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_positions_place_id"), ["place_id"], unique=False)

    op.create_table(
        "profile_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("settled_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("what in ('left', 'wrong')", name=op.f("ck_profile_reports_what")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_profile_reports_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["people.id"], name=op.f("fk_profile_reports_reporter_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_profile_reports_settled_by_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_reports")),
    )
    with op.batch_alter_table("profile_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_reports_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_profile_reports_reporter_id"), ["reporter_id"], unique=False)

    op.create_table(
        "track_records",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("experiences", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("latest_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_track_records_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_track_records_theme_id_themes")),
        sa.PrimaryKeyConstraint("person_id", "theme_id", name=op.f("pk_track_records")),
    )
    with op.batch_alter_table("track_records", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_track_records_theme_id_latest_at"), ["theme_id", "latest_at"], unique=False
        )

    op.create_table(
        "year_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("is_approximate", sa.Boolean(), nullable=False),
        sa.Column("is_yearly", sa.Boolean(), nullable=False),
        sa.Column("weeks_before", sa.Integer(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("edited_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("day between 1 and 31", name=op.f("ck_year_events_day")),
        sa.CheckConstraint("month between 1 and 12", name=op.f("ck_year_events_month")),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["people.id"], name=op.f("fk_year_events_edited_by_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_events")),
        sa.UniqueConstraint("slug", name=op.f("uq_year_events_slug")),
    )
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_agenda_items_meeting_id_meetings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_agenda_items_post_id_posts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
    )
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_items_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_items_post_id"), ["post_id"], unique=False)

    op.create_table(
        "collection_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(post_id is not null and person_id is null and url = '') or (post_id is null and person_id is not null and url = '') or (post_id is null and person_id is null and url <> '')",
            name=op.f("ck_collection_items_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_items_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_collection_items_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_collection_items_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_items")),
    )
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collection_items_collection_id"), ["collection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_collection_items_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_collection_items_post_id"), ["post_id"], unique=False)

    op.create_table(
        "collection_shares",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("since", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_shares_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_collection_shares_network_id_networks")),
        sa.PrimaryKeyConstraint("collection_id", "network_id", name=op.f("pk_collection_shares")),
    )
    with op.batch_alter_table("collection_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collection_shares_network_id"), ["network_id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("started_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("latest_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_conversations_post_id_posts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversations_post_id"), ["post_id"], unique=False)

    op.create_table(
        "homework",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("is_everybodys", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_homework_meeting_id_meetings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_homework_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homework")),
    )
    with op.batch_alter_table("homework", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_homework_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_homework_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ladders",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("stepped_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("stopped_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("step in ('first', 'wider', 'coordinator', 'county')", name=op.f("ck_ladders_step")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["posts.id"], name=op.f("fk_ladders_question_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_ladders")),
    )
    with op.batch_alter_table("ladders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladders_due_on"), ["due_on"], unique=False)

    op.create_table(
        "letter_recipients",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mailed_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["network_letters.id"],
            name=op.f("fk_letter_recipients_letter_id_network_letters"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_letter_recipients_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "person_id", name=op.f("pk_letter_recipients")),
    )
    with op.batch_alter_table("letter_recipients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_recipients_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meeting_sign_ups",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_coming", sa.Boolean(), nullable=False),
        sa.Column("signed_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("reminded_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_sign_ups_meeting_id_meetings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_meeting_sign_ups_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_sign_ups")),
    )
    with op.batch_alter_table("meeting_sign_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_sign_ups_person_id"), ["person_id"], unique=False)

    op.create_table(
        "minutes_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("becomes", sa.String(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("becomes in ('answer', 'experience')", name=op.f("ck_minutes_parts_becomes")),
        sa.CheckConstraint("state in ('proposed', 'approved', 'declined')", name=op.f("ck_minutes_parts_state")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_minutes_parts_meeting_id_meetings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_minutes_parts_post_id_posts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name=op.f("fk_minutes_parts_proposed_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["posts.id"], name=op.f("fk_minutes_parts_question_id_posts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["people.id"], name=op.f("fk_minutes_parts_speaker_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_parts")),
    )
    with op.batch_alter_table("minutes_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_parts_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_parts_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_parts_question_id"), ["question_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_parts_speaker_id"), ["speaker_id"], unique=False)

    op.create_table(
        "network_pins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("collection_id", sa.Integer(), nullable=True),
        sa.Column("pinned_at", db.Timestamp(timezone=True), nullable=False),
        sa.CheckConstraint("(post_id is null) <> (collection_id is null)", name=op.f("ck_network_pins_one_thing")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_network_pins_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_pins_network_id_networks")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_network_pins_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_pins")),
        sa.UniqueConstraint("network_id", "collection_id", name=op.f("uq_network_pins_network_id_collection_id")),
        sa.UniqueConstraint("network_id", "post_id", name=op.f("uq_network_pins_network_id_post_id")),
    )
    with op.batch_alter_table("network_pins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_pins_collection_id"), ["collection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_network_pins_post_id"), ["post_id"], unique=False)

    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("offered_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("replied_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("chosen_by_id", sa.Integer(), nullable=True),
        sa.Column("passed_to_id", sa.Integer(), nullable=True),
        sa.Column("told_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint("reply in ('yes', 'not-now', 'other')", name=op.f("ck_offers_reply")),
        sa.CheckConstraint(
            "step in ('first', 'wider', 'coordinator', 'county', 'chosen')", name=op.f("ck_offers_step")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["people.id"], name=op.f("fk_offers_chosen_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["passed_to_id"], ["people.id"], name=op.f("fk_offers_passed_to_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_offers_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["posts.id"], name=op.f("fk_offers_question_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("question_id", "person_id", name=op.f("uq_offers_question_id_person_id")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_person_id_offered_at"), ["person_id", "offered_at"], unique=False)

    op.create_table(
        "report_stories",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_report_stories_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["network_reports.id"],
            name=op.f("fk_report_stories_report_id_network_reports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "post_id", name=op.f("pk_report_stories")),
    )
    with op.batch_alter_table("report_stories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_stories_post_id"), ["post_id"], unique=False)

    op.create_table(
        "year_event_dates",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["year_events.id"], name=op.f("fk_year_event_dates_event_id_year_events"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "year", name=op.f("pk_year_event_dates")),
    )
    op.create_table(
        "year_event_posts",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["year_events.id"], name=op.f("fk_year_event_posts_event_id_year_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_year_event_posts_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "post_id", name=op.f("pk_year_event_posts")),
    )
    with op.batch_alter_table("year_event_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_event_posts_post_id"), ["post_id"], unique=False)

    op.create_table(
        "year_event_themes",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["year_events.id"], name=op.f("fk_year_event_themes_event_id_year_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_year_event_themes_theme_id_themes")),
        sa.PrimaryKeyConstraint("event_id", "theme_id", name=op.f("pk_year_event_themes")),
    )
    with op.batch_alter_table("year_event_themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_event_themes_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "year_event_tellings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["year_events.id"],
            name=op.f("fk_year_event_tellings_event_id_year_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_year_event_tellings_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "year", "person_id", name=op.f("pk_year_event_tellings")),
    )
    with op.batch_alter_table("year_event_tellings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_event_tellings_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conversation_sides",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("put_away_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_sides_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conversation_sides_person_id_people")),
        sa.PrimaryKeyConstraint("conversation_id", "person_id", name=op.f("pk_conversation_sides")),
    )
    with op.batch_alter_table("conversation_sides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_sides_person_id"), ["person_id"], unique=False)

    op.create_table(
        "homework_done",
        sa.Column("homework_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("done_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["homework_id"], ["homework.id"], name=op.f("fk_homework_done_homework_id_homework"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_homework_done_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("homework_id", "person_id", name=op.f("pk_homework_done")),
    )
    with op.batch_alter_table("homework_done", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_homework_done_person_id"), ["person_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_html", sa.String(), nullable=False),
        sa.Column("sent_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("hidden_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("submission_key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_messages_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["people.id"], name=op.f("fk_messages_sender_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("sender_id", "submission_key", name=op.f("uq_messages_sender_id_submission_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_conversation_id_id"), ["conversation_id", "id"], unique=False)

    op.create_table(
        "talks",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("where", sa.String(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("chosen_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("answered_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("declined_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("cancelled_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_talks_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_talks")),
        sa.UniqueConstraint("uid", name=op.f("uq_talks_uid")),
    )
    with op.batch_alter_table("document_details", schema=None) as batch_op:
        batch_op.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_document_details_valid_until"), ["valid_until"], unique=False)

    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("task", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("gets_letters", sa.Boolean(), nullable=False, server_default=sa.true()))

    _change_people()
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_coastal", sa.Boolean(), nullable=True))

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keeper_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("keeper_place_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_posts_keeper_id"), ["keeper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_keeper_place_id"), ["keeper_place_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_keeper_id_people"), "people", ["keeper_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_keeper_place_id_places"), "places", ["keeper_place_id"], ["id"]
        )

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reports_message_id"), ["message_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_reports_message_id_messages"), "messages", ["message_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_decisions_message_id"), ["message_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_decisions_message_id_messages"), "messages", ["message_id"], ["id"], ondelete="CASCADE"
        )


OLD_LEVELS, LEVELS = "level in ('help', 'learn')", "level in ('done', 'guide', 'learn')"
CONTACT_WAYS = ("email_for", "phone_for", "other_contact_for")
SEEN_BY = "in ('everyone', 'members', 'networks', 'nobody')"
ADDED = {
    "contact_about": "''", "email_for": "'members'", "phone_for": "'members'", "other_contact": "''",
    "other_contact_for": "'members'", "working_days": "'12345'", "language": "'nb'",
}  # fmt: skip


def _change_people() -> None:
    with op.batch_alter_table("people") as people:
        for name, default in ADDED.items():
            people.add_column(sa.Column(name, sa.String(), nullable=False, server_default=sa.text(default)))
        for name in ("since", "away_from", "away_until"):
            people.add_column(sa.Column(name, sa.Date(), nullable=True))
        people.add_column(sa.Column("stand_in_id", sa.Integer(), nullable=True))
        people.add_column(sa.Column("asks_a_week", sa.Integer(), nullable=False, server_default="2"))
        people.add_column(sa.Column("wants_pairs", sa.Boolean(), nullable=False, server_default=sa.false()))
        people.add_column(sa.Column("reminded_at", db.Timestamp(timezone=True), nullable=True))
        people.add_column(sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
        people.create_foreign_key(
            op.f("fk_people_stand_in_id_people"), "people", ["stand_in_id"], ["id"], ondelete="SET NULL"
        )
        for name in CONTACT_WAYS:
            people.create_check_constraint(op.f(f"ck_people_{name}"), f"{name} {SEEN_BY}")
    with op.batch_alter_table("people") as people:
        for name in (*ADDED, "asks_a_week", "wants_pairs", "reminders"):
            people.alter_column(name, server_default=None)
    _change_levels(LEVELS, "UPDATE person_themes SET level = 'guide' WHERE level = 'help'")


def _change_people_back() -> None:
    # What one showed to fewer than all who are signed in may not be shown to them by going back.
    op.execute("UPDATE people SET email = '' WHERE email_for IN ('networks', 'nobody')")
    op.execute("UPDATE people SET phone = '' WHERE phone_for IN ('networks', 'nobody')")
    _change_levels(
        OLD_LEVELS,
        "DELETE FROM person_themes WHERE level = 'done' AND EXISTS (SELECT 1 FROM person_themes AS other "
        "WHERE other.person_id = person_themes.person_id AND other.theme_id = person_themes.theme_id "
        "AND other.level = 'guide')",
        "UPDATE person_themes SET level = 'help' WHERE level IN ('done', 'guide')",
    )
    with op.batch_alter_table("people") as people:
        people.drop_constraint(op.f("fk_people_stand_in_id_people"), type_="foreignkey")
        for name in CONTACT_WAYS:
            people.drop_constraint(op.f(f"ck_people_{name}"), type_="check")
        for name in (
            "reminders", "reminded_at", "wants_pairs", "asks_a_week", "stand_in_id", "away_until", "away_from", "since", *ADDED,
        ):  # fmt: skip
            people.drop_column(name)


def _change_levels(allowed: str, *statements: str) -> None:
    with op.batch_alter_table("person_themes") as themes:
        themes.drop_constraint(op.f("ck_person_themes_level"), type_="check")
    for statement in statements:
        op.execute(statement)
    with op.batch_alter_table("person_themes") as themes:
        themes.create_check_constraint(op.f("ck_person_themes_level"), allowed)


def downgrade() -> None:

    op.drop_column("site_version", "people")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_decisions_message_id_messages"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_decisions_message_id"))
        batch_op.drop_column("message_id")

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reports_message_id_messages"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_reports_message_id"))
        batch_op.drop_column("message_id")

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_posts_keeper_place_id_places"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_posts_keeper_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_posts_keeper_place_id"))
        batch_op.drop_index(batch_op.f("ix_posts_keeper_id"))
        batch_op.drop_column("keeper_place_id")
        batch_op.drop_column("keeper_id")

    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_column("is_coastal")

    _change_people_back()
    with op.batch_alter_table("network_members", schema=None) as batch_op:
        batch_op.drop_column("gets_letters")
        batch_op.drop_column("task")

    with op.batch_alter_table("document_details", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_details_valid_until"))
        batch_op.drop_column("valid_until")

    op.drop_table("talks")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_conversation_id_id"))

    op.drop_table("messages")
    with op.batch_alter_table("homework_done", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_homework_done_person_id"))

    op.drop_table("homework_done")
    with op.batch_alter_table("conversation_sides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_sides_person_id"))

    op.drop_table("conversation_sides")
    with op.batch_alter_table("year_event_tellings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_year_event_tellings_person_id"))

    op.drop_table("year_event_tellings")
    with op.batch_alter_table("year_event_themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_year_event_themes_theme_id"))

    op.drop_table("year_event_themes")
    with op.batch_alter_table("year_event_posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_year_event_posts_post_id"))

    op.drop_table("year_event_posts")
    op.drop_table("year_event_dates")
    with op.batch_alter_table("report_stories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_stories_post_id"))

    op.drop_table("report_stories")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_person_id_offered_at"))

    op.drop_table("offers")
    with op.batch_alter_table("network_pins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_pins_post_id"))
        batch_op.drop_index(batch_op.f("ix_network_pins_collection_id"))

    op.drop_table("network_pins")
    with op.batch_alter_table("minutes_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_parts_speaker_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_parts_question_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_parts_post_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_parts_meeting_id"))

    op.drop_table("minutes_parts")
    with op.batch_alter_table("meeting_sign_ups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_sign_ups_person_id"))

    op.drop_table("meeting_sign_ups")
    with op.batch_alter_table("letter_recipients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_recipients_person_id"))

    op.drop_table("letter_recipients")
    with op.batch_alter_table("ladders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ladders_due_on"))

    op.drop_table("ladders")
    with op.batch_alter_table("homework", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_homework_person_id"))
        batch_op.drop_index(batch_op.f("ix_homework_meeting_id"))

    op.drop_table("homework")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversations_post_id"))

    op.drop_table("conversations")
    with op.batch_alter_table("collection_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collection_shares_network_id"))

    op.drop_table("collection_shares")
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collection_items_post_id"))
        batch_op.drop_index(batch_op.f("ix_collection_items_person_id"))
        batch_op.drop_index(batch_op.f("ix_collection_items_collection_id"))

    op.drop_table("collection_items")
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_items_post_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_items_meeting_id"))

    op.drop_table("agenda_items")
    op.drop_table("year_events")
    with op.batch_alter_table("track_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_track_records_theme_id_latest_at"))

    op.drop_table("track_records")
    with op.batch_alter_table("profile_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_reports_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_profile_reports_person_id"))

    op.drop_table("profile_reports")
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_positions_place_id"))
        batch_op.drop_index(batch_op.f("ix_positions_person_id"))

    op.drop_table("positions")
    with op.batch_alter_table("network_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_reports_network_id"))

    op.drop_table("network_reports")
    with op.batch_alter_table("network_letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_letters_network_id_sent_at"))

    op.drop_table("network_letters")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meetings_starts_at"))
        batch_op.drop_index(batch_op.f("ix_meetings_network_id_starts_at"))

    op.drop_table("meetings")
    with op.batch_alter_table("learning_pairs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_learning_pairs_suggested_at"))
        batch_op.drop_index(batch_op.f("ix_learning_pairs_guide_id"))

    op.drop_table("learning_pairs")
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handovers_successor_id"))
        batch_op.drop_index(batch_op.f("ix_handovers_place_id"))
        batch_op.drop_index(batch_op.f("ix_handovers_person_id"))
        batch_op.drop_index(batch_op.f("ix_handovers_leaves_on"))

    op.drop_table("handovers")
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collections_network_id"))

    op.drop_table("collections")
    op.drop_table("calendar_keys")
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blocks_blocked_id"))

    op.drop_table("blocks")
    with op.batch_alter_table("place_likeness", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_likeness_place_id_score"))

    op.drop_table("place_likeness")
    with op.batch_alter_table("network_themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_network_themes_theme_id"))

    op.drop_table("network_themes")
