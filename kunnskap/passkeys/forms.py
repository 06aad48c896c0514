"""What the pages of passkeys accept."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from kunnskap.passkeys.rules import LONGEST_NAME
from kunnskap.web.forms import Form, at_most, needed


class NameForm(Form):
    """What a key is called."""

    name = StringField(_l("Navn på nøkkelen"), [needed(_l("Skriv et navn.")), at_most(LONGEST_NAME)])
