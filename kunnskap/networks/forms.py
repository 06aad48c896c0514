"""The form in which a coordinator describes a network."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField

from kunnskap.networks.rules import LONGEST_DESCRIPTION, LONGEST_TOPICS
from kunnskap.web.forms import Form, at_most, needed


class NetworkForm(Form):
    """What a network says of itself."""

    description = TextAreaField(
        _l("Beskrivelse"), [needed(_l("Skriv hva nettverket er.")), at_most(LONGEST_DESCRIPTION)]
    )
    topics = StringField(
        _l("Hva dere arbeider med"), [at_most(LONGEST_TOPICS)], description=_l("Skill emnene med semikolon.")
    )
    is_open = BooleanField(_l("Alle innloggede kan bli med selv"))
