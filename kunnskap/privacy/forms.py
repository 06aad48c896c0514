"""What the pages of one's own data accept."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField

from kunnskap.accounts.rules import LONGEST_EMAIL
from kunnskap.web.forms import Form, at_most, needed


class DeletingForm(Form):
    """One's own address, typed so that nobody deletes an account by mistake."""

    email = EmailField(
        _l("Skriv e-postadressen til kontoen"),
        [needed(_l("Skriv e-postadressen din for å bekrefte.")), at_most(LONGEST_EMAIL)],
    )
