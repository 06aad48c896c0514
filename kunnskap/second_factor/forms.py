"""What the pages of the second factor accept."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField, validators

from kunnskap.accounts import passwords, rules
from kunnskap.second_factor.rules import LONGEST_CODE
from kunnskap.web.forms import Form, at_most, needed

CODE = _l("Kode")
CODE_NEEDED = needed(_l("Skriv koden."))


class CodeForm(Form):
    """A code from the app, or a recovery code; where to be led afterwards."""

    code = StringField(
        CODE,
        [CODE_NEEDED, at_most(LONGEST_CODE)],
        description=_l("Seks sifre fra appen. Har du ikke telefonen? Skriv en av gjenopprettingskodene dine."),
    )
    til = HiddenField(filters=[rules.local_path])


class SetUpForm(Form):
    """The first code from an app, and the sealed secret the app was given."""

    sealed = HiddenField(validators=[validators.Length(max=500)])
    code = StringField(_l("Koden appen viser nå"), [CODE_NEEDED, at_most(LONGEST_CODE)], description=_l("Seks sifre."))


class PasswordForm(Form):
    """The password of somebody who is signed in."""

    password = PasswordField(_l("Passord"), [needed(_l("Skriv passordet ditt.")), at_most(passwords.LONGEST)])
    til = HiddenField(filters=[rules.local_path])
