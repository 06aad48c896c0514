"""The form in which somebody looks after a saved search."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from kunnskap.saved.models import NOTICES
from kunnskap.saved.rules import LONGEST_NAME
from kunnskap.web.forms import Form, at_most, needed, options


class SavedForm(Form):
    """Its name, and how often to be told."""

    name = StringField(_l("Navn på søket"), [needed(_l("Skriv et navn på søket.")), at_most(LONGEST_NAME)])
    notice = SelectField(
        _l("E-post om nye treff"), [needed(_l("Velg en av verdiene i listen."))], choices=options(NOTICES)
    )
