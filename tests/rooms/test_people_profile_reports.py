"""Colleagues say that somebody has left or that a profile is wrong, and what comes of it."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.messages.models import Block
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.people import actions
from kunnskap.people.models import Person, ProfileReport
from kunnskap.people.rules import Profile
from kunnskap.web.limits import limiter
from tests import factories

MAIL = "omtalt.person@skien.kommune.no"


@pytest.fixture
def network(database):
    return factories.network()


@pytest.fixture
def person(network, skien):
    """Somebody in a network, who reads nynorsk and has no account."""
    made = factories.person("Omtalt Testesen", skien, email=MAIL, language="nn")
    factories.keep(NetworkMember(network_id=network.id, person_id=made.id))
    return made


@pytest.fixture
def coordinator(member, network):
    made = member("Koordinator Testesen")
    factories.keep(NetworkMember(network_id=network.id, person_id=made.person_id, role=COORDINATOR))
    return made


def report(client, person, what="left", words=""):
    return client.post(f"/folk/{person.id}/si-fra", data={"what": what, "words": words}, follow_redirects=True)


def reports():
    session.expire_all()
    return session.query(ProfileReport).order_by(ProfileReport.id).all()


def link_in(letter):
    return re.search(r"http://localhost(/folk/stemmer/\S+)", letter.text)[1]


def test_a_colleague_says_that_somebody_has_left_and_the_person_says_they_have_not(browser, member, person, sent):
    colleague = browser(member("Prøve Person"))
    assert "Har sluttet" in colleague.get(f"/folk/{person.slug}").text
    assert "Vi spør om det stemmer." in report(colleague, person).text
    (letter,) = sent
    assert letter.to == MAIL
    assert "Prøve Person" not in letter.text
    visitor = browser()
    page = visitor.get(link_in(letter))
    assert "Ja, alt stemmer" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert reports()[0].settled_at is None
    assert "Takk! Profilen er bekreftet" in visitor.post(link_in(letter)).text
    assert (reports()[0].settled_at is not None, reports()[0].settled_by_id) == (True, person.id)
    assert session.get_one(Person, person.id).left_at is None


def test_the_same_colleague_has_one_open_report_of_a_person(browser, member, person, sent):
    colleague, other = browser(member("Prøve Person")), browser(member("En Annen"))
    report(colleague, person)
    assert "Du har sagt fra om dette før." in report(colleague, person, "wrong", "Feil navn").text
    report(other, person, "wrong", "Det er feil nummer.")
    assert [one.what for one in reports()] == ["left", "wrong"]
    assert len(sent) == 2
    assert "Det er feil nummer." in sent[1].text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "Velg hva som er galt."),
        ({"what": "wrong", "words": " "}, "Skriv hva som er feil"),
        ({"what": "wrong", "words": "x" * 1001}, "høyst 1000 tegn"),
        ({"what": "bortreist"}, ""),
        ({"what": "wrong", "words": "Født 051097 03232"}, "fødselsnummer"),
    ],
)
def test_what_cannot_be_taken_in_is_explained(browser, member, person, told, said):
    answer = browser(member()).post(f"/folk/{person.id}/si-fra", data=told)
    assert answer.status_code == 422
    assert said in answer.text
    assert reports() == []


def test_nobody_reports_themselves_strangers_or_those_who_have_left(browser, member, person):
    me = member()
    assert browser(me).get(f"/folk/{me.person_id}/si-fra").status_code == 403
    assert browser(me).post(f"/folk/{me.person_id}/si-fra", data={"what": "left"}).status_code == 403
    assert browser().post(f"/folk/{person.id}/si-fra", data={"what": "left"}).status_code == 302
    assert browser(me).get("/folk/999999/si-fra").status_code == 404
    person = session.get_one(Person, person.id)
    person.left_at = clock.now()
    session.commit()
    assert browser(me).post(f"/folk/{person.id}/si-fra", data={"what": "left"}).status_code == 403
    assert reports() == []


def test_those_who_look_after_people_see_the_reports_of_theirs_only(browser, member, person, coordinator):
    elsewhere = factories.person("Annet Sted Testesen")
    colleague = browser(member())
    report(colleague, person)
    report(colleague, elsewhere, "wrong", "Feil kommune")
    of_theirs = browser(coordinator).get("/folk/meldt").text
    assert "Omtalt Testesen" in of_theirs
    assert "Annet Sted" not in of_theirs
    of_all = browser(member(role="moderator")).get("/folk/meldt").text
    assert "Omtalt Testesen" in of_all
    assert "Annet Sted" in of_all
    assert colleague.get("/folk/meldt").status_code == 403
    other = reports()[1]
    assert browser(coordinator).post(f"/folk/meldt/{other.id}", data={"verdict": "agree"}).status_code == 403
    assert reports()[1].settled_at is None


def test_a_coordinator_agrees_and_the_person_is_out_of_the_directory_and_told(
    browser, member, person, coordinator, sent
):
    report(browser(member()), person)
    report(browser(member("En Annen")), person)
    answer = browser(coordinator).post(
        f"/folk/meldt/{reports()[0].id}", data={"verdict": "agree"}, follow_redirects=True
    )
    assert "Ingenting venter" in answer.text
    assert all(one.settled_by_id == coordinator.person_id for one in reports())
    assert session.get_one(Person, person.id).left_at is not None
    acts = session.query(AuditEntry).filter_by(act="profile report agree").all()
    assert [(one.person_id, one.target, one.facts) for one in acts] == [
        (coordinator.person_id, f"person:{person.id}", {"kind": "left"})
    ]
    assert len(sent) == 3
    assert "Har sluttet i denne jobben." in browser().get(f"/folk/{person.slug}").text
    browser().post(link_in(sent[-1]))
    assert session.get_one(Person, person.id, populate_existing=True).left_at is None


def test_a_coordinator_alone_does_not_say_that_somebody_has_left(browser, person, coordinator):
    mine = browser(coordinator)
    report(mine, person)
    address = f"/folk/meldt/{reports()[0].id}"
    assert mine.post(address, data={"verdict": "agree"}).status_code == 403
    assert session.get_one(Person, person.id).left_at is None
    assert mine.post(address, data={"verdict": "dismiss"}).status_code == 303


def test_a_moderators_change_of_anothers_profile_is_noted(member, person):
    told = Profile(name=person.name, role="Klimarådgiver", organisation="Prøveverket")
    for editor in (member(role="moderator").actor, Actor(person.id, "member")):
        actions.edit(editor, session.get_one(Person, person.id), told)
        session.commit()
    assert [one.target for one in session.query(AuditEntry).filter_by(act="profile edited")] == [f"person:{person.id}"]


def test_a_link_opens_nothing_for_one_whose_account_was_ended(browser, member, person, sent):
    report(browser(member()), person)
    session.get_one(Person, person.id).left_at = clock.now()
    session.commit()
    assert browser().post(link_in(sent[0])).status_code == 404
    assert session.get_one(Person, person.id, populate_existing=True).left_at is not None


def test_a_moderator_finds_that_nothing_is_wrong(browser, member, person, sent):
    report(browser(member()), person)
    moderator = browser(member(role="moderator"))
    address = f"/folk/meldt/{reports()[0].id}"
    assert moderator.post(address, data={"verdict": "kanskje"}).status_code == 404
    assert moderator.post(address, data={"verdict": "dismiss"}).status_code == 303
    settled = reports()[0].settled_at
    assert moderator.post(address, data={"verdict": "agree"}).status_code == 303
    assert reports()[0].settled_at == settled
    assert session.get_one(Person, person.id).left_at is None
    assert [one.act for one in session.query(AuditEntry).all()] == ["profile report dismiss"]
    assert moderator.post("/folk/meldt/999999", data={"verdict": "agree"}).status_code == 404


def test_a_moderator_settles_nothing_about_themselves(browser, member):
    moderator = member("Moderator Testesen", role="moderator")
    report(browser(member()), moderator.person)
    client = browser(moderator)
    assert "Ingenting venter" in client.get("/folk/meldt").text
    assert client.post(f"/folk/meldt/{reports()[0].id}", data={"verdict": "dismiss"}).status_code == 403
    page = client.get(f"/folk/{moderator.person.slug}")
    assert "En kollega tror at du har sluttet." in page.text
    client.post(f"/folk/{moderator.person_id}/stemmer-fortsatt")
    assert reports()[0].settled_at is not None


def test_saving_the_profile_answers_the_reports_but_a_moderators_correction_does_not(browser, member, skien):
    me = member("Test Testesen", place=skien)
    told = {
        "name": "Test Testesen",
        "workplace_kind": "municipality",
        "place": "Skien",
        "working_days": list("12345"),
        "listed": "y",
    }
    report(browser(member()), me.person, "wrong", "Feil rolle")
    browser(member(role="moderator")).post(f"/folk/{me.person_id}/rediger", data=told)
    assert reports()[0].settled_at is None
    browser(me).post(f"/folk/{me.person_id}/rediger", data=told)
    assert reports()[0].settled_at is not None


@pytest.mark.parametrize("mark", ["tull", "eyJwZXJzb24iOjF9.aaaa.bbbb", "%00"])
def test_a_link_we_never_made_leads_nowhere(browser, mark):
    assert browser().get(f"/folk/stemmer/{mark}").status_code == 404
    assert browser().post(f"/folk/stemmer/{mark}").status_code == 404


def test_an_old_link_leads_nowhere(browser, member, person, sent, monkeypatch):
    report(browser(member()), person)
    later = clock.now() + timedelta(days=91)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser().get(link_in(sent[0])).status_code == 404


def test_whoever_is_not_wanted_writes_no_words_by_reporting(browser, member, sent):
    one, unwanted = member("Omtalt Person"), member("Uønsket Person")
    factories.keep(Block(blocker_id=one.person_id, blocked_id=unwanted.person_id))
    assert "Vi spør om det stemmer." in report(browser(unwanted), one.person, "wrong", "Hallo igjen").text
    (letter,) = sent
    assert "Hallo igjen" not in letter.text
    page = browser(one).get(f"/folk/{one.person.slug}").text
    assert "Hallo igjen" not in page
    assert "Stemmer det som står om deg?" in page


def test_reports_are_limited(browser, member):
    people = [factories.person(f"Nummer {number} Testesen") for number in range(6)]
    client = browser(member())
    limiter.enabled = True
    try:
        answers = [report(client, one).status_code for one in people]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers == [200] * 5 + [429]


def test_the_list_takes_few_statements_however_many_there_are(browser, member, count_sql):
    reporter = member()
    for number in range(12):
        one = factories.person(f"Nummer {number} Testesen")
        factories.keep(ProfileReport(person_id=one.id, reporter_id=reporter.person_id, what="left"))
    client = browser(member(role="moderator"))
    client.get("/folk/meldt")
    with count_sql() as statements:
        assert client.get("/folk/meldt").status_code == 200
    assert len(statements) <= 3, str(statements)
