"""Who may do what in a network, and what one may say of itself. Pure: no database, no request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kunnskap import personal_numbers, text
from kunnskap.actor import Actor
from kunnskap.errors import Invalid
from kunnskap.i18n import Message, mark, say
from kunnskap.networks.models import COORDINATOR, MEMBER, Network

ROLES = (MEMBER, COORDINATOR)
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_TOPICS, LONGEST_TASK = 100, 4_000, 500, 80
MOST_THEMES = 10
TAKEN = frozenset({"nytt", "mine", "uten-koordinator", "ut"})
"""Addresses under /nettverk that are no network's."""
LEAVING = "leave network"
"""What the links are for by which somebody leaves a network without signing in."""
LINK_LASTS = timedelta(days=90)
CHOOSES_NETWORKS = mark(
    "Denne personen viser kontaktopplysninger bare i nettverk de selv har valgt. Send en invitasjon i stedet."
)
FIRST_DAY = date(1990, 1, 1)
AHEAD = timedelta(days=366)


class LastCoordinator(Invalid):
    """The network would stand without a coordinator."""

    def __init__(self) -> None:
        super().__init__(form=mark("Nettverket må ha en koordinator. Gjør en annen til koordinator først."))


@dataclass(frozen=True)
class Told:
    """What a network says of itself. `theme_ids` are themes of the tree, `topics` what they are called in its own words."""

    description: str
    topics: str = ""
    is_open: bool = True
    theme_ids: Sequence[int] = ()


def may_join(actor: Actor, network: Network) -> bool:
    """Whoever is signed in and not in it yet, while it is open."""
    return actor.is_member and network.is_open and network.id not in actor.network_ids


def may_leave(actor: Actor, network: Network) -> bool:
    """Whoever is in it."""
    return actor.is_member and network.id in actor.network_ids


def may_coordinate(actor: Actor, network: Network) -> bool:
    """Its coordinators, and moderators."""
    return actor.is_moderator or network.id in actor.coordinated_ids


def sees_everyone(actor: Actor, network: Network) -> bool:
    """Whether the actor knows all who are in it: those who are in it themselves, and moderators. Others see the listed."""
    return actor.is_moderator or network.id in actor.network_ids


def checked(told: Told) -> Told:
    """Give what a network says as it is kept; raises Invalid."""
    kept = Told(told.description.strip(), told.topics.strip(), told.is_open, tuple(dict.fromkeys(told.theme_ids)))
    sizes = {"description": (kept.description, LONGEST_DESCRIPTION), "topics": (kept.topics, LONGEST_TOPICS)}
    problems: dict[str, str | Message] = {}
    if not kept.description:
        problems["description"] = mark("Skriv hva nettverket er.")
    if len(kept.theme_ids) > MOST_THEMES:
        problems["themes"] = say("Velg høyst %(count)s temaer.", count=MOST_THEMES)
    problems |= _too_long(sizes)
    if problems := problems | personal_numbers.problems({name: words for name, (words, _most) in sizes.items()}):
        raise Invalid(**problems)
    return kept


def checked_name(name: str) -> tuple[str, str]:
    """Give the name of a new network as it is kept, and the end of its address; raises Invalid."""
    kept = " ".join(name.split())
    if not kept:
        raise Invalid(name=mark("Skriv hva nettverket heter."))
    if problems := _too_long({"name": (kept, LONGEST_NAME)}) | personal_numbers.problems({"name": kept}):
        raise Invalid(**problems)
    slug = text.slug(kept)
    return kept, f"{slug}-nettverk" if slug in TAKEN else slug


def checked_task(task: str) -> str:
    """Give what somebody does in a network as it is kept; raises Invalid."""
    kept = " ".join(task.replace("\x00", " ").split())
    if problems := _too_long({"task": (kept, LONGEST_TASK)}) | personal_numbers.problems({"task": kept}):
        raise Invalid(**problems)
    return kept


def _too_long(sizes: dict[str, tuple[str, int]]) -> dict[str, str | Message]:
    return {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
        for name, (words, most) in sizes.items()
        if len(words) > most
    }


def check_days(since: date | None, until: date | None, today: date) -> None:
    """Refuse days a place cannot have come to a network or left it; raises Invalid."""
    for name, day in (("since", since), ("until", until)):
        if day is not None and not FIRST_DAY <= day <= today + AHEAD:
            raise Invalid(**{name: mark("Skriv en dato fra 1990 til om ett år.")})
    if since is not None and until is not None and until < since:
        raise Invalid(until=mark("Den kan ikke slutte før den begynte."))
