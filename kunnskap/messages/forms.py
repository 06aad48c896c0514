"""Forms of messages."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField, validators
from wtforms.widgets import DateTimeLocalInput

from kunnskap.messages.rules import LONGEST, LONGEST_SUBJECT, LONGEST_WHERE, TIMES
from kunnskap.web.forms import PostingForm, at_most, needed

MOMENT = DateTimeLocalInput()


class AnswerForm(PostingForm):
    """What is written in a conversation."""

    body = TextAreaField(
        _l("Melding"),
        [needed(_l("Skriv meldingen.")), at_most(LONGEST)],
        description=_l("Bare dere to leser dette. Skriv ikke noe som er taushetsbelagt."),
    )


class TalkForm(PostingForm):
    """Three times for a talk, by the clock in Norway, and where; `rules.moments` reads the times."""

    first = StringField(_l("Første forslag"), [needed(_l("Velg dag og klokkeslett."))], widget=MOMENT)
    second = StringField(_l("Andre forslag"), [needed(_l("Velg dag og klokkeslett."))], widget=MOMENT)
    third = StringField(_l("Tredje forslag"), [needed(_l("Velg dag og klokkeslett."))], widget=MOMENT)
    where = StringField(
        _l("Hvor snakker dere?"),
        [needed(_l("Skriv hvor dere snakker: en lenke til Teams eller et telefonnummer.")), at_most(LONGEST_WHERE)],
        description=_l("En lenke til Teams, eller nummeret den andre kan ringe."),
    )
    body = TextAreaField(
        _l("Noen ord om hva du vil snakke om"),
        [validators.Optional(), at_most(LONGEST)],
    )

    @property
    def times(self) -> list[str]:
        """The three times as they were written."""
        return [self[name].data or "" for name in TIMES]


class NewForm(AnswerForm):
    """What begins one."""

    subject = StringField(_l("Hva gjelder det?"), [needed(_l("Skriv hva det gjelder.")), at_most(LONGEST_SUBJECT)])
