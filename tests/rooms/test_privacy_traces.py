"""Deleting an account: nothing that names the person is left anywhere."""

import pytest
from sqlalchemy import JSON, String, inspect, select

from kunnskap import clock, mail
from kunnskap.accounts.models import AccountToken
from kunnskap.db import Base, session
from kunnskap.events import Outbox
from kunnskap.following.models import Follow
from kunnskap.home.models import Feedback
from kunnskap.insight.models import SearchTally
from kunnskap.invitations.models import Invitation
from kunnskap.moderation.models import Decision, Report
from kunnskap.networks.models import NetworkMember
from kunnskap.organisations.models import Identity
from kunnskap.passkeys.models import Passkey
from kunnskap.people.models import Consent
from kunnskap.posts.models import Comment, Draft, Revision, Vote
from kunnskap.privacy import erasing, rules
from kunnskap.privacy.models import Export
from kunnskap.questions.models import Wonder
from kunnskap.saved.models import SavedSearch
from kunnskap.search import indexing
from kunnskap.search.engines.protocol import Query
from kunnskap.second_factor.models import RecoveryCode
from tests import factories
from tests.browsing import tell
from tests.traces import leave_everywhere

PAGE = "/konto/slett"
NAME, ADDRESS = "Zebulon Prøvesen", "zebulon.provesen@skien.kommune.no"


@pytest.fixture
def me(member, skien):
    return member(NAME, place=skien, email=ADDRESS, organisation="Skien kommune", phone="35 58 10 00")


@pytest.fixture
def other(member):
    return member("Ingen Annen")


def leave(client, typed=ADDRESS):
    return client.post(PAGE, data={"email": typed})


def references():
    """Every foreign key to a person or an account, by table.column."""
    return {
        f"{table.name}.{key.parent.name}": key
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"people", "accounts"}
    }


def test_it_is_said_of_everything_that_points_to_a_person_what_becomes_of_it():
    unsaid = references().keys() - rules.ERASED.keys()
    assert unsaid == set(), "say in privacy/rules.py what becomes of it when an account is deleted"
    assert rules.ERASED.keys() - references().keys() == set()


def test_what_is_said_is_what_the_database_does():
    does = {"CASCADE": rules.DELETED, "SET NULL": rules.NAMELESS, None: rules.KEPT_FOR_WORKPLACE}
    told = {name: does[key.ondelete] for name, key in references().items() if name != "accounts.person_id"}
    assert told == {name: fate for name, fate in rules.ERASED.items() if name != "accounts.person_id"}


@pytest.fixture
def everywhere(app, me, other, skien):
    """Traces of me of every kind; names in other people's texts are not among them."""
    mine, now = me.person_id, clock.now()
    question = factories.question(me, title="Mitt spørsmål", place_id=skien.id, workplace="Skien kommune")
    theirs = factories.experience(other, {"contact_id": mine, "contact_mailbox": ADDRESS}, title="Deres erfaring")
    session.add_all(
        [
            Revision(post_id=theirs.id, editor_id=mine, title="t", body="b", details={"contact_id": f"{mine} {NAME}"}),
            Consent(person_id=mine, purpose="phone"),
            AccountToken(digest="lenke", account_id=me.id, purpose="change", email=ADDRESS, expires_at=now),
            Identity(issuer="https://inn.test", subject=ADDRESS, account_id=me.id),
            Passkey(account_id=me.id, credential_id="nøkkel", public_key=b"x", name=NAME),
            RecoveryCode(digest="kode", account_id=me.id),
            Comment(post_id=theirs.id, author_id=mine, body="Min", body_html=""),
            Vote(post_id=theirs.id, voter_id=mine),
            Wonder(post_id=theirs.id, person_id=mine),
            Follow(person_id=mine, target_kind="post", target_id=theirs.id),
            Follow(person_id=other.person_id, target_kind="person", target_id=mine),
            Draft(person_id=mine, form="sporsmal", fields={"title": [NAME]}),
            SavedSearch(person_id=mine, name=NAME, query="q=flom"),
            NetworkMember(network_id=factories.network().id, person_id=mine),
            Invitation(digest="a", email=ADDRESS, name=NAME, expires_at=now),
            Invitation(digest="b", email="ny@skien.kommune.no", invited_by_id=mine, expires_at=now),
            Report(post_id=theirs.id, reporter_id=mine, reason="spam"),
            Report(person_id=mine, reporter_id=other.person_id, reason="spam", words=NAME),
            Decision(person_id=mine, act="warn", reason="spam", words=NAME),
            Feedback(words="Vanskelig", email=ADDRESS),
            SearchTally(week=now.date(), words=f"{NAME.lower()} skien"),
        ]
    )
    leave_everywhere(mine, other.person_id, f"Ord av {NAME}", "Ord av andre")
    mail.send(ADDRESS, "Til deg", f"Hei {NAME}")
    session.commit()
    tell()
    mail.send(ADDRESS, "Venter", f"Hei {NAME}")
    session.commit()
    session.query(Outbox).filter(Outbox.told_at.is_(None)).update({"set_aside_at": now})
    session.commit()
    return question, theirs


def traces():
    """Every text of the database that holds the name or the address."""
    found = []
    for mapper in Base.registry.mappers:
        for column in inspect(mapper.class_).column_attrs:
            if isinstance(column.columns[0].type, String | JSON):
                values = session.scalars(select(getattr(mapper.class_, column.key)))
                found += [(mapper.class_.__name__, column.key) for value in values if is_me(str(value))]
    return found


def is_me(text):
    return any(words.casefold() in text.casefold() for words in (NAME, "Zebulon", ADDRESS, "provesen"))


def test_after_that_the_name_and_the_address_are_nowhere(browser, me, other, everywhere, app, settings):
    question, theirs = everywhere
    client, exports = browser(me), settings.instance / "exports"
    before = set(exports.glob("*"))
    client.post("/konto/mine-data")
    assert traces()
    assert set(exports.glob("*")) > before
    assert leave(client).location == "/"
    tell()
    assert traces() == []
    assert session.query(Export).count() == 0
    assert set(exports.glob("*")) == before
    letters = [
        file for file in (settings.instance / "outbox").glob("*.eml") if is_me(file.read_text("utf-8", "replace"))
    ]
    assert len(letters) == 1, "the last letter, where no mail server is set"
    others = [file for file in settings.instance.rglob("*") if file.is_file() and file not in letters]
    assert [file for file in others if ADDRESS.encode() in file.read_bytes()] == []
    reader = browser(other)
    for page in ("/", "/folk", f"/sporsmal/{question.slug}", f"/erfaringer/{theirs.slug}", "/sok?q=flom"):
        assert not is_me(reader.get(page).text), page
    assert reader.get(f"/folk/{me.person_id}-zebulon-provesen").status_code == 404


def test_nothing_of_the_person_is_left_in_the_index(browser, me, everywhere):
    tell()
    index = indexing.index()
    assert index.find(Query("Zebulon", literal=True)).total
    leave(browser(me))
    tell()
    assert index.find(Query("Zebulon", literal=True)).total == 0
    question, _theirs = everywhere
    assert index.find(Query("Mitt spørsmål")).hits[0].group.id == question.id


def test_it_takes_no_more_statements_to_leave_with_much_written(member, count_sql):
    taken, other = [], factories.person("Ingen Annen")
    for number in (2, 20):
        leaving = member(f"Test Nummer {number}")
        asked = factories.question(other)
        for _ in range(number):
            factories.answer(asked, leaving)
            factories.question(leaving, withdrawn_at=clock.now())
            factories.keep(Vote(post_id=factories.question(other).id, voter_id=leaving.person_id))
        with count_sql() as statements:
            erasing.erase(None, leaving.id)
            session.commit()
        taken.append(len(statements))
    assert taken[1] <= taken[0]
