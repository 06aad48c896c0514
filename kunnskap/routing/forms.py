"""What pages of those who ask and are asked accept."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField

from kunnskap.people import queries as people
from kunnskap.people.models import Person
from kunnskap.web.addresses import LARGEST_NUMBER
from kunnskap.web.forms import Form, at_most

LONGEST_NAME = 200


def words_for(person: Person) -> str:
    """Name somebody so that they are found again, also when two have the same name."""
    return f"{person.name}, {person.place.name}" if person.place else person.name


class NamedForm(Form):
    """Base of forms in which somebody is named."""

    def person_id(self, name: str) -> int | None:
        """Give who has the name in this field; None when nobody is named, or it is not clear who (then it says so)."""
        typed = self[name].data or ""
        found = people.by_words(typed) if typed else []
        if typed and not found:
            self.refuse(name, _("Vi finner ingen med det navnet. Sjekk navnet under Folk."))
        elif len(found) > 1:
            self.refuse(name, _("Flere heter det. Skriv kommunen etter navnet, som «Navn, Skien»."))
        return found[0].id if len(found) == 1 else None


class PassForm(NamedForm):
    """Who can answer better; nobody need be named."""

    colleague = StringField(
        _l("Hvem bør vi spørre?"),
        [at_most(LONGEST_NAME)],
        description=_l("Skriv navnet, gjerne med kommunen etter: «Navn, Skien». La feltet stå tomt for bare å si nei."),
    )


def _number(value: object) -> int:
    """Read a person's number; 0 for what cannot be one."""
    typed = str(value)
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(LARGEST_NUMBER)) else 0
    return number if number <= LARGEST_NUMBER else 0


class ChooseForm(NamedForm):
    """Whom to ask: some of those proposed, and one by name."""

    people = SelectMultipleField(_l("Forslag"), coerce=_number, validate_choice=False)
    name = StringField(
        _l("Eller skriv et navn"),
        [at_most(LONGEST_NAME)],
        description=_l("Gjerne med kommunen etter: «Navn, Skien»."),
    )

    def chosen(self) -> set[int]:
        """Give who was chosen; problems are at the fields."""
        named = self.person_id("name")
        found = set(self.people.data or ()) | ({named} if named else set())
        if not found and not self.errors:
            self.refuse("name", _("Velg noen du vil spørre, eller skriv et navn."))
        return found
