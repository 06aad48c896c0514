"""The form in which editors keep an event of the year."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField

from kunnskap.errors import Invalid, NotFound
from kunnskap.i18n import mark, say
from kunnskap.web.addresses import number_of, parts_of
from kunnskap.web.forms import Form, at_most, needed, options
from kunnskap.year_wheel.models import WEEKS_BEFORE, YearEvent
from kunnskap.year_wheel.rules import LONGEST_ABOUT, LONGEST_ADDRESS, LONGEST_TITLE, MONTHS, Facts

_MONTHS = {str(number): _l(name) for number, name in MONTHS.items()}


class EventForm(Form):
    """What it is, when it comes, how long before it is brought forward, and what to read."""

    title = StringField(_l("Hva gjelder det?"), [needed(_l("Skriv hva det gjelder.")), at_most(LONGEST_TITLE)])
    about = TextAreaField(
        _l("Hva bør kollegaene vite?"),
        [at_most(LONGEST_ABOUT)],
        description=_l("Kort: hva som skjer, hvem det gjelder, og hva som bør være klart da."),
    )
    day = StringField(_l("Dag"), [needed(_l("Skriv en dag som et tall.")), at_most(2)])
    month = SelectField(_l("Måned"), [needed(_l("Velg en måned."))], choices=options(_MONTHS))
    is_approximate = BooleanField(_l("Dagen er omtrentlig (om lag)"))
    is_yearly = BooleanField(_l("Kommer hvert år"))
    dates = TextAreaField(
        _l("Datoer i bestemte år"),
        [at_most(1_000)],
        description=_l("Én på hver linje, som 15.02.2027. Bruk dette når datoen er en annen enn den vanlige."),
    )
    weeks_before = StringField(
        _l("Uker før"),
        [needed(_l("Skriv et antall uker.")), at_most(2)],
        description=_l("Så lenge før vises den på forsiden og i e-poster."),
    )
    source_url = StringField(_l("Kilde"), [at_most(LONGEST_ADDRESS)], description=_l("Adressen der datoen står."))
    themes = SelectMultipleField(
        _l("Temaer"), description=_l("Erfaringer og maler om disse temaene vises sammen med den.")
    )
    posts = TextAreaField(
        _l("Innlegg som vises først"),
        [at_most(10_000)],
        description=_l("Lim inn adressen til hvert innlegg, én på hver linje."),
    )

    def offer(self, slugs: list[str]) -> "EventForm":
        """Let these themes be chosen."""
        self.themes.choices = [(slug, slug) for slug in slugs]
        return self

    def facts(self) -> Facts:
        """Give what was said; raises Invalid where it cannot be read."""
        return Facts(
            title=" ".join((self.title.data or "").split()),
            about=self.about.data or "",
            month=_whole("month", self.month.data),
            day=_whole("day", self.day.data),
            is_approximate=self.is_approximate.data,
            is_yearly=self.is_yearly.data,
            weeks_before=_whole("weeks_before", self.weeks_before.data),
            source_url=self.source_url.data or "",
            themes=self.themes.data or (),
            dates=_dates(self.dates.data or ""),
            posts=[_post(line) for line in _lines(self.posts.data or "")],
        )


def filled(event: YearEvent | None, posts: list[int]) -> dict[str, Any]:
    """What the form shows of an event; its dates and themes must be loaded."""
    if event is None:
        return {"is_yearly": True, "weeks_before": str(WEEKS_BEFORE)}
    return {
        "title": event.title,
        "about": event.about,
        "day": str(event.day),
        "month": str(event.month),
        "is_approximate": event.is_approximate,
        "is_yearly": event.is_yearly,
        "dates": "\n".join(f"{one.falls_on:%d.%m.%Y}" for one in sorted(event.dates, key=lambda one: one.year)),
        "weeks_before": str(event.weeks_before),
        "source_url": event.source_url,
        "themes": [theme.slug for theme in event.themes],
        "posts": "\n".join(f"/innlegg/{number}" for number in posts),
    }


def _whole(name: str, typed: str | None) -> int:
    if not (typed and typed.isascii() and typed.isdigit()):
        raise Invalid(**{name: mark("Skriv et helt tall.")})
    return int(typed)


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _dates(typed: str) -> dict[int, date]:
    found: dict[int, date] = {}
    for line in _lines(typed):
        day = _date(line)
        if day.year in found:
            raise Invalid(dates=say("Skriv bare én dato for %(year)s.", year=day.year))
        found[day.year] = day
    return found


def _date(line: str) -> date:
    parts = line.replace(" ", "").split(".")
    try:
        return date(*map(int, reversed(parts))) if len(parts) == 3 else date.fromisoformat(line)
    except ValueError:
        raise Invalid(dates=say("«%(line)s» er ingen dato. Skriv dag, måned og år: 15.02.2027.", line=line)) from None


def _post(line: str) -> int:
    try:
        return number_of(parts_of(line).path.rstrip("/").rpartition("/")[2])
    except NotFound:
        problem = mark("Vi finner ikke alle innleggene. Lim inn adressen til hvert av dem, én på hver linje.")
        raise Invalid(posts=problem) from None
