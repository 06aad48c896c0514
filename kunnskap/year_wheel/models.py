"""Events of the year, the days they fall on, and what to read before them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap.db import Base
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.themes.models import Theme

WEEKS_BEFORE = 6


class YearEvent(Base):
    """Something that comes back every year, on `day` of `month` unless a YearEventDate says otherwise.

    What is not `is_yearly` comes only in years that have such a date. `is_approximate` says that the usual day is only
    about right. From `weeks_before` on, the front page and letters bring it forward. `about` is Markdown. `edited_at` is when
    editors last changed it themselves; then the register leaves it alone.
    """

    __tablename__ = "year_events"
    __table_args__ = (
        CheckConstraint("month between 1 and 12", name="month"),
        CheckConstraint("day between 1 and 31", name="day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    month: Mapped[int]
    day: Mapped[int]
    is_approximate: Mapped[bool] = mapped_column(default=False)
    is_yearly: Mapped[bool] = mapped_column(default=True)
    weeks_before: Mapped[int] = mapped_column(default=WEEKS_BEFORE)
    source_url: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    edited_at: Mapped[datetime | None]

    themes: Mapped[list[Theme]] = relationship(secondary="year_event_themes", order_by=Theme.position, lazy="raise")
    dates: Mapped[list["YearEventDate"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class YearEventDate(Base):
    """The day an event falls on in one year, when it is known to be another than usual."""

    __tablename__ = "year_event_dates"

    event_id: Mapped[int] = mapped_column(ForeignKey(YearEvent.id, ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    falls_on: Mapped[date]


class YearEventTheme(Base):
    """A theme whose experiences and documents help with an event."""

    __tablename__ = "year_event_themes"

    event_id: Mapped[int] = mapped_column(ForeignKey(YearEvent.id, ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id), primary_key=True, index=True)


class YearEventPost(Base):
    """A post that editors picked out for an event."""

    __tablename__ = "year_event_posts"

    event_id: Mapped[int] = mapped_column(ForeignKey(YearEvent.id, ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    post: Mapped[Post] = relationship(lazy="raise")


class YearEventTold(Base):
    """A letter has told somebody of an event of one year, so that no other does."""

    __tablename__ = "year_event_tellings"
    unseen = True

    event_id: Mapped[int] = mapped_column(ForeignKey(YearEvent.id, ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True, index=True)
