"""What may be kept of a search, and what a group of words may be. Pure: no database, no request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from kunnskap.i18n import Message, mark, say
from kunnskap.search.models import BETWEEN
from kunnskap.search.register import sameness

FEWEST, MOST, LONGEST = 2, 20, 80
"""Expressions in a group, and characters of each."""
LONGEST_WORDS = 100
"""Characters of a search that is counted; a longer one is somebody's own text."""
PERIODS = (30, 90, 365)
SHOWN_FROM = 2
"""How often something must have been looked for before anybody sees it."""
LONELY_KEPT, KEPT = timedelta(days=30), timedelta(days=400)
"""How long a search is kept that was made less often than SHOWN_FROM, and any search."""

# An address, a number for a person, a telephone number as people write them, or any other long number.
_PERSONAL = re.compile(
    r"\S@\S|(?<!\d)(?:\d{6} ?\d{5}|(?:\+?47 ?)?(?:\d{2} \d{2} \d{2} \d{2}|\d{3} \d{2} \d{3})|\d{8,})(?!\d)"
)
_ROBOT = re.compile(
    r"bot|crawl|spider|slurp|scrape|preview|headless|monitor|curl|wget|python|java/|go-http|node|axios|feed",
    re.IGNORECASE,
)


def countable(words: str) -> str | None:
    """Give the words as they are counted: small letters, single spaces; nothing when they are not to be kept."""
    plain = " ".join(words.lower().split())
    if not plain or len(plain) > LONGEST_WORDS or not plain.isprintable() or _PERSONAL.search(plain):
        return None
    return plain


def is_robot(program: str) -> bool:
    """Whether a program that asks says of itself that nobody sits before it; one that says nothing counts as one."""
    return not program.strip() or _ROBOT.search(program) is not None


def week_of(day: date) -> date:
    """Give the Monday of the week a day is in."""
    return day - timedelta(days=day.weekday())


def expressions(typed: str) -> tuple[str, ...]:
    """Read expressions as they are typed: one a line, or with = between them; the same one twice is one."""
    found: dict[str, str] = {}
    for part in re.split(r"[=\n]", typed):
        if plain := " ".join(part.split()):
            found.setdefault(sameness(plain), plain)
    return tuple(found.values())


def problem(members: Sequence[str], others: Mapping[str, str]) -> str | Message | None:
    """Say why these expressions cannot be a group; `others` is what stands in other groups, with the group's words."""
    if len(members) < FEWEST:
        return mark("Skriv minst to ord eller uttrykk, ett på hver linje.")
    if len(members) > MOST:
        return say("En gruppe kan ha høyst %(max)s ord eller uttrykk.", max=MOST)
    for member in members:
        if len(member) > LONGEST:
            return say(
                "«%(word)s …» er for langt. Et uttrykk kan ha høyst %(max)s tegn.", word=member[:30], max=LONGEST
            )
        if not any(sign.isalnum() for sign in member) or not member.isprintable():
            return say("«%(word)s» er ikke noe ord.", word=member if member.isprintable() else "?")
        if sameness(member) in others:
            return say("«%(word)s» står allerede i gruppen «%(group)s».", word=member, group=others[sameness(member)])
    return None


def by_expression(groups: Iterable[str]) -> dict[str, str]:
    """Say for every expression in these groups which of them it stands in."""
    return {sameness(member): group for group in groups for member in group.split(BETWEEN)}
