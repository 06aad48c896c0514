"""The forms of letters and reports."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from kunnskap.desk.rules import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_WORDS
from kunnskap.web.forms import DayField, Form, PostingForm, at_most, needed


class LetterForm(PostingForm):
    """A letter; `step` is empty when it is to be looked through, and "send" when it is to go."""

    subject = StringField(
        _l("Hva handler det om?"), [needed(_l("Skriv hva brevet handler om.")), at_most(LONGEST_SUBJECT)]
    )
    body = TextAreaField(_l("Brevet"), [needed(_l("Skriv brevet.")), at_most(LONGEST_BODY)])
    step = HiddenField()


class PeriodForm(Form):
    """Which days a report is for."""

    since = DayField(_l("Fra og med"))
    until = DayField(_l("Til og med"))


class ReportForm(Form):
    """The coordinator's own words; stories come as checkboxes with a field each."""

    words = TextAreaField(
        _l("Med egne ord"),
        [at_most(LONGEST_WORDS)],
        description=_l("Hva har nettverket fått til i perioden? Hva var vanskelig? Teksten kommer først i rapporten."),
    )
