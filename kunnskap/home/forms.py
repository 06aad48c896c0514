"""The form in which people tell that something is hard to use."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField, TextAreaField

from kunnskap.accounts.rules import LONGEST_EMAIL
from kunnskap.home.rules import LONGEST_PAGE, MOST_WORDS
from kunnskap.web.forms import Form, at_most, needed


class FeedbackForm(Form):
    """Which page it is about, what is hard, and where an answer is wanted."""

    page = StringField(
        _l("Hvilken side gjelder det?"),
        [at_most(LONGEST_PAGE)],
        description=_l("Lim inn adressen, eller skriv hva siden heter."),
    )
    words = TextAreaField(
        _l("Hva er vanskelig?"),
        [needed(_l("Skriv hva som er vanskelig.")), at_most(MOST_WORDS)],
        description=_l("Skriv gjerne hva du prøvde å gjøre, og hvilket hjelpemiddel du bruker. Ikke skriv noe privat."),
    )
    email = EmailField(
        _l("E-postadresse"),
        [at_most(LONGEST_EMAIL)],
        description=_l("Bare hvis du vil ha svar."),
    )
