"""Post and what hangs on it: revisions, votes, comments, attachments, drafts. Real foreign keys only."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import clock, text
from kunnskap.db import Base
from kunnskap.files import StoredFile
from kunnskap.networks.models import Network
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.posts.kinds import KINDS, Kind
from kunnskap.themes.models import Theme

EXCERPT = 200
"""Characters of a text that a list shows."""


class PostTheme(Base):
    """A theme a post is about."""

    __tablename__ = "post_themes"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id), primary_key=True, index=True)


class PostPlace(Base):
    """A place a post is about; `position` is the order they were named in, the main one first."""

    __tablename__ = "post_places"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey(Place.id), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class Post(Base):
    """A question, answer, experience or document.

    `place` and `workplace` tell where it was written from and stay when the author moves on; `places` is what it is
    about. `body` is Markdown, `body_html` the same made safe, `excerpt` its first words. `status` is a key of the kind's statuses. `published_at`
    is when it was written, `edited_at` when its content last changed, `confirmed_at` when somebody last said that it
    still holds, `active_at` when anything last happened to it. `submission_key` makes a form sent twice one post;
    `external_id` is its name in the system it was imported from.

    `audience` is a key of AUDIENCES: `network` is for those in `for_network_id`, `place` for those who work at
    `for_place_id`. `hides_author` keeps the name from readers. What is held (`held_at`) waits for a moderator or for its
    file to be read (`held_for` is a key of HELD_FOR). Nobody answers or comments what is locked; what is
    merged leads to `merged_into_id`.

    Whoever wrote it looks after it until that is handed over: to `keeper_id`, or to all who work at `keeper_place_id`.
    """

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("kind in ('question', 'answer', 'experience', 'document')", name="kind"),
        CheckConstraint("audience in ('everyone', 'members', 'network', 'place')", name="audience"),
        UniqueConstraint("author_id", "submission_key"),
        Index(None, "kind", "published_at"),
        Index(None, "kind", "status", "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_key: Mapped[str] = mapped_column("kind")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    workplace: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    body_html: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="nb")
    audience: Mapped[str] = mapped_column(default="everyone")
    for_network_id: Mapped[int | None] = mapped_column(ForeignKey(Network.id), index=True)
    for_place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    hides_author: Mapped[bool] = mapped_column(default=False, server_default=false())
    status: Mapped[str | None]
    source_url: Mapped[str] = mapped_column(default="")
    score: Mapped[int] = mapped_column(default=0)
    answer_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    attachment_count: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    active_at: Mapped[datetime] = mapped_column(default=clock.now)
    hidden_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None] = mapped_column(index=True)
    held_for: Mapped[str | None]
    locked_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"), index=True)
    keeper_place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    submission_key: Mapped[str | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)

    author: Mapped[Person] = relationship(lazy="raise", foreign_keys=[author_id])
    place: Mapped[Place | None] = relationship(lazy="raise", foreign_keys=[place_id])
    themes: Mapped[list[Theme]] = relationship(secondary="post_themes", order_by=Theme.position, lazy="raise")
    places: Mapped[list[Place]] = relationship(
        secondary="post_places", order_by=(PostPlace.position, Place.name), lazy="raise"
    )

    def write(self, body: str) -> None:
        """Set the text, with what is made of it once so that no page has to."""
        self.body, self.body_html = body, text.to_html(body)
        self.excerpt = text.shortened(text.plain(self.body_html), EXCERPT)

    @property
    def kind(self) -> Kind:
        """What it may do."""
        return KINDS[self.kind_key]

    @property
    def slug(self) -> str:
        """The end of its address: number and title."""
        return f"{self.id}-{text.slug(self.title)}"

    @property
    def is_gone(self) -> bool:
        """Whether only its author and moderators may still see it."""
        return self.hidden_at is not None or self.withdrawn_at is not None or self.held_at is not None


class Revision(Base):
    """A post as it stood after an edit. `details` holds what only its kind has, each value as text."""

    __tablename__ = "revisions"
    unseen = True

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    title: Mapped[str]
    body: Mapped[str]
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    editor: Mapped[Person] = relationship(lazy="raise")


class Vote(Base):
    """Somebody found a post useful."""

    __tablename__ = "votes"

    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    voter_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
    cast_at: Mapped[datetime] = mapped_column(default=clock.now)


class Comment(Base):
    """A short remark on a post, in Markdown. Hidden and held ones (`Post` tells how) are for their author and moderators."""

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("author_id", "submission_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    body: Mapped[str]
    body_html: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    submission_key: Mapped[str | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)

    author: Mapped[Person] = relationship(lazy="raise")


class Attachment(Base):
    """A file that hangs on a post, under the name its reader sees. What is held (`held_for`) is given to the author and moderators only."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey(StoredFile.sha256), index=True)
    filename: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    held_for: Mapped[str | None]

    file: Mapped[StoredFile] = relationship(lazy="raise")


class Draft(Base):
    """What somebody is writing and has not posted: one for each form (`form` names it, with the post it is about)."""

    __tablename__ = "drafts"
    unseen = True

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
