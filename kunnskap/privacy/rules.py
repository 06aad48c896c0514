"""What is given out and what becomes of it, for everything that points to a person or an account. Pure.

Each column that points to a person or an account stands in these tables; a test finds the ones that do not, so that
nobody adds a table and forgets that people may ask for what stands in it, or ask for it to go.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from kunnskap.i18n import mark

EXPORTED: Mapping[str, str] = {
    "accounts.person_id": "konto",
    "person_themes.person_id": "profil-temaer",
    "consents.person_id": "samtykker",
    "account_sessions.account_id": "innlogginger",
    "account_tokens.account_id": "lenker-sendt-til-meg",
    "identities.account_id": "innlogging-gjennom-arbeidsgiver",
    "passkeys.account_id": "passnokler",
    "posts.author_id": "innlegg",
    "revisions.editor_id": "versjoner",
    "comments.author_id": "kommentarer",
    "experience_details.contact_id": "kontaktperson-for",
    "votes.voter_id": "nyttig",
    "wonders.person_id": "lurer-jeg-ogsa-pa",
    "follows.person_id": "folger",
    "drafts.person_id": "utkast",
    "saved_searches.person_id": "lagrede-sok",
    "network_members.person_id": "nettverk",
    "invitations.invited_by_id": "invitasjoner",
    "reports.reporter_id": "meldinger-til-moderator",
    "decisions.person_id": "avgjorelser-om-meg",
    "search_synonyms.changed_by_id": "synonymer",
    "known_domains.added_by_id": "domener",
    "exports.person_id": "kopier-bestilt",
    "positions.person_id": "tidligere-stillinger",
    "profile_reports.reporter_id": "meldinger-om-profiler",
    "track_records.person_id": "hva-jeg-har-vist",
    "learning_pairs.learner_id": "par-der-jeg-vil-laere",
    "learning_pairs.guide_id": "par-der-jeg-kan-veilede",
    "offers.person_id": "sporsmal-jeg-er-spurt-om",
    "offers.chosen_by_id": "sporsmal-jeg-har-spurt-andre-om",
    "conversation_sides.person_id": "samtaler",
    "messages.sender_id": "meldinger",
    "blocks.blocker_id": "folk-jeg-ikke-tar-imot-fra",
    "handovers.person_id": "overtakelser-fra-meg",
    "handovers.successor_id": "overtakelser-til-meg",
    "posts.keeper_id": "innlegg-jeg-har-tatt-over",
    "collections.made_by_id": "samlinger",
    "collection_items.person_id": "samlinger-jeg-star-i",
    "meetings.made_by_id": "moter-jeg-har-laget",
    "meeting_sign_ups.person_id": "pameldinger",
    "homework.person_id": "oppgaver",
    "homework_done.person_id": "oppgaver-gjort",
    "minutes_parts.speaker_id": "referat-i-mitt-navn",
    "calendar_keys.person_id": "kalender",
    "network_letters.sender_id": "brev-til-nettverk",
    "letter_recipients.person_id": "brev-til-meg",
    "network_reports.made_by_id": "nettverksrapporter",
}
"""The file of the export that each column's rows are in."""

NOT_EXPORTED: Mapping[str, str] = {
    "recovery_codes.account_id": "holds nothing but the fingerprints of codes",
    "reports.person_id": "what others reported is theirs, and would tell who they are",
    "reports.settled_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "decisions.made_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "decisions.answered_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "people.stand_in_id": "stands in the profile of the one who is away, who chose it",
    "profile_reports.person_id": "what others reported is theirs, and would tell who they are",
    "profile_reports.settled_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "offers.passed_to_id": "the offer that came of it is given out",
    "blocks.blocked_id": "that others want no messages is theirs to know",
    "handovers.made_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "minutes_parts.proposed_by_id": "the words are the speaker's; who noted them concerns the speaker",
    "year_event_tellings.person_id": "only tells that a letter was sent, which its reader has",
    "year_events.edited_by_id": "that it was done stands in the audit log, which is given out",
}
"""Columns whose rows are not in the export, and why."""

DELETED, NAMELESS, KEPT_FOR_WORKPLACE = "deleted", "nameless", "kept for the workplace"
ERASED: Mapping[str, str] = {
    "accounts.person_id": DELETED,
    "person_themes.person_id": DELETED,
    "consents.person_id": DELETED,
    "account_sessions.account_id": DELETED,
    "account_tokens.account_id": DELETED,
    "identities.account_id": DELETED,
    "passkeys.account_id": DELETED,
    "recovery_codes.account_id": DELETED,
    "posts.author_id": KEPT_FOR_WORKPLACE,
    "revisions.editor_id": KEPT_FOR_WORKPLACE,
    "comments.author_id": KEPT_FOR_WORKPLACE,
    "experience_details.contact_id": KEPT_FOR_WORKPLACE,
    "votes.voter_id": DELETED,
    "wonders.person_id": DELETED,
    "follows.person_id": DELETED,
    "drafts.person_id": DELETED,
    "saved_searches.person_id": DELETED,
    "network_members.person_id": DELETED,
    "exports.person_id": DELETED,
    "decisions.person_id": DELETED,
    "reports.person_id": DELETED,
    "invitations.invited_by_id": NAMELESS,
    "reports.reporter_id": NAMELESS,
    "reports.settled_by_id": NAMELESS,
    "decisions.made_by_id": NAMELESS,
    "decisions.answered_by_id": NAMELESS,
    "search_synonyms.changed_by_id": NAMELESS,
    "known_domains.added_by_id": NAMELESS,
    "people.stand_in_id": NAMELESS,
    "positions.person_id": DELETED,
    "profile_reports.person_id": DELETED,
    "profile_reports.reporter_id": NAMELESS,
    "profile_reports.settled_by_id": NAMELESS,
    "track_records.person_id": DELETED,
    "learning_pairs.learner_id": DELETED,
    "learning_pairs.guide_id": DELETED,
    "offers.person_id": DELETED,
    "offers.chosen_by_id": NAMELESS,
    "offers.passed_to_id": NAMELESS,
    "conversation_sides.person_id": KEPT_FOR_WORKPLACE,
    "messages.sender_id": KEPT_FOR_WORKPLACE,
    "blocks.blocker_id": DELETED,
    "blocks.blocked_id": DELETED,
    "handovers.person_id": NAMELESS,
    "handovers.successor_id": NAMELESS,
    "handovers.made_by_id": NAMELESS,
    "posts.keeper_id": NAMELESS,
    "collections.made_by_id": NAMELESS,
    "collection_items.person_id": DELETED,
    "meetings.made_by_id": NAMELESS,
    "meeting_sign_ups.person_id": DELETED,
    "homework.person_id": NAMELESS,
    "homework_done.person_id": DELETED,
    "minutes_parts.speaker_id": DELETED,
    "minutes_parts.proposed_by_id": NAMELESS,
    "calendar_keys.person_id": DELETED,
    "network_letters.sender_id": NAMELESS,
    "letter_recipients.person_id": DELETED,
    "network_reports.made_by_id": NAMELESS,
    "year_event_tellings.person_id": DELETED,
    "year_events.edited_by_id": NAMELESS,
}
"""What becomes of each column's rows when an account is deleted: they go (CASCADE), stand without anybody (SET NULL), or
belong to a person without a name who stands for those who have left a workplace."""

FIRST_WARNING, LAST_WARNING, CLOSES = timedelta(days=548), timedelta(days=700), timedelta(days=730)
"""How long an account must be unused to be warned (18 and 23 months), and to be deleted (24 months)."""
NOTICE = timedelta(days=28)
"""How long after a warning an account is deleted at the earliest."""
WARN, CLOSE = "warn", "close"

EXPORT_KEPT = timedelta(days=7)
LETTERS_KEPT = timedelta(days=30)
FEEDBACK_KEPT = timedelta(days=730)

WRONG_ADDRESS = mark("Dette er ikke adressen til kontoen din. Skriv den slik den står over.")


def due(seen_at: datetime, warned_at: datetime | None, now: datetime) -> str | None:
    """Say what is due for an account that was last used at `seen_at`: WARN, CLOSE or nothing.

    Nobody's account is closed without a warning, however long the site stood still.
    """
    if now - seen_at < FIRST_WARNING:
        return None
    if warned_at is None:
        return WARN
    if now - seen_at >= CLOSES and now - warned_at >= NOTICE:
        return CLOSE
    is_warned_lately = warned_at >= seen_at + LAST_WARNING
    return WARN if now - seen_at >= LAST_WARNING and not is_warned_lately else None


def closes_on(seen_at: datetime, now: datetime) -> datetime:
    """Say when an account that is warned now is deleted if nobody uses it."""
    return max(seen_at + CLOSES, now + NOTICE)
