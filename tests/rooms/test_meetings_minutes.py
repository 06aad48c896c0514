"""Minutes, and what becomes of them once the one who said it says yes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.meetings import rules
from kunnskap.meetings.models import AgendaItem, Meeting, MinutesPart
from kunnskap.networks.models import COORDINATOR
from kunnskap.posts.models import Post
from tests import factories
from tests.meeting import enrol, meeting_of

MINUTES = "Til stede: alle\n\n## Overvann i sentrum\n\nVi gravde *grøft*.\n\n## Solceller\n\nTaket holdt ikke."


@pytest.fixture
def network(database):
    return factories.network("provenettverket", "Prøvenettverket")


@pytest.fixture
def coordinator(network, member):
    return enrol(network, member("Koordinator Testesen"), COORDINATOR)


@pytest.fixture
def speaker(network, member, skien):
    return enrol(network, member("Taler Testesen", place=skien))


@pytest.fixture
def question(database):
    return factories.question(title="Hvordan graver dere grøft?")


@pytest.fixture
def meeting(network, question):
    starts_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    made = meeting_of(
        network, minutes=MINUTES, minutes_html="<p>Taket holdt ikke.</p>", starts_at=starts_at, audience="everyone"
    )
    factories.keep(AgendaItem(meeting_id=made.id, position=0, title="", post_id=question.id))
    return made


@pytest.fixture
def theme(database):
    return factories.theme()


def words(answer):
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def propose(client, meeting, who, section=1, **facts):
    sent = {
        "speaker": str(who.person_id),
        "becomes": "experience",
        "question": "",
        "seen": rules.digest(meeting.minutes),
    }
    return client.post(f"/moter/{meeting.id}/referat/deler/{section}", data=sent | facts)


def answer_to(question):
    return {"becomes": "answer", "question": str(question.id)}


def parts():
    session.expire_all()
    return session.scalars(select(MinutesPart).order_by(MinutesPart.id)).all()


def posts_by(account):
    session.expire_all()
    return session.scalars(select(Post).where(Post.author_id == account.person_id)).all()


def link_in(sent, to):
    letters = [one.text for one in sent if one.to == to.email and "/moter/forslag/lenke/" in one.text]
    return re.search(r"http://localhost(/moter/forslag/lenke/\S+)", letters[-1])[1]


EXPERIENCE = {
    "svar": "ja", "title": "Grøft i sentrum", "summary": "Vi gravde.", "place": "Skien", "themes": "klimabudsjett",
    "status": "gjennomfort", "language": "nb", "actions": "",
}  # fmt: skip


def test_minutes_are_kept_and_read_in_the_network_only(browser, meeting, coordinator, speaker, member):
    client = browser(coordinator)
    form = {"minutes": "## Sak 1\n\n**Hemmelig** sak", "seen": rules.digest(MINUTES)}
    assert client.post(f"/moter/{meeting.id}/referat", data=form).status_code == 303
    assert "Hemmelig sak" in words(browser(speaker).get(f"/moter/{meeting.slug}"))
    for reader in (browser(), browser(member("Ute Testesen"))):
        page = words(reader.get(f"/moter/{meeting.slug}"))
        assert "Hemmelig" not in page
        assert "Hemmelig" not in reader.get(f"/moter/{meeting.id}/mote.ics").text
    assert session.scalars(select(AuditEntry).where(AuditEntry.act == "meeting minutes")).one().facts == {
        "network": meeting.network_id
    }


def test_of_two_who_write_at_once_the_second_sees_both_texts_and_loses_nothing(
    browser, meeting, coordinator, network, member
):
    second = browser(enrol(network, member("Andre Testesen"), COORDINATOR))
    path, seen = f"/moter/{meeting.id}/referat", rules.digest(MINUTES)
    browser(coordinator).post(path, data={"minutes": "Den førstes tekst", "seen": seen})
    answer = second.post(path, data={"minutes": "Den andres tekst", "seen": seen})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert [box.get_text().strip() for box in page.select("textarea")] == ["Den førstes tekst", "Den andres tekst"]
    session.expire_all()
    assert session.get_one(Meeting, meeting.id).minutes == "Den førstes tekst"
    seen_now = page.select_one("input[name=seen]")["value"]
    assert second.post(path, data={"minutes": "Begges tekst", "seen": seen_now}).status_code == 303
    assert second.post(path, data={"minutes": "Begges tekst", "seen": seen}).status_code == 303, (
        "the same again is no quarrel"
    )


@pytest.mark.parametrize("text", ["Ring 05109703232", "x" * 100_001])
def test_minutes_that_may_not_be_kept_are_told(browser, meeting, coordinator, text):
    answer = browser(coordinator).post(
        f"/moter/{meeting.id}/referat", data={"minutes": text, "seen": rules.digest(MINUTES)}
    )
    assert answer.status_code == 422
    assert session.get_one(Meeting, meeting.id).minutes == MINUTES


def test_a_section_becomes_an_answer_in_the_speakers_name_after_approval(
    browser, sent, meeting, coordinator, speaker, question
):
    assert propose(browser(coordinator), meeting, speaker, **answer_to(question)).status_code == 303
    assert posts_by(speaker) == []
    client, (part,) = browser(speaker), parts()
    assert "Kan vi legge ut «Overvann i sentrum»?" in words(client.get("/min-side"))
    page = client.get(f"/moter/forslag/{part.id}")
    assert "Vi gravde *grøft*." in page.text
    assert "Hvordan graver dere grøft?" in words(page)
    form = {"svar": "ja", "body": "Vi gravde *dyp* grøft.", "language": "nb"}
    for _ in range(2):
        answer = client.post(f"/moter/forslag/{part.id}", data=form, follow_redirects=True)
        assert "lagt ut i ditt navn" in words(answer)
    (made,) = posts_by(speaker)
    assert (made.kind_key, made.parent_id, made.audience) == ("answer", question.id, "everyone")
    assert made.body == "Vi gravde *dyp* grøft.\n\n*Fra møte i Prøvenettverket 2. mars 2026*"
    assert made.place_id == speaker.person.place_id
    assert session.get_one(Post, question.id).status == "besvart"
    assert [one.state for one in parts()] == ["approved"]
    assert "Godkjent" in words(browser(coordinator).get(f"/moter/{meeting.id}/referat/deler"))


def test_a_section_becomes_an_experience_for_the_network_unless_the_speaker_chooses_others(
    browser, meeting, coordinator, speaker, network, theme
):
    propose(browser(coordinator), meeting, speaker)
    client, (part,) = browser(speaker), parts()
    page = BeautifulSoup(client.get(f"/moter/forslag/{part.id}").text, "html.parser")
    chosen = page.select_one("select[name=audience] option[selected]")["value"]
    assert chosen == f"network:{network.id}"
    assert (
        client.post(
            f"/moter/forslag/{part.id}", data=EXPERIENCE | {"audience": chosen, "place": "Ingensteds"}
        ).status_code
        == 422
    )
    assert posts_by(speaker) == []
    assert client.post(f"/moter/forslag/{part.id}", data=EXPERIENCE | {"audience": chosen}).status_code == 303
    (made,) = posts_by(speaker)
    assert (made.kind_key, made.audience, made.for_network_id) == ("experience", "network", network.id)
    assert made.body.endswith("*Fra møte i Prøvenettverket 2. mars 2026*")
    assert browser().get(f"/erfaringer/{made.slug}").status_code == 404


def test_the_link_in_the_letter_lets_the_speaker_say_yes_without_signing_in(
    browser, sent, meeting, coordinator, speaker, question
):
    propose(browser(coordinator), meeting, speaker, **answer_to(question))
    letter = next(one for one in sent if "/moter/forslag/lenke/" in one.text)
    assert letter.to == speaker.email
    assert "Ingenting er lagt ut ennå" in letter.text
    link = link_in(sent, speaker)
    stranger = browser()
    assert "Vi gravde" in stranger.get(link).text
    assert posts_by(speaker) == [], "scanners open links"
    assert stranger.post(link, data={"svar": "ja", "body": "Grøft.", "language": "nn"}).status_code == 303
    (made,) = posts_by(speaker)
    assert "Frå møte i Prøvenettverket" in made.body
    assert "lagt ut i ditt navn" in words(stranger.get(link))
    assert stranger.get("/min-side").status_code == 302, "the link signs nobody in"


def test_no_with_one_click_posts_nothing_and_stays_no(browser, sent, meeting, coordinator, speaker, question):
    propose(browser(coordinator), meeting, speaker, **answer_to(question))
    link = link_in(sent, speaker)
    for _ in range(2):
        assert "Du sa nei" in words(browser().post(link, data={"svar": "nei"}, follow_redirects=True))
    assert browser().post(link, data={"svar": "ja", "body": "Likevel", "language": "nb"}).status_code == 403
    assert posts_by(speaker) == []
    assert "Avslått" in words(browser(coordinator).get(f"/moter/{meeting.id}/referat/deler"))


def test_nobody_else_reads_or_settles_a_proposal(browser, meeting, coordinator, speaker, question, member):
    propose(browser(coordinator), meeting, speaker, **answer_to(question))
    (part,) = parts()
    moderator = member("Mod Testesen", role="moderator")
    for account in (coordinator, member("Ute Testesen"), moderator):
        client = browser(account)
        assert client.get(f"/moter/forslag/{part.id}").status_code == 404
        assert (
            client.post(f"/moter/forslag/{part.id}", data={"svar": "ja", "body": "x", "language": "nb"}).status_code
            == 404
        )
    assert browser().get(f"/moter/forslag/{part.id}").status_code == 302
    assert browser().get("/moter/forslag/lenke/tull").status_code == 404
    assert posts_by(speaker) == []


@pytest.mark.parametrize("gone", ["locked_at", "withdrawn_at", "hidden_at"])
def test_a_question_that_takes_no_answer_says_so_and_the_text_is_kept(
    browser, meeting, coordinator, speaker, question, gone
):
    propose(browser(coordinator), meeting, speaker, **answer_to(question))
    (part,) = parts()
    setattr(session.get_one(Post, question.id), gone, clock.now())
    session.commit()
    answer = browser(speaker).post(
        f"/moter/forslag/{part.id}", data={"svar": "ja", "body": "Rettet tekst", "language": "nb"}
    )
    assert answer.status_code == 422
    assert "tar ikke imot svar lenger" in words(answer)
    assert "Rettet tekst" in answer.text
    assert posts_by(speaker) == []
    assert parts()[0].state == "proposed"


@pytest.mark.parametrize("gone", [{"closed_at": clock.now()}, {"suspended_until": clock.now() + timedelta(days=3)}])
def test_the_link_of_an_account_that_is_shut_opens_nothing(
    browser, sent, meeting, coordinator, speaker, question, gone
):
    propose(browser(coordinator), meeting, speaker, **answer_to(question))
    link, account = link_in(sent, speaker), session.get_one(Account, speaker.id)
    for name, value in gone.items():
        setattr(account, name, value)
    session.commit()
    assert browser().get(link).status_code == 404
    assert browser().post(link, data={"svar": "ja", "body": "x", "language": "nb"}).status_code == 404
    assert posts_by(speaker) == []


def test_what_a_newcomer_approves_waits_for_a_moderator(browser, meeting, coordinator, network, member, question):
    new = enrol(network, member("Ny Testesen", trusted_at=None))
    propose(browser(coordinator), meeting, new, **answer_to(question))
    (part,) = parts()
    browser(new).post(f"/moter/forslag/{part.id}", data={"svar": "ja", "body": "Svar", "language": "nb"})
    (made,) = posts_by(new)
    assert made.held_at is not None


def test_the_same_wish_twice_is_one_and_odd_wishes_are_refused(
    browser, meeting, coordinator, speaker, question, member, sent
):
    client = browser(coordinator)
    for _ in range(2):
        propose(client, meeting, speaker, **answer_to(question))
    assert len(parts()) == 1
    assert len([one for one in sent if "/moter/forslag/" in one.text]) == 1
    other = factories.question(title="Står ikke på dagsordenen")
    outside = member("Ute Testesen")
    for facts in (
        answer_to(other),
        {"becomes": "answer"},
        {"becomes": "avis"},
        {"speaker": str(outside.person_id)},
        {"speaker": "x"},
        {"seen": "gammelt"},
    ):
        assert propose(client, meeting, speaker, **facts).status_code == 422, facts
    assert client.get(f"/moter/{meeting.id}/referat/deler/9").status_code == 404
    assert len(parts()) == 1


def test_a_personal_number_is_stopped_when_the_speaker_writes_one(browser, meeting, coordinator, speaker, question):
    propose(browser(coordinator), meeting, speaker, **answer_to(question))
    (part,) = parts()
    answer = browser(speaker).post(
        f"/moter/forslag/{part.id}", data={"svar": "ja", "body": "Ring 05109703232", "language": "nb"}
    )
    assert answer.status_code == 422
    assert posts_by(speaker) == []
