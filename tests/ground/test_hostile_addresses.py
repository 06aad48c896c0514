"""Addresses and names that nobody sends by accident: each gets an answer, and none an error of ours."""

import pytest

from tests import factories

UNREADABLE = "http://[localhost"


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_a_form_from_an_unreadable_address_is_refused(browser, member, header):
    headers = {"Origin": "", header: UNREADABLE}
    assert browser(member()).post("/innlegg/utkast", data={"form": "sporsmal"}, headers=headers).status_code == 403


def test_a_draft_whose_page_cannot_be_read_leads_to_my_page(browser, member):
    headers = {"Accept": "text/html", "Referer": UNREADABLE}
    answer = browser(member()).post("/innlegg/utkast/forkast", data={"form": "sporsmal"}, headers=headers)
    assert answer.location == "/min-side"


def test_an_unreadable_original_of_a_duplicate_is_told_so(browser, member):
    me = member()
    asked = factories.question(me)
    answer = browser(me).post(f"/sporsmal/{asked.id}/duplikat", data={"original": UNREADABLE})
    assert answer.status_code == 422


@pytest.mark.parametrize("page", ["http://[", "//[x", "/\r\nSet-Cookie: a=b", "/\t/annet.example.org", "/\x00"])
def test_a_language_is_chosen_whatever_page_one_says_to_come_from(browser, page):
    answer = browser().post("/sprak", data={"language": "nn", "next": page})
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("path", ["/nettverk/%00", "/nettverk/%00/medlemmer", "/tema/%00", "/kommuner/%00"])
def test_a_name_no_database_keeps_is_not_found(browser, path):
    assert browser().get(path).status_code == 404


def test_a_draft_of_a_form_that_cannot_be_is_thrown_away_without_trouble(browser, member):
    assert browser(member()).post("/innlegg/utkast/forkast", data={"form": "\x00"}).status_code == 302


def test_a_link_with_a_name_no_database_keeps_opens_nothing(browser):
    assert browser().get("/registrer/bekreft/%00").status_code == 410
    assert browser().get("/kommuner?navn=%00&fylke=%00").status_code == 200
    assert browser().get("/sok?q=%00&tema=%00&fylke=%00&status=%00").status_code == 200


@pytest.mark.parametrize("path", ["/dokumenter/nytt", "/erfaringer/ny", "/sporsmal/nytt"])
def test_a_form_with_a_key_no_database_keeps_is_refused(browser, member, path):
    assert browser(member()).post(path, data={"form_key": "\x00"}).status_code == 422
