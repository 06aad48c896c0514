"""The form of a document: the file first, then what one must know to find it."""

from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, Optional

from kunnskap import clock
from kunnskap.documents.actions import LONGEST_REASON, LONGEST_TITLE, Dates
from kunnskap.documents.models import DocumentDetails
from kunnskap.i18n import POST_LANGUAGES
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.posts.actions import MOST_THEMES, Content
from kunnskap.posts.forms import AudienceField, audience_value
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post
from kunnskap.web.forms import DayField, Form, PostingForm, at_most, needed, not_more_than, options

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_BODY = 20_000
MOST_PLACES = 10


class OneOf(AnyOf):
    """Takes one of these keys and nothing else; the field is not optional."""

    field_flags: ClassVar = {"required": True}


class DocumentForm(PostingForm):
    """A file and what is said of it. When a document is changed, the file may be left as it is (`needs_file`)."""

    file = FileField(_l("Fil"))
    title = StringField(
        _l("Tittel"), [at_most(LONGEST_TITLE)], description=_l("Står feltet tomt, bruker vi navnet på filen.")
    )
    status = SelectField(
        _l("Hva slags dokument er det?"),
        [OneOf([*DOCUMENT.statuses], _l("Velg hva slags dokument det er."))],
        choices=options({"": _l("Velg")} | {key: _l(words) for key, words in DOCUMENT.statuses.items()}),
        validate_choice=False,
    )
    themes = SelectMultipleField(
        _l("Temaer"),
        [needed(_l("Velg minst ett tema.")), not_more_than(MOST_THEMES, _l("Velg høyst fire temaer."))],
        validate_choice=False,
    )
    places = StringField(
        _l("Kommuner og fylker det gjelder"),
        [at_most(1000)],
        description=_l("Skill dem med komma: «Skien, Bamble». La feltet stå tomt hvis det gjelder hele landet."),
    )
    year = StringField(_l("Årstall"), [at_most(10)], description=_l("Året dokumentet er fra."))
    valid_until = DayField(
        _l("Gjelder til"),
        [Optional()],
        description=_l(
            "For planer og avtaler: den siste dagen dokumentet gjelder. Da får dere vite i god tid at det går ut."
        ),
    )
    body = TextAreaField(
        _l("Beskrivelse"),
        [Optional(), at_most(LONGEST_BODY)],
        description=_l("Hva kan andre bruke dokumentet til? Hva ville dere gjort annerledes?"),
    )
    language = SelectField(
        _l("Språk i dokumentet"),
        [OneOf([*POST_LANGUAGES], _l("Velg et språk fra listen."))],
        choices=options(POST_LANGUAGES),
        default="nb",
        validate_choice=False,
    )
    audience = AudienceField(_l("Hvem kan se dokumentet?"))
    needs_file = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file.flags.required = self.needs_file

    @property
    def sent_file(self) -> FileStorage | None:
        """The file that came along, if any."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that there is a file where there must be one."""
        fine = bool(super().validate(extra_validators))
        if self.needs_file and self.sent_file is None:
            self.refuse("file", _("Velg en fil."))
            fine = False
        return fine

    def ask_again(self) -> None:
        """Say that a file must be chosen again: a page cannot send back the one that came with faults elsewhere."""
        if self.sent_file is not None and not self.file.errors:
            self.refuse("file", _("Velg filen på nytt. Den ble ikke med da noe annet måtte rettes."))

    def validate_year(self, field: StringField) -> None:
        """Take no year, or one in which such a thing can have been written."""
        if field.data and field.data not in years():
            raise ValidationError(_("Skriv et årstall fra %(first)s til %(last)s.", first=FIRST_YEAR, last=years()[0]))

    def validate_valid_until(self, field: DayField) -> None:
        """Take no day, or one in a year such a thing can hold to."""
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_("Skriv en dato fra %(first)s til %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))

    def validate_places(self, field: StringField) -> None:
        """Take only places that are found."""
        asked = self._asked_places()
        if len(asked) > MOST_PLACES:
            raise ValidationError(_("Du kan velge høyst %(count)s steder.", count=MOST_PLACES))
        unknown = [words for words in asked if places.by_words(words) is None]
        if unknown:
            raise ValidationError(_("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=unknown[0]))

    def _asked_places(self) -> list[str]:
        return [words.strip() for words in (self.places.data or "").split(",") if words.strip()]

    def content(self) -> Content:
        """What the form says, once it is found valid."""
        found = [places.by_words(words) for words in self._asked_places()]
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            language=self.language.data,
            audience=self.audience.audience,
            network_id=self.audience.network_id,
            status=self.status.data,
            themes=self.themes.data or [],
            places=[place.id for place in found if place],
        )

    def dates(self) -> Dates:
        """The year, and how long it holds, once the form is found valid."""
        return Dates(int(self.year.data) if self.year.data else None, self.valid_until.data)


class ChangedDocumentForm(DocumentForm):
    """The same for a document that is there already."""

    needs_file = False


class ExplanationForm(Form):
    """Says what the numbers are that look like somebody's."""

    reason = TextAreaField(
        _l("Hva er tallene?"),
        [needed(_l("Skriv hva tallene er.")), at_most(LONGEST_REASON)],
        description=_l("For eksempel: «Dette er målernumre.» En moderator leser svaret og ser på filen."),
    )


def years() -> list[str]:
    """Give the years a document may be from, next year first."""
    return [str(year) for year in range(clock.now().year + 1, FIRST_YEAR - 1, -1)]


def filled(post: Post, details: DocumentDetails) -> dict[str, Any]:
    """What the form shows of a document that is to be changed."""
    return {
        "title": post.title,
        "body": post.body,
        "status": post.status,
        "themes": [theme.slug for theme in post.themes],
        "places": ", ".join(_words_for(place) for place in post.places),
        "year": str(details.year or ""),
        "valid_until": details.valid_until,
        "language": post.language,
        "audience": audience_value(post),
    }


def _words_for(place: Place) -> str:
    return f"{place.name} ({place.number})"
