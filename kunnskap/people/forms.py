"""The form of one's own profile."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TelField, TextAreaField

from kunnskap.people.models import LEVELS, WORKPLACES, Person
from kunnskap.people.queries import shown_phone
from kunnskap.people.rules import AT_A_PLACE, LONGEST_ABOUT, LONGEST_LINE, LONGEST_PHONE, MOST_THEMES, Profile
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.web.forms import Form, at_most, needed, not_more_than, options

TOO_MANY = _l("Velg høyst ti temaer.")


class ProfileForm(Form):
    """What a person tells of themselves."""

    name = StringField(_l("Navn"), [needed(_l("Skriv navnet ditt.")), at_most(LONGEST_LINE)])
    role = StringField(_l("Rolle"), [at_most(LONGEST_LINE)], description=_l("For eksempel klimarådgiver."))
    workplace_kind = SelectField(
        _l("Type arbeidssted"),
        [needed(_l("Velg type arbeidssted."))],
        choices=options({key: _l(words) for key, words in WORKPLACES.items()}),
    )
    place = StringField(
        _l("Kommune eller fylkeskommune"),
        [at_most(LONGEST_LINE)],
        description=_l("Fyll ut når du jobber i en kommune eller fylkeskommune."),
    )
    organisation = StringField(
        _l("Avdeling eller virksomhet"),
        [at_most(LONGEST_LINE)],
        description=_l("Jobber du et annet sted enn i kommunen, skriver du navnet på virksomheten her."),
    )
    about = TextAreaField(
        _l("Om deg"), [at_most(LONGEST_ABOUT)], description=_l("Hva jobber du med, og hva kan andre spørre deg om?")
    )
    phone = TelField(_l("Telefon"), [at_most(LONGEST_PHONE)], description=_l("Vises bare for innloggede."))
    shows_phone = BooleanField(
        _l("Jeg samtykker til at telefonnummeret vises for innloggede"),
        description=_l("Du kan trekke samtykket når du vil. Da sletter vi nummeret."),
    )
    guide = SelectMultipleField(_l("Dette kan jeg veilede andre i"), [not_more_than(MOST_THEMES, TOO_MANY)])
    done = SelectMultipleField(_l("Dette har jeg gjort"), [not_more_than(MOST_THEMES, TOO_MANY)])
    learn = SelectMultipleField(_l("Dette vil jeg lære mer om"), [not_more_than(MOST_THEMES, TOO_MANY)])
    listed = BooleanField(_l("Vis meg i katalogen over folk"))

    found: Place | None = None

    def prepare(self, themes: dict[str, str]) -> None:
        """Give the form the themes there are."""
        self.guide.choices = self.done.choices = self.learn.choices = options(themes)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that the place is found."""
        fine = super().validate(extra_validators)
        self.found = places.by_words(self.place.data) if self.place.data else None
        if self.place.data and self.found is None and self.workplace_kind.data in AT_A_PLACE:
            self.refuse("place", _("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=self.place.data))
            return False
        return fine

    def profile(self) -> Profile:
        """What is told."""
        return Profile(
            name=self.name.data or "",
            role=self.role.data or "",
            workplace_kind=self.workplace_kind.data or "",
            place_id=self.found.id if self.found else None,
            place_kind=self.found.kind if self.found else "",
            organisation=self.organisation.data or "",
            about=self.about.data or "",
            phone=self.phone.data or "",
            shows_phone=bool(self.shows_phone.data),
            guide=tuple(dict.fromkeys(self.guide.data or ())),
            done=tuple(dict.fromkeys(self.done.data or ())),
            learn=tuple(dict.fromkeys(self.learn.data or ())),
            listed=bool(self.listed.data),
        )


def filled(person: Person) -> dict[str, Any]:
    """What the form shows of a person."""
    levels = {level: [topic.theme.slug for topic in person.topics if topic.level == level] for level in LEVELS}
    names = ("name", "role", "workplace_kind", "organisation", "about", "phone", "listed")
    place = person.place
    return (
        {name: getattr(person, name) for name in names}
        | levels
        | {"shows_phone": bool(shown_phone(person))}
        | {"place": f"{place.name} ({place.number})" if place else ""}
    )
