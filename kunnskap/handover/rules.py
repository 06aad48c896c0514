"""What can be handed over, by whom, and what must be said first. Pure: no database, no request."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say
from kunnskap.people.models import Person
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, QUESTION

QUESTIONS, EXPERIENCES, DOCUMENTS, NAMELESS = "questions", "experiences", "documents", "nameless"
FOLLOWS, CONTACTS, STAND_IN, NETWORKS = "follows", "contacts", "stand_in", "networks"
HANDED: Mapping[str, str] = {
    QUESTIONS: mark("Spørsmål som ikke er løst"),
    EXPERIENCES: mark("Erfaringer"),
    DOCUMENTS: mark("Dokumenter"),
    CONTACTS: mark("Kontaktperson for erfaringer"),
    FOLLOWS: mark("Temaer, steder, nettverk og innlegg som følges"),
    STAND_IN: mark("Stedfortreder for kollegaer"),
    NETWORKS: mark("Plass og oppgaver i nettverk"),
    NAMELESS: mark("Spørsmål stilt uten navn"),
}
"""What may be handed over, in the order it is shown."""
POSTS: Mapping[str, str] = {QUESTIONS: QUESTION.key, EXPERIENCES: EXPERIENCE.key, DOCUMENTS: DOCUMENT.key}
"""The kind of post behind each of those that are posts with a name."""
SHARED = (EXPERIENCE, DOCUMENT)
CHOSEN_FIRST = tuple(kind for kind in HANDED if kind != NAMELESS)
"""What is ticked from the start. Who asked without a name decides for themselves whether colleagues get to see it."""
FOLLOWED = ("theme", "place", "network", "post")
LONGEST_WORDS = 2_000
FURTHEST, LONGEST_AGO = timedelta(days=366), timedelta(days=3 * 366)
TO_PERSON, TO_PLACE = "person", "place"
RECEIVERS = {TO_PERSON: mark("En kollega"), TO_PLACE: mark("Kommunen som sådan")}
TO_MODERATORS = 0
"""Instead of the number of a person: nobody is found, so moderators are told that a network has no coordinator."""

NO_SUCCESSOR = mark("Skriv navnet på den som tar over.")
NOT_FOUND = mark("Vi finner ingen med konto og dette navnet. Sjekk skrivemåten, eller velg kommunen som sådan.")
SEVERAL = mark("Flere heter dette. Skriv navn og kommune, for eksempel «Kari Nordmann, Skien».")
NOT_ONESELF = mark("Den som slutter, kan ikke ta over etter seg selv.")
NO_PLACE = mark("Arbeidsstedet er ingen kommune eller fylkeskommune. Velg en kollega.")
NO_DAY = mark("Velg en dag innenfor det neste året.")
WAITING = mark("En overtakelse venter allerede. Avbryt den først hvis du vil endre noe.")
DONE = mark("Det er allerede overlatt til andre.")
NO_SUCH_KIND = mark("Velg en av verdiene i listen.")
NO_COORDINATOR = mark("Velg hvem som skal koordinere %(network)s.")


@dataclass(frozen=True)
class Wish:
    """What somebody wants to hand over. Without a successor it goes to all who work at the place.

    `coordinators` says for networks by id who looks after them from now on (TO_MODERATORS: nobody yet). Who `moves`
    goes on with climate work elsewhere, and stays in the directory and in networks.
    """

    leaves_on: date
    successor_id: int | None = None
    place_id: int | None = None
    words: str = ""
    kinds: Collection[str] = CHOSEN_FIRST
    moves: bool = False
    coordinators: Mapping[int, int] = field(default_factory=dict)


def problems(wish: Wish, person_id: int, today: date) -> dict[str, str | Message]:
    """Say what is wrong with a wish, by field; nothing when it can be kept."""
    found: dict[str, str | Message] = dict(personal_numbers.problems({"words": wish.words}))
    if not today - LONGEST_AGO <= wish.leaves_on <= today + FURTHEST:
        found["leaves_on"] = NO_DAY
    if wish.successor_id == person_id:
        found["successor"] = NOT_ONESELF
    if wish.successor_id is None and wish.place_id is None:
        found["to"] = NO_PLACE
    if len(wish.words) > LONGEST_WORDS:
        found["words"] = say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_WORDS)
    if not set(wish.kinds) <= HANDED.keys():
        found["kinds"] = NO_SUCH_KIND
    return found


def may_do_for(actor: Actor, person: Person, network_ids: Collection[int], *, has_left: bool) -> bool:
    """Moderators, and those who coordinate a network the person is in, may do it for somebody who has left already."""
    if person.is_former or not has_left or actor.person_id == person.id:
        return False
    return actor.is_moderator or not actor.coordinated_ids.isdisjoint(network_ids)


def heir_of(network_id: int, wish: Mapping[str, int], successor_id: int | None) -> int | None:
    """Say who is to coordinate a network from now on: whom the leaver chose, otherwise the successor."""
    return wish.get(str(network_id), successor_id) or None
