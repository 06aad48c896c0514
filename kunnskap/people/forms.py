"""The forms of one's own profile, of former positions, and of what colleagues say about a profile."""

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import Field

from kunnskap.i18n import LANGUAGES
from kunnskap.people import queries as people
from kunnskap.people.models import DAYS, LEVELS, SEEN_BY, WORKPLACES, Person, Position
from kunnskap.people.queries import shown_phone
from kunnskap.people.rules import (
    AGREE,
    AT_A_PLACE,
    DISMISS,
    LONGEST_ABOUT,
    LONGEST_CONTACT,
    LONGEST_LINE,
    LONGEST_PHONE,
    LONGEST_REPORT,
    MOST_ASKS,
    MOST_THEMES,
    REPORTED,
    Former,
    Profile,
)
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.web.forms import DayField, Form, at_most, needed, not_more_than, options

CONTACT = ("email_for", "phone", "phone_for", "other_contact", "other_contact_for")
CHOSEN = ("email_for", "phone_for", "other_contact_for", "asks_a_week", "language")
"""What stays as it is when a form is sent without it."""
TOO_MANY = _l("Velg høyst ti temaer.")


class _Chosen:
    """Says of a field that it always has a value, so that its label does not call it optional."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: Form, _field: Field) -> None:
        """Refuse nothing: what is not among the choices is refused by the field."""


def _seen_by(words: Any) -> SelectField:
    return SelectField(words, [_Chosen()], choices=options({key: _l(shown) for key, shown in SEEN_BY.items()}))


class WorkForm(Form):
    """Where somebody works, or has worked, and as what."""

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

    found: Place | None = None
    known: Place | None = None
    """The place that stands there already, which may be a former one."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that the place is found."""
        fine = super().validate(extra_validators)
        self.found = self._place() if self.place.data else None
        if self.place.data and self.found is None and self.workplace_kind.data in AT_A_PLACE:
            self.refuse("place", _("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=self.place.data))
            return False
        return fine

    def _place(self) -> Place | None:
        is_known = self.known is not None and self.place.data == place_words(self.known)
        return self.known if is_known else places.by_words(self.place.data or "")

    def work(self) -> dict[str, Any]:
        """What is told of the work, as in `rules.Work`."""
        return {
            "role": self.role.data or "",
            "workplace_kind": self.workplace_kind.data or "",
            "place_id": self.found.id if self.found else None,
            "place_kind": self.found.kind if self.found else "",
            "organisation": self.organisation.data or "",
            "since": self["since"].data,
        }


class ProfileForm(WorkForm):
    """What a person tells of themselves."""

    name = StringField(_l("Navn"), [needed(_l("Skriv navnet ditt.")), at_most(LONGEST_LINE)])
    since = DayField(_l("Begynte"), description=_l("Når begynte du i denne jobben?"))
    is_correction = BooleanField(
        _l("Jeg retter bare noe som var feil"),
        description=_l("Ellers blir det som sto før, lagret som en tidligere stilling når du bytter jobb eller rolle."),
    )
    guide = SelectMultipleField(_l("Dette kan jeg veilede andre i"), [not_more_than(MOST_THEMES, TOO_MANY)])
    done = SelectMultipleField(_l("Dette har jeg gjort"), [not_more_than(MOST_THEMES, TOO_MANY)])
    learn = SelectMultipleField(_l("Dette vil jeg lære mer om"), [not_more_than(MOST_THEMES, TOO_MANY)])
    contact_about = StringField(
        _l("Kontakt meg om"),
        [at_most(LONGEST_CONTACT)],
        description=_l("Med egne ord, for eksempel «sykkelstrategi og parkering i små byer»."),
    )
    about = TextAreaField(
        _l("Om deg"), [at_most(LONGEST_ABOUT)], description=_l("Hva jobber du med, og hva kan andre spørre deg om?")
    )
    email_for = _seen_by(_l("Hvem kan se e-postadressen?"))
    phone = TelField(_l("Telefon"), [at_most(LONGEST_PHONE)])
    phone_for = _seen_by(_l("Hvem kan se telefonnummeret?"))
    shows_phone = BooleanField(
        _l("Jeg samtykker til at telefonnummeret vises for dem jeg har valgt"),
        description=_l("Du kan trekke samtykket når du vil. Da sletter vi nummeret."),
    )
    other_contact = StringField(
        _l("Annen kontakt"), [at_most(LONGEST_LINE)], description=_l("For eksempel navnet ditt i Teams.")
    )
    other_contact_for = _seen_by(_l("Hvem kan se annen kontakt?"))
    working_days = SelectMultipleField(
        _l("Dager du jobber"), [_Chosen()], choices=options({key: _l(words) for key, words in DAYS.items()})
    )
    away_from = DayField(_l("Borte fra og med"))
    away_until = DayField(_l("Borte til og med"), description=_l("Vi sender deg ingen spørsmål mens du er borte."))
    stand_in = StringField(
        _l("Spør heller"),
        [at_most(2 * LONGEST_LINE)],
        description=_l("Navnet på en kollega i katalogen. Heter flere det samme, skriver du «Navn, Skien»."),
    )
    asks_a_week = SelectField(
        _l("Så mange spørsmål i uka vil jeg høyst bli spurt om"),
        [_Chosen()],
        coerce=int,
        choices=options({str(number): str(number) for number in range(MOST_ASKS + 1)}),
        description=_l("Vi spør deg bare om det du har sagt at du kan hjelpe med. Velg 0 for ikke å bli spurt."),
    )
    wants_pairs = BooleanField(
        _l("Foreslå en fagfelle for meg hver måned"),
        description=_l("Vi setter sammen dem som vil lære noe, med dem i andre fylker som har gjort det."),
    )
    language = SelectField(_l("Språk i e-post til deg"), [_Chosen()], choices=options(LANGUAGES))
    clears_contact = BooleanField(_l("Fjern telefonnummeret og annen kontakt"))
    listed = BooleanField(
        _l("Vis meg i katalogen over folk"),
        description=_l("Er du ikke i katalogen, ser ingen andre kontaktopplysningene dine."),
    )

    found_stand_in: Person | None = None
    known_stand_in: Person | None = None

    def prepare(self, themes: dict[str, str], person: Person, *, is_own: bool) -> None:
        """Give the form the themes there are, and the place and stand-in that stand there already.

        How to reach somebody is for them alone to read and write here; others may only remove it.
        """
        self.guide.choices = self.done.choices = self.learn.choices = options(themes)
        self.known, self.known_stand_in = person.place, person.stand_in
        self._reached = {name: getattr(person, name) for name in CONTACT}
        for name in ("clears_contact",) if is_own else (*CONTACT, "shows_phone"):
            del self[name]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that the place and the stand-in are found."""
        fine = super().validate(extra_validators)
        problem = self._look_for_stand_in(self.stand_in.data or "")
        if problem:
            self.refuse("stand_in", problem)
        return fine and not problem

    def _look_for_stand_in(self, words: str) -> str:
        """Find who is meant; gives what is wrong, if anything is."""
        if self.known_stand_in is not None and words == person_words(self.known_stand_in):
            self.found_stand_in = self.known_stand_in
            return ""
        found = people.by_words(words) if words else []
        if len(found) > 1:
            return _("Flere heter det. Skriv kommunen etter navnet, som «Navn, Skien».")
        if words and not found:
            return _("Vi finner ingen med det navnet i katalogen over folk.")
        self.found_stand_in = found[0] if found else None
        return ""

    def profile(self) -> Profile:
        """What is told."""
        texts, ticks = ("name", "about", "contact_about", "language"), ("wants_pairs", "listed", "is_correction")
        given: dict[str, Any] = {name: self[name].data or "" for name in texts}
        given |= {name: bool(self[name].data) for name in ticks}
        given |= {name: self[name].data for name in ("away_from", "away_until", "asks_a_week")}
        given |= {level: tuple(dict.fromkeys(self[level].data or ())) for level in LEVELS}
        given["working_days"] = "".join(self.working_days.data or ())
        given["stand_in_id"] = self.found_stand_in.id if self.found_stand_in else None
        return Profile(**self.work(), **self._contact(), **given)

    def _contact(self) -> dict[str, Any]:
        if "phone" in self:
            return {name: self[name].data or "" for name in CONTACT} | {"shows_phone": bool(self.shows_phone.data)}
        removed = {"phone": "", "other_contact": ""} if self.clears_contact.data else {}
        return self._reached | removed | {"shows_phone": True}


class PositionForm(WorkForm):
    """A former position."""

    since = DayField(_l("Fra"))
    until = DayField(_l("Til"))

    def former(self) -> Former:
        """What is told."""
        return Former(**self.work(), until=self.until.data)


class ProfileReportForm(Form):
    """What a colleague says about a profile."""

    what = RadioField(
        _l("Hva er galt?"),
        [needed(_l("Velg hva som er galt."))],
        choices=options({key: _l(words) for key, words in REPORTED.items()}),
    )
    words = TextAreaField(
        _l("Fortell mer"),
        [at_most(LONGEST_REPORT)],
        description=_l("Skriv dette når noe er feil i profilen. Den det gjelder, får se det du skriver."),
    )


class SettleForm(Form):
    """What somebody who looks after people says to a report."""

    verdict = SelectField(_l("Svar"), choices=options({AGREE: AGREE, DISMISS: DISMISS}))


def filled(person: Person) -> dict[str, Any]:
    """What the form shows of a person."""
    names = (
        "name", "role", "workplace_kind", "organisation", "since", "about", "contact_about", "email_for", "phone",
        "phone_for", "other_contact", "other_contact_for", "away_from", "away_until", "asks_a_week", "wants_pairs",
        "language", "listed",
    )  # fmt: skip
    return (
        {name: getattr(person, name) for name in names}
        | {level: [topic.theme.slug for topic in person.topics if topic.level == level] for level in LEVELS}
        | {"working_days": list(person.working_days), "shows_phone": bool(shown_phone(person))}
        | {"place": place_words(person.place), "stand_in": person_words(person.stand_in)}
    )


def filled_position(position: Position) -> dict[str, Any]:
    """What the form shows of a former position."""
    names = ("role", "workplace_kind", "organisation", "since", "until")
    return {name: getattr(position, name) for name in names} | {"place": place_words(position.place)}


def place_words(place: Place | None) -> str:
    """Name a place so that it is found again, also when two have the same name."""
    return f"{place.name} ({place.number})" if place else ""


def person_words(person: Person | None) -> str:
    """Name a person so that they are found again; nobody where there is nobody to name."""
    if person is None or not person.name:
        return ""
    return f"{person.name}, {person.place.name}" if person.place else person.name
