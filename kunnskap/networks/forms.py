"""What pages of networks accept."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField, validators

from kunnskap.networks.models import Network
from kunnskap.networks.rules import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    LONGEST_TOPICS,
    MOST_THEMES,
    Told,
)
from kunnskap.web.forms import DayField, Form, at_most, needed, not_more_than

LONGEST_WORDS = 200


class NetworkForm(Form):
    """What a network says of itself."""

    description = TextAreaField(
        _l("Beskrivelse"), [needed(_l("Skriv hva nettverket er.")), at_most(LONGEST_DESCRIPTION)]
    )
    themes = SelectMultipleField(
        _l("Temaer"),
        [not_more_than(MOST_THEMES, _l("Velg høyst ti temaer."))],
        description=_l("Velg inntil ti. Da finner andre nettverket når de leter etter temaet."),
        validate_choice=True,
        choices=[],
    )
    topics = StringField(
        _l("Hva dere arbeider med"), [at_most(LONGEST_TOPICS)], description=_l("Skill emnene med semikolon.")
    )
    is_open = BooleanField(_l("Alle innloggede kan bli med selv"))

    def offer(self, themes: dict[str, int]) -> Any:
        """Let these themes be chosen, by the end of their addresses; `themes` gives their ids."""
        self.themes.choices = [(slug, slug) for slug in themes]
        self.ids = themes
        return self

    def told(self) -> Told:
        """What the form says."""
        chosen = [self.ids[slug] for slug in self.themes.data or ()]
        return Told(self.description.data or "", self.topics.data or "", self.is_open.data, chosen)


class NewNetworkForm(NetworkForm):
    """A new network, with the one who coordinates it first."""

    name = StringField(_l("Navn"), [needed(_l("Skriv hva nettverket heter.")), at_most(LONGEST_NAME)])
    coordinator = StringField(
        _l("Første koordinator"),
        [needed(_l("Skriv hvem som skal være koordinator.")), at_most(LONGEST_WORDS)],
        description=_l("Navnet på en som er med på Kunnskap, og gjerne kommunen: «Kari Nordmann, Skien»."),
    )


class PersonForm(Form):
    """Somebody to take into a network, by name."""

    person = StringField(
        _l("Hvem?"),
        [needed(_l("Skriv navnet på den du vil ta inn.")), at_most(LONGEST_WORDS)],
        description=_l("Navnet på en som er med på Kunnskap, og gjerne kommunen: «Kari Nordmann, Skien»."),
    )


class PlaceForm(Form):
    """A municipality or county that comes to a network."""

    place = StringField(_l("Kommune eller fylke"), [needed(_l("Velg en kommune eller et fylke.")), at_most(100)])
    since = DayField(
        _l("Med fra"), [validators.Optional()], description=_l("La feltet stå tomt hvis dere ikke vet det.")
    )


class EndForm(Form):
    """When a place leaves a network."""

    until = DayField(_l("Med til og med"), [validators.Optional()])


def filled(network: Network) -> dict[str, Any]:
    """What the form shows of a network; its themes must be loaded."""
    return {
        "description": network.description,
        "topics": network.topics,
        "is_open": network.is_open,
        "themes": [theme.slug for theme in network.themes],
    }
