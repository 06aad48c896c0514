"""Who may do what with a person, and what a profile may say. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say
from kunnskap.people.models import LEVELS, WORKPLACES, Person
from kunnskap.places.models import COUNTY, MUNICIPALITY

MOST_THEMES = 10
LONGEST_LINE, LONGEST_ABOUT, LONGEST_PHONE = 120, 2_000, 30
MONTHS_CONFIRMED = 14
"""How long somebody can be asked after they last said that their profile holds."""
TIME_TO_SAY_OTHERWISE = timedelta(days=14)
"""How long somebody who is said to have left has to say that they have not, before nobody is led to them any more."""
AT_A_PLACE = {"municipality": MUNICIPALITY, "county": COUNTY}


@dataclass(frozen=True)
class Profile:
    """What a person tells. `shows_phone` is that they agree to the number being shown; `done`, `guide` and `learn` are theme slugs; `place_kind` is the kind of the place, if one is given."""

    name: str
    role: str = ""
    workplace_kind: str = "other"
    place_id: int | None = None
    place_kind: str = ""
    organisation: str = ""
    about: str = ""
    phone: str = ""
    shows_phone: bool = False
    done: Sequence[str] = ()
    guide: Sequence[str] = ()
    learn: Sequence[str] = ()
    listed: bool = True


def months_before(moment: datetime, months: int) -> datetime:
    """Give the same moment so many months earlier; the last day of a month that has not that many days."""
    before = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(before, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def confirmed_since(now: datetime) -> datetime:
    """A profile confirmed after this counts as true today."""
    return months_before(now, MONTHS_CONFIRMED)


def can_be_asked(person: Person, said_to_have_left: datetime | None, now: datetime) -> bool:
    """Whether others may be led to somebody as one who can help; `asking.can_be_asked` says the same in SQL.

    `said_to_have_left` is when a colleague said so, first of those times that are not settled.
    """
    is_shown = person.listed and person.name != "" and person.left_at is None
    is_doubted = said_to_have_left is not None and said_to_have_left <= now - TIME_TO_SAY_OTHERWISE
    return is_shown and person.confirmed_at > confirmed_since(now) and not is_doubted


def is_away(person: Person, day: date) -> bool:
    """Whether somebody is away that day; the first and the last day count, and one of them may be left open."""
    if person.away_from is None and person.away_until is None:
        return False
    return (person.away_from or day) <= day <= (person.away_until or day)


def may_edit(actor: Actor, person: Person) -> bool:
    """Oneself, and moderators; nobody gives a name to those who stand for former members."""
    if person.is_former:
        return False
    return actor.is_moderator or (actor.is_member and actor.person_id == person.id)


def may_see_contact(actor: Actor) -> bool:
    """E-mail and phone are for those who are signed in."""
    return actor.is_member


def may_give_phone(actor: Actor, person: Person, profile: Profile) -> bool:
    """The person alone agrees to a number being shown; moderators may let it stand as it is."""
    return actor.person_id == person.id or profile.phone == person.phone


def problems(profile: Profile) -> dict[str, str | Message]:
    """Say what is missing or wrong, by field; nothing when the profile may be kept."""
    found = _of_workplace(profile) | _of_lengths(profile) | _of_themes(profile) | _of_consent(profile)
    return _of_numbers(profile) | found


def _of_numbers(profile: Profile) -> dict[str, str | Message]:
    written = ("name", "role", "organisation", "about", "phone")
    return personal_numbers.problems({name: getattr(profile, name) for name in written})


def _of_consent(profile: Profile) -> dict[str, str | Message]:
    if profile.phone.strip() and not profile.shows_phone:
        return {"shows_phone": mark("Kryss av for at nummeret kan vises, eller la telefonfeltet stå tomt.")}
    return {}


def _of_workplace(profile: Profile) -> dict[str, str | Message]:
    kind = profile.workplace_kind
    if kind not in WORKPLACES:
        return {"workplace_kind": mark("Velg en av verdiene i listen.")}
    if kind in AT_A_PLACE and (profile.place_id is None or profile.place_kind != AT_A_PLACE[kind]):
        missing = {
            "municipality": mark("Velg kommunen du jobber i."),
            "county": mark("Velg fylkeskommunen du jobber i."),
        }
        return {"place": missing[kind]}
    if kind not in AT_A_PLACE and not profile.organisation.strip():
        return {"organisation": mark("Skriv hvor du jobber.")}
    return {}


def _of_lengths(profile: Profile) -> dict[str, str | Message]:
    if not profile.name.strip():
        return {"name": mark("Skriv navnet ditt.")}
    sizes = {name: (getattr(profile, name), LONGEST_LINE) for name in ("name", "role", "organisation")}
    sizes |= {"about": (profile.about, LONGEST_ABOUT), "phone": (profile.phone, LONGEST_PHONE)}
    return {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
        for name, (words, most) in sizes.items()
        if len(words) > most
    }


def _of_themes(profile: Profile) -> dict[str, str | Message]:
    return {
        name: say("Velg høyst %(count)s temaer.", count=MOST_THEMES)
        for name in LEVELS
        if len(set(getattr(profile, name))) > MOST_THEMES
    }
