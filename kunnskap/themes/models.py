"""Theme: what a post is about, or what a person knows; two levels, named in three languages."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap.db import Base


class Theme(Base):
    """A theme, or a subtheme when it has a parent."""

    __tablename__ = "themes"
    is_reference = True

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    name_nb: Mapped[str]
    name_nn: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]

    def name_in(self, language: str) -> str:
        """Its name in nb, nn or en; bokmål for any other language."""
        return {"nn": self.name_nn, "en": self.name_en}.get(language, self.name_nb)
