"""Place: a municipality or county with the dates between which it existed, and what became of it."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap import text
from kunnskap.db import Base

MUNICIPALITY, COUNTY = "municipality", "county"


class Place(Base):
    """A dated place. Numbers are SSB's (four digits, counties two); facts beyond the name are today's places' only.

    `parallel_names` holds {"lang": …, "name": …}; `centrality` 1–6 and `kostra_group` are SSB's classes;
    `language_form` is bokmål, nynorsk or nøytral; `population` in persons; coordinates in degrees (WGS84);
    `is_coastal` is whether it has a coastline, where that is known.
    """

    __tablename__ = "places"
    is_reference = True
    __table_args__ = (
        UniqueConstraint("kind", "number", "valid_from"),
        CheckConstraint("kind in ('municipality', 'county')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    parallel_names: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    population: Mapped[int | None]
    centrality: Mapped[int | None]
    kostra_group: Mapped[str | None]
    language_form: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    seat: Mapped[str | None]
    is_coastal: Mapped[bool | None]
    domains: Mapped[list[str]] = mapped_column(JSON, default=list)

    county: Mapped["Place | None"] = relationship(remote_side=[id], lazy="raise")

    @property
    def is_county(self) -> bool:
        """Whether this is a county."""
        return self.kind == COUNTY

    @property
    def slug(self) -> str:
        """The end of its address: number and name."""
        return f"{self.number}-{text.slug(self.name)}"


class PlaceSuccession(Base):
    """A place that became another on a date; a split has several rows, a merger several that lead to one."""

    __tablename__ = "place_successions"
    is_reference = True

    old_id: Mapped[int] = mapped_column(ForeignKey(Place.id), primary_key=True)
    new_id: Mapped[int] = mapped_column(ForeignKey(Place.id), primary_key=True, index=True)
    happened_on: Mapped[date]
    change: Mapped[str]


class Likeness(Base):
    """How alike two of today's municipalities are, from 0 to 1 (`places.likeness`); both ways round, for every pair."""

    __tablename__ = "place_likeness"
    is_reference = True
    __table_args__ = (Index(None, "place_id", "score"),)

    place_id: Mapped[int] = mapped_column(ForeignKey(Place.id), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey(Place.id), primary_key=True)
    score: Mapped[float]
