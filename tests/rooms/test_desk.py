"""The coordinator's desk: what a network needs, letters to its members, and reports."""

import re
from datetime import timedelta
from functools import partial

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock, signed
from kunnskap.db import session
from kunnskap.desk.listeners import STOP
from kunnskap.desk.models import LetterRecipient, NetworkLetter
from kunnskap.documents.models import DocumentDetails
from kunnskap.events import Outbox
from kunnskap.files import StoredFile
from kunnskap.invitations.models import Invitation
from kunnskap.meetings.models import Meeting
from kunnskap.networks.models import COORDINATOR, NetworkMember
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Comment
from kunnskap.web.limits import limiter
from kunnskap.year_wheel.models import YearEvent
from tests import factories
from tests.browsing import tell
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
    asked = factories.question(nameless, title="Uten navn", place_id=skien.id, hides_author=True)
    factories.keep(Comment(post_id=asked.id, author_id=nameless.person_id, body="Takk", body_html="<p>Takk</p>"))
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


def test_whoever_writes_to_everybody_again_and_again_is_asked_to_wait(browser, coordinator, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    client = browser(coordinator)
    looked = {write(client, step="").status_code for _time in range(8)}
    codes = [write(client, subject=f"Brev {number}", form_key=str(number)).status_code for number in range(7)]
    limiter.reset()
    assert looked == {200}
    assert codes == [303] * 6 + [429]


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
