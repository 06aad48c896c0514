"""access, privacy and moderation: sessions, audiences, audit log, decisions and what goes with them."""

import sqlalchemy as sa
from alembic import op

from kunnskap import db

revision = "a3f2c85d71e0"
down_revision = "7c1d04b2e9a5"
branch_labels = None
depends_on = None

OLD, NEW = "audience in ('everyone', 'members')", "audience in ('everyone', 'members', 'network', 'place')"
MOMENT = db.Timestamp(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("happened_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_entries_previous")),
    )
    op.create_index(op.f("ix_audit_entries_act_happened_at"), "audit_entries", ["act", "happened_at"])
    op.create_index(op.f("ix_audit_entries_person_id"), "audit_entries", ["person_id"])
    op.create_index(op.f("ix_audit_entries_target"), "audit_entries", ["target"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("handled_at", db.Timestamp(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("given_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("withdrawn_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_consents_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_person_id"), "consents", ["person_id"])
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("ready_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("expires_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_exports_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_person_id"), "exports", ["person_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("workplace_kind", sa.String(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("expires_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("used_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("withdrawn_at", db.Timestamp(timezone=True), nullable=True),
        sa.CheckConstraint(
            "workplace_kind is null or workplace_kind in ('municipality', 'county', 'state', 'other')",
            name=op.f("ck_invitations_workplace"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["people.id"], name=op.f("fk_invitations_invited_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_invitations_network_id_networks"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_invitations_place_id_places")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitations_digest")),
    )
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"])
    op.create_index(op.f("ix_invitations_invited_by_id"), "invitations", ["invited_by_id"])
    op.create_table(
        "known_domains",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("workplace_kind", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("tenant", sa.String(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", db.Timestamp(timezone=True), nullable=False),
        sa.CheckConstraint(
            "workplace_kind in ('municipality', 'county', 'state', 'other')", name=op.f("ck_known_domains_workplace")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["people.id"], name=op.f("fk_known_domains_added_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_known_domains_place_id_places")),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_known_domains")),
        sa.UniqueConstraint("tenant", name=op.f("uq_known_domains_tenant")),
    )
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("seen_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("fresh_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("second_factor_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_sessions_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_sessions_digest")),
    )
    op.create_index(op.f("ix_account_sessions_account_id"), "account_sessions", ["account_id"])
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("used_at", db.Timestamp(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_identities_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
    )
    op.create_index(op.f("ix_identities_account_id"), "identities", ["account_id"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("used_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_passkeys_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_account_id"), "passkeys", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("used_at", db.Timestamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("appealed_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_decisions_answered_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_decisions_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["people.id"], name=op.f("fk_decisions_made_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_decisions_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_decisions_post_id_posts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_comment_id"), "decisions", ["comment_id"])
    op.create_index(op.f("ix_decisions_person_id"), "decisions", ["person_id"])
    op.create_index(op.f("ix_decisions_post_id"), "decisions", ["post_id"])
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", db.Timestamp(timezone=True), nullable=False),
        sa.Column("settled_at", db.Timestamp(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_reports_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_reports_decision_id_decisions"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reports_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_reports_post_id_posts"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["people.id"], name=op.f("fk_reports_reporter_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_reports_settled_by_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_comment_id"), "reports", ["comment_id"])
    op.create_index(op.f("ix_reports_person_id"), "reports", ["person_id"])
    op.create_index(op.f("ix_reports_post_id"), "reports", ["post_id"])
    op.create_index(op.f("ix_reports_reporter_id"), "reports", ["reporter_id"])
    op.create_index(op.f("ix_reports_settled_at_made_at"), "reports", ["settled_at", "made_at"])
    op.add_column("account_tokens", sa.Column("email", sa.String(), nullable=True))
    _change_accounts()
    for name in ("hidden_at", "held_at"):
        op.add_column("comments", sa.Column(name, MOMENT, nullable=True))
    op.add_column("attachments", sa.Column("held_for", sa.String(), nullable=True))
    op.add_column("document_details", sa.Column("numbers", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("document_details", sa.Column("numbers_reason", sa.String(), nullable=False, server_default=""))
    _change_posts()
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _change_accounts() -> None:
    with op.batch_alter_table("accounts") as accounts:
        for name in ("approved_at", "trusted_at", "seen_at", "warned_at", "suspended_until"):
            accounts.add_column(sa.Column(name, MOMENT, nullable=True))
        accounts.add_column(sa.Column("place_id", sa.Integer(), nullable=True))
        accounts.add_column(sa.Column("totp_secret", sa.String(), nullable=True))
        accounts.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))
        accounts.create_foreign_key(op.f("fk_accounts_place_id_places"), "places", ["place_id"], ["id"])
        accounts.drop_column("session_number")
    # Whoever is in stays in, and everybody begins as seen today: nobody is warned or closed for the time before.
    accounts = sa.table("accounts", *(sa.column(one) for one in ("id", "email", "place_id", "person_id")))
    op.execute("UPDATE accounts SET approved_at = confirmed_at, trusted_at = confirmed_at, seen_at = CURRENT_TIMESTAMP")
    for number, place_id in _proven(op.get_bind()):
        op.execute(accounts.update().where(accounts.c.id == number).values(place_id=place_id))
    with op.batch_alter_table("accounts") as accounts:
        accounts.alter_column("seen_at", existing_type=MOMENT, nullable=False)
        accounts.create_index(op.f("ix_accounts_place_id"), ["place_id"])
        accounts.create_index(op.f("ix_accounts_seen_at"), ["seen_at"])


def _proven(connection: sa.Connection) -> list[tuple[int, int]]:
    """The accounts whose address ends in the domain of a place of today's."""
    places = sa.table(
        "places", sa.column("id"), sa.column("domains", sa.JSON), sa.column("valid_to"), sa.column("kind")
    )
    rows = connection.execute(
        sa.select(places.c.id, places.c.domains).where(places.c.valid_to.is_(None)).order_by(places.c.kind)
    )
    by_domain = {domain: row.id for row in rows for domain in row.domains or ()}
    found = []
    for number, email in connection.execute(sa.text("SELECT id, email FROM accounts")):
        asked = email.rpartition("@")[2]
        ends = [asked.split(".", skipped)[-1] for skipped in range(asked.count("."))]
        found += [(number, by_domain[end]) for end in ends if end in by_domain][:1]
    return found


def _change_posts() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint(op.f("ck_posts_audience"), type_="check")
        posts.create_check_constraint(op.f("ck_posts_audience"), NEW)
        for name in ("for_network_id", "for_place_id", "merged_into_id"):
            posts.add_column(sa.Column(name, sa.Integer(), nullable=True))
            posts.create_index(op.f(f"ix_posts_{name}"), [name])
        posts.add_column(sa.Column("hides_author", sa.Boolean(), nullable=False, server_default=sa.false()))
        posts.add_column(sa.Column("held_at", MOMENT, nullable=True))
        posts.add_column(sa.Column("held_for", sa.String(), nullable=True))
        posts.add_column(sa.Column("locked_at", MOMENT, nullable=True))
        posts.create_index(op.f("ix_posts_held_at"), ["held_at"])
        posts.create_foreign_key(op.f("fk_posts_merged_into_id_posts"), "posts", ["merged_into_id"], ["id"])
        posts.create_foreign_key(op.f("fk_posts_for_network_id_networks"), "networks", ["for_network_id"], ["id"])
        posts.create_foreign_key(op.f("fk_posts_for_place_id_places"), "places", ["for_place_id"], ["id"])


GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER audit_entries_no_{what} BEFORE {what} ON audit_entries "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END"
        for what in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_entries_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is not changed'; END $$",
        "CREATE TRIGGER audit_entries_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_guard()",
    ],
}


def downgrade() -> None:
    # What was closed to all but a few, or waits, may not become open by going back: only members see it then, or nobody.
    op.execute("UPDATE posts SET audience = 'members' WHERE audience NOT IN ('everyone', 'members')")
    op.execute("UPDATE posts SET hidden_at = held_at WHERE held_at IS NOT NULL AND hidden_at IS NULL")
    op.execute("UPDATE comments SET withdrawn_at = coalesce(hidden_at, held_at) WHERE withdrawn_at IS NULL")
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint(op.f("ck_posts_audience"), type_="check")
        posts.create_check_constraint(op.f("ck_posts_audience"), OLD)
        posts.drop_constraint(op.f("fk_posts_for_place_id_places"), type_="foreignkey")
        posts.drop_constraint(op.f("fk_posts_for_network_id_networks"), type_="foreignkey")
        posts.drop_constraint(op.f("fk_posts_merged_into_id_posts"), type_="foreignkey")
        for name in ("merged_into_id", "held_at", "for_place_id", "for_network_id"):
            posts.drop_index(op.f(f"ix_posts_{name}"))
        for name in (
            "merged_into_id", "locked_at", "held_for", "held_at", "hides_author", "for_place_id", "for_network_id",
        ):  # fmt: skip
            posts.drop_column(name)
    op.drop_column("document_details", "numbers_reason")
    op.drop_column("document_details", "numbers")
    op.drop_column("attachments", "held_for")
    for name in ("held_at", "hidden_at"):
        op.drop_column("comments", name)
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("session_number", sa.Integer(), nullable=False, server_default="0"))
        accounts.drop_constraint(op.f("fk_accounts_place_id_places"), type_="foreignkey")
        accounts.drop_index(op.f("ix_accounts_seen_at"))
        accounts.drop_index(op.f("ix_accounts_place_id"))
        for name in (
            "totp_step", "totp_secret", "suspended_until", "warned_at", "seen_at", "trusted_at", "approved_at",
            "place_id",
        ):  # fmt: skip
            accounts.drop_column(name)
    op.drop_column("account_tokens", "email")
    op.drop_index(op.f("ix_reports_settled_at_made_at"), table_name="reports")
    op.drop_index(op.f("ix_reports_reporter_id"), table_name="reports")
    op.drop_index(op.f("ix_reports_post_id"), table_name="reports")
    op.drop_index(op.f("ix_reports_person_id"), table_name="reports")
    op.drop_index(op.f("ix_reports_comment_id"), table_name="reports")
    op.drop_table("reports")
    op.drop_index(op.f("ix_decisions_post_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_person_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_comment_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("ix_recovery_codes_account_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_passkeys_account_id"), table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_index(op.f("ix_identities_account_id"), table_name="identities")
    op.drop_table("identities")
    op.drop_index(op.f("ix_account_sessions_account_id"), table_name="account_sessions")
    op.drop_table("account_sessions")
    op.drop_table("known_domains")
    op.drop_index(op.f("ix_invitations_invited_by_id"), table_name="invitations")
    op.drop_index(op.f("ix_invitations_email"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index(op.f("ix_exports_person_id"), table_name="exports")
    op.drop_table("exports")
    op.drop_index(op.f("ix_consents_person_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_table("feedback")
    op.drop_index(op.f("ix_audit_entries_target"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_person_id"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_act_happened_at"), table_name="audit_entries")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_guard()")
