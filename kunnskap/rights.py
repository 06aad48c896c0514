"""Who may do what: one table from what can be done to the least role that may do it.

Roles are steps: each may do all that those below may. What depends on the thing itself (one's own post, one's own
network) is decided in the `rules` of its room.
"""

from collections.abc import Mapping

VISITOR, MEMBER, COORDINATOR, MODERATOR, ADMINISTRATOR = (
    "visitor",
    "member",
    "coordinator",
    "moderator",
    "administrator",
)
ROLES = (VISITOR, MEMBER, COORDINATOR, MODERATOR, ADMINISTRATOR)
"""Each may do more than the one before. Coordinators are those who coordinate a network; nobody is made one here."""

RIGHTS: Mapping[str, str] = {
    "read what is open": VISITOR,
    "search": VISITOR,
    "sign up": VISITOR,
    "say that something is hard to use": VISITOR,
    "read what is for members": MEMBER,
    "ask, answer, share and comment": MEMBER,
    "follow, vote and save searches": MEMBER,
    "report to moderators": MEMBER,
    "appeal": MEMBER,
    "fetch and delete own data": MEMBER,
    "invite colleagues": COORDINATOR,
    "see to what is said about profiles": COORDINATOR,
    "let in people from unknown domains": COORDINATOR,
    "moderate": MODERATOR,
    "see what people search for": MODERATOR,
    "keep synonyms and domains": MODERATOR,
    "see who asked without a name": MODERATOR,
    "read what is closed": MODERATOR,
    "change roles and end accounts": ADMINISTRATOR,
    "read the audit log": ADMINISTRATOR,
}


def may(role: str, right: str) -> bool:
    """Say whether a role has a right; raises KeyError for a right that is not in the table."""
    return ROLES.index(role) >= ROLES.index(RIGHTS[right])
