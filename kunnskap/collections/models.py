"""Collections: ordered resources with a note on each; the networks they are shared with; what networks pin up."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock, text
from kunnskap.db import Base
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.posts.models import Post


class Collection(Base):
    """A network's list of resources. `introduction` is Markdown. `audience` is everyone, members or network.

    Until `published_at` only the network's coordinators see it. `copied_from_id` is the one it began as.
    """

    __tablename__ = "collections"
    __table_args__ = (CheckConstraint("audience in ('everyone', 'members', 'network')", name="audience"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id), index=True)
    title: Mapped[str]
    introduction: Mapped[str] = mapped_column(default="")
    introduction_html: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="everyone")
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("collections.id", ondelete="SET NULL"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]

    network: Mapped[Network] = relationship(lazy="raise")
    items: Mapped[list["CollectionItem"]] = relationship(
        lazy="raise", order_by="CollectionItem.position", cascade="all, delete-orphan"
    )

    @property
    def slug(self) -> str:
        """The end of its address: number and title."""
        return f"{self.id}-{text.slug(self.title)}"


class CollectionItem(Base):
    """One resource: a post, a person or an outside link with its title; `note` says why it is there."""

    __tablename__ = "collection_items"
    __table_args__ = (
        CheckConstraint(
            "(post_id is not null and person_id is null and url = '') "
            "or (post_id is null and person_id is not null and url = '') "
            "or (post_id is null and person_id is null and url <> '')",
            name="one_thing",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey(Collection.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    post: Mapped[Post | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")


class CollectionShare(Base):
    """Another network shows a collection among its own."""

    __tablename__ = "collection_shares"

    collection_id: Mapped[int] = mapped_column(ForeignKey(Collection.id, ondelete="CASCADE"), primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)


class NetworkPin(Base):
    """What a network's coordinators have pinned up on its page: a post or a collection."""

    __tablename__ = "network_pins"
    __table_args__ = (
        CheckConstraint("(post_id is null) <> (collection_id is null)", name="one_thing"),
        UniqueConstraint("network_id", "post_id"),
        UniqueConstraint("network_id", "collection_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey(Network.id))
    position: Mapped[int] = mapped_column(default=0)
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    collection_id: Mapped[int | None] = mapped_column(ForeignKey(Collection.id, ondelete="CASCADE"), index=True)
    pinned_at: Mapped[datetime] = mapped_column(default=clock.now)

    post: Mapped[Post | None] = relationship(lazy="raise")
    collection: Mapped[Collection | None] = relationship(lazy="raise")
