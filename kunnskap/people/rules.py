"""Who may do what with a person, and what a profile may say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say
from kunnskap.people.models import LEVELS, WORKPLACES, Person
from kunnskap.places.models import COUNTY, MUNICIPALITY

MOST_THEMES = 10
LONGEST_LINE, LONGEST_ABOUT, LONGEST_PHONE = 120, 2_000, 30
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
