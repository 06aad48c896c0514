"""Letting people in, knowing domains, and who may do what."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock, rights
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.models import Account, AccountSession, KnownDomain
from kunnskap.administration import rules
from kunnskap.administration.listeners import Caretaker
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.home.models import Feedback
from kunnskap.networks.models import COORDINATOR, NetworkMember, NetworkPlace
from kunnskap.people.models import Person
from tests import factories
from tests.browsing import tell

STATED = {"workplace_kind": "other", "organisation": "Prøvefirma AS"}


@pytest.fixture
def network(database):
    return factories.network()


@pytest.fixture
def coordinator(member, network):
    made = member("Koordinator Testesen", email="koordinator@skien.kommune.no")
    factories.keep(NetworkMember(network_id=network.id, person_id=made.person_id, role=COORDINATOR))
    return made


@pytest.fixture
def host(browser, coordinator):
    return browser(coordinator)


@pytest.fixture
def moderator(browser, member):
    return browser(member("Moderator Testesen", role="moderator", email="moderator@skien.kommune.no"))


@pytest.fixture
def waits(member):
    """Make somebody who has confirmed an address at a domain nobody knows."""

    def make(email="venter@ukjent.example", name="Venter Testesen", **facts):
        not_in = {"approved_at": None, "trusted_at": None, "listed": False, "organisation": "Prøvefirma AS"}
        return member(name, email=email, **(not_in | facts))

    return make


def account(number):
    session.expire_all()
    return session.get(Account, number)


def acts():
    session.expire_all()
    return [one.act for one in session.query(AuditEntry).order_by(AuditEntry.id)]


def test_somebody_who_waits_is_let_in_and_told(host, waits, sent):
    one = waits()
    assert "Venter Testesen" in host.get("/administrasjon/venter").text
    assert "Prøvefirma AS" in host.get(f"/administrasjon/venter/{one.id}").text
    sent.clear()
    answer = host.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED)
    assert (answer.status_code, answer.location) == (303, "/administrasjon/venter")
    found = account(one.id)
    assert found.is_active
    assert (found.trusted_at, found.place_id) == (None, None)
    assert session.get(Person, one.person_id).listed
    assert [(letter.to, letter.subject) for letter in sent] == [(one.email, "Du er sluppet inn på Kunnskap")]
    assert acts() == ["let in"]
    assert host.get(f"/administrasjon/venter/{one.id}").status_code == 404


def test_the_whole_way_from_signing_up_at_an_unknown_domain(browser, host, sent):
    stranger = browser()
    told = {"name": "Ukjent Testesen", "email": "ny@ukjent.example"} | STATED
    stranger.post("/registrer", data=told)
    page = stranger.post(re.search(r"http://localhost(/registrer/bekreft/\S+)", sent[-1].text)[1])
    assert "venter på godkjenning" in page.text
    number = accounts.by_email("ny@ukjent.example").id
    host.post(f"/administrasjon/venter/{number}/slipp-inn", data=STATED)
    assert account(number).is_active


def test_a_municipality_that_is_stated_is_shown_and_proves_nothing(host, waits, skien):
    one = waits()
    stated = {"workplace_kind": "municipality", "organisation": "Skien kommune"}
    host.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=stated)
    assert session.get(Person, one.person_id).place_id == skien.id
    assert account(one.id).place_id is None


def test_somebody_who_is_refused_is_told_why_and_forgotten(host, waits, sent):
    one = waits()
    sent.clear()
    assert host.post(f"/administrasjon/venter/{one.id}/avsla", data={"reason": " "}).status_code == 422
    host.post(f"/administrasjon/venter/{one.id}/avsla", data={"reason": "Vi kjenner ikke firmaet."})
    assert account(one.id) is None
    assert session.get(Person, one.person_id) is None
    assert "Vi kjenner ikke firmaet." in sent[0].text
    assert acts() == ["refused"]


def test_somebody_of_the_directory_stays_there_when_the_account_is_refused(host, waits):
    one = waits(listed=True)
    host.post(f"/administrasjon/venter/{one.id}/avsla", data={"reason": "Feil adresse."})
    assert account(one.id) is None
    assert session.get(Person, one.person_id) is not None


def test_who_comes_second_is_told_so(host, waits):
    one = waits()
    session.get(Account, one.id).approved_at = clock.now()
    session.commit()
    answer = host.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED)
    assert answer.status_code == 303
    assert "kom deg i forkjøpet" in host.get("/administrasjon/venter").text
    assert host.post(f"/administrasjon/venter/{one.id}/avsla", data={"reason": "Nei"}).status_code == 303
    assert account(one.id).is_active


@pytest.mark.parametrize(
    "wrong",
    [
        {"workplace_kind": "konge"},
        {"organisation": ""},
        {"workplace_kind": ""},
        {"organisation": "x" * 151},
        {"organisation": "a\x00b"},
    ],
)
def test_letting_in_asks_where_they_work(host, waits, wrong):
    one = waits()
    assert host.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED | wrong).status_code == 422
    assert not account(one.id).is_active


def test_only_those_who_may_let_people_in(browser, member, waits):
    one = waits()
    for client in (browser(), browser(member())):
        assert client.get("/administrasjon/venter").status_code in {302, 403}
        assert client.get(f"/administrasjon/venter/{one.id}").status_code in {302, 403}
        assert client.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED).status_code in {302, 403}
        assert client.post(f"/administrasjon/venter/{one.id}/avsla", data={"reason": "x"}).status_code in {302, 403}
    assert not account(one.id).is_active


def test_accounts_that_do_not_wait_cannot_be_reached_this_way(host, member):
    one = member("Inne Testesen")
    for number in (one.id, 999_999):
        assert host.get(f"/administrasjon/venter/{number}").status_code == 404
        assert host.post(f"/administrasjon/venter/{number}/slipp-inn", data={}).status_code == 404
    assert host.post("/administrasjon/venter/999999/slipp-inn", data=STATED).status_code == 404
    assert host.post(f"/administrasjon/venter/{one.id}/avsla", data={"reason": "x"}).status_code == 303
    assert account(one.id) is not None


def test_a_moderator_knows_the_domain_from_now_on(moderator, waits, browser, sent):
    one = waits()
    assert 'name="know_domain"' in moderator.get(f"/administrasjon/venter/{one.id}").text
    moderator.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED | {"know_domain": "y"})
    assert account(one.id).trusted_at is not None
    assert session.get(KnownDomain, "ukjent.example").organisation == "Prøvefirma AS"
    assert acts() == ["domain added", "let in"]
    browser().post("/registrer", data={"name": "Neste Testesen", "email": "neste@ukjent.example"})
    assert browser().post(re.search(r"http://localhost(/registrer/bekreft/\S+)", sent[-1].text)[1]).status_code == 303


def test_a_moderator_who_signed_in_a_while_ago_shows_who_they_are_before_knowing_a_domain(moderator, waits):
    one = waits()
    for begun in session.query(AccountSession):
        begun.fresh_at = clock.now() - timedelta(hours=1)
    session.commit()
    answer = moderator.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED | {"know_domain": "y"})
    assert answer.location == f"/bekreft-deg?til=/administrasjon/venter/{one.id}"
    assert not account(one.id).is_active
    assert session.query(KnownDomain).count() == 0
    assert moderator.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED).status_code == 303


def test_a_coordinator_does_not_know_domains_for_all(host, waits):
    one = waits()
    assert 'name="know_domain"' not in host.get(f"/administrasjon/venter/{one.id}").text
    assert (
        host.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED | {"know_domain": "y"}).status_code == 403
    )
    assert not account(one.id).is_active
    assert session.query(KnownDomain).count() == 0


@pytest.mark.parametrize("email", ["noen@gmail.com", "noen@outlook.com", "noen@online.no", "noen@post.online.no"])
def test_domains_where_anybody_gets_an_address_are_never_known(moderator, waits, email):
    one = waits(email)
    assert 'name="know_domain"' not in moderator.get(f"/administrasjon/venter/{one.id}").text
    page = moderator.post(f"/administrasjon/venter/{one.id}/slipp-inn", data=STATED | {"know_domain": "y"})
    assert page.status_code == 422
    assert not account(one.id).is_active


def wait_for(waits, sent, **facts):
    """Somebody confirms, and the worker looks."""
    made = waits(**facts)
    sent.clear()
    Caretaker("http://localhost").tell_of_waiting()
    session.commit()
    tell()
    return made, sorted(letter.to for letter in sent if "venter" in letter.subject)


def test_coordinators_of_the_county_are_told_that_somebody_waits(coordinator, moderator, member, network, waits, sent):
    county = factories.county()
    inside, stated = (
        factories.place("Skien", "4003", county_id=county.id),
        factories.place("Porsgrunn", "4001", county_id=county.id),
    )
    factories.keep(NetworkPlace(network_id=network.id, place_id=inside.id))
    _, told = wait_for(waits, sent, place=stated)
    assert told == ["koordinator@skien.kommune.no"]


def test_moderators_are_told_when_nobody_is_nearer(coordinator, moderator, waits, sent):
    _, told = wait_for(waits, sent)
    assert told == ["moderator@skien.kommune.no"]


def test_nobody_is_flooded_and_nobody_is_forgotten(moderator, waits, sent, monkeypatch):
    wait_for(waits, sent)
    _, told = wait_for(waits, sent, email="b@ukjent.example")
    assert told == []
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    for session_ in session.query(AccountSession):
        session_.seen_at = later
    sent.clear()
    Caretaker("http://localhost").tell_of_waiting()
    session.commit()
    tell()
    assert [letter.subject for letter in sent] == ["2 personer venter på å slippe inn på Kunnskap"]
    sent.clear()
    Caretaker("http://localhost").tell_of_waiting()
    session.commit()
    tell()
    assert sent == []


def add(client, domain="direktorat.example", **more):
    return client.post(
        "/administrasjon/domener/nytt",
        data={"domain": domain, "workplace_kind": "state", "organisation": "Prøvedirektoratet"} | more,
    )


def test_a_domain_is_known_changed_and_removed(moderator, member):
    assert add(moderator, "@Direktorat.Example ", tenant="AA-11").status_code == 303
    known = session.get(KnownDomain, "direktorat.example")
    assert (known.workplace_kind, known.tenant) == ("state", "aa-11")
    assert accounts.workplace("noen@avd.direktorat.example").organisation == "Prøvedirektoratet"
    assert "direktorat.example" in moderator.get("/administrasjon/domener").text
    there = "/administrasjon/domener/direktorat.example"
    assert "Prøvedirektoratet" in moderator.get(there).text
    changed = {"workplace_kind": "other", "organisation": "Prøvestiftelsen", "domain": "annet.example"}
    assert moderator.post(there, data=changed).status_code == 303
    session.expire_all()
    assert session.get(KnownDomain, "direktorat.example").organisation == "Prøvestiftelsen"
    assert session.get(KnownDomain, "annet.example") is None
    assert moderator.post(f"{there}/fjern").status_code == 303
    assert moderator.get(there).status_code == 404
    assert moderator.post(f"{there}/fjern").status_code == 404
    assert acts() == ["domain added", "domain changed", "domain removed"]
    assert all("tenant" in entry.facts for entry in session.query(AuditEntry) if entry.act != "domain removed")


def test_a_domain_with_letters_of_ours_is_kept_as_mail_writes_it(moderator):
    assert add(moderator, "miljødirektoratet.example").status_code == 303
    assert session.get(KnownDomain, "xn--miljdirektoratet-oxb.example") is not None


@pytest.mark.parametrize(
    ("domain", "says"),
    [
        ("gmail.com", "Hvem som helst"),
        ("mail.gmail.com", "Hvem som helst"),
        ("skien.kommune.no", "hører til en kommune"),
        ("post.skien.kommune.no", "hører til en kommune"),
        ("kommune.no", "for vidt"),
        ("no", "Skriv et domene"),
        ("ikke et domene", "Skriv et domene"),
        ("a..b.no", "Skriv et domene"),
        ("-a.no", "Skriv et domene"),
        ("a" * 64 + ".no", "Skriv et domene"),
        ("navn@direktorat.no", "Skriv et domene"),
        ("http://direktorat.no", "Skriv et domene"),
        ("<script>.no", "Skriv et domene"),
        ("æ" * 80 + ".no", "Skriv et domene"),
    ],
)
def test_domains_that_prove_nothing_are_refused(moderator, skien, domain, says):
    page = add(moderator, domain)
    assert page.status_code == 422
    assert says in page.text
    assert session.query(KnownDomain).count() == 0


def test_a_tenant_belongs_to_one_domain(moderator):
    add(moderator, "en.example", tenant="leietaker-1")
    page = add(moderator, "to.example", tenant="leietaker-1")
    assert page.status_code == 422
    assert "Et annet domene har denne leietakeren" in page.text
    assert add(moderator, "to.example", tenant="med mellomrom").status_code == 422
    assert add(moderator, "to.example").status_code == 303
    assert (
        moderator.post(
            "/administrasjon/domener/to.example",
            data={"workplace_kind": "state", "organisation": "X", "tenant": "leietaker-1"},
        ).status_code
        == 422
    )
    assert add(moderator, "to.example").status_code == 422


def test_those_who_have_signed_up_stay_when_a_domain_is_removed(moderator, member):
    add(moderator)
    inside = member("Inne Testesen", email="inne@direktorat.example")
    moderator.post("/administrasjon/domener/direktorat.example/fjern")
    assert account(inside.id).is_active


def test_only_moderators_keep_domains_and_must_have_shown_lately_who_they_are(host, moderator, member, browser):
    assert host.get("/administrasjon/domener").status_code == 403
    assert add(host).status_code == 403
    for one in session.query(AccountSession):
        one.fresh_at = clock.now() - timedelta(minutes=16)
    session.commit()
    assert add(moderator).location.startswith("/bekreft-deg")
    assert moderator.get("/administrasjon/domener/nytt").status_code == 303
    assert session.query(KnownDomain).count() == 0


def test_the_overview_shows_what_waits_and_only_what_one_may_look_after(host, moderator, browser, member, waits):
    waits()
    factories.keep(Feedback(page="/sok", words="Vanskelig å lese"))
    page = host.get("/administrasjon").text
    assert "1 venter" in page
    assert "/administrasjon/kontoer" not in page
    assert "/administrasjon/domener" not in page
    assert "/administrasjon/domener" in moderator.get("/administrasjon").text
    assert "/administrasjon/logg" in browser(member(role="administrator")).get("/administrasjon").text
    assert browser(member()).get("/administrasjon").status_code == 403
    assert browser().get("/administrasjon").status_code == 302


def test_the_menu_leads_there_for_those_it_is_for(host, browser, member):
    assert 'href="/administrasjon"' in host.get("/").text
    assert 'href="/administrasjon"' not in browser(member()).get("/").text


def test_what_people_told_is_listed_and_seen_to(moderator, host):
    one = factories.keep(Feedback(page="/sok", words="Vanskelig å lese <b>", email="noen@example.no"))
    page = moderator.get("/administrasjon/tilbakemeldinger").text
    assert "Vanskelig å lese &lt;b&gt;" in page
    moderator.post(f"/administrasjon/tilbakemeldinger/{one.id}/behandlet")
    assert "Behandlet" in moderator.get("/administrasjon/tilbakemeldinger").text
    assert host.get("/administrasjon/tilbakemeldinger").status_code == 403


def test_everybody_who_is_in_may_read_who_may_do_what(browser, member):
    page = browser(member()).get("/administrasjon/rettigheter").text
    assert all(words in page for words in (*rules.RIGHTS.values(), *rules.ROLES.values()))
    assert browser().get("/administrasjon/rettigheter").status_code == 302


def test_every_right_and_role_has_words():
    assert set(rules.RIGHTS) == set(rights.RIGHTS)
    assert tuple(rules.ROLES) == rights.ROLES
