"""Who is acting. Made once per request, handed to every domain function."""

from dataclasses import dataclass, replace

from kunnskap import rights
from kunnskap.rights import ADMINISTRATOR, COORDINATOR, MEMBER, MODERATOR, VISITOR


@dataclass(frozen=True)
class Actor:
    """The person behind a request and what that person's role is; no person means a visitor.

    `place_id` and `workplace` are where one says one works. `proven_place_id` is the place that the account's address
    or organisation proves; only that opens what is for one's own municipality. `network_ids` are the networks one is
    in, `coordinated_ids` those of them one coordinates. What newcomers write waits until a moderator has looked at it.
    """

    person_id: int | None = None
    role: str | None = None
    place_id: int | None = None
    workplace: str = ""
    proven_place_id: int | None = None
    network_ids: frozenset[int] = frozenset()
    coordinated_ids: frozenset[int] = frozenset()
    is_newcomer: bool = False

    @property
    def is_member(self) -> bool:
        """Whether somebody is signed in."""
        return self.person_id is not None

    @property
    def is_coordinator(self) -> bool:
        """Whether the actor coordinates a network, or may do what coordinators may."""
        return bool(self.coordinated_ids) or self.is_moderator

    @property
    def is_moderator(self) -> bool:
        """Whether the actor may look after other people's posts."""
        return self.role in {MODERATOR, ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """Whether the actor may look after other people's accounts."""
        return self.role == ADMINISTRATOR

    @property
    def rank(self) -> str:
        """The step of `rights.ROLES` the actor stands on."""
        if self.is_moderator:
            return self.role or VISITOR
        return COORDINATOR if self.coordinated_ids else MEMBER if self.is_member else VISITOR

    def may(self, right: str) -> bool:
        """Whether the actor's role has a right (`rights.RIGHTS`)."""
        return rights.may(self.rank, right)

    @property
    def at_large(self) -> "Actor":
        """Somebody of the same standing who owns nothing: for what a page shows alike to all of them."""
        return replace(self, person_id=0, place_id=None, workplace="") if self.is_member else self

    @property
    def circles(self) -> frozenset[str]:
        """The audiences the actor shares with others; all who have the same may see the same of what others wrote."""
        circles = {"everyone"}
        if self.is_member:
            circles |= {"members", *(f"network:{number}" for number in self.network_ids)}
            if self.proven_place_id is not None:
                circles.add(f"place:{self.proven_place_id}")
        if self.is_moderator:
            circles.add("moderators")
        return frozenset(circles)

    @property
    def tokens(self) -> frozenset[str]:
        """Every audience the actor belongs to, as written on what may be seen (`posts.rules.audience_tokens`)."""
        return self.circles | {f"person:{self.person_id}"} if self.is_member else self.circles


ANYONE = Actor()
