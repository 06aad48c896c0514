"""Consent: given where it is asked for, listed for whoever gave it, and taken back with a button."""

import pytest

from kunnskap.db import session
from kunnskap.people.models import PHONE, Consent, Person
from tests import factories

PAGE = "/konto/samtykker"
NUMBER = "35 58 10 00"


@pytest.fixture
def me(member, skien):
    return member("Test Testesen", place=skien)


def save(client, person_id, **fields):
    filled = {"name": "Test Testesen", "workplace_kind": "municipality", "place": "Skien", "listed": "y"} | fields
    filled = {"working_days": list("12345")} | filled
    return client.post(f"/folk/{person_id}/rediger", data=filled)


def phone(person_id):
    return session.get_one(Person, person_id, populate_existing=True).phone


def test_a_phone_number_is_kept_and_shown_only_with_consent(browser, member, me):
    client, reader = browser(me), browser(member("Prøve Person"))
    refused = save(client, me.person_id, phone=NUMBER)
    assert refused.status_code == 422
    assert "Kryss av for at nummeret kan vises" in refused.text
    assert phone(me.person_id) == ""
    assert save(client, me.person_id, phone=NUMBER, shows_phone="y").status_code == 302
    assert f"tel:{NUMBER.replace(' ', '')}" in reader.get(f"/folk/{me.person.slug}").text
    assert NUMBER not in browser().get(f"/folk/{me.person.slug}").text
    assert session.query(Consent).one().withdrawn_at is None


def test_saving_again_is_one_consent_and_an_empty_field_takes_it_back(browser, me):
    client = browser(me)
    for _ in range(2):
        save(client, me.person_id, phone=NUMBER, shows_phone="y")
    assert session.query(Consent).count() == 1
    save(client, me.person_id, phone="", shows_phone="y")
    assert session.query(Consent).one().withdrawn_at is not None


def test_consent_is_listed_and_taken_back_with_the_number(browser, me):
    client = browser(me)
    assert "Du har ikke samtykket til noe" in client.get(PAGE).text
    save(client, me.person_id, phone=NUMBER, shows_phone="y")
    page = client.get(PAGE).text
    assert "At telefonnummeret ditt vises for dem du har valgt" in page
    assert "Trekk samtykket" in page
    assert client.post(f"{PAGE}/phone/trekk").location == PAGE
    assert phone(me.person_id) == ""
    after = client.get(PAGE).text
    assert "trukket tilbake" in after
    assert "Trekk samtykket" not in after
    assert client.post(f"{PAGE}/phone/trekk").status_code == 303
    assert client.post(f"{PAGE}/noe-annet/trekk").status_code == 404


def test_a_number_from_before_consent_was_asked_for_is_not_shown(browser, member, me):
    known = factories.person("Prøve Person", phone=NUMBER)
    assert "tel:" not in browser(me).get(f"/folk/{known.slug}").text


def test_nobody_agrees_for_somebody_else(browser, member, skien):
    other = member("Prøve Person", place=skien)
    moderator = browser(member(role="moderator"))
    assert save(moderator, other.person_id, phone=NUMBER, shows_phone="y").status_code == 302
    assert phone(other.person_id) == ""
    session.query(Person).filter_by(id=other.person_id).update({"phone": NUMBER})
    session.commit()
    assert NUMBER not in moderator.get(f"/folk/{other.person_id}/rediger").text
    assert save(moderator, other.person_id, phone="99 99 99 99", shows_phone="y").status_code == 302
    assert phone(other.person_id) == NUMBER
    assert session.query(Consent).count() == 0


def test_a_moderator_who_corrects_a_profile_leaves_the_consent_as_it_is_or_ends_it(browser, member, me):
    save(browser(me), me.person_id, phone=NUMBER, shows_phone="y")
    moderator = browser(member(role="moderator"))
    assert save(moderator, me.person_id, name="Rettet Navn").status_code == 302
    assert session.query(Consent).filter_by(purpose=PHONE, withdrawn_at=None).count() == 1
    assert save(moderator, me.person_id, name="Rettet Navn", clears_contact="y").status_code == 302
    assert session.query(Consent).filter_by(withdrawn_at=None).count() == 0
    assert phone(me.person_id) == ""
