"""Calendars of meetings: one meeting's file, a network's feed, and everybody's own with a secret address."""

from collections.abc import Iterable

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap import calendars as files
from kunnskap import signed
from kunnskap.accounts.letting_in import settings
from kunnskap.errors import NotFound
from kunnskap.meetings import actions, queries, rules
from kunnskap.meetings.models import Meeting
from kunnskap.networks import queries as networks
from kunnskap.rights import MEMBER
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.limits import ASKING, limiter
from kunnskap.web.page_cache import not_kept
from kunnskap.web.robots import unlisted

calendars = Blueprint("calendars", __name__)
PURPOSE = "kalender"


@calendars.get("/moter/<int:meeting_id>/mote.ics")
@open_door
@unlisted
def meeting(meeting_id: int) -> ResponseReturnValue:
    """Give one meeting as a calendar file, to whoever may see its page."""
    found = queries.meeting(actor(), meeting_id)
    answer = _file([found], "")
    answer.headers["Content-Disposition"] = "attachment; filename=mote.ics"
    return answer


@calendars.get("/kalender/nettverk/<slug>.ics")
@open_door
@limiter.limit(ASKING)
@unlisted
def network(slug: str) -> ResponseReturnValue:
    """Give a network's meetings that are for everyone."""
    found = networks.by_slug(slug)
    return _file(queries.calendar_of_network(found.id), found.name)


@calendars.get("/kalender/<mark>.ics")
@open_door
@limiter.limit(ASKING)
@unlisted
def own(mark: str) -> ResponseReturnValue:
    """Give somebody's own calendar to whoever has its secret address, while the account opens the house."""
    facts = signed.facts(settings().secret_key, PURPOSE, mark) or {}
    person_id, number = facts.get("person"), facts.get("number")
    if not isinstance(person_id, int) or queries.calendar_number(person_id) != number:
        raise NotFound
    account = queries.account_of(person_id)
    if account is None:
        raise NotFound
    # Whoever has the address has shown no second factor: it tells what a plain member may see.
    return _file(queries.calendar_of(account.acting_as(MEMBER)), "Kunnskap")


@calendars.get("/kalender")
@members
def page() -> Response:
    """Show the addresses of one's calendars."""
    person_id = actor().person_id or 0
    given = settings()
    facts: signed.Facts = {"person": person_id, "number": queries.calendar_number(person_id)}
    address = f"{given.address}/kalender/{signed.mark(given.secret_key, PURPOSE, facts)}.ics"
    return not_kept(
        render_template(
            "meetings/calendar.html", address=address, networks=networks.of_person(person_id), site=given.address
        )
    )


@calendars.post("/kalender")
@members
def renew() -> ResponseReturnValue:
    """Make a new secret address; the old one shuts."""
    actions.new_calendar_address(actor())
    flash(_("Du har fått en ny adresse. Den gamle virker ikke lenger."))
    return redirect(url_for("calendars.page"), 303)


def _file(found: Iterable[Meeting], name: str) -> Response:
    entries = [rules.entry(one, settings().address) for one in found]
    answer = Response(files.write(entries, name), mimetype=files.MEDIA_TYPE)
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    return answer
