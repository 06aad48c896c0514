"""Every address of the site that can be asked for, filled in with everything a world holds."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from tests.worlds.building import Built
from tests.worlds.facts import EVERYWHERE, World

PAGES_OF_KINDS = {"questions.show": "question", "experiences.show": "experience", "documents.show": "document"}

SHOW_MUCH = {
    "search": 20, "questions.show": 12, "posts.history": 12, "experiences.show": 4, "documents.show": 4,
    "posts.attachment": 4, "people.show": 4, "by person": 4, "by place": 4, "questions.index": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """Where something is asked for: `post` and `person` are the numbers of what it is about, `echoes` a word it says itself."""

    path: str
    endpoint: str
    post: int | None = None
    echoes: str = ""
    person: int | None = None


def every(app: Flask, world: World, built: Built) -> list[Address]:
    """Give the address of each page with each thing there is, and searches for each word."""
    pages = [address for rule in _routes(app) for address in _of_rule(app, rule, built)]
    return list(dict.fromkeys([*pages, *_lists(), *searches(world), *_telling(built)]))


def some(found: list[Address], chance: random.Random, most: int) -> list[Address]:
    """Take at most so many addresses of each page, and several times as many of those that show most."""
    shuffled = chance.sample(found, len(found))
    pages: defaultdict[str, list[Address]] = defaultdict(list)
    for one in shuffled:
        pages[one.endpoint].append(one)
    for there in pages.values():
        there.sort(key=lambda one: one.path[-1].isdigit() and one.endpoint in PAGES_OF_KINDS)  # these only lead on
    return [one for page, there in pages.items() for one in there[: most * SHOW_MUCH.get(page, 1)]]


def _routes(app: Flask) -> Iterator[Rule]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in rule.methods and rule.endpoint != "static":
            yield rule


def _of_rule(app: Flask, rule: Rule, built: Built) -> Iterator[Address]:
    build = app.url_map.bind("localhost").build
    if rule.endpoint == "posts.attachment":
        for one in built.attachments:
            path = build(rule.endpoint, {"attachment_id": one.id, "filename": one.filename})
            yield Address(path, rule.endpoint, _number_of(built, one.post_id))
        return
    for given in _filled(rule, built):
        about = _post_of(rule, given, built), "", _person_of(given, built)
        yield Address(build(rule.endpoint, given), rule.endpoint, *about)


def _filled(rule: Rule, built: Built) -> Iterator[dict[str, object]]:
    """Every way of filling in what an address asks for."""
    if rule.arguments == {"kind", "number"}:
        numbers = {"innlegg": [post.id for post in built.posts], "kommentar": [one.id for one in built.remarks]}
        people = {"person": [one.person_id for one in built.accounts.values()]}
        for kind, ids in (numbers | people).items():
            yield from ({"kind": kind, "number": number} for number in ids)
        return
    names = sorted(rule.arguments)
    for values in product(*(_values(rule, name, built) for name in names)):
        yield dict(zip(names, values, strict=True))


def _values(rule: Rule, name: str, built: Built) -> Iterable[object]:
    """What to put for an argument: whatever there is of what it names, else something."""
    if rule.endpoint in PAGES_OF_KINDS:
        rooms = [post for post in built.posts if post.kind_key == PAGES_OF_KINDS[rule.endpoint]]
        return [*(post.slug for post in rooms), *(str(post.id) for post in built.posts)]
    known = {
        "post_id": [post.id for post in built.posts],
        "comment_id": [one.id for one in built.remarks],
        "person_id": [one.person_id for one in built.accounts.values()],
        "people.show": [one.person.slug for one in built.accounts.values()],
        "places.show": [place.slug for place in built.places],
        "places.county": [county.slug for county in built.counties.values()],
        "themes.show": [theme.slug for theme in built.themes],
        "networks": [network.slug for network in built.networks],
        "documents.page": [1, 2],
    }
    room = rule.endpoint.partition(".")[0]
    found = known.get(name) or known.get(rule.endpoint) or (known.get(room) if name == "slug" else None)
    return found or ([1, 2] if isinstance(rule._converters[name], NumberConverter) else ["x"])


def _post_of(rule: Rule, given: dict[str, object], built: Built) -> int | None:
    if rule.endpoint in PAGES_OF_KINDS:
        return _number_of(built, int(str(given["slug"]).partition("-")[0]))
    if given.get("kind") == "innlegg":
        return _number_of(built, int(str(given["number"])))
    return _number_of(built, int(str(given["post_id"]))) if "post_id" in given else None


def _person_of(given: dict[str, object], built: Built) -> int | None:
    slug = given.get("slug")
    return next((number for number, account in built.accounts.items() if account.person.slug == slug), None)


def _number_of(built: Built, post_id: int) -> int | None:
    return next((number for number, post in enumerate(built.posts) if post.id == post_id), None)


def _lists() -> Iterator[Address]:
    for path, endpoint in (("/sporsmal", "questions"), ("/erfaringer", "experiences"), ("/dokumenter", "documents")):
        for asked in ("fylke=71", "fylke=72", "tema=tema0", "sorter=aktive", "sorter=lik", "status=ubesvart", "side=2"):
            yield Address(f"{path}?{asked}", f"{endpoint}.index")
    yield Address("/tema/tema0?type=sporsmal", "themes.show")


def searches(world: World) -> Iterator[Address]:
    """Searches, suggestions and likenesses for each word, whole, begun and misspelt, and for everything at once."""
    for words in (words for post in world.posts for words in (post.words, post.file)):
        key = words.key
        for asked in (f"/sok?q={key}", f"/api/v1/search?q={key[:5]}{key[6:]}", f"/sok/forslag?q={key[:7]}"):
            yield Address(asked, "search", echoes=key)
    for words in (post.words for post in world.posts if post.parent is None):
        yield Address(f"/sok/lignende?q={words.key}+{EVERYWHERE}", "search", echoes=words.key)
    for words in (one.words for one in world.remarks):
        yield Address(f"/sok?q={words.key}", "search", echoes=words.key)
    wide = f"q={EVERYWHERE} type=sporsmal type=erfaring type=dokument nettverk=nett0 fylke=71 fylke=72 tema=tema1"
    for asked in (*wide.split(), "storrelse=5000-20000", f"q={EVERYWHERE}&side=2", "status=plan", "ar=2026"):
        yield Address(f"/sok?{asked}", "search")
        yield Address(f"/api/v1/search?{asked}", "search")


def _telling(built: Built) -> Iterator[Address]:
    """Searches narrowed by who wrote something and from where."""
    for number, account in built.accounts.items():
        first = account.person.name.split()[0].lower()
        yield Address(f"/api/v1/search?q=forfatter:{first}", "by person", echoes=first, person=number)
        # Whoever cannot be told to have written anything is no choice, and then nothing is narrowed.
        yield Address(f"/api/v1/search?forfatter={account.person_id}", "search")
    for place in built.places:
        yield Address(f"/api/v1/search?kommune={place.number}", "by place")
        yield Address(f"/sok?kommune={place.number}&q={EVERYWHERE}", "by place")
