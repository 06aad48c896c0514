"""Forms: WTForms with our own words, our own care for odd characters, and a place for what the domain refuses."""

import uuid
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField, HiddenField, ValidationError, validators
from wtforms import Form as PlainForm
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the types are older than the library
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from kunnskap import text
from kunnskap.errors import Invalid
from kunnskap.web.filters import told


class _OurWords:
    """What WTForms says itself is only ever that a choice is none of those given; we say it in the reader's language."""

    def gettext(self, _sentence: str) -> str:
        return gettext("Velg en av verdiene i listen.")

    def ngettext(self, _one: str, _many: str, _count: int) -> str:
        return gettext("Velg en av verdiene i listen.")


class Form(PlainForm):
    """Base of every form. Text is trimmed; text that cannot be kept is refused at its field, and shown cleaned."""

    class Meta(DefaultMeta):
        """Ours: the field macros put their own labels and classes."""

        def bind_field(self, form: BaseForm, unbound_field: Any, options: MutableMapping[str, Any]) -> Any:
            """Trim every text field."""
            filters = unbound_field.kwargs.get("filters", [])
            if _is_text(unbound_field.field_class):
                filters = [*filters, _trim]
            return unbound_field.bind(form=form, filters=filters, **options)

        def get_translations(self, form: BaseForm) -> Any:
            """Give our words for the library's own messages."""
            return _OurWords()

    @classmethod
    def sent(cls, **data: Any) -> Any:
        """Read the form from the request under way."""
        return cls(formdata=MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)]), data=data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; what the page shows again holds no unreadable characters."""
        cleaned = [field.name for field in self if _clean(field)]
        fine = bool(super().validate(extra_validators))
        for name in cleaned:
            self.refuse(name, gettext("Noen av tegnene kunne ikke leses og er fjernet. Se over teksten."))
        return fine and not cleaned

    def refuse(self, name: str, problem: str) -> None:
        """Put a problem at a field, or above the form when there is no such field."""
        if name in self:
            self[name].errors = [*self[name].errors, problem]
        else:
            self.form_errors.append(problem)

    @contextmanager
    def gather_problems(self) -> Iterator[None]:
        """Take what the domain refuses back to the fields it concerns; look at `errors` afterwards."""
        try:
            yield
        except Invalid as refused:
            for name, problem in refused.problems.items():
                self.refuse(name, told(problem))


class DayField(DateField):
    """A day; what cannot be read as one is refused in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day as browsers send it."""
        try:
            super().process_formdata([one for one in valuelist if one])
        except ValueError:
            raise ValueError(_l("Skriv datoen som år, måned og dag: 2026-01-31.")) from None


class PostingForm(Form):
    """Base of forms that make something: sent twice, it makes one thing."""

    form_key = HiddenField(default=lambda: uuid.uuid4().hex, validators=[validators.Length(max=64)])


def needed(message: Any) -> validators.DataRequired:
    """Refuse an empty field with these words."""
    return validators.DataRequired(message)


def at_most(count: int) -> validators.Length:
    """Refuse a text longer than `count` characters."""
    return validators.Length(max=count, message=_l("Teksten er for lang. Den kan ha høyst %(max)d tegn."))


def at_least(count: int) -> validators.Length:
    """Refuse a text shorter than `count` characters."""
    return validators.Length(min=count, message=_l("Teksten er for kort. Den må ha minst %(min)d tegn."))


def options(words: Mapping[str, Any]) -> list[Any]:
    """Give the choices of a select or radio field: value and words."""
    return [SelectChoice(value, label) for value, label in words.items()]


def not_more_than(count: int, message: Any) -> Any:
    """Refuse a choice of more than `count` things."""

    def check(_form: BaseForm, field: Field) -> None:
        if len(field.data or []) > count:
            raise ValidationError(str(message))

    return check


def _is_text(kind: type[Field]) -> bool:
    return kind.__name__ in {"StringField", "TextAreaField", "EmailField", "TelField", "SearchField", "URLField"}


def _clean(field: Field) -> bool:
    """Take out what no page can hold, of what was read and of what was sent; gives whether anything was lost."""
    sent = [one for one in getattr(field, "raw_data", None) or [] if isinstance(one, str)]
    if isinstance(field.data, str):
        field.data = text.readable(field.data)
    if sent:
        field.raw_data = [text.readable(one) for one in sent]
    return any(text.UNREADABLE.search(one) for one in sent)


def _trim(value: Any) -> Any:
    return (
        value.strip().replace("\r\n", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
        if isinstance(value, str)
        else value
    )
