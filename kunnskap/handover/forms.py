"""The form of somebody who leaves."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, validators

from kunnskap import clock
from kunnskap.handover import queries, rules
from kunnskap.handover.queries import Orphan
from kunnskap.handover.rules import TO_PERSON, Wish
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.web.forms import DayField, Form, at_most, needed

COORDINATOR = "coordinator-"


class LeavingForm(Form):
    """When somebody leaves, who takes over, and what. Networks that would lose their last coordinator have a field each."""

    leaves_on = DayField(_l("Siste dag"), [validators.InputRequired(_l("Velg en dag."))])
    place = SelectField(_l("Arbeidsstedet du slutter ved"), validate_choice=False)
    to = RadioField(_l("Hvem tar over?"), validators=[needed(_l("Velg hvem som tar over."))], default=TO_PERSON)
    successor = StringField(
        _l("Navn på kollegaen"),
        [at_most(200)],
        description=_l("Når en kollega tar over: en som har konto her. Skriv kommunen også, om flere heter det samme."),
    )
    kinds = SelectMultipleField(
        _l("Dette overlates"), default=rules.CHOSEN_FIRST, description=_l("Ta bort haken for det du vil beholde.")
    )
    words = TextAreaField(
        _l("Noen ord til den som tar over"),
        [at_most(rules.LONGEST_WORDS)],
        description=_l("Hva bør de vite først? Hvem bør de snakke med?"),
    )
    moves = BooleanField(_l("Jeg fortsetter med klima et annet sted og vil fortsatt finnes her"))

    heir: Person | None = None
    offered: Mapping[str, str] = MappingProxyType({})
    orphans: Sequence[Orphan] = ()

    def prepare(self, places: Sequence[Place], counts: Mapping[str, int], orphans: Sequence[Orphan]) -> "LeavingForm":
        """Fill in what may be chosen: what is counted, with how much there is of each."""
        self.offered = {str(one.id): one.name for one in places}
        self.place.choices = list(self.offered.items())
        if not self.place.data and places:
            self.place.data = str(places[0].id)
        self.to.choices = [(key, _(words)) for key, words in rules.RECEIVERS.items() if places or key == TO_PERSON]
        self.kinds.choices = [
            (kind, f"{_(words)} ({counts[kind]})") for kind, words in rules.HANDED.items() if kind in counts
        ]
        self.orphans = orphans
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and find the successor."""
        fine = super().validate(extra_validators)
        return self._finds_successor() and fine

    def _finds_successor(self) -> bool:
        if self.to.data != TO_PERSON:
            return True
        if not (self.successor.data or "").strip():
            self.refuse("successor", _(rules.NO_SUCCESSOR))
            return False
        found = queries.candidates(self.successor.data or "")
        if len(found) != 1:
            self.refuse("successor", _(rules.SEVERAL if found else rules.NOT_FOUND))
            return False
        self.heir = found[0]
        return True

    def wish(self) -> Wish:
        """Give what the form says."""
        return Wish(
            leaves_on=self.leaves_on.data or clock.today(),
            successor_id=self.heir.id if self.heir else None,
            place_id=self._place_id(),
            words=self.words.data or "",
            kinds=tuple(self.kinds.data or ()),
            moves=bool(self.moves.data),
            coordinators={one.network.id: number for one in self.orphans if (number := chosen(one)) is not None},
        )

    def _place_id(self) -> int | None:
        return int(self.place.data) if self.place.data in self.offered else None


def chosen(orphan: Orphan) -> int | None:
    """Give who was chosen to coordinate a network; none when nothing is, or nonsense was sent."""
    typed = request.form.get(f"{COORDINATOR}{orphan.network.id}", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
