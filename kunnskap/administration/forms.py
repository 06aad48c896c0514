"""What those who look after the site fill in."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField, validators

from kunnskap.accounts.administering import GIVEN_ROLES, LONGEST_REASON
from kunnskap.administration.rules import LONGEST_DOMAIN, LONGEST_TENANT, ROLES
from kunnskap.people.models import WORKPLACES
from kunnskap.web.forms import Form, at_most, needed, options

LONGEST_ORGANISATION = 150


class WorkplaceForm(Form):
    """Where somebody works; a municipality or county is written by its name."""

    workplace_kind = RadioField(
        _l("Hva slags arbeidssted?"),
        [validators.InputRequired(_l("Velg hva slags arbeidssted det er."))],
        choices=options({key: _l(words) for key, words in WORKPLACES.items()}),
    )
    organisation = StringField(
        _l("Navn på arbeidsstedet"), [needed(_l("Skriv navnet på arbeidsstedet.")), at_most(LONGEST_ORGANISATION)]
    )


class LetInForm(WorkplaceForm):
    """Letting in somebody who waits, and perhaps all from the same domain."""

    know_domain = BooleanField(_l("Kjenn dette domenet fra nå: slipp inn alle som har adresse der"))


class ReasonForm(Form):
    """Why somebody is refused."""

    reason = TextAreaField(
        _l("Hvorfor ikke?"),
        [needed(_l("Skriv hvorfor. Det blir sendt til den som søkte.")), at_most(LONGEST_REASON)],
        description=_l("Blir sendt til den som søkte."),
    )


class DomainForm(WorkplaceForm):
    """What is known of a domain."""

    domain = StringField(
        _l("Domene"),
        [needed(_l("Skriv et domene, for eksempel miljodir.no.")), at_most(LONGEST_DOMAIN)],
        description=_l("Det som står etter @ i adressen. Domener under det gjelder også."),
    )
    tenant = StringField(
        _l("Leietaker"),
        [validators.Optional(), at_most(LONGEST_TENANT)],
        description=_l("Id-en organisasjonen har hos Entra ID, hvis de logger inn gjennom jobben."),
    )


class ChangeDomainForm(DomainForm):
    """What is known of a domain that stands."""

    domain = None  # type: ignore[assignment] # the library's way of leaving a field out


class RoleForm(Form):
    """A role to give."""

    role = SelectField(
        _l("Rolle"), [validators.InputRequired()], choices=options({key: _l(ROLES[key]) for key in GIVEN_ROLES})
    )


def day(typed: str) -> date | None:
    """Read a day of this century as a date field sends it; None for anything else."""
    try:
        read = date.fromisoformat(typed)
    except ValueError:
        return None
    return read if 2000 <= read.year < 2100 else None
