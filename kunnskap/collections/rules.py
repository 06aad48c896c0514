"""Who may do what with a collection, and what one may say. Pure: no database, no request."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.collections.models import Collection
from kunnskap.errors import Invalid
from kunnskap.i18n import Message, mark, say

EVERYONE, MEMBERS, NETWORK = "everyone", "members", "network"
AUDIENCES = {
    EVERYONE: mark("Alle"),
    MEMBERS: mark("Bare innloggede"),
    NETWORK: mark("Bare de som er med i nettverket"),
}
MOST_ITEMS, MOST_PINS = 200, 12
LONGEST_TITLE, LONGEST_INTRODUCTION, LONGEST_NOTE, LONGEST_LINK = 150, 10_000, 500, 1_000
LARGEST = 2_147_483_647
OF_POST = re.compile(r"/(?:sporsmal|erfaringer|dokumenter|innlegg)/(\d{1,10})(?:-|/|$)")
OF_PERSON = re.compile(r"/folk/(\d{1,10})(?:-|/|$)")
OF_COLLECTION = re.compile(r"/samlinger/(\d{1,10})(?:-|/|$)")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
NO_SUCH_POST = mark("Vi finner ikke dette innlegget. Se over adressen eller nummeret.")
NO_SUCH_PERSON = mark("Vi finner ikke denne personen i katalogen.")
BAD_LINK = mark("Lenker må begynne med https:// og være hele.")


@dataclass(frozen=True)
class Told:
    """What a collection says of itself; `audience` is a key of AUDIENCES."""

    title: str
    introduction: str = ""
    audience: str = EVERYONE


@dataclass(frozen=True)
class Reference:
    """What somebody points at: a post, a person or a collection of ours by its number, or an address elsewhere."""

    post_id: int | None = None
    person_id: int | None = None
    collection_id: int | None = None
    url: str = ""


def may_edit(actor: Actor, collection: Collection) -> bool:
    """Whoever coordinates the network it belongs to, and moderators."""
    return may_make(actor, collection.network_id)


def may_make(actor: Actor, network_id: int) -> bool:
    """Whoever coordinates the network, and moderators."""
    return actor.is_moderator or network_id in actor.coordinated_ids


def may_lend(collection: Collection, network_id: int) -> bool:
    """Whether another network may show it or begin with a copy of it: what is for its own network alone stays there."""
    is_own = collection.network_id == network_id
    return is_own or (collection.audience != NETWORK and collection.published_at is not None)


def reference(typed: str, site: str) -> Reference:
    """Read what somebody pasted: the number of a post, an address of ours (`site` is its beginning), or one elsewhere."""
    words = typed.strip()
    if words.isascii() and words.isdecimal():
        return Reference(post_id=_number(words))
    path = words if words.startswith("/") and not words.startswith("//") else ""
    if words == site or words.startswith((f"{site}/", f"{site}?")):
        path = words.removeprefix(site) or "/"
    return _of_ours(path) if path else Reference(url=checked_link(words))


def _of_ours(path: str) -> Reference:
    if found := OF_POST.match(path):
        return Reference(post_id=_number(found[1]))
    if found := OF_PERSON.match(path):
        return Reference(person_id=_number(found[1]))
    if found := OF_COLLECTION.match(path):
        return Reference(collection_id=_number(found[1]))
    raise Invalid(what=mark("Denne siden kan ikke stå i en samling. Velg et innlegg eller en person."))


def _number(digits: str) -> int:
    return min(int(digits[:10]), LARGEST)


def checked_link(url: str) -> str:
    """Give an address elsewhere as it is kept; raises Invalid(what=…) unless it is a whole https address."""
    if len(url) > LONGEST_LINK:
        raise Invalid(what=say("Lenken er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_LINK))
    if re.search(r"[\s<>\"'\\^`{|}\x00-\x1f\x7f]", url):
        raise Invalid(what=BAD_LINK)
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
        named = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise Invalid(what=BAD_LINK) from None
    if parts.scheme != "https" or "@" in parts.netloc or not HOST.fullmatch(named):
        raise Invalid(what=BAD_LINK)
    return url


def checked(told: Told) -> Told:
    """Give what a collection says as it is kept; raises Invalid."""
    kept = Told(" ".join(told.title.split()), told.introduction.strip(), told.audience)
    problems: dict[str, str | Message] = {}
    if not kept.title:
        problems["title"] = mark("Gi samlingen et navn.")
    if kept.audience not in AUDIENCES:
        problems["audience"] = mark("Velg en av verdiene i listen.")
    sizes = {"title": (kept.title, LONGEST_TITLE), "introduction": (kept.introduction, LONGEST_INTRODUCTION)}
    problems |= _too_long(sizes) | personal_numbers.problems({name: words for name, (words, _most) in sizes.items()})
    if problems:
        raise Invalid(**problems)
    return kept


def checked_words(title: str, note: str, *, is_link: bool) -> tuple[str, str]:
    """Give the title and note of an item as they are kept; a link needs a title, others have their own. Raises Invalid."""
    kept = (" ".join(title.split()) if is_link else "", note.strip())
    problems: dict[str, str | Message] = {}
    if is_link and not kept[0]:
        problems["title"] = mark("Skriv hva lenken heter.")
    sizes = {"title": (kept[0], LONGEST_TITLE), "note": (kept[1], LONGEST_NOTE)}
    problems |= _too_long(sizes) | personal_numbers.problems({"title": kept[0], "note": kept[1]})
    if problems:
        raise Invalid(**problems)
    return kept


def _too_long(sizes: dict[str, tuple[str, int]]) -> dict[str, str | Message]:
    return {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
        for name, (words, most) in sizes.items()
        if len(words) > most
    }


def fingerprint(words: Iterable[str]) -> str:
    """Tell whether something still says what an editor read before changing it."""
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:32]


def fingerprint_of(collection: Collection) -> str:
    """The fingerprint of what a collection says of itself."""
    return fingerprint((collection.title, collection.introduction, collection.audience))


def moved(order: list[int], number: int, to: str) -> list[int]:
    """Give the order when one thing is moved: `to` is "opp", "ned" or the place it gets, from 1. Odd wishes move nothing."""
    at = order.index(number)
    steps = {"opp": -1, "ned": 1}
    wanted = int(to[:6]) - 1 if to.isascii() and to.isdecimal() else at + steps.get(to, 0)
    rest = [one for one in order if one != number]
    rest.insert(max(0, min(wanted, len(rest))), number)
    return rest
