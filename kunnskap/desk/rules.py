"""Who may sit at a network's desk, and what a letter and a report may be. Pure."""

from datetime import date, datetime, time, timedelta

from kunnskap import clock, personal_numbers
from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_WORDS, LONGEST_NOTE = 150, 20_000, 20_000, 500
LONGEST_PERIOD = timedelta(days=3 * 366)
MOST_STORIES = 20
STALE_AFTER = timedelta(days=730)
"""How long after somebody last said that it holds a resource is old."""
SILENT_AFTER = timedelta(days=182)
"""How long a member must have written nothing, and met nobody, to be silent."""
RUNS_OUT_WITHIN, JUST_OVER = timedelta(days=365), timedelta(days=60)
"""How far ahead, and how far back, a plan or an agreement is looked for that runs out."""
Problems = dict[str, str | Message]
TOO_LONG = "Teksten er for lang. Den kan ha høyst %(max)s tegn."


def may_use(actor: Actor, network_id: int) -> bool:
    """Its coordinators, and moderators."""
    return actor.is_moderator or network_id in actor.coordinated_ids


def may_read_letters(actor: Actor, network_id: int) -> bool:
    """Those who are in it, and moderators."""
    return actor.is_moderator or network_id in actor.network_ids


def letter_problems(subject: str, body: str) -> Problems:
    """Say what is missing or wrong in a letter, by field."""
    found: Problems = {}
    if not subject.strip():
        found["subject"] = mark("Skriv hva brevet handler om.")
    if not body.strip():
        found["body"] = mark("Skriv brevet.")
    return _too_long(subject=(subject, LONGEST_SUBJECT), body=(body, LONGEST_BODY)) | found


def report_problems(since: date | None, until: date | None, words: str = "") -> Problems:
    """Say what is missing or wrong in a report, by field."""
    found = _too_long(words=(words, LONGEST_WORDS))
    if since is None:
        found["since"] = mark("Velg den første dagen i perioden.")
    if until is None:
        found["until"] = mark("Velg den siste dagen i perioden.")
    if since and until and until < since:
        found["until"] = mark("Den siste dagen må være den første eller senere.")
    elif since and until and until - since > LONGEST_PERIOD:
        found["until"] = mark("Perioden kan være høyst tre år.")
    elif since and since > clock.today():
        found["since"] = mark("Perioden har ikke begynt ennå.")
    return found


def note_problems(notes: dict[str, str]) -> Problems:
    """Say which words on why a story was chosen cannot be kept, by field."""
    return _too_long(**{name: (words, LONGEST_NOTE) for name, words in notes.items()})


def _too_long(**texts: tuple[str, int]) -> Problems:
    found: Problems = {name: say(TOO_LONG, max=most) for name, (words, most) in texts.items() if len(words) > most}
    return personal_numbers.problems({name: words for name, (words, _most) in texts.items()}) | found


def begins(day: date) -> datetime:
    """The moment a day begins in Norway."""
    return datetime.combine(day, time(), clock.HERE)


def ends(day: date) -> datetime:
    """The moment a day is over in Norway."""
    return begins(day + timedelta(days=1))


def last_period(today: date) -> tuple[date, date]:
    """The period most reports are for: the calendar year until today, or last year's in January and February."""
    if today.month <= 2:
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    return date(today.year, 1, 1), today
