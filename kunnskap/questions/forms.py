"""What pages of questions accept."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, SelectField, SelectMultipleField, StringField, TextAreaField

from kunnskap.actor import Actor
from kunnskap.errors import NotFound
from kunnskap.i18n import POST_LANGUAGES
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.posts.actions import MOST_THEMES, Content
from kunnskap.posts.forms import AudienceField, NamelessField, audience_value
from kunnskap.posts.models import Post
from kunnskap.questions.rules import (
    LONGEST_BODY,
    LONGEST_TITLE,
    MOST_PLACES,
    NO_ANSWER,
    NO_BODY,
    NO_THEME,
    NO_TITLE,
    SHORTEST_TITLE,
)
from kunnskap.web.addresses import number_of, parts_of
from kunnskap.web.forms import Form, PostingForm, at_least, at_most, needed, not_more_than, options

LANGUAGE = _l("Språket du skriver på")
ATTACHMENTS = _l("Vedlegg")


class QuestionForm(PostingForm):
    """A question. `sett_lignende` says that the writer has seen what was asked before."""

    title = StringField(
        _l("Hva lurer du på?"),
        [needed(_l(NO_TITLE)), at_least(SHORTEST_TITLE), at_most(LONGEST_TITLE)],
        description=_l("Skriv spørsmålet i én setning, slik du ville stilt det til en kollega."),
    )
    body = TextAreaField(
        _l("Fortell mer"),
        [needed(_l(NO_BODY)), at_most(LONGEST_BODY)],
        description=_l("Hva har dere prøvd, hva står dere fast i, og hva skal svaret brukes til?"),
    )
    themes = SelectMultipleField(
        _l("Temaer"),
        [needed(_l(NO_THEME)), not_more_than(MOST_THEMES, _l("Velg høyst fire temaer."))],
        validate_choice=False,
    )
    places = StringField(
        _l("Gjelder det bestemte steder?"),
        [at_most(1000)],
        description=_l("Kommuner eller fylker. Skill dem med komma: «Porsgrunn, Bamble»."),
    )
    attachments = MultipleFileField(ATTACHMENTS, description=_l("Dokumenter, regneark og bilder som hører til."))
    audience = AudienceField()
    hides_author = NamelessField()
    language = SelectField(
        LANGUAGE,
        [needed(_l("Velg språk."))],
        choices=options(POST_LANGUAGES),
        default="nb",
        validate_choice=False,
    )
    sett_lignende = HiddenField()

    known: dict[str, int]

    def prepare(self, actor: Actor, themes: list[tuple[str, str]], post: Post | None = None) -> None:
        """Give the form who writes, the themes there are, and the question under change with its places."""
        self.audience.offer(actor, post)
        self.themes.choices = themes
        self.known = {place_words(place).casefold(): place.id for place in post.places} if post else {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that the places are found."""
        fine = super().validate(extra_validators)
        if len(self._place_words()) > MOST_PLACES:
            self.refuse("places", _("Du kan velge høyst %(count)s steder.", count=MOST_PLACES))
            return False
        unknown = [] if self.places.errors else [words for words in self._place_words() if not self._place_id(words)]
        if unknown:
            self.refuse("places", _("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=unknown[0]))
        return fine and not unknown

    def content(self) -> Content:
        """What the question says."""
        found = (self._place_id(words) for words in self._place_words())
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            themes=tuple(dict.fromkeys(self.themes.data or ())),
            places=tuple(dict.fromkeys(number for number in found if number)),
            audience=self.audience.audience,
            network_id=self.audience.network_id,
            hides_author=self.hides_author.data,
            language=self.language.data or "",
        )

    def _place_words(self) -> list[str]:
        return [one.strip() for one in (self.places.data or "").split(",") if one.strip()]

    def _place_id(self, words: str) -> int | None:
        if words.casefold() in self.known:
            return self.known[words.casefold()]
        found = places.by_words(words)
        return found.id if found else None


class AnswerForm(PostingForm):
    """An answer."""

    body = TextAreaField(
        _l("Svaret ditt"),
        [needed(_l(NO_ANSWER)), at_most(LONGEST_BODY)],
        description=_l("Fortell hva dere har gjort hos dere, og lenk gjerne til det andre kan bruke."),
    )
    attachments = MultipleFileField(ATTACHMENTS)
    language = SelectField(LANGUAGE, choices=options(POST_LANGUAGES), default="nb", validate_choice=False)

    def content(self) -> Content:
        """What the answer says."""
        return Content(self.body.data or "", language=self.language.data or "")


class DuplicateForm(Form):
    """Which question was asked before: its number or its address. Empty takes it back."""

    original = StringField(
        _l("Spørsmålet som er stilt før"),
        [at_most(500)],
        description=_l("Lim inn adressen til spørsmålet, eller skriv nummeret i adressen."),
    )

    def number(self) -> int | None:
        """The number of the question, None when the field names none."""
        path = parts_of(self.original.data or "").path.rstrip("/")
        try:
            return number_of(path.rpartition("/")[2])
        except NotFound:
            return None


def place_words(place: Place) -> str:
    """Name a place so that it is found again, also when two have the same name."""
    return f"{place.name} ({place.number})"


def filled(post: Post) -> dict[str, Any]:
    """What the form shows of a question that is to be changed."""
    return {
        "title": post.title,
        "body": post.body,
        "themes": [theme.slug for theme in post.themes],
        "places": ", ".join(place_words(place) for place in post.places),
        "audience": audience_value(post),
        "hides_author": post.hides_author,
        "language": post.language,
    }
