"""The form of an experience: six fields first, everything else when there is time."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
    ValidationError,
    validators,
)

from kunnskap.actor import Actor
from kunnskap.experiences import rules
from kunnskap.experiences.models import (
    BARRIERS,
    COST_BASES,
    EFFECT_BASES,
    EFFECT_UNITS,
    FUNDERS,
    ExperienceDetails,
)
from kunnskap.experiences.rules import LONGEST_LINE, LONGEST_SUMMARY, LONGEST_TEXT, LONGEST_TITLE, Facts
from kunnskap.i18n import POST_LANGUAGES
from kunnskap.people import queries as people
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.posts.actions import MOST_THEMES, Content
from kunnskap.posts.forms import AudienceField, audience_value
from kunnskap.posts.kinds import EXPERIENCE
from kunnskap.posts.models import Post
from kunnskap.web.forms import PostingForm, at_most, needed, not_more_than, options

ME, OTHER, MAILBOX = "meg", "annen", "postkasse"
COMMON = ("language", "source_url")
ADDRESS = r"^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+$"
WEB_ADDRESS = r"^https?://[^\s<>\"/]+\.[^\s<>\"]+$"


class ReadField(StringField):
    """Text that means something else: `reads` turns it into a value or raises ValueError with what to say."""

    def __init__(self, label: Any, reads: Callable[[str], object], **options: Any) -> None:
        super().__init__(label, [validators.Length(max=50), self._check], **options)
        self.reads = reads

    def _check(self, _form: object, _field: object) -> None:
        try:
            self.value()
        except ValueError as wrong:
            raise ValidationError(_(str(wrong))) from None

    def value(self) -> Any:
        """What was meant; None when the field is empty."""
        return self.reads(self.data) if self.data else None


def text(label: Any, help_text: Any) -> TextAreaField:
    """A longer text nobody has to write."""
    return TextAreaField(label, [validators.Optional(), at_most(LONGEST_TEXT)], description=help_text)


def told(words: dict[str, str]) -> dict[str, Any]:
    """Have marked words said in the reader's language."""
    return {key: _l(one) for key, one in words.items()}


def one_of(label: Any, words: dict[str, str], description: Any = "") -> SelectField:
    """A choice nobody has to make."""
    return SelectField(
        label,
        choices=options({"": _l("Ikke oppgitt")} | told(words)),
        default="",
        description=description,
    )


class ExperienceForm(PostingForm):
    """Everything an adviser may tell; only the first six fields are needed."""

    title = StringField(
        _l("Tittel"),
        [needed(_l("Skriv en tittel.")), at_most(LONGEST_TITLE)],
        description=_l("Hva gjorde dere? For eksempel «Leide elektriske gravemaskiner»."),
    )
    place = StringField(
        _l("Kommune eller fylkeskommune"),
        [needed(_l("Skriv hvilken kommune eller fylkeskommune det gjelder.")), at_most(LONGEST_LINE)],
    )
    themes = SelectMultipleField(
        _l("Temaer"),
        [needed(_l("Velg minst ett tema.")), not_more_than(MOST_THEMES, _l("Velg høyst fire temaer."))],
    )
    status = SelectField(
        _l("Status"),
        [needed(_l("Velg en status."))],
        choices=options({"": _l("Velg")} | told(EXPERIENCE.statuses)),
        description=_l("Også det som ikke ble noe av, er nyttig for andre."),
    )
    summary = TextAreaField(
        _l("Kort oppsummert"),
        [needed(_l("Skriv kort hva dere gjorde og hvordan det gikk.")), at_most(LONGEST_SUMMARY)],
        description=_l("Tre setninger: hva, hvorfor og hvordan det gikk. Høyst 600 tegn."),
    )
    contact = RadioField(
        _l("Hvem kan andre spørre?"),
        [needed(_l("Si hvem andre kan spørre, eller oppgi en postkasse."))],
        choices=options({ME: _l("Meg selv"), OTHER: _l("En annen"), MAILBOX: _l("Bare en felles postkasse")}),
        default=ME,
    )
    contact_name = StringField(
        _l("Navnet på den andre"),
        [at_most(LONGEST_LINE)],
        description=_l(
            "Slik det står under Folk. Er det flere med samme navn, skriver du kommunen etter: «Navn, Skien»."
        ),
    )
    contact_role = StringField(_l("Kontaktpersonens rolle"), [at_most(LONGEST_LINE)])
    contact_mailbox = EmailField(
        _l("Felles postkasse"),
        [
            validators.Optional(),
            validators.Regexp(ADDRESS, message=_l("Skriv en e-postadresse, som post@kommune.no.")),
            at_most(LONGEST_LINE),
        ],
        description=_l("Brukes når kontaktpersonen har sluttet."),
    )

    more_places = StringField(
        _l("Flere kommuner"), [at_most(1000)], description=_l("Skill dem med komma: «Porsgrunn, Bamble».")
    )
    problem = text(_l("Utfordring"), _l("Hva ville dere løse?"))
    actions = text(_l("Hva vi gjorde"), _l("Steg for steg, gjerne med årstall."))
    worked = text(_l("Hva fungerte"), _l("Hva bidro til at det gikk?"))
    barriers = text(_l("Hindringer"), _l("Hva stoppet eller forsinket dere?"))
    barrier_codes = SelectMultipleField(_l("Hindringene gjaldt"), choices=options(told(BARRIERS)))
    advice = text(_l("Råd til andre"), _l("Hva ville dere gjort annerledes?"))
    cost_investment = ReadField(_l("Investering (kroner uten mva.)"), rules.kroner)
    cost_yearly = ReadField(_l("Årlig kostnad (kroner uten mva.)"), rules.kroner)
    cost_extra = ReadField(_l("Merkostnad mot vanlig løsning (kroner uten mva.)"), rules.kroner)
    cost_year = ReadField(_l("Prisår"), rules.year)
    cost_basis = one_of(_l("Kostnaden er"), COST_BASES)
    effect_amount = ReadField(
        _l("Klimaeffekt i tonn CO₂-ekvivalenter"), rules.tonnes, description=_l("La stå tomt hvis dere ikke vet.")
    )
    effect_unit = one_of(_l("Effekten gjelder"), EFFECT_UNITS)
    effect_basis = one_of(_l("Effekten er"), EFFECT_BASES)
    effect_method = text(_l("Metode"), _l("Hvordan kom dere fram til tallet?"))
    funding_source = one_of(_l("Finansiering"), FUNDERS)
    funding_amount = ReadField(_l("Støttebeløp (kroner)"), rules.kroner)
    funding_case = StringField(_l("Saksnummer hos den som ga støtte"), [at_most(LONGEST_LINE)])
    period_from = ReadField(_l("Fra"), rules.month, description=_l("År, eller år og måned: 2023 eller 2023-05."))
    period_to = ReadField(_l("Til"), rules.month, description=_l("La stå tomt hvis det fortsatt pågår."))
    source_url = URLField(
        _l("Lenke til mer om dette"),
        [
            validators.Optional(),
            validators.Regexp(WEB_ADDRESS, message=_l("Skriv hele lenken. Den begynner med https://")),
            at_most(500),
        ],
    )
    attachments = MultipleFileField(
        _l("Vedlegg"), description=_l("Saksframlegg, kravtekst, budsjett og annet til gjenbruk.")
    )
    audience = AudienceField()
    language = SelectField(
        _l("Språket det er skrevet på"),
        [needed(_l("Velg språk."))],
        choices=options(POST_LANGUAGES),
        default="nb",
    )

    actor: Actor
    known_places: dict[str, int]
    known_contact: tuple[str, int | None] = ("", None)

    def prepare(self, actor: Actor, themes: dict[str, str]) -> None:
        """Give the form who writes and the themes there are."""
        self.actor = actor
        self.audience.offer(actor)
        self.themes.choices = options(themes)
        self.known_places = {}

    def remember(self, post: Post, details: ExperienceDetails) -> None:
        """Let stand what an experience says already, also a former place and a contact who is no longer listed."""
        self.audience.offer(self.actor, post)
        self.known_places = {place_words(place).casefold(): place.id for place in post.places}
        self.known_contact = (contact_words(details).casefold(), details.contact_id)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that places and the contact are found."""
        fine = super().validate(extra_validators)
        problems = {"place": self._unknown_places([self.place.data or ""])}
        problems["more_places"] = self._unknown_places((self.more_places.data or "").split(","))
        problems["contact_name"] = self._contact_problem()
        for name, problem in problems.items():
            if problem and not self[name].errors:
                self.refuse(name, problem)
        return fine and not any(problems.values())

    def content(self) -> Content:
        """What the post itself says."""
        return Content(
            title=self.title.data or "",
            body=self.summary.data or "",
            status=self.status.data or None,
            themes=tuple(dict.fromkeys(self.themes.data or ())),
            places=tuple(dict.fromkeys(number for one in self._place_words() if (number := self._place_id(one)))),
            audience=self.audience.audience,
            network_id=self.audience.network_id,
            language=self.language.data or "",
            source_url=self.source_url.data or "",
        )

    def facts(self) -> Facts:
        """What only an experience has."""
        values = {field.name: self._fact(field.name) for field in fields(Facts) if field.name != "contact_id"}
        return Facts(contact_id=self._contact_id(), **values)

    def _fact(self, name: str) -> Any:
        given = self[name]
        if isinstance(given, ReadField):
            return given.value()
        if isinstance(given, SelectMultipleField):
            return tuple(dict.fromkeys(given.data or ()))
        return (given.data or None) if name in rules.CODES else (given.data or "")

    def _place_words(self) -> list[str]:
        listed = [self.place.data or "", *(self.more_places.data or "").split(",")]
        return [one.strip() for one in listed if one.strip()]

    def _place_id(self, one: str) -> int | None:
        known = self.known_places.get(one.casefold())
        found = None if known else places.by_words(one)
        return known or (found.id if found else None)

    def _unknown_places(self, listed: list[str]) -> str:
        asked = [one.strip() for one in listed if one.strip()]
        if len(asked) >= rules.MOST_PLACES:
            return _("Du kan velge høyst %(count)s steder.", count=rules.MOST_PLACES)
        unknown = [one for one in asked if not self._place_id(one)]
        return _("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=unknown[0]) if unknown else ""

    def _contact_id(self) -> int | None:
        if self.contact.data == ME:
            return self.actor.person_id
        found = self._contacts() if self.contact.data == OTHER else []
        return found[0] if len(found) == 1 else None

    def _contacts(self) -> list[int]:
        name = self.contact_name.data or ""
        words, known = self.known_contact
        if known is not None and name.casefold() == words:
            return [known]
        return [person.id for person in people.by_words(name)]

    def _contact_problem(self) -> str:
        if self.contact.data != OTHER:
            return ""
        if not self.contact_name.data:
            return _("Skriv navnet på den andre kan spørre.")
        found = self._contacts()
        if not found:
            return _("Vi finner ingen med det navnet. Sjekk navnet under Folk, eller oppgi en felles postkasse.")
        return _("Flere heter det. Skriv kommunen etter navnet, som «Navn, Skien».") if len(found) > 1 else ""


def filled(actor: Actor, post: Post, details: ExperienceDetails) -> dict[str, Any]:
    """What the form shows of an experience that is to be changed."""
    listed = [place_words(place) for place in post.places]
    values = {field.name: _shown(field.name, getattr(details, field.name)) for field in fields(Facts)}
    values |= {"title": post.title, "summary": post.body, "status": post.status}
    values |= {"place": listed[0] if listed else "", "more_places": ", ".join(listed[1:])}
    values |= {"themes": [theme.slug for theme in post.themes], **{name: getattr(post, name) for name in COMMON}}
    values["audience"] = audience_value(post)
    if details.contact_id == actor.person_id:
        return values | {"contact": ME}
    return values | {"contact": MAILBOX if details.contact is None else OTHER, "contact_name": contact_words(details)}


def place_words(place: Place) -> str:
    """Name a place so that it is found again, also when two have the same name."""
    return f"{place.name} ({place.number})"


def contact_words(details: ExperienceDetails) -> str:
    """Name the contact so that they are found again."""
    contact = details.contact
    if contact is None:
        return ""
    return f"{contact.name}, {contact.place.name}" if contact.place else contact.name


def _shown(name: str, value: object) -> object:
    if isinstance(value, int):
        return str(value) if name == "cost_year" else f"{value:,}".replace(",", " ")
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(value, float) else value
