"""Inviting many at once, from a list, and the limits to inviting."""

import io
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.invitations import rules
from kunnskap.invitations.models import Invitation
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.web.limits import limiter
from tests import factories


@pytest.fixture
def network(database):
    return factories.network(name="Prøvenettverket", is_open=False)


@pytest.fixture
def coordinator(member, network, skien):
    """Somebody who coordinates a network and is proven to work in Skien."""
    made = member("Koordinator Testesen", place=skien, organisation="Skien kommune")
    factories.keep(NetworkMember(network_id=network.id, person_id=made.person_id, role=COORDINATOR))
    return made


@pytest.fixture
def host(browser, coordinator):
    return browser(coordinator)


def invite(client, email="ny.person@skien.kommune.no", **more):
    return client.post("/invitasjoner/ny", data={"email": email} | more)


def test_a_network_of_nothing_but_space_is_no_network(host):
    assert invite(host, network="\t\n").status_code == 303
    assert session.query(Invitation).one().network_id is None


def test_a_link_for_several_floods_nobodys_mailbox(host, browser, sent):
    page = host.post("/invitasjoner/lenke", data={"uses": "50", "days": "7"}).text
    link = re.search(r"/invitasjon/[\w-]+", page)[0]
    sent.clear()
    limiter.enabled = True
    try:
        wanted = {"name": "Ny Testesen", "email": "offer@skien.kommune.no"}
        answers = [browser().post(link, data=wanted).status_code for _ in range(8)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers[-1] == 429
    assert len(sent) == 5


def test_the_same_address_is_not_flooded(host):
    assert invite(host).status_code == 303
    again = invite(host, "NY.person@skien.kommune.no ")
    assert again.status_code == 422
    assert "Er invitert de siste sju dagene" in again.text
    for made in session.query(Invitation):
        made.made_at -= timedelta(days=8)
    session.commit()
    assert invite(host).status_code == 303


def test_withdrawing_does_not_open_for_more_than_a_few(host):
    for _ in range(rules.MOST_REPEATS):
        assert invite(host).status_code == 303
        for made in session.query(Invitation):
            made.withdrawn_at = clock.now()
        session.commit()
    assert invite(host).status_code == 422


def test_there_is_a_limit_to_a_day(host, monkeypatch):
    monkeypatch.setattr(rules, "A_DAY", 2)
    page = many(host, "a@skien.kommune.no\nb@skien.kommune.no\nc@skien.kommune.no")
    assert results(page) == ["Sendt", "Sendt", "Du kan sende 2 invitasjoner i døgnet. Prøv igjen i morgen."]
    assert invite(host).status_code == 422
    assert host.post("/invitasjoner/lenke", data={"uses": "2", "days": "7"}).status_code == 422


def many(client, lines="", file=None, **more):
    sent = {"lines": lines} | more
    if file is not None:
        sent["file"] = (io.BytesIO(file), "liste.csv")
    return client.post("/invitasjoner/liste", data=sent, content_type="multipart/form-data")


def results(page):
    return [
        row.find_all("td")[-1].get_text(strip=True)
        for row in BeautifulSoup(page.text, "html.parser").select("tbody tr")
    ]


def test_a_list_is_invited_and_each_line_is_told_of(host, network, member, sent):
    member("Finnes Testesen", email="finnes@skien.kommune.no")
    lines = (
        "navn;epost;arbeidssted\n"
        "Kari Prøve;kari@skien.kommune.no;\n"
        "Finnes Testesen;finnes@skien.kommune.no;\n"
        "\n"
        "Feil Adresse;ikke en adresse;\n"
        "Kari Igjen;KARI@skien.kommune.no;\n"
        "Ukjent Domene;noen@ukjent.example;\n"
        "Kjent Sted;noen@ukjent.example;Prøvefirma AS\n"
    )
    page = many(host, lines, network=str(network.id))
    assert page.status_code == 200
    assert results(page) == [
        "Sendt",
        "Sendt",
        "Skriv en gyldig e-postadresse, for eksempel navn@kommunen.kommune.no.",
        "Står flere ganger i listen",
        "Vi kjenner ikke domenet i adressen. Skriv hvor personen jobber.",
        "Står flere ganger i listen",
    ]
    left = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[1]
    assert "Feil Adresse;ikke en adresse;" in left
    assert "kari@skien" not in left
    assert {one.to for one in sent} == {"kari@skien.kommune.no", "finnes@skien.kommune.no"}
    assert "Er invitert de siste sju dagene" in many(host, "kari@skien.kommune.no", network=str(network.id)).text


@pytest.mark.parametrize(
    "raw",
    [
        "navn;epost\nÅse Prøve;ase@skien.kommune.no\n".encode("utf-8-sig"),
        "navn;epost\r\nÅse Prøve;ase@skien.kommune.no\r\n".encode("cp1252"),
        "epost,navn\nase@skien.kommune.no,Åse Prøve".encode(),
        '"Åse Prøve","ase@skien.kommune.no"'.encode(),
        "Navn\tE-post\nÅse Prøve\tase@skien.kommune.no\n".encode("utf-16"),
        "ase@skien.kommune.no;Åse Prøve".encode(),
    ],
)
def test_files_come_as_spreadsheets_write_them(host, raw):
    page = many(host, file=raw)
    assert results(page) == ["Sendt"]
    made = session.query(Invitation).one()
    assert (made.email, made.name) == ("ase@skien.kommune.no", "Åse Prøve")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"PK\x03\x04" + b"x" * 50, "Lagre det som CSV"),
        (b"x" * 200_001, "for stor"),
        (b"\x81\x8d\x8f", "kan ikke leses"),
        (b"a\x00b@skien.kommune.no", "ikke kan leses"),
        (b"", "minst én e-postadresse"),
        (b"navn;epost\n", "minst én e-postadresse"),
        (b"a@skien.kommune.no\n" * 501, "501 linjer"),
        (b"\xff\xfea", "kan ikke leses"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_words(host, raw, says):
    page = many(host, file=raw) if raw else many(host, "")
    assert page.status_code == 422
    assert says in page.text
    assert session.query(Invitation).count() == 0


def test_a_line_with_a_quotation_mark_that_never_ends_spoils_only_itself(host):
    assert results(many(host, '"Kari;a@skien.kommune.no\nOla;b@skien.kommune.no')) == [
        "Skriv en gyldig e-postadresse, for eksempel navn@kommunen.kommune.no.",
        "Sendt",
    ]


def test_names_cannot_carry_more_than_a_name(host, sent):
    assert results(many(host, f"{'x' * 101};a@skien.kommune.no"))[0].startswith(
        "Navnet eller arbeidsstedet er for langt"
    )
    invite(host, name="<script>alert(1)</script>")
    assert "script" not in sent[-1].text
    assert "<script>alert" not in host.get("/invitasjoner").text


def test_a_list_is_one_act_in_the_audit_log(host):
    many(host, "kari@skien.kommune.no\nola@skien.kommune.no")
    noted = session.query(AuditEntry).one()
    assert (noted.act, noted.facts["invitations"]) == ("invited many", 2)
