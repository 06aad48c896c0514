"""What only an experience has: what was done, what it cost and what came of it."""

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kunnskap.db import Base
from kunnskap.i18n import mark
from kunnskap.people.models import EVERYONE, MEMBERS, Person
from kunnskap.people.rules import is_shown
from kunnskap.posts.models import Post

BARRIERS = {
    "bemanning": mark("Bemanning"),
    "okonomi": mark("Økonomi"),
    "forankring": mark("Forankring"),
    "marked": mark("Marked"),
    "regelverk": mark("Regelverk"),
    "teknologi": mark("Teknologi"),
    "kunnskap": mark("Kunnskap"),
    "tid": mark("Tid"),
}
EFFECT_UNITS = {"per-ar": mark("tonn CO₂-ekvivalenter per år"), "totalt": mark("tonn CO₂-ekvivalenter totalt")}
EFFECT_BASES = {"beregnet": mark("Beregnet"), "malt": mark("Målt"), "anslatt": mark("Anslått")}
COST_BASES = {"anslag": mark("Anslag"), "faktisk": mark("Faktisk kostnad")}
FUNDERS = {
    "klimasats": mark("Klimasats"),
    "enova": mark("Enova"),
    "natursats": mark("Natursats"),
    "egne-midler": mark("Egne midler"),
    "annet": mark("Annet"),
}


class ExperienceDetails(Base):
    """One row an experience; the post's `body` is the short summary, its `status` how it went.

    Costs and funding in whole kroner without VAT (`cost_year`: the year's prices); `effect_amount` in tonnes of CO₂
    equivalents, unit a key of EFFECT_UNITS; `period_from` and `period_to` are YYYY or YYYY-MM.
    """

    __tablename__ = "experience_details"
    __table_args__ = (
        CheckConstraint("effect_unit in ('per-ar', 'totalt')", name="effect_unit"),
        CheckConstraint("effect_basis in ('beregnet', 'malt', 'anslatt')", name="effect_basis"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id, ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id), index=True)
    contact_role: Mapped[str] = mapped_column(default="")
    contact_mailbox: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    actions: Mapped[str] = mapped_column(default="")
    worked: Mapped[str] = mapped_column(default="")
    barriers: Mapped[str] = mapped_column(default="")
    barrier_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    advice: Mapped[str] = mapped_column(default="")
    cost_investment: Mapped[int | None]
    cost_yearly: Mapped[int | None]
    cost_extra: Mapped[int | None]
    cost_year: Mapped[int | None]
    cost_basis: Mapped[str | None]
    effect_amount: Mapped[float | None]
    effect_unit: Mapped[str | None]
    effect_basis: Mapped[str | None]
    effect_method: Mapped[str] = mapped_column(default="")
    funding_source: Mapped[str | None]
    funding_amount: Mapped[int | None]
    funding_case: Mapped[str] = mapped_column(default="")
    period_from: Mapped[str | None]
    period_to: Mapped[str | None]

    contact: Mapped[Person | None] = relationship(lazy="raise")

    @property
    def shown_mailbox(self) -> str:
        """The mailbox as members see it; none when it is the contact's own address, which they keep from members."""
        contact = self.contact
        is_own = contact is not None and self.contact_mailbox.casefold() == contact.email.casefold()
        is_kept = contact is not None and not (is_shown(contact) and contact.email_for in {EVERYONE, MEMBERS})
        return "" if is_own and is_kept else self.contact_mailbox
