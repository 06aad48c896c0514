"""Who may do what with a person, who may see how to reach them, and what a profile may say. Pure."""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.i18n import LANGUAGES, Message, mark, say
from kunnskap.people.models import (
    ASKS_A_WEEK,
    DAYS,
    EVERY_WORKING_DAY,
    EVERYONE,
    LEFT,
    LEVELS,
    MEMBERS,
    NETWORKS,
    SEEN_BY,
    WAYS,
    WORKPLACES,
    WRONG,
    Person,
    Position,
)
from kunnskap.places.models import COUNTY, MUNICIPALITY

MOST_THEMES = 10
LONGEST_LINE, LONGEST_ABOUT, LONGEST_PHONE, LONGEST_CONTACT, LONGEST_REPORT = 120, 2_000, 30, 200, 1_000
MOST_ASKS = 10
"""The highest number of questions a week somebody may want."""
MOST_POSITIONS = 20
FIRST_DAY = date(1950, 1, 1)
"""Nobody works with climate since before this."""
MONTHS_CONFIRMED = 14
"""How long somebody can be asked after they last said that their profile holds."""
MONTHS_TO_REMINDER = 12
"""How long after that they are asked again whether it does."""
TO_NEXT_REMINDER = timedelta(weeks=4)
"""How long after the first time they are asked once more."""
REMINDERS = 2
"""How often somebody is asked in a year at most."""
TIME_TO_SAY_OTHERWISE = timedelta(days=14)
"""How long somebody who is said to have left has to say that they have not, before nobody is led to them any more."""
LINK_LASTS = timedelta(days=90)
"""How long the link in a letter confirms a profile."""
STILL_HERE = "profile-holds"
"""The purpose of that link (`kunnskap.signed`)."""
AT_A_PLACE = {"municipality": MUNICIPALITY, "county": COUNTY}
REPORTED = {LEFT: mark("Har sluttet"), WRONG: mark("Feil i profilen")}
"""What colleagues may say about a profile."""
AGREE, DISMISS = "agree", "dismiss"
"""What those who look after people may say to a report: it holds, or it does not."""
CHOOSE = mark("Velg en av verdiene i listen.")


@dataclass(frozen=True)
class Work:
    """Where somebody works and as what. `place_kind` is the kind of the place, if one is given."""

    role: str = ""
    workplace_kind: str = "other"
    place_id: int | None = None
    place_kind: str = ""
    organisation: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Profile(Work):
    """What a person tells. `done`, `guide` and `learn` are theme slugs.

    `shows_phone` is that they agree to the number being shown to those in `phone_for`. `is_correction` is that the work
    was written wrong before, so nothing of it is kept as a former position. The rest is as in Person.
    """

    name: str = ""
    about: str = ""
    contact_about: str = ""
    email_for: str = MEMBERS
    phone: str = ""
    phone_for: str = MEMBERS
    shows_phone: bool = False
    other_contact: str = ""
    other_contact_for: str = MEMBERS
    working_days: str = EVERY_WORKING_DAY
    away_from: date | None = None
    away_until: date | None = None
    stand_in_id: int | None = None
    language: str = "nb"
    asks_a_week: int = ASKS_A_WEEK
    wants_pairs: bool = False
    listed: bool = True
    done: Sequence[str] = ()
    guide: Sequence[str] = ()
    learn: Sequence[str] = ()
    is_correction: bool = False


@dataclass(frozen=True)
class Former(Work):
    """A former position; `until` is the last day of it."""

    until: date | None = None


def months_before(moment: datetime, months: int) -> datetime:
    """Give the same moment so many months earlier; the last day of a month that has not that many days."""
    before = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(before, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def confirmed_since(now: datetime) -> datetime:
    """A profile confirmed after this counts as true today."""
    return months_before(now, MONTHS_CONFIRMED)


def is_confirmed(person: Person, now: datetime) -> bool:
    """Whether somebody has said within 14 months that their profile holds."""
    return person.confirmed_at > confirmed_since(now)


def can_be_asked(person: Person, said_to_have_left: datetime | None, now: datetime) -> bool:
    """Whether others may be led to somebody as one who can help; `asking.can_be_asked` says the same in SQL.

    `said_to_have_left` is when a colleague said so, first of those times that are not settled.
    """
    is_doubted = said_to_have_left is not None and said_to_have_left <= now - TIME_TO_SAY_OTHERWISE
    return is_shown(person) and is_confirmed(person, now) and not is_doubted


def is_shown(person: Person) -> bool:
    """Whether somebody stands in the directory."""
    return person.listed and person.name != "" and person.left_at is None


def is_away(person: Person, day: date) -> bool:
    """Whether somebody is away that day; the first and the last day count, and one of them may be left open."""
    if person.away_from is None and person.away_until is None:
        return False
    return (person.away_from or day) <= day <= (person.away_until or day)


def may_edit(actor: Actor, person: Person) -> bool:
    """Oneself, and moderators; nobody gives a name to those who stand for former members."""
    if person.is_former:
        return False
    return actor.is_moderator or is_self(actor, person)


def is_self(actor: Actor, person: Person) -> bool:
    """Whether the actor is this person."""
    return actor.is_member and actor.person_id == person.id


def may_see_way(actor: Actor, person: Person, way: str, their_network_ids: Collection[int]) -> bool:
    """Whether somebody is shown a way to reach a person (one of WAYS); what is not allowed here is not.

    Everybody sees their own. Those who have left or stand in no directory show none to others. Moderators see what
    members see. A phone number must besides have been agreed to (`queries.shown_phone`).
    """
    if way not in WAYS or person.is_former or not person.name:
        return False
    if is_self(actor, person):
        return True
    if not is_shown(person):
        return False
    level = getattr(person, f"{way}_for")
    if level == NETWORKS:
        return actor.is_member and not actor.network_ids.isdisjoint(their_network_ids)
    return level == EVERYONE or (level == MEMBERS and actor.is_member)


def keeps_way_to_networks(person: Person) -> bool:
    """Whether somebody shows a way to reach them only to those in a network with them: others must not put them in one."""
    return any(getattr(person, way) and getattr(person, f"{way}_for") == NETWORKS for way in WAYS)


def may_give_phone(actor: Actor, person: Person, profile: Profile) -> bool:
    """The person alone agrees to a number being shown, and to whom; moderators may let it stand as it is, or remove it."""
    if is_self(actor, person) or not profile.phone:
        return True
    return (profile.phone, profile.phone_for) == (person.phone, person.phone_for)


def may_report(actor: Actor, person: Person) -> bool:
    """Whoever is signed in may say that another has left or that a profile is wrong, while there is somebody to ask."""
    is_there = not person.is_former and person.name != "" and person.left_at is None
    return actor.is_member and is_there and not is_self(actor, person)


def may_settle(actor: Actor, person: Person, their_network_ids: Collection[int]) -> bool:
    """Moderators, and those who coordinate a network the person is in; nobody in their own case."""
    if is_self(actor, person):
        return False
    return actor.is_moderator or not actor.coordinated_ids.isdisjoint(their_network_ids)


def report_problems(what: str, words: str) -> dict[str, str | Message]:
    """Say what is missing or wrong in a report, by field."""
    found: dict[str, str | Message] = {}
    if what not in REPORTED:
        found["what"] = CHOOSE
    if what == WRONG and not words.strip():
        found["words"] = mark("Skriv hva som er feil, så det kan rettes.")
    if len(words) > LONGEST_REPORT:
        found["words"] = say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_REPORT)
    return personal_numbers.problems({"words": words}) | found


def has_new_work(person: Person, work: Work) -> bool:
    """Whether somebody has come to another workplace or got another role; what was empty before is only filled in."""
    was, now = _workplace(person), _workplace(work)
    is_other_role = bool(person.role.strip()) and _same(person.role) != _same(work.role)
    is_other_place = bool(was[1]) and was != now
    return is_other_role or is_other_place


def _workplace(work: Work | Person) -> tuple[str, object]:
    """Where it is; what a municipality calls the department does not count."""
    if work.workplace_kind in AT_A_PLACE and work.place_id is not None:
        return work.workplace_kind, work.place_id
    return work.workplace_kind, _same(work.organisation)


def _same(words: str) -> str:
    return " ".join(words.split()).casefold()


def former_of(person: Person, work: Work, today: date) -> Position:
    """What somebody did before the work that is told now; it ended when that began, or else today."""
    is_told = work.since is not None and work.since != person.since and work.since <= today
    until = work.since if is_told and work.since else today
    since = person.since if person.since is None or person.since <= until else None
    return Position(
        person_id=person.id,
        role=person.role,
        workplace_kind=person.workplace_kind,
        place_id=person.place_id,
        organisation=person.organisation,
        since=since,
        until=until,
    )


def problems(profile: Profile, today: date) -> dict[str, str | Message]:
    """Say what is missing or wrong, by field; nothing when the profile may be kept."""
    found = workplace_problems(profile) | _of_lengths(profile) | _of_themes(profile) | _of_consent(profile)
    found |= _of_choices(profile) | _of_days(profile, today)
    written = ("name", "role", "organisation", "about", "contact_about", "phone", "other_contact")
    return personal_numbers.problems({name: getattr(profile, name) for name in written}) | found


def former_problems(former: Former, today: date) -> dict[str, str | Message]:
    """Say what is missing or wrong in a former position, by field."""
    found = workplace_problems(former) | _too_long({name: getattr(former, name) for name in ("role", "organisation")})
    if former.since is not None and not FIRST_DAY <= former.since <= today:
        found["since"] = mark("Skriv en dato som har vært.")
    if former.until is not None and not FIRST_DAY <= former.until <= today:
        found["until"] = mark("Skriv en dato som har vært.")
    elif former.since is not None and former.until is not None and former.until < former.since:
        found["until"] = mark("Sluttdatoen er før startdatoen.")
    return personal_numbers.problems({"role": former.role, "organisation": former.organisation}) | found


def _of_consent(profile: Profile) -> dict[str, str | Message]:
    if profile.phone.strip() and not profile.shows_phone:
        return {"shows_phone": mark("Kryss av for at nummeret kan vises, eller la telefonfeltet stå tomt.")}
    return {}


def workplace_problems(work: Work) -> dict[str, str | Message]:
    """Say what is missing or wrong about where somebody works, by field."""
    kind = work.workplace_kind
    if kind not in WORKPLACES:
        return {"workplace_kind": CHOOSE}
    if kind in AT_A_PLACE and (work.place_id is None or work.place_kind != AT_A_PLACE[kind]):
        missing = {
            "municipality": mark("Velg kommunen du jobber i."),
            "county": mark("Velg fylkeskommunen du jobber i."),
        }
        return {"place": missing[kind]}
    if kind not in AT_A_PLACE and not work.organisation.strip():
        return {"organisation": mark("Skriv hvor du jobber.")}
    return {}


LENGTHS: Mapping[str, int] = {
    "name": LONGEST_LINE,
    "role": LONGEST_LINE,
    "organisation": LONGEST_LINE,
    "about": LONGEST_ABOUT,
    "contact_about": LONGEST_CONTACT,
    "phone": LONGEST_PHONE,
    "other_contact": LONGEST_LINE,
}


def _of_lengths(profile: Profile) -> dict[str, str | Message]:
    if not profile.name.strip():
        return {"name": mark("Skriv navnet ditt.")}
    return _too_long({name: getattr(profile, name) for name in LENGTHS})


def _too_long(told: Mapping[str, str]) -> dict[str, str | Message]:
    return {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LENGTHS[name])
        for name, words in told.items()
        if len(words) > LENGTHS[name]
    }


def _of_themes(profile: Profile) -> dict[str, str | Message]:
    return {
        name: say("Velg høyst %(count)s temaer.", count=MOST_THEMES)
        for name in LEVELS
        if len(set(getattr(profile, name))) > MOST_THEMES
    }


def _of_choices(profile: Profile) -> dict[str, str | Message]:
    allowed = {f"{way}_for": getattr(profile, f"{way}_for") in SEEN_BY for way in WAYS}
    allowed["language"] = profile.language in LANGUAGES
    allowed["asks_a_week"] = 0 <= profile.asks_a_week <= MOST_ASKS
    allowed["working_days"] = set(profile.working_days) <= set(DAYS)
    found: dict[str, str | Message] = {name: CHOOSE for name, is_fine in allowed.items() if not is_fine}
    if not profile.working_days:
        found["working_days"] = mark("Velg minst én dag.")
    return found


def _of_days(profile: Profile, today: date) -> dict[str, str | Message]:
    found: dict[str, str | Message] = {}
    if profile.since is not None and not FIRST_DAY <= profile.since <= today + timedelta(days=366):
        found["since"] = mark("Skriv datoen du begynte.")
    first, last = profile.away_from, profile.away_until
    if first is not None and last is not None and last < first:
        found["away_until"] = mark("Siste dag er før første dag.")
    if any(day is not None and abs((day - today).days) > 3 * 366 for day in (first, last)):
        found.setdefault("away_until", mark("Skriv datoer innen tre år."))
    return found
