"""The form in which editors say that words mean the same."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from kunnskap.insight.rules import LONGEST, MOST
from kunnskap.web.forms import Form, at_most, needed


class SynonymForm(Form):
    """A group of expressions; `version` is how the group stood when the form was opened."""

    words = TextAreaField(
        _l("Ord og uttrykk som betyr det samme"),
        [needed(_l("Skriv minst to ord eller uttrykk, ett på hver linje.")), at_most(2 * MOST * LONGEST)],
        description=_l("Ett på hver linje, for eksempel «ROS» og «risiko- og sårbarhetsanalyse»."),
    )
    version = HiddenField(default="0")

    @property
    def seen(self) -> int:
        """The version that was seen; none that exists when it cannot be read."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
