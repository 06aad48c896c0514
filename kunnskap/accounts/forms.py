"""What the doors of the accounts room accept."""

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, RadioField, StringField, validators
from wtforms.fields import Field
from wtforms.form import BaseForm

from kunnskap.accounts import passwords, rules
from kunnskap.people.models import WORKPLACES
from kunnskap.web.forms import Form, at_most, needed, options

EMAIL = _l("E-postadresse")
EMAIL_NEEDED = needed(_l("Skriv e-postadressen din."))
EMAIL_LENGTH = at_most(rules.LONGEST_EMAIL)
PASSWORD_LENGTH = at_most(passwords.LONGEST)
PASSWORD_HELP = _l("Minst 12 tegn. Flere ord etter hverandre er lettest å huske.")


class NeededSometimes:
    """Not shown as optional: the domain knows when it may be empty."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: BaseForm, _field: Field) -> None:
        """Refuse nothing here."""


class SignUpForm(Form):
    """Who somebody is, and where they work when the address does not tell."""

    name = StringField(_l("Navn"), [needed(_l("Skriv navnet ditt.")), at_most(100)])
    email = EmailField(
        EMAIL,
        [EMAIL_NEEDED, EMAIL_LENGTH],
        description=_l("Bruk adressen på jobben. Da ser vi hvilken kommune eller fylkeskommune du hører til."),
    )
    role = StringField(
        _l("Stilling"), [validators.Optional(), at_most(100)], description=_l("For eksempel klimarådgiver.")
    )
    password = PasswordField(
        _l("Passord"),
        [validators.Optional(), PASSWORD_LENGTH],
        description=_l("Minst 12 tegn. Uten passord logger du inn med en lenke på e-post."),
    )
    workplace_kind = RadioField(
        _l("Hva slags arbeidssted?"),
        [NeededSometimes()],
        choices=options({key: _l(words) for key, words in WORKPLACES.items()}),
        validate_choice=False,
    )
    organisation = StringField(_l("Navn på arbeidsstedet"), [NeededSometimes(), at_most(150)])
    til = HiddenField(filters=[rules.local_path])


class LinkForm(Form):
    """An address that a link may be sent to, and where to be led afterwards."""

    email = EmailField(EMAIL, [EMAIL_NEEDED, EMAIL_LENGTH])
    til = HiddenField(filters=[rules.local_path])


class SignInForm(LinkForm):
    """Address and password."""

    password = PasswordField(_l("Passord"), [needed(_l("Skriv passordet ditt.")), PASSWORD_LENGTH])


class NewPasswordForm(Form):
    """A new password, chosen from a link."""

    password = PasswordField(
        _l("Nytt passord"), [needed(_l("Skriv et nytt passord.")), PASSWORD_LENGTH], description=PASSWORD_HELP
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password, chosen by somebody who is signed in; whoever has one must know it."""

    current = PasswordField(_l("Passordet du har nå"), [NeededSometimes(), PASSWORD_LENGTH])


class ChangeAddressForm(Form):
    """A new address for the account."""

    email = EmailField(
        _l("Ny e-postadresse"),
        [needed(_l("Skriv den nye e-postadressen.")), EMAIL_LENGTH],
        description=_l("Vi sender en lenke til den nye adressen. Den gamle gjelder til du har åpnet lenken."),
    )
