"""Who can write to whom, and what a message may say. Pure: no database, no request."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.dates import format_datetime

from kunnskap import clock, personal_numbers
from kunnskap.actor import Actor
from kunnskap.errors import Invalid
from kunnskap.i18n import Message as Words
from kunnskap.i18n import mark, say
from kunnskap.messages.models import Talk
from kunnskap.people.models import Person

LONGEST, LONGEST_SUBJECT = 5_000, 120
"""Characters."""
FIRST_WORDS = 300
"""How much of a message the mail about it tells."""
SENDING, SENDING_NEW = "20 per hour", "6 per hour"
"""How many messages somebody may send, and how many while they are new here."""
STARTING, STARTING_NEW = "5 per hour;20 per day", "2 per hour;4 per day"
"""How many new conversations somebody may begin, and how many while they are new here."""
TIMES = ("first", "second", "third")
"""The fields a talk's times are written in."""
LONGEST_WHERE = 500
AHEAD = timedelta(days=380)
"""How far ahead a talk may be."""
WAITING, AGREED, DECLINED, CANCELLED, PASSED = "waiting", "agreed", "declined", "cancelled", "passed"
"""How a talk stands; passed when nobody chose while there was time."""
_SENT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::00)?", re.ASCII)
_WRITTEN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}),?(?:\s?kl\.?)?\s(\d{1,2})[.:](\d{2})", re.ASCII)
SELF, CLOSED, BLOCKING = "self", "closed", "blocking"
"""Why one cannot write: to oneself, to somebody who takes no messages (from the actor, or at all), to whom one has
asked for none from. Whoever is not wanted is told what is told about those without an account."""
WHY_NOT = {
    SELF: mark("Du kan ikke skrive til deg selv."),
    CLOSED: mark("Det går ikke an å skrive til denne personen her nå."),
    BLOCKING: mark("Du har sagt at du ikke vil ha meldinger fra denne personen. Ta imot igjen, så kan dere skrive."),
}


def why_not(actor: Actor, person: Person, *, takes_messages: bool, blocking: bool, blocked: bool) -> str | None:
    """Say why the actor cannot write to somebody, as a key of WHY_NOT; None when they can."""
    if actor.person_id == person.id:
        return SELF
    if blocking:
        return BLOCKING
    return None if takes_messages and not blocked and not person.is_former else CLOSED


def problems(body: str, subject: str | None = None) -> dict[str, str | Words]:
    """Say what is wrong with a message, by field; `subject` is none in an answer."""
    found: dict[str, str | Words] = {}
    if not body.strip():
        found["body"] = mark("Skriv meldingen.")
    elif len(body) > LONGEST:
        found["body"] = say("Meldingen er for lang. Den kan ha høyst %(count)s tegn.", count=LONGEST)
    if subject is not None and not subject.strip():
        found["subject"] = mark("Skriv hva det gjelder.")
    elif subject is not None and len(subject) > LONGEST_SUBJECT:
        found["subject"] = say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_SUBJECT)
    return personal_numbers.problems({"body": body, "subject": subject or ""}) | found


def suggestion_problems(where: str, body: str) -> dict[str, str | Words]:
    """Say what is wrong with what is told beside the times of a talk, by field; the words may be left out."""
    found: dict[str, str | Words] = {}
    if not where.strip():
        found["where"] = mark("Skriv hvor dere snakker: en lenke til Teams eller et telefonnummer.")
    elif len(where) > LONGEST_WHERE:
        found["where"] = say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_WHERE)
    if len(body) > LONGEST:
        found["body"] = say("Meldingen er for lang. Den kan ha høyst %(count)s tegn.", count=LONGEST)
    return personal_numbers.problems({"body": body, "where": where}) | found


def moments(written: Sequence[str], now: datetime) -> list[datetime]:
    """Read the times of a talk, in the order of TIMES, as moments in UTC. Raises Invalid by field."""
    problems: dict[str, str | Words] = {}
    found: list[datetime] = []
    for name, words in zip(TIMES, written, strict=True):
        try:
            moment = moment_of(words)
        except ValueError as refused:
            problems[name] = str(refused)
            continue
        problem = _of_moment(moment, found, now)
        if problem is not None:
            problems[name] = problem
        found.append(moment)
    if problems:
        raise Invalid(**problems)
    return found


def _of_moment(moment: datetime, earlier: Sequence[datetime], now: datetime) -> str | None:
    if moment <= now:
        return mark("Dette tidspunktet har vært. Velg et som kommer.")
    if moment - now > AHEAD:
        return mark("Velg et tidspunkt innen ett år.")
    return mark("Du har foreslått dette tidspunktet allerede. Velg et annet.") if moment in earlier else None


def moment_of(words: str) -> datetime:
    """Read a time by the clock in Norway, as browsers send it or as "1.12.2026 10.00", as a moment in UTC.

    Of an hour that comes twice, when the clock is set back, the first is meant. Raises ValueError with what to say.
    """
    if not words.strip():
        raise ValueError(mark("Velg dag og klokkeslett."))
    try:
        moment = clock.moment_of(_local(words.strip()))
    except (ValueError, OverflowError):
        raise ValueError(mark("Skriv dag og klokkeslett slik: 24.11.2026 10.00.")) from None
    if moment is None:
        raise ValueError(mark("Dette klokkeslettet finnes ikke, for klokka stilles fram til sommertid. Velg et annet."))
    return moment


def _local(words: str) -> datetime:
    sent, written = _SENT.fullmatch(words), _WRITTEN.fullmatch(words)
    if sent:
        year, month, day, hour, minute = map(int, sent.groups())
    elif written:
        day, month, year, hour, minute = map(int, written.groups())
    else:
        raise ValueError(words)
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 -- it is what a clock on the wall shows


def written_time(moment: datetime, language: str) -> str:
    """Write a moment by the clock in Norway: "tirsdag 1. desember 2026 kl. 10.00".

    In the hour that comes twice it says which, as "(UTC+2)".
    """
    shape = "EEEE d MMMM y, HH:mm" if language == "en" else "EEEE d. MMMM y 'kl.' HH.mm"
    local = moment.astimezone(clock.HERE)
    words = format_datetime(local, shape, tzinfo=clock.HERE, locale=language)
    offset = local.utcoffset() or timedelta()
    return f"{words} (UTC+{offset // timedelta(hours=1)})" if clock.comes_twice(moment) else words


def times_of(talk: Talk) -> list[datetime]:
    """The moments a talk may be at."""
    return [datetime.fromisoformat(one) for one in talk.times]


def state(talk: Talk, now: datetime) -> str:
    """Say how a talk stands."""
    if talk.cancelled_at is not None:
        return CANCELLED
    if talk.chosen_at is not None:
        return AGREED
    if talk.declined_at is not None:
        return DECLINED
    return WAITING if max(times_of(talk)) > now else PASSED


def may_cancel(talk: Talk, now: datetime) -> bool:
    """One that is agreed and has not begun, or waits for an answer."""
    stands = state(talk, now)
    return stands == WAITING or (stands == AGREED and talk.chosen_at is not None and talk.chosen_at > now)
