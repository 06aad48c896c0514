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
}
"""The file of the export that each column's rows are in."""

NOT_EXPORTED: Mapping[str, str] = {
    "recovery_codes.account_id": "holds nothing but the fingerprints of codes",
    "reports.person_id": "what others reported is theirs, and would tell who they are",
    "reports.settled_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "decisions.made_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
    "decisions.answered_by_id": "concerns somebody else; that it was done stands in the audit log, which is given out",
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
