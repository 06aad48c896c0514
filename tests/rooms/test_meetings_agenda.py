"""The agenda of a meeting: by hand and drawn from what lies unanswered or unlooked at, and never more than one may read."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.meetings.models import AgendaItem
from kunnskap.networks.models import COORDINATOR, NetworkPlace
from kunnskap.places.models import PlaceSuccession
from tests import factories
from tests.meeting import enrol, meeting_of

OLD = timedelta(days=731)


@pytest.fixture
def network(database, skien):
    made = factories.network("provenettverket", "Prøvenettverket")
    factories.keep(NetworkPlace(network_id=made.id, place_id=skien.id))
    return made


@pytest.fixture
def coordinator(network, member):
    return enrol(network, member("Koordinator Testesen"), COORDINATOR)


@pytest.fixture
def meeting(network):
    return meeting_of(network, audience="everyone")


def page_of(client, meeting):
    return BeautifulSoup(client.get(f"/moter/{meeting.id}/dagsorden").text, "html.parser")


def proposed(client, meeting):
    return [int(box["value"]) for box in page_of(client, meeting).select("input[name=innlegg]")]


def points(client, meeting):
    page = BeautifulSoup(client.get(f"/moter/{meeting.slug}").text, "html.parser")
    return [
        " ".join(point.get_text(" ", strip=True).split()) for point in page.select("[aria-labelledby=dagsorden] li")
    ]


def items():
    session.expire_all()
    return session.scalars(select(AgendaItem).order_by(AgendaItem.position)).all()


def test_points_are_written_moved_changed_and_taken_away(browser, coordinator, meeting):
    client, path = browser(coordinator), f"/moter/{meeting.id}/dagsorden"
    for title in ("Åpning", "Overvann", "Eventuelt", "Overvann"):
        assert client.post(path, data={"title": title, "note": ""}).status_code == 303
    assert points(client, meeting) == ["Åpning", "Overvann", "Eventuelt"], "sent twice it is there once"
    first, second, third = items()
    client.post(f"{path}/{third.id}", data={"gjor": "opp"})
    client.post(f"{path}/{first.id}", data={"gjor": "opp"})
    assert points(client, meeting) == ["Åpning", "Eventuelt", "Overvann"]
    client.post(f"{path}/{first.id}", data={"gjor": "ned"})
    assert client.get(f"{path}/{second.id}").status_code == 200
    client.post(f"{path}/{second.id}", data={"title": "Overvann i Skien", "note": "Ta med tall"})
    assert points(client, meeting) == ["Eventuelt", "Åpning", "Overvann i Skien Ta med tall"]
    for _ in range(2):
        client.post(f"{path}/{first.id}", data={"gjor": "fjern"})
    assert len(points(client, meeting)) == 2


def test_a_point_of_another_meeting_is_not_touched(browser, coordinator, network, meeting):
    client, other = browser(coordinator), meeting_of(network)
    client.post(f"/moter/{other.id}/dagsorden", data={"title": "Deres", "note": ""})
    number = items()[0].id
    for sent in ({"gjor": "opp"}, {"title": "Min", "note": ""}):
        assert client.post(f"/moter/{meeting.id}/dagsorden/{number}", data=sent).status_code == 404
    client.post(f"/moter/{meeting.id}/dagsorden/{number}", data={"gjor": "fjern"})
    assert items()[0].title == "Deres"


@pytest.mark.parametrize(
    "sent", [{"title": ""}, {"title": "x" * 151}, {"title": "Ring 05109703232"}, {"title": "Ok", "note": "05109703232"}]
)
def test_what_is_wrong_with_a_point_is_told(browser, coordinator, meeting, sent):
    assert browser(coordinator).post(f"/moter/{meeting.id}/dagsorden", data={"note": ""} | sent).status_code == 422
    assert items() == []


def test_unanswered_questions_and_stale_resources_of_the_network_are_proposed_oldest_first(
    browser, coordinator, network, meeting, skien, member
):
    now = clock.now()
    new = factories.question(title="Nytt spørsmål", place_id=skien.id)
    old = factories.question(coordinator, title="Gammelt spørsmål", published_at=now - timedelta(days=9))
    area = factories.question(title="I nettverkets eget rom", audience="network", for_network_id=network.id)
    about = factories.question(title="Om Skien", places=[skien])
    stale = factories.experience(place_id=skien.id, confirmed_at=now - OLD)
    factories.answer(factories.question(title="Besvart spørsmål", place_id=skien.id))
    factories.question(title="Fra et annet sted")
    factories.experience(place_id=skien.id, confirmed_at=now - OLD + timedelta(days=2))
    client = browser(coordinator)
    assert proposed(client, meeting) == [old.id, new.id, area.id, about.id, stale.id]
    client.post(f"/moter/{meeting.id}/dagsorden/hent", data={"innlegg": [stale.id, old.id, old.id]})
    client.post(f"/moter/{meeting.id}/dagsorden/hent", data={"innlegg": [old.id]})
    assert [one.post_id for one in items()] == [old.id, stale.id]
    assert proposed(client, meeting) == [new.id, area.id, about.id]


def test_nothing_is_proposed_or_drawn_that_not_all_in_the_network_may_read(
    browser, coordinator, network, meeting, skien
):
    other = factories.network("annet", "Annet")
    enrol(other, coordinator)
    hidden = [
        factories.question(title="Bare kommunen", audience="place", for_place_id=skien.id, place_id=skien.id),
        factories.question(title="Et annet nettverk", audience="network", for_network_id=other.id, place_id=skien.id),
        factories.question(title="Skjult spørsmål", hidden_at=clock.now(), place_id=skien.id),
        factories.question(title="Holdt spørsmål", held_at=clock.now(), place_id=skien.id),
        factories.question(title="Uten navn", hides_author=True, place_id=skien.id),
    ]
    client = browser(coordinator)
    assert proposed(client, meeting) == []
    client.post(
        f"/moter/{meeting.id}/dagsorden/hent", data={"innlegg": [one.id for one in hidden] + ["x", "-1", "9" * 30]}
    )
    assert items() == []


def test_readers_see_the_title_of_a_drawn_post_only_if_they_may_read_it(browser, coordinator, network, meeting, member):
    area = factories.question(title="Hemmelig spørsmål", audience="network", for_network_id=network.id)
    client = browser(coordinator)
    client.post(f"/moter/{meeting.id}/dagsorden/hent", data={"innlegg": [area.id]})
    assert points(client, meeting) == ["Hemmelig spørsmål"]
    for reader in (browser(), browser(member("Ute Testesen"))):
        page = reader.get(f"/moter/{meeting.slug}").text
        assert "Hemmelig" not in page
        assert f"/innlegg/{area.id}" not in page
        assert "Et innlegg du ikke kan lese" in page
    session.get_one(type(area), area.id).withdrawn_at = clock.now()
    session.commit()
    assert "Hemmelig" not in client.get(f"/moter/{meeting.slug}").text
    number = items()[0].id
    client.post(f"/moter/{meeting.id}/dagsorden/{number}", data={"note": "Tas neste gang"})
    assert points(client, meeting) == ["Et innlegg du ikke kan lese Tas neste gang"]


def test_the_page_of_the_agenda_takes_few_statements(browser, coordinator, meeting, skien, count_sql):
    for number in range(15):
        factories.question(title=f"Spørsmål {number}", place_id=skien.id)
    client = browser(coordinator)
    client.post(f"/moter/{meeting.id}/dagsorden/hent", data={"innlegg": proposed(client, meeting)[:8]})
    with count_sql() as statements:
        client.get(f"/moter/{meeting.id}/dagsorden")
    assert len(statements) <= 7


def test_what_was_asked_from_a_municipality_that_has_become_another_is_drawn_too(browser, coordinator, meeting, skien):
    former = factories.place("Solum", "0806", valid_to=clock.today())
    factories.keep(PlaceSuccession(old_id=former.id, new_id=skien.id, happened_on=clock.today(), change="sammenslåing"))
    asked = factories.question(title="Hva gjør dere med overvann?", place_id=former.id)
    assert proposed(browser(coordinator), meeting) == [asked.id]


def test_a_network_draws_from_a_place_until_the_day_it_goes_out(browser, coordinator, network, meeting):
    soon = factories.place("Bamble", "4012")
    gone = factories.place("Siljan", "4010")
    for place, days in ((soon, 10), (gone, -10)):
        until = clock.today() + timedelta(days=days)
        factories.keep(NetworkPlace(network_id=network.id, place_id=place.id, until=until))
    asked, _other = (factories.question(place_id=place.id) for place in (soon, gone))
    assert proposed(browser(coordinator), meeting) == [asked.id]
