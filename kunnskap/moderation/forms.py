"""Forms of reporting, deciding and appealing."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField, validators

from kunnskap.errors import NotFound
from kunnskap.moderation.rules import LONGEST_WORDS, REASONS
from kunnskap.web.addresses import number_of, parts_of
from kunnskap.web.forms import DayField, Form, at_most, needed, options

_REASONS = {key: _l(words) for key, words in REASONS.items()}


class ReportForm(Form):
    """What is wrong with something."""

    reason = RadioField(_l("Hva er galt?"), [needed(_l("Velg hva som er galt."))], choices=options(_REASONS))
    words = TextAreaField(
        _l("Fortell mer"),
        [at_most(LONGEST_WORDS)],
        description=_l("Bare moderatorene leser dette. Den det gjelder, får ikke vite hvem som meldte fra."),
    )


class ChoiceForm(Form):
    """What a moderator thinks of doing, and why; nothing happens yet."""

    act = RadioField(_l("Hva vil du gjøre?"), [needed(_l("Velg hva du vil gjøre."))])
    reason = SelectField(_l("Hvorfor?"), [needed(_l("Velg en grunn."))], choices=options(_REASONS))


class DecisionForm(Form):
    """What a moderator decides, with the words the one it concerns is sent; `until`, `target` and `title` for some acts."""

    words = TextAreaField(
        _l("Til den det gjelder"),
        [needed(_l("Skriv hvorfor, så den det gjelder forstår.")), at_most(LONGEST_WORDS)],
        description=_l("Dette sendes som e-post. Endre teksten så den passer. Skriv vennlig, og si hva de kan gjøre."),
    )
    until = DayField(
        _l("Åpnes igjen"), [validators.Optional()], description=_l("Dagen kontoen åpnes igjen, høyst ett år fram.")
    )
    target = StringField(
        _l("Spørsmålet det skal til"),
        [at_most(500)],
        description=_l("Lim inn adressen til spørsmålet, eller skriv nummeret i adressen."),
    )
    title = StringField(_l("Tittel på det nye spørsmålet"), [at_most(150)], description=_l("Spørsmålet i én setning."))

    def keep_only(self, needs: frozenset[str]) -> None:
        """Leave out the fields an act does not need."""
        for name in {"until", "target", "title"} - needs:
            del self[name]

    def target_number(self) -> int | None:
        """The number of the question in `target`; None when it names none."""
        path = parts_of(self.target.data or "").path.rstrip("/")
        try:
            return number_of(path.rpartition("/")[2])
        except NotFound:
            return None


class AppealForm(Form):
    """Why a decision is wrong."""

    words = TextAreaField(
        _l("Hvorfor mener du at avgjørelsen er feil?"),
        [needed(_l("Skriv hvorfor du mener at avgjørelsen er feil.")), at_most(LONGEST_WORDS)],
        description=_l("En annen moderator leser dette og ser på saken på nytt."),
    )


class AnswerForm(Form):
    """What another moderator came to."""

    outcome = RadioField(
        _l("Hva kom du fram til?"),
        [needed(_l("Velg hva du kom fram til."))],
        choices=options({"upheld": _l("Avgjørelsen blir stående"), "undone": _l("Avgjørelsen gjøres om")}),
    )
    words = TextAreaField(
        _l("Til den som klaget"),
        [needed(_l("Skriv hva du kom fram til, så den som klaget forstår.")), at_most(LONGEST_WORDS)],
        description=_l("Dette sendes som e-post."),
    )
