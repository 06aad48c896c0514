"""Signing up, confirming, signing in and out, choosing a password: the ways that work."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts import actions, passwords
from kunnskap.accounts.models import Account, AccountToken
from kunnskap.accounts.queries import digest
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.people.models import Person
from tests import factories

PASSWORD = "fire nye ord sammen"
WHO = {"name": "Test Testesen", "email": "test.ny@skien.kommune.no", "password": PASSWORD}


def link_in(letter):
    return re.search(r"http://localhost(\S+)", letter.text).group(1)


def account_of(email):
    return session.scalars(select(Account).where(Account.email == email)).one()


def person_of(email):
    return session.scalars(
        select(Person).join(Account, Account.person_id == Person.id).where(Account.email == email)
    ).one()


def is_signed_in(browser):
    return browser.get("/konto").status_code == 200


@pytest.fixture
def somebody(member):
    return member(email="test.person@skien.kommune.no", password_hash=passwords.hashed(PASSWORD))


def test_an_adviser_signs_up_confirms_and_is_signed_in(browser, skien, sent):
    adviser = browser()
    answer = adviser.post("/registrer", data=WHO)
    assert (answer.status_code, answer.location) == (303, "/sjekk-eposten")
    assert "Sjekk e-posten" in adviser.get(answer.location).text
    assert not is_signed_in(adviser)
    link = link_in(sent[0])
    assert f"inn som {WHO['email']}" in adviser.get(link).text
    assert adviser.post(link).status_code == 303
    page = adviser.get("/konto").text
    assert "Test Testesen" in page
    assert "Skien kommune" in page


def test_one_who_signs_up_to_ask_comes_to_the_question_after_confirming(browser, skien, sent):
    adviser = browser()
    assert 'href="/registrer?til=/sporsmal/nytt"' in adviser.get("/logg-inn?til=/sporsmal/nytt").text
    assert 'value="/sporsmal/nytt"' in adviser.get("/registrer?til=/sporsmal/nytt").text
    adviser.post("/registrer", data=WHO | {"til": "/sporsmal/nytt"})
    assert adviser.post(link_in(sent[0])).location == "/sporsmal/nytt"


@pytest.mark.parametrize("til", ["https://evil.example/", "//evil.example", ""])
def test_one_who_signs_up_is_never_led_to_another_site(browser, skien, sent, til):
    adviser = browser()
    adviser.post("/registrer", data=WHO | {"til": til})
    assert adviser.post(link_in(sent[0])).location == "/min-side"
    assert adviser.get("/konto").status_code == 200


@pytest.mark.parametrize("domain", ["skien.kommune.no", "post.skien.kommune.no", "SKIEN.kommune.no"])
def test_the_address_tells_where_one_works(browser, skien, sent, domain):
    browser().post("/registrer", data=WHO | {"email": f"Test.Ny@{domain}"})
    person = person_of(f"test.ny@{domain.lower()}")
    assert (person.workplace_kind, person.place_id, person.organisation) == ("municipality", skien.id, "Skien kommune")


def test_a_county_authority_is_told_from_its_municipalities(browser, sent):
    telemark = factories.county(domains=["telemarkfylke.no"])
    browser().post("/registrer", data=WHO | {"email": "test.ny@telemarkfylke.no"})
    person = person_of("test.ny@telemarkfylke.no")
    assert (person.workplace_kind, person.place_id) == ("county", telemark.id)
    assert person.organisation == "Telemark fylkeskommune"


def test_an_unknown_address_is_asked_where_it_belongs_and_what_was_typed_is_kept(browser, skien, sent):
    stranger = browser()
    who = WHO | {"email": "test.ny@prove.example", "role": "Rådgiver"}
    answer = stranger.post("/registrer", data=who)
    assert answer.status_code == 422
    assert "Vi ser ikke av e-postadressen" in answer.text
    assert all(f'value="{who[name]}"' in answer.text for name in ("name", "email", "role"))
    assert PASSWORD not in answer.text
    where = {"workplace_kind": "state", "organisation": "Prøvedirektoratet"}
    assert stranger.post("/registrer", data=who | where).status_code == 303
    person = person_of("test.ny@prove.example")
    assert (person.workplace_kind, person.place_id, person.organisation) == ("state", None, "Prøvedirektoratet")


@pytest.mark.parametrize("words", ["Skien kommune", "skien"])
def test_a_municipality_is_recognised_by_its_name_too(browser, skien, sent, words):
    where = {"workplace_kind": "municipality", "organisation": words}
    browser().post("/registrer", data=WHO | {"email": "test.ny@prove.example"} | where)
    person = person_of("test.ny@prove.example")
    assert (person.place_id, person.organisation) == (skien.id, "Skien kommune")


def test_one_stands_in_the_directory_only_after_confirming(browser, skien, sent):
    adviser = browser()
    adviser.post("/registrer", data=WHO)
    assert not person_of(WHO["email"]).listed
    adviser.post(link_in(sent[0]))
    person = person_of(WHO["email"])
    assert person.listed
    told = session.scalars(select(Outbox).where(Outbox.name == "PersonChanged")).one()
    assert f'"person_id": {person.id}' in told.facts


def test_somebody_in_the_directory_gets_the_key_to_that_face(browser, skien, sent):
    face = factories.person("Prøve Person", skien, email="Test.Ny@skien.kommune.no")
    browser().post("/registrer", data=WHO | {"name": "Noen Andre"})
    assert person_of(WHO["email"]).id == face.id
    assert session.get_one(Person, face.id).name == "Prøve Person"


def test_opening_the_link_as_a_mail_scanner_does_spends_nothing(browser, skien, sent):
    browser().post("/registrer", data=WHO)
    for _ in range(3):
        answer = browser().get(link_in(sent[0]))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert account_of(WHO["email"]).confirmed_at is None
    assert browser().post(link_in(sent[0])).status_code == 303


def test_only_the_digest_of_a_link_is_kept(browser, skien, sent):
    browser().post("/registrer", data=WHO)
    secret = link_in(sent[0]).rpartition("/")[2]
    kept = session.scalars(select(AccountToken)).one()
    assert kept.digest == digest(secret)
    assert timedelta(hours=23) < kept.expires_at - clock.now() <= timedelta(hours=24)
    assert secret not in " ".join(session.scalars(select(Outbox.facts)))


def test_without_a_password_one_signs_in_by_mail(browser, skien, sent):
    adviser = browser()
    adviser.post("/registrer", data=WHO | {"password": ""})
    adviser.post(link_in(sent[0]))
    adviser.post("/logg-ut")
    assert not is_signed_in(adviser)
    answer = adviser.post("/logg-inn/lenke", data={"email": WHO["email"], "til": "/tema"})
    assert answer.location == "/sjekk-eposten"
    link = link_in(sent[1])
    assert adviser.get(link).status_code == 200
    answer = adviser.post(link)
    assert (answer.status_code, answer.location) == (303, "/tema")
    assert is_signed_in(adviser)


def test_one_signs_in_with_a_password_and_is_led_on(browser, somebody):
    adviser = browser()
    turned_away = adviser.get("/konto")
    assert turned_away.location == "/logg-inn?til=/konto"
    assert 'value="/konto"' in adviser.get(turned_away.location).text
    answer = adviser.post(
        "/logg-inn", data={"email": " Test.Person@Skien.kommune.no", "password": PASSWORD, "til": "/konto"}
    )
    assert (answer.status_code, answer.location) == (303, "/konto")
    assert is_signed_in(adviser)
    assert adviser.get("/logg-inn?til=/tema").location == "/tema"
    assert adviser.get("/registrer").location == "/konto"


def test_the_cookie_lasts_thirty_days_and_scripts_cannot_read_it(browser, somebody):
    answer = browser().post("/logg-inn", data={"email": somebody.email, "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    adviser = browser()
    adviser.post("/logg-inn", data={"email": somebody.email, "password": PASSWORD})
    left = adviser.get_cookie("session").expires - clock.now()
    assert timedelta(days=29) < left <= timedelta(days=30)


def test_a_signed_in_page_asks_the_database_once_for_the_account(browser, somebody, count_sql):
    adviser, visitor = browser(somebody), browser()
    with count_sql() as as_visitor:
        visitor.get("/sjekk-eposten")
    with count_sql() as as_member:
        adviser.get("/sjekk-eposten")
    assert len(as_member) - len(as_visitor) == 1, str(as_member)


def test_a_weakly_kept_password_is_kept_better_at_the_next_sign_in(browser, member):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    account = member(password_hash=weak)
    assert browser().post("/logg-inn", data={"email": account.email, "password": PASSWORD}).status_code == 303
    kept = account_of(account.email).password_hash
    assert kept != weak
    assert passwords.fits(kept, PASSWORD)
    assert not passwords.is_outdated(kept)


def test_a_forgotten_password_is_chosen_anew_and_every_session_ends(browser, somebody, sent):
    elsewhere, adviser = browser(somebody), browser()
    adviser.post("/glemt-passord", data={"email": somebody.email})
    link = link_in(sent[0])
    assert adviser.get(link).status_code == 200
    assert adviser.post(link, data={"password": "kort"}).status_code == 422
    assert adviser.post(link, data={"password": "et ganske nytt passord"}).status_code == 303
    assert is_signed_in(adviser)
    assert not is_signed_in(elsewhere)
    assert adviser.post(link, data={"password": "enda et nytt passord"}).status_code == 410


def test_a_password_is_changed_by_whoever_knows_it(browser, somebody, sent):
    elsewhere, adviser = browser(somebody), browser(somebody)
    wrong = adviser.post("/konto/passord", data={"current": "feil", "password": "et ganske nytt passord"})
    assert wrong.status_code == 422
    assert "er feil" in wrong.text
    right = adviser.post("/konto/passord", data={"current": PASSWORD, "password": "et ganske nytt passord"})
    assert right.status_code == 303
    assert "Passordet er endret" in adviser.get("/konto").text
    assert not is_signed_in(elsewhere)
    assert sent[0].subject == "Passordet ditt hos Kunnskap er endret"


def test_one_without_a_password_may_choose_one(browser, member):
    account = member()
    adviser = browser(account)
    assert "Velg et passord" in adviser.get("/konto").text
    assert adviser.post("/konto/passord", data={"password": PASSWORD}).status_code == 303
    assert passwords.fits(account_of(account.email).password_hash, PASSWORD)


def test_signing_out_ends_this_session_only(browser, somebody):
    here, elsewhere = browser(somebody), browser(somebody)
    assert here.post("/logg-ut").status_code == 303
    assert not is_signed_in(here)
    assert is_signed_in(elsewhere)


def test_signing_out_everywhere_ends_all_sessions(browser, somebody):
    here, elsewhere = browser(somebody), browser(somebody)
    answer = here.post("/logg-ut-overalt")
    assert "Du er logget ut på alle enheter" in here.get(answer.location).text
    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_letters_come_in_the_readers_language_and_with_an_address_that_works_from_a_mail(browser, skien, sent):
    browser().post("/registrer", data=WHO)
    assert sent[0].to == WHO["email"]
    assert sent[0].subject == "Bekreft e-postadressen din hos Kunnskap"
    assert "http://localhost/registrer/bekreft/" in sent[0].text


def test_an_administrator_is_made_once(database):
    assert actions.create_admin("Test.Admin@skien.kommune.no", "Test Administrator", PASSWORD)
    assert not actions.create_admin("test.admin@skien.kommune.no", "Et annet navn")
    made = account_of("test.admin@skien.kommune.no")
    assert (made.role, made.is_active) == ("administrator", True)
    assert person_of(made.email).name == "Test Administrator"
    assert passwords.fits(made.password_hash, PASSWORD)


def test_as_much_is_written_down_for_every_address_that_signs_up(browser, skien, member):
    """What comes of it in the outbox takes time, and time tells."""
    member(email="apen@skien.kommune.no")
    member(email="stengt@skien.kommune.no", closed_at=clock.now())
    written = []
    for address in ("apen@skien.kommune.no", "stengt@skien.kommune.no", "ny@skien.kommune.no"):
        before = session.query(Outbox).count()
        assert browser().post("/registrer", data=WHO | {"email": address}).status_code == 303
        written.append(session.query(Outbox).count() - before)
    assert written == [1, 1, 1]


def test_whoever_signed_up_first_with_an_administrators_address_gets_no_power(browser, skien):
    """An account made ahead of its owner, with a password the other knows (pre-hijacking)."""
    browser().post("/registrer", data=WHO | {"password": PASSWORD})
    assert passwords.fits(account_of(WHO["email"]).password_hash, PASSWORD)
    actions.create_admin(WHO["email"], "Test Administrator")
    session.commit()
    assert account_of(WHO["email"]).password_hash is None
    assert browser().post("/logg-inn", data={"email": WHO["email"], "password": PASSWORD}).status_code == 422
