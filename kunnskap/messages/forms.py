"""Forms of messages."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from kunnskap.messages.rules import LONGEST, LONGEST_SUBJECT
from kunnskap.web.forms import PostingForm, at_most, needed


class AnswerForm(PostingForm):
    """What is written in a conversation."""

    body = TextAreaField(
        _l("Melding"),
        [needed(_l("Skriv meldingen.")), at_most(LONGEST)],
        description=_l("Bare dere to leser dette. Skriv ikke noe som er taushetsbelagt."),
    )


class NewForm(AnswerForm):
    """What begins one."""

    subject = StringField(_l("Hva gjelder det?"), [needed(_l("Skriv hva det gjelder.")), at_most(LONGEST_SUBJECT)])
