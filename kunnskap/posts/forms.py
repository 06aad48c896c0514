"""Forms every kind of post shares."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField, validators

from kunnskap.posts.comments import LONGEST
from kunnskap.web.forms import Form, PostingForm, at_most, needed


class CommentForm(PostingForm):
    """A short remark."""

    body = TextAreaField(_l("Kommentar"), [needed(_l("Skriv en kommentar.")), at_most(LONGEST)])


class DraftForm(Form):
    """Which form a draft belongs to."""

    form = HiddenField(validators=[validators.Regexp(r"^[a-z-]{1,20}(:\d{1,12})?$")])
