"""Calendar files (iCalendar, RFC 5545), for one entry or for a feed of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

from kunnskap import clock

MAKER = "-//Kunnskap//NO"
MEDIA_TYPE = "text/calendar"


@dataclass(frozen=True)
class Entry:
    """Something in a calendar, from `starts` to `ends`: two moments (aware), or two days, the last not counted.

    `uid` names it for ever; a higher `sequence` takes the place of a lower one.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    text: str = ""
    where: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False


def write(entries: Iterable[Entry], name: str = "") -> bytes:
    """Write a calendar; `name` is what a calendar program calls it. Moments are written in UTC, so no zone is needed."""
    made = Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("x-wr-calname", name)
    for entry in entries:
        made.add_component(_event(entry))
    return bytes(made.to_ical())


def _event(entry: Entry) -> Event:
    made = Event()
    made.add("uid", entry.uid)
    made.add("dtstamp", clock.now())
    made.add("dtstart", _in_utc(entry.starts))
    made.add("dtend", _in_utc(entry.ends))
    made.add("summary", entry.title)
    made.add("sequence", entry.sequence)
    made.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    for name, words in (("description", entry.text), ("location", entry.where), ("url", entry.url)):
        if words:
            made.add(name, words)
    return made


def _in_utc(when: datetime | date) -> datetime | date:
    return when.astimezone(UTC) if isinstance(when, datetime) else when
