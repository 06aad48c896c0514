"""Nobody is shown what they may not see: random worlds, every reader, every address, against a naive oracle."""

import dataclasses
import itertools
import logging
import os
import random
import re
import zipfile
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings

from kunnskap import create_app, db, events, remembering
from kunnskap.accounts.models import Account
from kunnskap.accounts.presence import Presence
from kunnskap.db import session
from kunnskap.mail import MailWanted
from kunnskap.posts import counts as post_counts
from kunnskap.posts import queries as posts
from kunnskap.saved import actions as saved
from kunnskap.search import indexing
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.search.indexing import Index
from kunnskap.web import page_cache
from tests.browsing import sign_in, tell
from tests.search.postgres import postgres_engines
from tests.worlds import addresses, oracle
from tests.worlds.building import build
from tests.worlds.facts import EVERYWHERE, Person, World, made_up, worlds

EXAMPLES = int(os.environ.get("KUNNSKAP_WORLDS", "2"))
"""How many worlds each test looks at; more when one goes looking for leaks."""
MOST = int(os.environ.get("KUNNSKAP_ADDRESSES", "1"))
"""How many addresses of each page every reader asks for in a world."""
LOOK = settings(max_examples=EXAMPLES, phases=[Phase.generate])
WORD = re.compile(r"q([kmnp])(?:[a-z]{2}){5}\1q")
TELLS_PLACES = re.compile(r"^(places|people|networks|overview|home\.site_map|by )|_form$|\.new$")
"""Pages that name places for themselves: in lists to choose from, on pages about places and people."""
_turns = itertools.count()


@pytest.fixture
def site(app, settings, database):
    """A site that keeps pages as a real one does."""
    handlers = logging.getLogger().handlers[:]
    made = create_app(dataclasses.replace(settings, page_cache=True, database_url="sqlite://"))
    logging.getLogger().handlers[:] = handlers
    made.extensions["kunnskap.presence"] = Presence(lambda _numbers: None, pause=None)
    turn = SimpleNamespace(number=0)
    page_cache.also_depends_on(lambda: turn.number)
    made.extensions["turn"] = turn
    db.session.remove()
    db.session.configure(bind=database, join_transaction_mode="create_savepoint")
    yield made
    page_cache._depends.pop()
    page_cache._depends.pop()
    indexing._connected[:] = [app.extensions["kunnskap.index"]]


@contextmanager
def searched_with(engine):
    """Have the site search with another engine."""
    before = indexing._connected[:]
    indexing._connected[:] = [Index(engine)]
    try:
        yield
    finally:
        engine.close()
        indexing._connected[:] = before


@contextmanager
def built(site, database, world: World):
    """The world in the database and in the index; undone afterwards."""
    site.extensions["turn"].number = next(_turns)
    session.remove()
    remembering.forget()
    one = database.begin_nested()
    try:
        rows = build(world, site.extensions["kunnskap.shelf"])
        indexing.index().rebuild()
        yield rows
    finally:
        session.remove()
        one.rollback()
        remembering.forget()


def open_for(site, rows, person: Person):
    """A browser of somebody's."""
    client = site.test_client()
    if person.role != "visitor":
        sign_in(client, session.get_one(Account, rows.accounts[person.number].id))
    return client


def shown(answer) -> str:
    """Everything an answer says, in headers and files too."""
    said = f"{answer.headers.get('Location', '')} {answer.headers.get('Content-Disposition', '')} "
    if answer.mimetype == "application/zip":
        packed = zipfile.ZipFile(BytesIO(answer.data))
        return said + " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist()).lower()
    return (said + re.sub(r"</?mark>", "", answer.data.decode("utf-8", "replace"))).lower()


def words_in(text: str) -> set[str]:
    """The made-up words in a text."""
    return {found[0] for found in WORD.finditer(text)}


class Judge:
    """What one reader may be shown in a world."""

    def __init__(self, world: World, reader: Person) -> None:
        self.world, self.reader = world, oracle.as_whom(reader)
        may = oracle.allowed(world, self.reader)
        closed = [words for words in oracle.every_word(world) if words not in may]
        self.closed = {word for words in closed for word in (words.key, words.mark)}
        self.names, self.places = set(), set()
        for person in world.people:
            if person.is_secret and not self._knows(person):
                self.names.add(made_up("n", person.number))
        if not oracle.looks_after(self.reader):
            own = {self.reader.place} if self.reader.role != "visitor" else set()
            self.places = {
                place.name.lower() for at, place in enumerate(world.places) if place.is_secret and at not in own
            }

    def _knows(self, person: Person) -> bool:
        return oracle.looks_after(self.reader) or self.reader.number == person.number

    def leaks(self, address: addresses.Address, told: str) -> set[str]:
        """What an answer tells that the reader may not know."""
        said = words_in(told) - words_in(address.path.lower()) - {address.echoes}
        kept = set(self.closed)
        if not TELLS_PLACES.search(address.endpoint):
            kept |= self.places
        if not (address.endpoint.startswith("people.") or "/person/" in address.path or "/account/" in address.path):
            kept |= self.names
        return said & (kept | self._told_by(address))

    def _told_by(self, address: addresses.Address) -> set[str]:
        """What stands on a page about a person or a place tells who wrote it; there nothing without a name may stand."""
        if oracle.looks_after(self.reader):
            return set()
        by_place = address.endpoint in ("places.show", "places.county", "by place") or address.path.endswith("fylke=72")
        secret = [person.number for person in self.world.people if person.is_secret]
        told = secret if by_place else [address.person] if address.person in secret else []
        others = [number for number in told if by_place or number != self.reader.number]
        words = set().union(*(oracle.without_a_name(self.world, number) for number in others))
        return {word for one in words for word in (one.key, one.mark)}


def look(site, rows, world: World, every: list[addresses.Address]) -> None:
    """Have every reader ask for the same; whoever is last may be given what was kept for the first."""
    where = addresses.some(every, random.Random(world.number), MOST)
    for reader in world.people:
        judge, client = Judge(world, reader), open_for(site, rows, reader)
        for address in where:
            answer = client.get(address.path)
            said = shown(answer)
            answer.close()
            who = f"{reader} asked for {address}"
            assert answer.status_code < 500, who
            assert not judge.leaks(address, said), who
            is_closed = address.post is not None and not oracle.sees(world, judge.reader, address.post)
            if is_closed and site.view_functions[address.endpoint].door in ("anyone", "members"):
                assert answer.status_code == 404 or "/logg-inn" in answer.headers.get("Location", ""), who


@pytest.mark.timeout(900)
@settings(LOOK)
@given(world=worlds())
def test_no_address_shows_anybody_what_they_may_not_see(site, database, world):
    with searched_with(MemoryEngine()), built(site, database, world) as rows:
        look(site, rows, world, addresses.every(site, world, rows))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["whoosh", "postgres"])
@settings(LOOK)
@given(world=worlds())
def test_no_engine_finds_for_anybody_what_they_may_not_see(site, database, tmp_path_factory, database_url, kind, world):
    if kind == "whoosh":
        with searched_with(WhooshEngine(tmp_path_factory.mktemp("index"))):
            _look_by_search(site, database, world)
        return
    with postgres_engines(database_url) as make, searched_with(make()):
        _look_by_search(site, database, world)


def _look_by_search(site, database, world) -> None:
    with built(site, database, world) as rows:
        look(site, rows, world, list(addresses.searches(world)))
        count(site, rows, world)


def count(site, rows, world: World) -> None:
    """Compare totals and the counts of facets with what each reader may see."""
    for reader in world.people:
        whom, client = oracle.as_whom(reader), open_for(site, rows, reader)
        expected = oracle.found(world, whom)
        answer = client.get(f"/api/v1/search?q={EVERYWHERE}").get_json()
        assert answer["total"] == len(expected), reader
        told = {
            name: {one["key"]: one["count"] for one in choices if one["count"]}
            for name, choices in answer["facets"].items()
        }
        for name, counts in oracle.facets(world, expected).items():
            assert told.get(name, {}) == counts, (reader, name)


@pytest.mark.timeout(900)
@settings(LOOK, max_examples=EXAMPLES * 3)
@given(world=worlds())
def test_totals_and_counts_are_of_what_each_may_see(site, database, world):
    with searched_with(MemoryEngine()), built(site, database, world) as rows:
        count(site, rows, world)
        for reader in world.people:
            whom, client = oracle.as_whom(reader), open_for(site, rows, reader)
            for path, kind in (("/sporsmal", "question"), ("/erfaringer", "experience"), ("/dokumenter", "document")):
                for county in ("", "71", "72"):
                    page = client.get(f"{path}?fylke={county}" if county else path).text
                    total = int(re.search(r'role="status">\s*(\d+)', page)[1])
                    assert total == len(oracle.in_lists(world, whom, kind, county)), (reader, path, county)


@pytest.mark.timeout(900)
@settings(LOOK, max_examples=EXAMPLES * 3)
@given(world=worlds())
def test_places_and_themes_count_what_each_may_see(site, database, world):
    with searched_with(MemoryEngine()), built(site, database, world) as rows:
        for reader in world.people[1:]:
            actor = session.get_one(Account, rows.accounts[reader.number].id)
            actor = actor.actor if not reader.is_suspended else posts.ANSWER and None
            if actor is None:
                continue
            seen = oracle.found(world, reader)
            told = {rows.counties[number].id for number in rows.counties}
            counts = post_counts.county_counts(actor)
            moderates = oracle.looks_after(reader)
            for number, county in rows.counties.items():
                there = [one for one in seen if number in oracle.counties(world, one, for_moderators=moderates)]
                assert counts.get(county.id, 0) == len(there), (reader, number)
            assert set(counts) <= told
            themes = post_counts.theme_counts(actor)
            for number, theme in enumerate(rows.themes):
                assert themes.get(theme.id, 0) == len([one for one in seen if one.theme == number]), reader


@pytest.mark.timeout(900)
@settings(LOOK)
@given(world=worlds())
def test_no_letter_tells_anybody_what_they_may_not_see(site, database, world):
    letters = []
    deliver = letters.extend
    events.listen(deliver, MailWanted)
    try:
        with searched_with(MemoryEngine()), built(site, database, world) as rows:
            saved.find_due()
            session.commit()
            tell()
            people = {account.email: world.people[number] for number, account in rows.accounts.items()}
    finally:
        events._listeners.pop(deliver)
    for letter in letters:
        reader = people[letter.to]
        assert not reader.is_suspended
        plain = dataclasses.replace(reader, role="member")
        said = words_in(f"{letter.subject} {letter.text}".lower())
        assert not said & Judge(world, plain).closed, (reader, letter)
        assert not said & Judge(world, plain).names, (reader, letter)
