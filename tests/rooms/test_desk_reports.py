"""Reports on a network: what is counted, whose stories are told, and the files that are fetched."""

import io
from datetime import date, datetime
from functools import partial

import pytest
from docx import Document
from openpyxl import load_workbook

from kunnskap import clock
from kunnskap.db import session
from kunnskap.desk import rules
from kunnskap.desk.models import NetworkReport
from kunnskap.meetings.models import Meeting, MeetingSignUp
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.posts.models import Post
from tests import factories
from tests.coordinating import HOME, join, network_of, words


@pytest.fixture
def network(skien):
    return network_of(skien)


@pytest.fixture
def joins(network):
    return partial(join, network)


@pytest.fixture
def coordinator(member, joins):
    return joins(member("Koordinator Prøvesen"), COORDINATOR)


def begin(client, since="2026-01-01", until="2026-06-30"):
    return client.post(HOME + "/rapporter", data={"since": since, "until": until})


@pytest.fixture
def in_the_middle(monkeypatch):
    now = datetime(2026, 7, 15, 12, tzinfo=clock.HERE)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def at(month, day=1, hour=12):
    return datetime(2026, month, day, hour, tzinfo=clock.HERE)


def test_a_report_counts_what_happened_in_the_period_and_nothing_else(
    browser, coordinator, member, joins, skien, network, in_the_middle
):
    helper = joins(member("Hjelper Prøvesen", place=skien), weeks_ago=20)
    joins(member("Nykommer Prøvesen"))
    asked = factories.question(helper, title="Innenfor", place_id=skien.id, published_at=at(3))
    other = member("Svarer Prøvesen")
    joins(other, weeks_ago=60)
    factories.answer(asked, other, published_at=at(3, 2))
    factories.question(helper, title="Ubesvart", place_id=skien.id, published_at=at(6, 30, 23))
    factories.question(helper, title="Etter", place_id=skien.id, published_at=at(7, 1, 0))
    factories.question(helper, title="Navnløs", place_id=skien.id, published_at=at(3), hides_author=True)
    factories.question(helper, title="For andre", published_at=at(3), hidden_at=at(4))
    met = Meeting(network_id=network.id, title="Vårmøtet", starts_at=at(4), ends_at=at(4, hour=14), uid="a")
    factories.keep(met)
    factories.keep(MeetingSignUp(meeting_id=met.id, person_id=helper.person_id, attended=True))
    factories.keep(MeetingSignUp(meeting_id=met.id, person_id=other.person_id, attended=False))
    address = begin(browser(coordinator)).location
    said = words(browser(coordinator).get(address))
    for line in (
        "Medlemmer ved slutten av perioden 2",
        "Spørsmål 2",
        "Spørsmål med svar 1 (50 %)",
        "Median tid til første svar 24 timer",
        "Møter 1",
        "Deltakere på møtene til sammen 1",
        "Skien 1 2 0 0 0",
        "Vårmøtet 1. april 2026 2 1",
    ):
        assert line in said, line


def test_stories_are_chosen_among_what_is_open_to_all(browser, coordinator, member, joins, network, in_the_middle):
    teller = joins(member("Forteller Prøvesen"))
    told = factories.experience(teller, title="Vi byttet maskiner", published_at=at(3))
    closed = factories.experience(
        teller, title="Bare for oss", published_at=at(3), audience="network", for_network_id=network.id
    )
    stranger = factories.experience(member("Ingen Medlem"), title="Andres", published_at=at(3))
    client = browser(coordinator)
    address = begin(client).location
    form = client.get(address + "/rediger").text
    assert "Vi byttet maskiner" in form
    assert "Bare for oss" not in form
    assert "Andres" not in form
    chosen = {"words": "Det gikk **bra**", "story": [told.id], f"note-{told.id}": "Fordi den virker"}
    assert client.post(address + "/rediger", data=chosen).status_code == 303
    page = client.get(address)
    assert "Fordi den virker" in page.text
    assert "<strong>bra</strong>" in page.text
    for other in (closed.id, stranger.id, "99999999999999999999", "x"):
        answer = client.post(address + "/rediger", data=chosen | {"story": [told.id, other]})
        assert answer.status_code == (303 if other == "x" else 422)
    session.get_one(Post, told.id).audience = "members"
    session.commit()
    assert "Vi byttet maskiner" not in client.get(address).text
    assert "Vi byttet maskiner" not in _text_of_word(client.get(address + ".docx").data)


def test_who_asked_without_a_name_is_not_named_in_a_report(browser, coordinator, member, network, in_the_middle):
    nameless = factories.question(
        member("Navnløs Prøvesen"), title="Delikat", published_at=at(3), hides_author=True, for_network_id=network.id
    )
    client = browser(coordinator)
    address = begin(client).location
    client.post(address + "/rediger", data={"words": "", "story": [nameless.id]})
    made = client.get(address + ".docx").data
    assert "Delikat" in _text_of_word(made)
    assert "Navnløs" not in _text_of_word(made)
    assert "Navnløs" not in client.get(address).text


def _text_of_word(data):
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


def test_a_report_is_fetched_for_word_and_for_excel(browser, coordinator, member, joins, network, in_the_middle):
    told = factories.experience(joins(member("Forteller Prøvesen")), title="=SUM(A1)\x07", published_at=at(3))
    client = browser(coordinator)
    address = begin(client).location
    client.post(
        address + "/rediger", data={"words": "Først\n\n## Så", "story": [told.id], f"note-{told.id}": "@ver\x00dt"}
    )
    word = client.get(address + ".docx")
    assert "attachment" in word.headers["Content-Disposition"]
    assert "nettverksrapport-testnettverk-2026-01-01-2026-06-30.docx" in word.headers["Content-Disposition"]
    document = Document(io.BytesIO(word.data))
    assert document.core_properties.title == "Nettverksrapport: Testnettverk"
    assert [one.style.name for one in document.paragraphs if one.text == "Historier"] == ["Heading 1"]
    assert {"Først", "Så", "=SUM(A1)"} <= {one.text for one in document.paragraphs}
    assert document.tables[0].rows[0].cells[0].text == "Hva"
    assert 'w:val="nb-NO"' in document.styles.element.xml
    book = load_workbook(io.BytesIO(client.get(address + ".xlsx").data))
    assert book.sheetnames == ["I tall", "Fra hver kommune", "Møter", "Historier"]
    cell = book["Historier"]["A1"]
    assert (cell.value, cell.data_type) == ("=SUM(A1)", "s")
    assert book["I tall"]["B2"].data_type == "n"
    assert client.get(address + ".exe").status_code == 404


@pytest.mark.parametrize(
    ("since", "until", "problem"),
    [
        ("", "2026-06-30", "Velg den første dagen"),
        ("2026-06-30", "", "Velg den siste dagen"),
        ("2026-06-30", "2026-01-01", "Den siste dagen må være den første eller senere"),
        ("2020-01-01", "2026-01-01", "høyst tre år"),
        ("2027-01-01", "2027-06-30", "ikke begynt ennå"),
        ("i fjor", "2026-06-30", "år, måned og dag"),
    ],
)
def test_a_period_that_cannot_be_says_why(browser, coordinator, in_the_middle, since, until, problem):
    answer = begin(browser(coordinator), since, until)
    assert answer.status_code == 422
    assert problem in words(answer)


def test_a_report_is_for_its_networks_coordinators_alone(browser, coordinator, member, joins, in_the_middle):
    client = browser(coordinator)
    address = begin(client).location
    elsewhere = factories.network("andre", "Andre")
    other = member("Koordinator Annensted")
    factories.keep(NetworkMember(network_id=elsewhere.id, person_id=other.person_id, role=COORDINATOR))
    joined = joins(member("Medlem Prøvesen"))
    for path in ("", "/rediger", ".docx", ".xlsx"):
        assert browser(other).get(address + path).status_code == 403
        assert browser(other).get(address.replace("testnettverk", "andre") + path).status_code == 404
        assert browser(joined).get(address + path).status_code == 403
    assert browser(other).post(address + "/slett").status_code == 403
    browser(other).post(address.replace("testnettverk", "andre") + "/slett")
    assert session.query(NetworkReport).count() == 1
    assert client.post(address + "/slett").status_code == 303
    assert client.post(address + "/slett").status_code == 303
    assert session.query(NetworkReport).count() == 0


def test_this_year_is_offered_and_last_year_in_the_first_months():
    assert rules.last_period(date(2026, 11, 24)) == (date(2026, 1, 1), date(2026, 11, 24))
    assert rules.last_period(date(2027, 2, 28)) == (date(2026, 1, 1), date(2026, 12, 31))
    assert rules.last_period(date(2027, 3, 1)) == (date(2027, 1, 1), date(2027, 3, 1))


def test_a_report_begun_twice_is_one_until_something_is_written(browser, coordinator, in_the_middle):
    client = browser(coordinator)
    first = begin(client).location
    assert begin(client).location == first
    client.post(first + "/rediger", data={"words": "Noe"})
    assert begin(client).location != first
