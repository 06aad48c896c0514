"""Pages of the year wheel, its calendar, and the form in which editors keep it."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import calendars, clock, text
from kunnskap.accounts.letting_in import settings
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, moderators, open_door
from kunnskap.web.limits import ASKING, limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import same_for_members
from kunnskap.year_wheel import actions, queries, rules
from kunnskap.year_wheel.forms import EventForm, filled
from kunnskap.year_wheel.models import YearEvent
from kunnskap.year_wheel.rules import Occasion

year_wheel = Blueprint("year_wheel", __name__)
CALENDAR_YEARS = 3
"""How many years the calendar holds, this one counted."""


@year_wheel.get("/arshjul")
@open_door
@same_for_members
def index() -> str:
    """Show what comes, month by month from this one on."""
    today = clock.today()
    return render_template(
        "year_wheel/index.html",
        months=queries.months(today),
        near=queries.brought_forward(actor(), today),
        today=today,
        month_names=rules.MONTHS,
        inactive=queries.inactive() if actor().may("moderate") else [],
    )


@year_wheel.get("/kalender/arshjul.ics")
@open_door
@limiter.limit(ASKING)
def calendar() -> Response:
    """Give the wheel as a calendar that can be subscribed to."""
    this_year = clock.today().year
    years = range(this_year, this_year + CALENDAR_YEARS)
    found = (rules.in_year(event, year) for event in queries.active() for year in years)
    entries = [_entry(one) for one in found if one is not None]
    return Response(calendars.write(entries, _("Årshjul for klimaarbeidet")), mimetype=calendars.MEDIA_TYPE)


@year_wheel.get("/arshjul/ny")
@moderators
def new_form() -> str:
    """Show the form that adds an event."""
    return _form_page(_form(EventForm(data=filled(None, []))))


@year_wheel.post("/arshjul/ny")
@moderators
def add() -> ResponseReturnValue:
    """Add an event."""
    form = _form(EventForm.sent())
    if form.validate():
        with form.gather_problems():
            made = actions.add(actor(), form.facts())
            flash(_("Lagt til i årshjulet."))
            return redirect(url_for("year_wheel.show", slug=made.slug), 303)
    return _form_page(form), 422


@year_wheel.get("/arshjul/<slug>")
@open_door
@same_for_members
def show(slug: str) -> str:
    """Show an event: when it comes, what it is, and what to read before it."""
    event, today = queries.event(actor(), slug), clock.today()
    occasion = rules.next_occasion(event, today)
    brought = queries.with_posts(actor(), [occasion]) if occasion else []
    return render_template(
        "year_wheel/show.html",
        event=event,
        occasion=occasion,
        posts=brought[0].posts if brought else [],
        about=text.to_html(event.about),
        dates=sorted(event.dates, key=lambda one: one.year),
        today=today,
    )


@year_wheel.get("/arshjul/<slug>/rediger")
@moderators
def edit_form(slug: str) -> str:
    """Show the form that changes an event."""
    event = queries.event(actor(), slug)
    return _form_page(_form(EventForm(data=filled(event, queries.picked_ids(event)))), event)


@year_wheel.post("/arshjul/<slug>/rediger")
@moderators
def edit(slug: str) -> ResponseReturnValue:
    """Change an event."""
    event, form = queries.event(actor(), slug), _form(EventForm.sent())
    if form.validate():
        with form.gather_problems():
            actions.change(actor(), event, form.facts())
            flash(_("Endringene er lagret."))
            return redirect(url_for("year_wheel.show", slug=slug), 303)
    return _form_page(form, event), 422


@year_wheel.post("/arshjul/<slug>/ta-ut")
@moderators
def take_out(slug: str) -> ResponseReturnValue:
    """Take an event out of the wheel."""
    actions.show(actor(), queries.event(actor(), slug), active=False)
    flash(_("Tatt ut av årshjulet. Du kan sette det tilbake."))
    return redirect(url_for("year_wheel.index"), 303)


@year_wheel.post("/arshjul/<slug>/sett-tilbake")
@moderators
def put_back(slug: str) -> ResponseReturnValue:
    """Put an event back into the wheel."""
    actions.show(actor(), queries.event(actor(), slug), active=True)
    flash(_("Satt tilbake i årshjulet."))
    return redirect(url_for("year_wheel.show", slug=slug), 303)


def _entry(one: Occasion) -> calendars.Entry:
    event = one.event
    return calendars.Entry(
        uid=f"arshjul-{event.slug}-{one.day.year}@kunnskap",
        title=_("%(title)s (om lag)", title=event.title) if one.is_approximate else event.title,
        starts=one.day,
        ends=one.day + timedelta(days=1),
        text=event.about,
        url=f"{settings().address}/arshjul/{event.slug}",
        sequence=_changes(event),
    )


def _changes(event: YearEvent) -> int:
    """A number that grows each time editors change an event: minutes since 2020."""
    return (event.edited_at - datetime(2020, 1, 1, tzinfo=UTC)) // timedelta(minutes=1) if event.edited_at else 0


def _form(form: EventForm) -> EventForm:
    return form.offer([theme.slug for theme in themes.every()])


def _form_page(form: EventForm, event: YearEvent | None = None) -> str:
    return render_template(
        "year_wheel/form.html",
        form=form,
        event=event,
        theme_tree=themes.choices(language()),
        most_themes=rules.MOST_THEMES,
    )
