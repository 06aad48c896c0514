"""One's own profile: what it tells, who sees how to reach one, former positions, absence and the contact card."""

from datetime import date, timedelta

import pytest
import vobject
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.db import session
from kunnskap.networks.models import NetworkMember
from kunnskap.people import queries
from kunnskap.people.models import EVERYONE, MEMBERS, NETWORKS, NOBODY, PHONE, WAYS, Consent, Person, Position
from kunnskap.search import documents
from kunnskap.search.documents import Names
from tests import factories

MAIL, NUMBER, TEAMS = "synlig.test@skien.kommune.no", "35 58 10 00", "Teams-testnavn"
SHOWN = {"email": MAIL, "phone": NUMBER, "other_contact": TEAMS}
LEVELS = {
    EVERYONE: {"visitor", "member", "fellow", "moderator", "self"},
    MEMBERS: {"member", "fellow", "moderator", "self"},
    NETWORKS: {"fellow", "self"},
    NOBODY: {"self"},
}


def profile(**more):
    return {
        "name": "Test Testesen",
        "role": "Klimarådgiver",
        "workplace_kind": "municipality",
        "place": "Skien",
        "working_days": list("12345"),
        "listed": "y",
    } | more


def save(client, person_id, **more):
    return client.post(f"/folk/{person_id}/rediger", data=profile(**more))


def words(answer):
    return " ".join(BeautifulSoup(answer.text, "html.parser").select_one("main").get_text(" ").split())


@pytest.fixture
def skien(database):
    return factories.place(county_id=factories.county().id, domains=["skien.kommune.no"])


@pytest.fixture
def me(member, skien):
    """Somebody in a network, with every contact way."""
    account = member("Test Testesen", place=skien)
    person = session.get_one(Person, account.person_id)
    person.email, person.phone, person.other_contact, person.role = MAIL, NUMBER, TEAMS, "Klimarådgiver"
    session.add(Consent(person_id=person.id, purpose=PHONE))
    session.commit()
    return account


@pytest.fixture
def viewers(browser, member, me):
    """A browser of each kind of reader of the page."""
    network, other = factories.network(), factories.network("annet", "Et annet nettverk")
    fellow, plain, moderator = member("Med Testesen"), member("Prøve Person"), member(role="moderator")
    for account, joined in ((me, network), (fellow, network), (plain, other)):
        factories.keep(NetworkMember(network_id=joined.id, person_id=account.person_id))
    accounts = {"visitor": None, "member": plain, "fellow": fellow, "moderator": moderator, "self": me}
    return {name: browser(account) for name, account in accounts.items()}


@pytest.mark.parametrize("level", LEVELS)
def test_page_and_card_show_each_reader_the_ways_they_may_see(viewers, me, level):
    person = session.get_one(Person, me.person_id)
    person.email_for = person.phone_for = person.other_contact_for = level
    session.commit()
    for name, client in viewers.items():
        page = client.get(f"/folk/{person.slug}").text
        card = client.get(f"/folk/{person.id}/kontaktkort").text
        for way, told in SHOWN.items():
            may_see = name in LEVELS[level]
            assert (told in page) == may_see, (name, way)
            assert (told in card) == may_see, (name, way)


@pytest.mark.parametrize("state", [{"left_at": clock.now()}, {"listed": False}])
def test_whoever_left_or_hides_shows_no_way_and_has_no_card(viewers, me, state):
    person = session.get_one(Person, me.person_id)
    for name in WAYS:
        setattr(person, f"{name}_for", EVERYONE)
    for name, value in state.items():
        setattr(person, name, value)
    session.commit()
    for name, client in viewers.items():
        answer = client.get(f"/folk/{person.slug}")
        told = [one for one in SHOWN.values() if one in answer.text]
        assert (name == "self") == bool(told), (name, told)
        assert client.get(f"/folk/{person.id}/kontaktkort").status_code == (200 if name == "self" else 404)


def test_a_phone_number_without_consent_is_shown_to_nobody_else(viewers, me):
    session.query(Consent).delete()
    person = session.get_one(Person, me.person_id)
    person.phone_for = EVERYONE
    session.commit()
    for name, client in viewers.items():
        assert NUMBER not in client.get(f"/folk/{person.slug}").text, name
        assert NUMBER not in client.get(f"/folk/{person.id}/kontaktkort").text, name


def test_nothing_but_the_page_tells_how_to_reach_somebody(viewers, me, skien):
    """Lists, searches, the programs' door and the pages of posts never tell, also not what is open to everyone."""
    person = session.get_one(Person, me.person_id)
    person.email_for = person.phone_for = person.other_contact_for = EVERYONE
    session.commit()
    asked = factories.question(person, title="Prøvespørsmål")
    shared = factories.experience(person, {"contact_id": person.id}, title="Prøveerfaring")
    addresses = [
        "/folk", "/folk?q=test", "/sok?q=test", "/api/v1/search?q=test", f"/sporsmal/{asked.slug}",
        f"/erfaringer/{shared.slug}", "/nettverk/testnettverk", f"/kommuner/{skien.slug}",
    ]  # fmt: skip
    for name, client in viewers.items():
        for address in addresses:
            answer = client.get(address, follow_redirects=True)
            assert answer.status_code == 200, address
            assert [one for one in SHOWN.values() if one in answer.text] == [], (name, address)


def test_the_index_knows_no_way_to_reach_anybody(me):
    found = list(documents.of_people([me.person_id], Names()))
    assert len(found) == 1
    assert [one for one in SHOWN.values() if one in repr(found[0])] == []


def test_a_shared_mailbox_that_is_the_contacts_own_address_follows_the_contacts_choice(viewers, me):
    shared = factories.experience(me, {"contact_id": me.person_id, "contact_mailbox": MAIL.upper()})
    address = f"/erfaringer/{shared.slug}"
    assert MAIL.upper() in viewers["member"].get(address, follow_redirects=True).text
    session.get_one(Person, me.person_id).email_for = NOBODY
    session.commit()
    assert MAIL.upper() not in viewers["member"].get(address, follow_redirects=True).text


def test_a_contact_card_can_be_read_by_other_programs(viewers, me):
    answer = viewers["member"].get(f"/folk/{me.person_id}/kontaktkort")
    assert answer.mimetype == "text/vcard"
    assert answer.headers["Content-Disposition"] == "attachment; filename=test-testesen.vcf"
    assert "no-store" in answer.headers["Cache-Control"]
    card = vobject.readOne(answer.get_data(as_text=True))
    assert (card.fn.value, card.n.value.family, card.title.value) == ("Test Testesen", "Testesen", "Klimarådgiver")
    assert (card.email.value, card.tel.value, card.note.value) == (MAIL, NUMBER, TEAMS)
    assert card.url.value == f"http://localhost/folk/{me.person_id}-test-testesen"


def test_words_that_look_like_a_card_stay_words(browser, member, skien):
    account = member()
    nasty = 'Ond;Navn,"\\n TEL:112'
    save(browser(account), account.person_id, name=nasty, role=nasty, other_contact=nasty)
    answer = browser(member()).get(f"/folk/{account.person_id}/kontaktkort")
    card = vobject.readOne(answer.get_data(as_text=True))
    assert (card.fn.value, card.title.value, card.note.value) == (nasty, nasty, nasty)
    assert "tel" not in card.contents
    assert answer.headers["Content-Disposition"] == "attachment; filename=ond-navn-n-tel-112.vcf"


def test_a_member_tells_everything_a_profile_can_tell(browser, member, skien):
    stand_in = factories.person("Vikar Testesen", skien)
    account, today = member("Test Testesen", place=skien), clock.today()
    sent = {
        "since": "2020-03-01", "contact_about": "sykkelveier", "email_for": NETWORKS, "phone": NUMBER, "phone_for": EVERYONE,
        "shows_phone": "y", "other_contact": TEAMS, "other_contact_for": NOBODY, "working_days": ["1", "2", "4"],
        "away_from": today.isoformat(), "away_until": (today + timedelta(days=7)).isoformat(),
        "stand_in": "Vikar Testesen, Skien", "language": "nn", "asks_a_week": "0", "wants_pairs": "y",
    }  # fmt: skip
    assert save(browser(account), account.person_id, **sent).status_code == 302
    kept = queries.person(account.person_id)
    assert (kept.since, kept.contact_about, kept.working_days) == (date(2020, 3, 1), "sykkelveier", "124")
    assert (kept.email_for, kept.phone_for, kept.other_contact_for) == (NETWORKS, EVERYONE, NOBODY)
    assert (kept.stand_in_id, kept.language, kept.asks_a_week, kept.wants_pairs) == (stand_in.id, "nn", 0, True)
    shown = words(browser().get(f"/folk/{kept.slug}"))
    assert "Borte til og med" in shown
    assert "Spør heller: Vikar Testesen" in shown
    assert "Kontakt meg om: sykkelveier" in shown
    assert "mandag, tirsdag, torsdag" in shown
    assert "Siden 1. mars 2020" in shown
    form = browser(account).get(f"/folk/{account.person_id}/rediger").text
    page = BeautifulSoup(form, "html.parser")
    assert page.select_one("[name=stand_in]")["value"] == "Vikar Testesen, Skien"
    assert [one["value"] for one in page.select("[name=working_days][checked]")] == ["1", "2", "4"]


def test_a_day_is_taken_away_again(browser, member, skien):
    account = member("Test Testesen", place=skien)
    client = browser(account)
    save(client, account.person_id, away_from="2026-01-01", away_until="2026-01-02", since="2020-01-01")
    save(client, account.person_id, away_from="", away_until="", since="")
    kept = session.get_one(Person, account.person_id)
    assert (kept.away_from, kept.away_until, kept.since) == (None, None, None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"since": "i fjor"}, "Skriv datoen som år, måned og dag"),
        ({"away_from": "2026-12-02", "away_until": "2026-12-01"}, "Siste dag er før første dag."),
        ({"stand_in": "Ingen Slik"}, "Vi finner ingen med det navnet"),
        ({"stand_in": "To Like"}, "Flere heter det."),
        ({"stand_in": "Test Testesen"}, "Velg en annen som står i katalogen"),
        ({"working_days": []}, "Velg minst én dag."),
        ({"working_days": ["9"]}, ""),
        ({"asks_a_week": "99"}, "Velg en av verdiene i listen."),
        ({"email_for": "alle sammen"}, "Velg en av verdiene i listen."),
        ({"language": "tlh"}, "Velg en av verdiene i listen."),
        ({"phone": NUMBER}, "Kryss av for at nummeret kan vises"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field_and_nothing_is_lost(browser, member, skien, changed, said):
    factories.person("To Like"), factories.person("To Like")
    account = member("Test Testesen", place=skien)
    answer = save(browser(account), account.person_id, contact_about="sykkelveier", **changed)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert said in page.select_one(".ds-error-summary").get_text(" ", strip=True)
    assert page.select_one("[name=contact_about]")["value"] == "sykkelveier"
    assert session.get_one(Person, account.person_id).contact_about == ""


def test_what_one_did_before_is_kept_when_one_changes_work(browser, member, me):
    factories.place("Bamble", "4012")
    client = browser(me)
    save(client, me.person_id, role="Klimaleder", place="Bamble", since="2026-08-01")
    (kept,) = queries.positions(me.person_id)
    assert (kept.role, kept.place.name, kept.until) == ("Klimarådgiver", "Skien", date(2026, 8, 1))
    shown = words(browser().get(f"/folk/{me.person_id}-test-testesen"))
    assert "Tidligere stillinger Klimarådgiver, Skien" in shown
    assert "Til 1. august 2026" in shown
    save(client, me.person_id, role="Klimasjef", place="Bamble", since="2026-08-01", is_correction="y")
    assert len(queries.positions(me.person_id)) == 1
    save(client, me.person_id, role="Rådgiver", place="Bamble", since="2026-08-01")
    assert [one.role for one in queries.positions(me.person_id)] == ["Klimasjef", "Klimarådgiver"]
    assert session.get_one(Person, me.person_id).since == clock.today()


def test_former_positions_are_added_changed_and_removed(browser, me):
    client, address = browser(me), f"/folk/{me.person_id}/stillinger"
    told = {
        "role": "Planlegger",
        "workplace_kind": "state",
        "organisation": "Prøveverket",
        "since": "2010-01-01",
        "until": "2015-06-30",
    }
    assert client.post(address, data=told, follow_redirects=True).status_code == 200
    (kept,) = queries.positions(me.person_id)
    assert (kept.role, kept.organisation, kept.since, kept.until) == (
        "Planlegger",
        "Prøveverket",
        date(2010, 1, 1),
        date(2015, 6, 30),
    )
    form = client.get(f"{address}?endre={kept.id}")
    assert BeautifulSoup(form.text, "html.parser").select_one("[name=role]")["value"] == "Planlegger"
    client.post(f"{address}/{kept.id}", data=told | {"role": "Sjef"})
    assert [one.role for one in queries.positions(me.person_id)] == ["Sjef"]
    wrong = client.post(f"{address}/{kept.id}", data=told | {"until": "2009-01-01"})
    assert wrong.status_code == 422
    assert "Sluttdatoen er før startdatoen." in wrong.text
    client.post(f"{address}/{kept.id}/fjern")
    assert queries.positions(me.person_id) == []


def test_nobody_touches_the_positions_of_others(browser, member, me):
    kept = factories.keep(Position(person_id=me.person_id, role="Planlegger"))
    stranger = member("Prøve Person")
    client, mine = browser(stranger), f"/folk/{stranger.person_id}/stillinger"
    assert client.get(f"/folk/{me.person_id}/stillinger").status_code == 403
    assert client.post(f"/folk/{me.person_id}/stillinger/{kept.id}/fjern").status_code == 403
    assert client.post(f"{mine}/{kept.id}/fjern").status_code == 404
    assert client.post(f"{mine}/{kept.id}", data={"role": "x"}).status_code == 404
    assert client.get(f"{mine}?endre={kept.id}").status_code == 404
    assert len(queries.positions(me.person_id)) == 1


def test_choosing_others_to_see_the_number_is_agreed_to_anew(browser, me):
    client = browser(me)
    save(client, me.person_id, phone=NUMBER, shows_phone="y", phone_for=MEMBERS)
    assert session.query(Consent).count() == 1
    save(client, me.person_id, phone=NUMBER, shows_phone="y", phone_for=EVERYONE)
    assert session.query(Consent).count() == 2
    assert session.query(Consent).filter_by(withdrawn_at=None).count() == 1


def test_a_moderator_corrects_a_profile_without_seeing_how_to_reach_the_person(viewers, me):
    person = session.get_one(Person, me.person_id)
    person.email_for = person.phone_for = person.other_contact_for = NOBODY
    session.commit()
    form = viewers["moderator"].get(f"/folk/{me.person_id}/rediger")
    assert [one for one in SHOWN.values() if one in form.text] == []
    assert save(viewers["moderator"], me.person_id, role="Rettet").status_code == 302
    kept = session.get_one(Person, me.person_id, populate_existing=True)
    assert (kept.role, kept.phone, kept.other_contact, kept.phone_for) == ("Rettet", NUMBER, TEAMS, NOBODY)


def test_a_member_writes_to_others_and_not_to_themselves(viewers, me):
    link = f"/meldinger/ny?til={me.person_id}"
    shown = {name: link in client.get(f"/folk/{me.person_id}-test-testesen").text for name, client in viewers.items()}
    assert shown == {"visitor": False, "member": True, "fellow": True, "moderator": True, "self": False}


def test_a_stand_in_who_has_left_is_not_named(browser, member, skien):
    stand_in = factories.person("Vikar Testesen", skien, left_at=clock.now())
    away = factories.person("Borte Testesen", skien, away_from=clock.today(), stand_in_id=stand_in.id)
    shown = words(browser().get(f"/folk/{away.slug}"))
    assert "Borte for tiden." in shown
    assert "Vikar" not in shown


def test_the_form_and_the_positions_take_few_statements(browser, me, count_sql):
    for number in range(5):
        factories.keep(Position(person_id=me.person_id, role=f"Rolle {number}"))
    client = browser(me)
    for address, most in ((f"/folk/{me.person_id}/rediger", 7), (f"/folk/{me.person_id}/stillinger", 5)):
        client.get(address)
        with count_sql() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= most, str(statements)
