"""The coordinator's desk: what a network needs, letters to its members, and reports."""

import io
import re
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from kunnskap import clock, signed
from kunnskap.db import session
from kunnskap.desk import rules
from kunnskap.desk.listeners import STOP
from kunnskap.desk.models import LetterRecipient, NetworkLetter, NetworkReport
from kunnskap.documents.models import DocumentDetails
from kunnskap.events import Outbox
from kunnskap.files import StoredFile
from kunnskap.invitations.models import Invitation
from kunnskap.meetings.models import Meeting, MeetingSignUp
from kunnskap.networks.models import COORDINATOR, NetworkMember, NetworkPlace
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post
from kunnskap.year_wheel.models import YearEvent
from tests import factories
from tests.browsing import tell

HOME = "/nettverk/testnettverk"


@pytest.fixture
def skien(database):
    return factories.place(domains=["skien.kommune.no"])


@pytest.fixture
def network(skien):
    made = factories.network()
    factories.keep(NetworkPlace(network_id=made.id, place_id=skien.id))
    return made


@pytest.fixture
def joins(network):
    def join(account, role="member", *, weeks_ago=0, **facts):
        joined = clock.now() - timedelta(weeks=weeks_ago)
        factories.keep(
            NetworkMember(network_id=network.id, person_id=account.person_id, role=role, joined_at=joined, **facts)
        )
        return account

    return join


@pytest.fixture
def coordinator(member, joins):
    return joins(member("Koordinator Prøvesen"), COORDINATOR)


def words(answer):
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())


def test_only_its_coordinators_and_moderators_sit_at_a_desk(browser, member, joins, coordinator):
    elsewhere = factories.network("andre", "Andre")
    other = member("Koordinator Annensted")
    factories.keep(NetworkMember(network_id=elsewhere.id, person_id=other.person_id, role=COORDINATOR))
    joined = joins(member("Medlem Prøvesen"))
    pages = ("/skrivebord", "/brev/nytt", "/rapporter")
    for page in pages:
        assert browser(coordinator).get(HOME + page).status_code == 200
        assert browser(member("Mod Prøvesen", role="moderator")).get(HOME + page).status_code == 200
        assert browser(other).get(HOME + page).status_code == 403
        assert browser(joined).get(HOME + page).status_code == 403
        assert browser().get(HOME + page).status_code == 302


def test_the_desk_shows_what_waits(browser, coordinator, member, joins, skien, network):
    quiet = joins(member("Stille Prøvesen"), weeks_ago=60)
    busy = joins(member("Ivrig Prøvesen"), weeks_ago=60)
    joins(member("Nykommer Prøvesen"))
    factories.question(busy, title="Hvem har gjort dette?", place_id=skien.id)
    long_ago = clock.now() - timedelta(days=800)
    factories.experience(busy, title="Gammel erfaring", confirmed_at=long_ago)
    factories.keep(StoredFile(sha256="a" * 64, media_type="text/plain", size=1))
    plan = factories.post(DOCUMENT, busy, title="Klimaplanen")
    soon = clock.today() + timedelta(days=90)
    factories.keep(DocumentDetails(post_id=plan.id, sha256="a" * 64, filename="plan.txt", valid_until=soon))
    begins = clock.now() + timedelta(days=7)
    factories.keep(
        Meeting(network_id=network.id, title="Vårmøtet", starts_at=begins, ends_at=begins + timedelta(hours=2), uid="a")
    )
    factories.keep(
        Invitation(
            digest="a",
            email="ny@skien.kommune.no",
            network_id=network.id,
            invited_by_id=coordinator.person_id,
            expires_at=begins,
        )
    )
    said = words(browser(coordinator).get(HOME + "/skrivebord"))
    for found in ("Hvem har gjort dette?", "Gammel erfaring", "Klimaplanen", "Vårmøtet", "ny@skien.kommune.no"):
        assert found in said
    assert quiet.person.name in said
    assert busy.person.name not in said.partition("Stille medlemmer")[2]
    assert "Nykommer Prøvesen" not in said.partition("Stille medlemmer")[2]


def test_a_moderator_sees_that_somebody_is_invited_and_not_who(browser, coordinator, member, network):
    factories.keep(
        Invitation(
            digest="a",
            email="ny@skien.kommune.no",
            network_id=network.id,
            invited_by_id=coordinator.person_id,
            expires_at=clock.now() + timedelta(days=1),
        )
    )
    said = words(browser(member("Mod Prøvesen", role="moderator")).get(HOME + "/skrivebord"))
    assert "ny@skien.kommune.no" not in said
    assert "Til én person" in said


def test_what_somebody_asked_without_a_name_does_not_show_on_the_desk(browser, coordinator, member, joins, skien):
    nameless = joins(member("Navnløs Prøvesen", place=skien), weeks_ago=60)
    factories.question(nameless, title="Uten navn", place_id=skien.id, hides_author=True)
    said = words(browser(coordinator).get(HOME + "/skrivebord"))
    assert "Uten navn" not in said
    assert "Navnløs Prøvesen" in said.partition("Stille medlemmer")[2]


def test_the_desk_takes_no_more_statements_with_much_on_it(browser, coordinator, member, joins, skien, count_sql):
    client, taken = browser(coordinator), []
    for number in (1, 6):
        for each in range(number):
            somebody = joins(member(f"Test {number} {each}"), weeks_ago=60)
            factories.question(somebody, title=f"Spørsmål {number} {each}", place_id=skien.id)
        client.get(HOME + "/skrivebord")
        with count_sql() as statements:
            client.get(HOME + "/skrivebord")
        taken.append(len(statements))
    assert taken[1] <= taken[0] + 1
    assert taken[1] <= 30


def write(client, step="send", **fields):
    sent = {"subject": "Samling i mai", "body": "Hei alle\n\n- Ta med **klimaplanen**", "form_key": "a", "step": step}
    return client.post(HOME + "/brev/nytt", data=sent | fields)


def test_a_coordinator_sees_how_many_a_letter_goes_to_before_it_goes(browser, coordinator, member, joins, sent):
    joined = joins(member("Medlem Prøvesen"))
    joins(member("Uten Brev"), gets_letters=False)
    joins(member("Stengt Prøvesen", closed_at=clock.now()))
    client = browser(coordinator)
    shown = write(client, step="")
    assert "Går til 2 personer." in words(shown)
    assert "<strong>klimaplanen</strong>" in shown.text
    assert session.query(NetworkLetter).count() == 0
    answer = write(client)
    assert answer.status_code == 303
    tell()
    assert {letter.to for letter in sent} == {coordinator.email, joined.email}
    assert "Ta med klimaplanen" in sent[0].text
    assert "Samling i mai" in words(client.get(answer.location))
    assert "Gikk til 2 personer" in words(client.get(HOME + "/brev"))


def test_a_letter_sent_twice_goes_once_and_is_mailed_once_however_often_it_is_told(
    browser, coordinator, member, joins, sent
):
    joins(member("Medlem Prøvesen"))
    client = browser(coordinator)
    first, second = write(client), write(client)
    assert first.location == second.location
    tell()
    session.query(Outbox).filter_by(name="LetterSent").update({"told_at": None, "next_try_at": clock.now()})
    session.commit()
    tell()
    assert len(sent) == 2
    assert session.query(NetworkLetter).count() == 1


def test_a_letter_brings_what_comes_soon_in_the_year(browser, coordinator, sent):
    soon = clock.today() + timedelta(days=20)
    factories.keep(YearEvent(slug="frist", title="Fristen", month=soon.month, day=soon.day))
    factories.keep(YearEvent(slug="annen", title="En annen frist", month=(soon + timedelta(days=150)).month, day=1))
    write(browser(coordinator))
    tell()
    assert "Fristen" in sent[0].text
    assert "/arshjul/frist" in sent[0].text
    assert "En annen frist" not in sent[0].text
    assert "Fristen" in browser(coordinator).get(HOME + "/skrivebord").text


def test_four_hundred_members_get_a_letter_each(browser, coordinator, member, joins, sent, count_sql):
    for number in range(400):
        joins(member(f"Test Nummer {number}"))
    client = browser(coordinator)
    assert "Går til 401 personer." in words(write(client, step=""))
    with count_sql() as statements:
        write(client)
    assert len(statements) <= 25
    tell()
    assert len({letter.to for letter in sent}) == len(sent) == 401
    assert session.query(LetterRecipient).filter(LetterRecipient.mailed_at.is_(None)).count() == 0


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"subject": " "}, "Skriv hva brevet handler om."),
        ({"body": ""}, "Skriv brevet."),
        ({"subject": "x" * 151}, "høyst 150 tegn"),
        ({"body": "Ring 15076500565"}, "fødselsnummer"),
    ],
)
@pytest.mark.parametrize("step", ["", "send"])
def test_a_letter_that_cannot_be_sent_says_why_and_keeps_what_was_typed(browser, coordinator, fields, problem, step):
    answer = write(browser(coordinator), step, **fields)
    assert answer.status_code == 422
    assert problem in words(answer)
    assert session.query(NetworkLetter).count() == 0
    kept = BeautifulSoup(answer.data, "html.parser").find("textarea", id="body").text
    assert kept.strip() == fields.get("body", "Hei alle\n\n- Ta med **klimaplanen**")


def test_a_letter_to_nobody_is_not_sent(browser, member, network):
    answer = write(browser(member("Mod Prøvesen", role="moderator")))
    assert answer.status_code == 422
    assert "Ingen i nettverket tar imot brev ennå." in words(answer)


def test_only_those_in_the_network_read_its_letters(browser, coordinator, member, joins):
    address = write(browser(coordinator)).location
    assert browser(joins(member("Medlem Prøvesen"))).get(address).status_code == 200
    for stranger in (member("Ingen Medlem"), None):
        client = browser(stranger) if stranger else browser()
        assert client.get(address).status_code in {302, 403}
        assert client.get(HOME + "/brev").status_code in {302, 403}
    elsewhere = factories.network("andre", "Andre")
    other = member("Medlem Annensted")
    factories.keep(NetworkMember(network_id=elsewhere.id, person_id=other.person_id))
    assert browser(other).get(address.replace("testnettverk", "andre")).status_code == 404


def test_the_link_in_the_mail_stops_letters_and_opening_it_does_not(browser, coordinator, member, joins, sent):
    joined = joins(member("Medlem Prøvesen"))
    write(browser(coordinator))
    tell()
    letter = next(one for one in sent if one.to == joined.email)
    link = re.search(r"/nettverk/brev/stopp/\S+", letter.text).group()
    assert letter.stop.endswith(link)
    stranger = browser()
    assert "Vil du slutte" in stranger.get(link).text
    mine = select(NetworkMember.gets_letters).where(NetworkMember.person_id == joined.person_id)
    assert session.scalar(mine) is True
    assert stranger.post(link).status_code == 303
    assert "Du får ikke flere brev" in stranger.get(link).text
    write(browser(coordinator), form_key="b")
    tell()
    assert [one.to for one in sent].count(joined.email) == 1


def test_a_link_nobody_made_stops_nothing(browser, coordinator, settings, network):
    assert browser().get("/nettverk/brev/stopp/tull").status_code == 404
    mark = signed.mark(settings.secret_key, STOP, {"person": 10**8, "network": network.id})
    assert browser().post(f"/nettverk/brev/stopp/{mark}").status_code == 303


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
    client.post(address + "/rediger", data={"words": "Først\n\n## Så", "story": [told.id], f"note-{told.id}": "@verdt"})
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
