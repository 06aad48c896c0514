"""What pages of meetings accept."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
    validators,
)

from kunnskap.actor import Actor
from kunnskap.experiences.rules import LONGEST_SUMMARY, LONGEST_TITLE, Facts
from kunnskap.i18n import POST_LANGUAGES
from kunnskap.meetings import rules, times
from kunnskap.meetings.models import Meeting, MinutesPart
from kunnskap.meetings.rules import AUDIENCES, LONGEST_LINE, LONGEST_LINK, LONGEST_NOTE, LONGEST_TEXT, Plan
from kunnskap.meetings.times import Span, Written
from kunnskap.people.models import Person
from kunnskap.places import queries as places
from kunnskap.posts.actions import MOST_THEMES, Content
from kunnskap.posts.forms import NETWORK, AudienceField
from kunnskap.posts.kinds import EXPERIENCE
from kunnskap.posts.models import Post
from kunnskap.text import plain, shortened, to_html
from kunnskap.web.forms import Form, PostingForm, at_most, needed, not_more_than, options

ROOM_FOR_SOURCE = 150
"""Characters of an experience's summary that the words about the meeting may take."""
LANGUAGE = _l("Språket teksten er skrevet på")


class MeetingForm(PostingForm):
    """A meeting. Times are Norwegian; `has_been` says that it is only written down afterwards."""

    title = StringField(_l("Hva heter møtet?"), [needed(_l("Skriv hva møtet heter.")), at_most(rules.LONGEST_TITLE)])
    day = StringField(_l("Dato"), [needed(_l(times.NO_DAY)), at_most(20)])
    starts = StringField(_l("Fra klokka"), [needed(_l(times.NO_TIME)), at_most(20)])
    ends = StringField(_l("Til klokka"), [needed(_l(times.NO_TIME)), at_most(20)])
    until_day = StringField(
        _l("Siste dag"), [at_most(20)], description=_l("Bare når møtet slutter en annen dag enn det begynner.")
    )
    has_been = BooleanField(_l("Møtet har vært"), description=_l("Kryss av når du bare vil føre det opp i ettertid."))
    location = StringField(
        _l("Sted"), [at_most(LONGEST_LINE)], description=_l("Adresse og rom. Fyll ut sted, lenke eller begge deler.")
    )
    link = URLField(
        _l("Lenke til møtet på nett"),
        [at_most(LONGEST_LINK)],
        description=_l("Alle som ser møtet, ser lenken. Den begynner med https://"),
    )
    description = TextAreaField(_l("Om møtet"), [at_most(LONGEST_TEXT)])
    audience = SelectField(
        _l("Hvem er møtet for?"),
        [needed(_l("Velg hvem møtet er for."))],
        default=rules.NETWORK,
        choices=options({key: _l(words) for key, words in AUDIENCES.items()}),
        description=_l("Referatet og hvem som kommer, er alltid bare for nettverket."),
    )

    def span(self) -> Span:
        """When it is; raises Invalid by field."""
        given = (self.day, self.starts, self.ends, self.until_day)
        return times.read(Written(*(one.data or "" for one in given)))

    def plan(self, span: Span) -> Plan:
        """What the coordinator says of the meeting."""
        return Plan(
            title=self.title.data or "",
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            description=self.description.data or "",
            location=self.location.data or "",
            link=self.link.data or "",
            audience=self.audience.data or "",
            has_been=bool(self.has_been.data),
        )


def filled(meeting: Meeting) -> dict[str, Any]:
    """What the form shows of a meeting that is to be changed."""
    names = ("title", "location", "link", "description", "audience")
    return {name: getattr(meeting, name) for name in names} | times.form_values(meeting.starts_at, meeting.ends_at)


class PointForm(Form):
    """A point of an agenda."""

    title = StringField(
        _l("Hva skal dere snakke om?"),
        [needed(_l("Skriv hva dere skal snakke om.")), at_most(rules.LONGEST_TITLE)],
    )
    note = TextAreaField(_l("Merknad"), [at_most(LONGEST_NOTE)])


class NoteForm(Form):
    """The remark on a point that was drawn from a post."""

    note = TextAreaField(_l("Merknad"), [at_most(LONGEST_NOTE)])


class HomeworkForm(Form):
    """What is to be done until next time."""

    words = StringField(_l("Hva skal gjøres?"), [needed(_l("Skriv hva som skal gjøres.")), at_most(LONGEST_NOTE)])
    person = SelectField(_l("Hvem gjør det?"), choices=[], validate_choice=False, default="")
    due = StringField(
        _l("Frist"), [at_most(20)], description=_l("De det gjelder, får en påminnelse tre arbeidsdager før.")
    )

    def offer(self, people: list[Person]) -> None:
        """Set who it can be given to."""
        self.person.choices = options({"": _("Alle i nettverket")} | _named(people))


class MinutesForm(Form):
    """Minutes. `seen` tells which text they were written from."""

    minutes = TextAreaField(
        _l("Referat"),
        [at_most(rules.LONGEST_MINUTES)],
        description=_l("Gi hver sak en overskrift med ## foran. Da kan den bli et svar eller en erfaring etterpå."),
    )
    seen = HiddenField(validators=[validators.Length(max=64)])


class WishForm(Form):
    """What a section of the minutes is to become."""

    speaker = SelectField(
        _l("Hvem sa det?"), [needed(_l("Velg hvem som sa det."))], choices=[], validate_choice=False, default=""
    )
    becomes = RadioField(
        _l("Hva skal det bli?"),
        [needed(_l("Velg hva det skal bli."))],
        choices=options(
            {rules.ANSWER: _l("Et svar på et spørsmål fra dagsordenen"), rules.EXPERIENCE: _l("En erfaring")}
        ),
        default=rules.EXPERIENCE,
    )
    question = SelectField(_l("Spørsmålet det svarer på"), choices=[], validate_choice=False, default="")
    seen = HiddenField(validators=[validators.Length(max=64)])

    def offer(self, people: list[Person], questions: list[Post]) -> None:
        """Set who may have said it, and which questions are on the agenda."""
        self.speaker.choices = options({"": _("Velg")} | _named(people))
        self.question.choices = options({"": _("Velg")} | {str(one.id): shortened(one.title, 100) for one in questions})


class AnswerPartForm(Form):
    """A part of the minutes as the speaker wants it posted: an answer."""

    body = TextAreaField(_l("Svaret ditt"), [needed(_l("Skriv et svar.")), at_most(LONGEST_TEXT)])
    language = SelectField(LANGUAGE, choices=options(POST_LANGUAGES), default="nb")


class ExperiencePartForm(Form):
    """A part of the minutes as the speaker wants it posted: an experience."""

    title = StringField(_l("Tittel"), [needed(_l("Skriv en tittel.")), at_most(LONGEST_TITLE)])
    summary = TextAreaField(
        _l("Kort oppsummert"),
        [
            needed(_l("Skriv kort hva dere gjorde og hvordan det gikk.")),
            at_most(LONGEST_SUMMARY - ROOM_FOR_SOURCE),
        ],
    )
    actions = TextAreaField(_l("Hva dere gjorde"), [at_most(LONGEST_TEXT)])
    place = StringField(
        _l("Kommune eller fylkeskommune"),
        [needed(_l("Skriv hvilken kommune eller fylkeskommune det gjelder.")), at_most(LONGEST_LINE)],
    )
    themes = SelectMultipleField(
        _l("Temaer"),
        [needed(_l("Velg minst ett tema.")), not_more_than(MOST_THEMES, _l("Velg høyst fire temaer."))],
        choices=[],
    )
    status = SelectField(
        _l("Status"),
        choices=options({key: _l(words) for key, words in EXPERIENCE.statuses.items()}),
        default="gjennomfort",
    )
    audience = AudienceField()
    language = SelectField(LANGUAGE, choices=options(POST_LANGUAGES), default="nb")

    def offer(self, speaker: Actor, themes: dict[str, str]) -> None:
        """Set the themes there are and whom the speaker may write for."""
        self.audience.offer(speaker)
        self.themes.choices = options(themes)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that the place is found."""
        fine = super().validate(extra_validators)
        if not self.place.errors and places.by_words(self.place.data or "") is None:
            self.refuse("place", _("Vi finner ikke «%(name)s». Velg et sted fra listen.", name=self.place.data))
            return False
        return fine

    def content(self) -> Content:
        """What the experience itself says."""
        found = places.by_words(self.place.data or "")
        return Content(
            title=self.title.data or "",
            body=self.summary.data or "",
            status=self.status.data or None,
            themes=tuple(dict.fromkeys(self.themes.data or ())),
            places=(found.id,) if found else (),
            audience=self.audience.audience,
            network_id=self.audience.network_id,
            language=self.language.data or "nb",
        )

    def facts(self) -> Facts:
        """What only an experience has."""
        return Facts(actions=self.actions.data or "")


def part_values(part: MinutesPart, speaker: Actor, place: str) -> dict[str, Any]:
    """What the speaker's form shows first: the words of the minutes, for those in the network."""
    inside = part.meeting.network_id in speaker.network_ids
    audience = f"{NETWORK}{part.meeting.network_id}" if inside else ""
    told = {"body": part.body, "language": part.speaker.language, "title": shortened(part.heading, LONGEST_TITLE)}
    if len(part.body) <= LONGEST_SUMMARY - ROOM_FOR_SOURCE:
        return told | {"summary": part.body, "place": place, "audience": audience}
    first = shortened(plain(to_html(part.body)), LONGEST_SUMMARY - ROOM_FOR_SOURCE)
    return told | {"summary": first, "actions": part.body, "place": place, "audience": audience}


def _named(people: list[Person]) -> dict[str, str]:
    return {str(one.id): f"{one.name}, {one.place.name}" if one.place else one.name for one in people}
