"""What pages of collections accept."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField, validators

from kunnskap.collections import rules
from kunnskap.collections.models import Collection, CollectionItem
from kunnskap.collections.rules import Told
from kunnskap.web.forms import Form, at_most, needed, options

NOTE = _l("Hvorfor er dette nyttig?")


class CollectionForm(Form):
    """What a collection says of itself. `read` tells what the editor began with."""

    title = StringField(_l("Navn"), [needed(_l("Gi samlingen et navn.")), at_most(rules.LONGEST_TITLE)])
    introduction = TextAreaField(
        _l("Innledning"),
        [at_most(rules.LONGEST_INTRODUCTION)],
        description=_l("Si hvem samlingen er for, og hvordan den kan brukes."),
    )
    audience = RadioField(
        _l("Hvem kan lese?"),
        [needed(_l("Velg hvem som kan lese."))],
        choices=options({key: _l(words) for key, words in rules.AUDIENCES.items()}),
        default=rules.EVERYONE,
        validate_choice=False,
    )
    read = HiddenField()

    @classmethod
    def of(cls, collection: Collection) -> "CollectionForm":
        """The form as it stands before anything is changed."""
        made = cls(obj=collection)
        made.begin_again(collection)
        return made

    def begin_again(self, collection: Collection) -> None:
        """Have what is sent next count as a change of what stands now."""
        self.read.data = rules.fingerprint_of(collection)

    def told(self) -> Told:
        """What the form says."""
        return Told(self.title.data or "", self.introduction.data or "", self.audience.data or "")


class AddForm(Form):
    """Something to put in a collection, or to pin up."""

    what = StringField(
        _l("Adresse eller nummer"),
        [needed(_l("Lim inn en adresse, eller skriv nummeret til et innlegg.")), at_most(rules.LONGEST_LINK)],
        description=_l("Lim inn adressen til et innlegg, en person eller en nettside et annet sted (https)."),
    )
    title = StringField(
        _l("Hva heter lenken?"),
        [validators.Optional(), at_most(rules.LONGEST_TITLE)],
        id="lenketittel",
        description=_l("Bare for nettsider andre steder. Innlegg og personer har navn fra før."),
    )
    note = TextAreaField(NOTE, [validators.Optional(), at_most(rules.LONGEST_NOTE)])


class PinForm(Form):
    """Something to pin up on a network's page."""

    what = StringField(
        _l("Adresse eller nummer"),
        [needed(_l("Lim inn en adresse, eller skriv nummeret til et innlegg.")), at_most(rules.LONGEST_LINK)],
        description=_l("Lim inn adressen til et innlegg eller en samling."),
    )


class WordsForm(Form):
    """The title (of links) and the note of an item. `read` tells what the editor began with."""

    title = StringField(_l("Hva heter lenken?"), [validators.Optional(), at_most(rules.LONGEST_TITLE)])
    note = TextAreaField(NOTE, [validators.Optional(), at_most(rules.LONGEST_NOTE)])
    read = HiddenField()

    @classmethod
    def of(cls, item: CollectionItem) -> "WordsForm":
        """The form as it stands before anything is changed."""
        made = cls(obj=item)
        made.begin_again(item)
        return made

    def begin_again(self, item: CollectionItem) -> None:
        """Have what is sent next count as a change of what stands now."""
        self.read.data = rules.fingerprint((item.title, item.note))


class PutForm(Form):
    """Which collection a post is put in, and why."""

    collection = RadioField(_l("Hvilken samling?"), [needed(_l("Velg en samling."))], choices=[], validate_choice=True)
    note = TextAreaField(NOTE, [validators.Optional(), at_most(rules.LONGEST_NOTE)])

    def offer(self, collections: list[Collection]) -> "PutForm":
        """Let these be chosen."""
        self.collection.choices = [(str(one.id), f"{one.title} ({one.network.name})") for one in collections]
        return self
