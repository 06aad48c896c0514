"""Who is acting. Made once per request, handed to every domain function."""

from dataclasses import dataclass, replace

MEMBER, MODERATOR, ADMINISTRATOR = "member", "moderator", "administrator"


@dataclass(frozen=True)
class Actor:
    """The person behind a request and what that person's role is; no person means a visitor."""

    person_id: int | None = None
    role: str | None = None
    place_id: int | None = None
    workplace: str = ""

    @property
    def is_member(self) -> bool:
        """Whether somebody is signed in."""
        return self.person_id is not None

    @property
    def is_moderator(self) -> bool:
        """Whether the actor may look after other people's posts."""
        return self.role in {MODERATOR, ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """Whether the actor may look after other people's accounts."""
        return self.role == ADMINISTRATOR

    @property
    def at_large(self) -> "Actor":
        """Somebody of the same standing who owns nothing: for what a page shows alike to all of them."""
        return replace(self, person_id=0, place_id=None, workplace="") if self.is_member else self

    @property
    def tokens(self) -> frozenset[str]:
        """Every audience the actor belongs to, as written on what may be seen (`posts.rules.audience_tokens`)."""
        tokens = {"everyone"}
        if self.is_member:
            tokens |= {"members", f"person:{self.person_id}"}
        if self.is_moderator:
            tokens.add("moderators")
        return frozenset(tokens)


ANYONE = Actor()
