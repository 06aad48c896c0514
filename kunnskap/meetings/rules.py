"""Who may do what with a meeting, and what may be said in it. Pure: no database, no request."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kunnskap import clock, personal_numbers, text
from kunnskap.actor import Actor
from kunnskap.calendars import Entry
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import Message, mark, say
from kunnskap.meetings.models import PROPOSED, Homework, Meeting, MinutesPart

NETWORK, MEMBERS, EVERYONE = "network", "members", "everyone"
AUDIENCES = {
    NETWORK: mark("Bare de som er med i nettverket"),
    MEMBERS: mark("Alle som er logget inn"),
    EVERYONE: mark("Alle, også de som ikke er logget inn"),
}
ANSWER, EXPERIENCE = "answer", "experience"
LONGEST_TITLE, LONGEST_LINE, LONGEST_LINK, LONGEST_NOTE = 150, 200, 500, 1_000
LONGEST_TEXT, LONGEST_MINUTES = 10_000, 100_000
MOST_POINTS, MOST_HOMEWORK = 60, 60
STALE_AFTER_MONTHS = 24
"""How long nobody has said that a resource still holds before a meeting is to look at it."""
LINK = re.compile(r"https://[^\s<>\"@/]+\.[^\s<>\"@/]+(/[^\s<>\"]*)?", re.IGNORECASE)
HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
DEEPEST = 3
Problems = dict[str, str | Message]


@dataclass(frozen=True)
class Plan:
    """What a coordinator says of a meeting; `has_been` that it lies behind us and is only written down."""

    title: str
    starts_at: datetime
    ends_at: datetime
    description: str = ""
    location: str = ""
    link: str = ""
    audience: str = NETWORK
    has_been: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the minutes under a heading of its own; `number` counts from 1."""

    number: int
    heading: str
    body: str


def may_run(actor: Actor, network_id: int) -> bool:
    """Coordinators of the network, and moderators (as `networks.rules.may_coordinate`)."""
    return actor.is_moderator or network_id in actor.coordinated_ids


def is_inside(actor: Actor, network_id: int) -> bool:
    """Whether the actor reads what is the network's own: minutes, who comes, homework."""
    return actor.is_moderator or network_id in actor.network_ids


def may_see(actor: Actor, meeting: Meeting) -> bool:
    """Whoever the meeting is for (the twin of `queries.seen`)."""
    if is_inside(actor, meeting.network_id) or meeting.audience == EVERYONE:
        return True
    return meeting.audience == MEMBERS and actor.is_member


def may_sign_up(actor: Actor, meeting: Meeting) -> bool:
    """Members whom the meeting is for, until it is over."""
    return actor.is_member and may_see(actor, meeting) and meeting.cancelled_at is None and not is_over(meeting)


def may_settle(actor: Actor, homework: Homework, network_id: int) -> bool:
    """Whoever it was given to; what is everybody's, everybody in the network for themselves."""
    if actor.person_id is None or network_id not in actor.network_ids:
        return False
    return homework.is_everybodys or homework.person_id == actor.person_id


def is_over(meeting: Meeting) -> bool:
    """Whether it has ended."""
    return meeting.ends_at <= clock.now()


def has_begun(meeting: Meeting) -> bool:
    """Whether it has begun, so that it is known who was there."""
    return meeting.starts_at <= clock.now()


def problems(plan: Plan, before: Meeting | None = None) -> Problems:
    """Say what is wrong with a meeting, by field of its form; `before` is how it stands when it is changed."""
    found: Problems = _of_time(plan, before)
    if not plan.title.strip():
        found["title"] = mark("Skriv hva møtet heter.")
    if not plan.location and not plan.link:
        found["location"] = mark("Skriv et sted eller en lenke, så folk finner fram.")
    if plan.link and not LINK.fullmatch(plan.link):
        found["link"] = mark("Skriv hele lenken. Den begynner med https://")
    if plan.audience not in AUDIENCES:
        found["audience"] = mark("Velg hvem møtet er for.")
    sizes = {
        "title": (plan.title, LONGEST_TITLE), "description": (plan.description, LONGEST_TEXT),
        "location": (plan.location, LONGEST_LINE), "link": (plan.link, LONGEST_LINK),
    }  # fmt: skip
    return (
        found
        | too_long(sizes)
        | numbers({"title": plan.title, "description": plan.description, "location": plan.location})
    )


def _of_time(plan: Plan, before: Meeting | None) -> Problems:
    same = before is not None and (before.starts_at, before.ends_at) == (plan.starts_at, plan.ends_at)
    if same or plan.has_been or plan.starts_at > clock.now():
        return {}
    return {
        "day": mark("Dette tidspunktet har vært. Velg et som kommer, eller kryss av for at møtet har vært."),
    }


def numbers(words: Mapping[str, str]) -> Problems:
    """Say where identity numbers and account numbers stand."""
    return personal_numbers.problems(words)


def too_long(sizes: Mapping[str, tuple[str, int]]) -> Problems:
    """Say which texts are longer than they may be."""
    return {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
        for name, (words, most) in sizes.items()
        if len(words) > most
    }


def refuse(found: Problems) -> None:
    """Raise Invalid when there is something wrong."""
    if found:
        raise Invalid(**found)


def uid(person_id: int, form_key: str) -> str:
    """Name a meeting for calendars by the form that made it, so that a form sent twice makes one."""
    return (
        f"{uuid.uuid5(uuid.NAMESPACE_OID, f'meeting {person_id} {form_key}')}@kunnskap"
        if form_key
        else f"{uuid.uuid4()}@kunnskap"
    )


def digest(minutes: str) -> str:
    """Tell one text of minutes from another, so that nobody writes over what they have not seen."""
    return hashlib.sha256(minutes.encode()).hexdigest()[:16]


def sections(minutes: str) -> list[Section]:
    """Find the parts of minutes: each begins with a heading of level 2 or 3 and ends at the next heading down to level 3."""
    found: list[tuple[str, list[str]]] = []
    fence, is_open = "", False
    for line in minutes.splitlines():
        fence = _fence_after(fence, line)
        heading = None if fence else HEADING.match(line)
        level = len(heading[1]) if heading else DEEPEST + 1
        if heading and level <= DEEPEST:
            is_open = level > 1
            if is_open:
                found.append((heading[2], []))
        elif is_open:
            found[-1][1].append(line)
    kept = [(heading, "\n".join(lines).strip()) for heading, lines in found]
    return [Section(number, heading, body) for number, (heading, body) in enumerate(kept, 1)]


def _fence_after(fence: str, line: str) -> str:
    """Give the sign of the code block that is open after a line, if one is."""
    found = FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) and not line.strip().strip(fence[0]) else fence


def is_open(part: MinutesPart) -> bool:
    """Whether the speaker has yet to say yes or no."""
    return part.state == PROPOSED


def entry(meeting: Meeting, address: str) -> Entry:
    """What a calendar shows of a meeting; `address` is the site's own."""
    page = f"{address}/moter/{meeting.slug}"
    words = [meeting.network.name, text.plain(meeting.description_html), meeting.link, page]
    return Entry(
        uid=meeting.uid,
        title=meeting.title,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        text="\n\n".join(filter(None, words)),
        where=meeting.location or meeting.link,
        url=page,
        sequence=meeting.sequence,
        is_cancelled=meeting.cancelled_at is not None,
    )


def expect_run(actor: Actor, network_id: int) -> None:
    """Raise NotAllowed when the actor does not look after the network's meetings."""
    if not may_run(actor, network_id):
        raise NotAllowed
