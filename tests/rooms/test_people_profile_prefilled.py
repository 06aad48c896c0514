"""Whoever comes in from a known domain finds workplace and place in their profile, and is written to in their language."""

import re

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.accounts import queries as account_queries
from kunnskap.db import session
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.organisations import actions as organisations
from kunnskap.organisations.rules import Claims
from kunnskap.people import queries
from tests import factories

MAIL = "ny.person@skien.kommune.no"


@pytest.fixture
def skien(database):
    return factories.place(county_id=factories.county(domains=["telemark.example"]).id, domains=["skien.kommune.no"])


def link_in(letter):
    return re.search(r"http://localhost(\S+)", letter.text)[1]


def by_sign_up(browser, sent, mail=MAIL):
    visitor = browser()
    visitor.set_cookie("sprak", "nn")
    visitor.post("/registrer", data={"name": "Ny Person", "email": mail, "password": "fire helt nye ord"})
    visitor.post(link_in(sent[-1]))
    return visitor


def by_invitation(browser, sent, host):
    browser(host).post("/invitasjoner/ny", data={"email": MAIL})
    visitor = browser()
    visitor.set_cookie("sprak", "nn")
    visitor.post(link_in(sent[-1]), data={"name": "Ny Person", "password": "fire helt tilfeldige ord"})
    return visitor


def form_of(visitor, person):
    page = BeautifulSoup(visitor.get(f"/folk/{person.id}/rediger").text, "html.parser")
    kind = page.select_one("[name=workplace_kind] option[selected]")["value"]
    return kind, page.select_one("[name=place]")["value"], page.select_one("[name=organisation]")["value"]


def came(person):
    session.expire_all()
    return queries.person(account_queries.by_email(person).person_id)


def test_one_who_signs_up_finds_the_workplace_of_the_address(browser, skien, sent):
    visitor = by_sign_up(browser, sent)
    person = came(MAIL)
    assert (person.place_id, person.place.county.name, person.language) == (skien.id, "Telemark", "nn")
    assert form_of(visitor, person) == ("municipality", "Skien (4003)", "Skien kommune")


def test_one_who_signs_up_from_a_county_finds_the_county(browser, skien, sent):
    visitor = by_sign_up(browser, sent, "ny.person@telemark.example")
    person = came("ny.person@telemark.example")
    assert form_of(visitor, person) == ("county", "Telemark (40)", "Telemark fylkeskommune")


def test_one_who_comes_by_invitation_finds_the_workplace_of_the_address(browser, member, skien, sent):
    host = member("Koordinator Testesen", place=skien)
    factories.keep(NetworkMember(network_id=factories.network().id, person_id=host.person_id, role=COORDINATOR))
    visitor = by_invitation(browser, sent, host)
    person = came(MAIL)
    assert (person.place_id, person.language) == (skien.id, "nn")
    assert form_of(visitor, person) == ("municipality", "Skien (4003)", "Skien kommune")


def test_one_who_comes_through_the_organisation_finds_the_workplace_of_the_address(browser, skien):
    claims = Claims("https://provider.example", "sub-1", MAIL, is_verified=True, name="Ny Person")
    account = organisations.enter(claims, "nn")
    session.commit()
    person = queries.person(account.person_id)
    assert (person.workplace_kind, person.place_id, person.language) == ("municipality", skien.id, "nn")
    assert form_of(browser(account), person) == ("municipality", "Skien (4003)", "Skien kommune")


def test_one_who_changes_to_an_address_elsewhere_works_there_and_keeps_what_was_before(browser, member, skien, sent):
    bamble = factories.place("Bamble", "4012", domains=["bamble.example"])
    moved = member("Test Testesen", place=skien)
    client = browser(moved)
    client.post("/konto/epost", data={"email": "test.person@bamble.example"})
    client.post(link_in(sent[-1]))
    person = came("test.person@bamble.example")
    assert (person.place_id, person.since) == (bamble.id, clock.today())
    (former,) = queries.positions(person.id)
    assert (former.place_id, former.until) == (skien.id, clock.today())
