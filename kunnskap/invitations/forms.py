"""What coordinators fill in to invite, and what those who were invited tell."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, FileField, RadioField, SelectField, StringField, TextAreaField, validators

from kunnskap.accounts.forms import EMAIL, EMAIL_LENGTH, SignUpForm
from kunnskap.invitations.reading import MOST_BYTES, MOST_LINES, decoded
from kunnskap.invitations.rules import LONGEST_NAME, LONGEST_ORGANISATION, MOST_DAYS, MOST_USES, Invited
from kunnskap.networks.models import Network
from kunnskap.people.models import WORKPLACES
from kunnskap.web.forms import Form, at_most, needed, options

NETWORK = _l("Nettverk")
NETWORK_HELP = _l("De som blir med, blir også med i nettverket.")
WHERE_KIND = _l("Hva slags arbeidssted?")
WHERE = _l("Navn på arbeidsstedet")
NO_NETWORK = _l("Ingen")


class ToNetwork(Form):
    """Base of the forms that may lead to a network."""

    network = SelectField(NETWORK, [validators.Optional()], choices=[], description=NETWORK_HELP)

    def offer(self, networks: list[Network]) -> Any:
        """Let these be chosen; the first is chosen when a form is opened by somebody who looks after one only."""
        self.network.choices = [("", NO_NETWORK), *((str(one.id), one.name) for one in networks)]
        if len(networks) == 1 and self.network.data is None:
            self.network.data = str(networks[0].id)
        return self

    @property
    def network_id(self) -> int | None:
        """The network that was chosen."""
        # A choice of nothing but space counts as none, and is not looked for among the choices.
        return int(self.network.data) if (self.network.data or "").strip() else None


class WithWorkplace(ToNetwork):
    """Base of the forms that say where people work."""

    workplace_kind = RadioField(
        WHERE_KIND,
        [validators.Optional()],
        choices=options({key: _l(words) for key, words in WORKPLACES.items()}),
        validate_choice=False,
    )
    organisation = StringField(WHERE, [validators.Optional(), at_most(LONGEST_ORGANISATION)])


class InviteForm(WithWorkplace):
    """One person to invite; where they work is asked for when the address does not tell."""

    email = EmailField(EMAIL, [needed(_l("Skriv e-postadressen til den du vil invitere.")), EMAIL_LENGTH])
    name = StringField(_l("Navn"), [validators.Optional(), at_most(LONGEST_NAME)])

    @property
    def invited(self) -> Invited:
        """Whom the form names."""
        told = (field.data or "" for field in (self.email, self.name, self.workplace_kind, self.organisation))
        return Invited(*told)


class LinkForm(WithWorkplace):
    """A link that several may use."""

    uses = StringField(_l("Hvor mange kan bruke lenken?"), [needed(_l("Skriv hvor mange."))], default="20")
    days = StringField(_l("Hvor mange dager skal den virke?"), [needed(_l("Skriv hvor mange dager."))], default="14")

    @property
    def invited(self) -> Invited:
        """Where those who use the link work."""
        return Invited("", "", self.workplace_kind.data or "", self.organisation.data or "")

    @property
    def how_many(self) -> tuple[int, int]:
        """How many may use it and how many days it stands; what is no number is too small to be taken."""
        uses, days = (
            _whole(field.data or "", most) for field, most in ((self.uses, MOST_USES), (self.days, MOST_DAYS))
        )
        return uses, days


class ListForm(ToNetwork):
    """Many people to invite, from a file or pasted."""

    lines = TextAreaField(
        _l("Lim inn listen"),
        [validators.Optional(), at_most(MOST_BYTES)],
        description=_l("Én person på hver linje: navn;e-post;arbeidssted. Høyst %(most)s linjer.", most=MOST_LINES),
    )
    file = FileField(
        _l("Eller velg en CSV-fil"),
        [validators.Optional()],
        description=_l("Fra Excel: Lagre som CSV. Kolonnene er navn, e-post og arbeidssted."),
    )


class AcceptForm(SignUpForm):
    """What one who was invited by address tells: the address is known."""

    email = None  # type: ignore[assignment] # the library's way of leaving a field out
    til = None  # type: ignore[assignment] # as above


def _whole(typed: str, most: int) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(most)) else -1


def text_of(form: ListForm) -> str:
    """Give the list that was sent, from the file if there is one; raises Invalid when it cannot be read."""
    file = form.file.data
    if file and file.filename:
        return decoded(file.read(MOST_BYTES + 1))
    return form.lines.data or ""
