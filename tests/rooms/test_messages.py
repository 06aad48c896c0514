"""Messages: two people write to each other, the other is told by mail, and nobody else reads it."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.actor import ANYONE
from kunnskap.db import session
from kunnskap.errors import NotAllowed
from kunnskap.messages import actions
from kunnskap.messages.models import Block, Conversation, Message
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.web.limits import limiter
from tests import factories

WORDS = {"subject": "Klimabudsjett i små kommuner", "body": "Hvordan fikk dere **økonomi** med?"}


@pytest.fixture
def kari(member):
    return member("Kari Testesen")


@pytest.fixture
def ola(member):
    return member("Ola Testesen")


def write(client, to, innlegg=None, **more):
    address = f"/meldinger/ny?til={to.person_id}" + (f"&innlegg={innlegg}" if innlegg else "")
    return client.post(address, data=WORDS | more)


def only(table):
    session.rollback()
    return session.query(table).one()


def conversation(browser, one, other):
    assert write(browser(one), other).status_code == 303
    session.rollback()
    return f"/meldinger/{session.query(Conversation).order_by(Conversation.id.desc()).first().id}"


def test_two_people_write_and_each_finds_it_in_their_list(browser, kari, ola, sent):
    asks, answers = browser(kari), browser(ola)
    assert "Skriv til Ola Testesen" in asks.get(f"/meldinger/ny?til={ola.person_id}").text
    assert write(asks, ola).status_code == 303
    address = f"/meldinger/{only(Conversation).id}"
    assert "Ulest" in answers.get("/meldinger").text
    assert "Ulest" not in asks.get("/meldinger").text
    page = answers.get(address).text
    assert "<strong>økonomi</strong>" in page
    assert answers.post(address, data={"body": "Vi inviterte dem inn."}).status_code == 303
    assert "Ulest" in asks.get("/meldinger").text
    assert "Ulest" not in answers.get("/meldinger").text
    assert "Vi inviterte dem inn." in asks.get(address).text
    assert [letter.to for letter in sent] == [ola.email, kari.email]


def test_the_mail_tells_who_and_the_first_words_and_lets_nobody_in(browser, kari, ola, sent):
    ola.person.language = "en"
    session.commit()
    write(browser(kari), ola, body="Første linje.\n\n" + "Mange ord. " * 100)
    letter = sent[0]
    address = f"/meldinger/{only(Conversation).id}"
    assert "Kari Testesen" in letter.subject
    assert "Første linje." in letter.text
    assert f"http://localhost{address}" in letter.text
    assert len(letter.text) < 1_200
    assert kari.email not in letter.subject + letter.text
    visitor = browser().get(address)
    assert (visitor.status_code, "/logg-inn" in visitor.headers["Location"]) == (302, True)


@pytest.mark.parametrize("role", ["member", "moderator", "administrator"])
def test_nobody_else_reads_or_touches_a_conversation(browser, member, kari, ola, role):
    address = conversation(browser, kari, ola)
    message = only(Message)
    other = browser(member("Nysgjerrig Testesen", role=role))
    assert other.get(address).status_code == 404
    assert "Klimabudsjett i små" not in other.get("/meldinger").text
    for path, data in (
        ("", {"body": "Hei"}),
        ("/lest", {"til": message.id}),
        ("/legg-bort", {"bort": 1}),
    ):
        assert other.post(address + path, data=data).status_code == 404
    assert other.get(f"/meld/melding/{message.id}").status_code == 404
    assert other.get(f"/moderering/melding/{message.id}").status_code in {403, 404}
    session.rollback()
    assert session.query(Message).count() == 1


def test_what_is_written_between_two_stands_nowhere_else(browser, member, kari, ola):
    write(browser(kari), ola, subject="Sjelden kikhoste", body="Ordet kikhostesaft står bare her")
    for client in (browser(kari), browser(member("Annen Testesen", role="administrator")), browser()):
        for path in (
            "/",
            "/sok?q=kikhostesaft",
            "/api/v1/search?q=kikhostesaft",
            f"/folk/{kari.person_id}",
            "/moderering",
        ):
            page = client.get(path, follow_redirects=True).text
            assert "Sjelden kikhoste" not in page
            assert "Ordet kikhostesaft" not in page


def test_an_unread_conversation_is_marked_read_by_the_page_and_not_by_looking(browser, kari, ola):
    address = conversation(browser, kari, ola)
    reader = browser(ola)
    reader.get(address)
    assert "Ulest" in reader.get("/meldinger").text
    assert "1 ulest" in reader.get("/min-side").text
    seen = reader.post(f"{address}/lest", data={"til": only(Message).id}, headers={"HX-Request": "true"})
    assert (seen.status_code, seen.text) == (200, "")
    assert "Ulest" not in reader.get("/meldinger").text
    assert "Merk som lest" not in reader.get(address).text


def test_what_came_after_the_page_was_made_stays_unread(browser, kari, ola):
    address = conversation(browser, kari, ola)
    seen = only(Message).id
    browser(kari).post(address, data={"body": "En til"})
    browser(ola).post(f"{address}/lest", data={"til": seen})
    assert "Ulest" in browser(ola).get("/meldinger").text


def test_a_conversation_put_away_comes_back_when_something_is_written(browser, kari, ola):
    address = conversation(browser, kari, ola)
    reader = browser(ola)
    reader.post(f"{address}/legg-bort", data={"bort": 1})
    assert WORDS["subject"] not in reader.get("/meldinger").text
    assert WORDS["subject"] in reader.get("/meldinger?vis=lagt-bort").text
    browser(kari).post(address, data={"body": "Glemte noe"})
    assert WORDS["subject"] in reader.get("/meldinger").text
    assert WORDS["subject"] not in reader.get("/meldinger?vis=lagt-bort").text


def test_a_form_sent_twice_sends_one(browser, kari, ola, sent):
    client = browser(kari)
    first, again = (write(client, ola, form_key="a" * 32) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert only(Conversation)
    for _again in range(2):
        client.post(first.headers["Location"], data={"body": "Og en ting til", "form_key": "b" * 32})
    session.rollback()
    assert session.query(Message).count() == 2
    assert len(sent) == 2


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"body": "  "}, "Skriv meldingen."),
        ({"subject": ""}, "Skriv hva det gjelder."),
        ({"body": "x" * 5_001}, "for lang"),
        ({"subject": "x" * 121}, "for lang"),
        ({"body": "Ring 05109703232"}, "fødselsnummer"),
    ],
)
def test_what_cannot_be_sent_is_said_at_its_field_and_kept(browser, kari, ola, more, problem):
    answer = write(browser(kari), ola, **more)
    assert answer.status_code == 422
    assert problem in answer.text
    assert session.query(Message).count() == 0


def test_a_message_about_a_post_links_to_it_for_both(browser, kari, ola):
    question = factories.question(ola, title="Hvem har klimaregnskap?")
    form = browser(kari).get(f"/meldinger/ny?til={ola.person_id}&innlegg={question.id}").text
    assert form.count("Hvem har klimaregnskap?") >= 2
    write(browser(kari), ola, innlegg=question.id)
    address = f"/meldinger/{only(Conversation).id}"
    for who in (kari, ola):
        assert question.slug in browser(who).get(address).text
    session.get_one(Post, question.id).withdrawn_at = clock.now()
    session.commit()
    assert question.slug not in browser(kari).get(address).text


def test_a_post_the_other_may_not_see_is_left_out(browser, member, kari, ola):
    network = factories.network()
    network_question = factories.question(
        kari, title="Bare for nettverket", audience="network", for_network_id=network.id
    )
    form = browser(kari).get(f"/meldinger/ny?til={ola.person_id}&innlegg={network_question.id}").text
    assert "blir ikke med" in form
    assert "Bare for nettverket" not in form
    write(browser(kari), ola, innlegg=network_question.id)
    assert only(Conversation).post_id is None
    assert "Bare for" not in browser(ola).get(f"/meldinger/ny?til={kari.person_id}&innlegg={network_question.id}").text


def test_whether_the_link_comes_along_tells_nothing_of_who_asked_without_a_name(browser, member, kari, ola):
    network = factories.network()
    facts = {"audience": "network", "for_network_id": network.id, "hides_author": True}
    asked = factories.question(ola, title="Uten navn", **facts)
    moderator = browser(member("Moder Testesen", role="moderator"))
    pages = [moderator.get(f"/meldinger/ny?til={one.person_id}&innlegg={asked.id}") for one in (ola, kari)]
    assert ["blir ikke med" in page.text for page in pages] == [True, True]


def test_those_without_an_open_account_cannot_be_written_to(browser, member, kari):
    listed = factories.person("Uten Konto", email="uten.konto@skien.kommune.no", phone="35 58 10 00")
    closed = member("Lukket Testesen", closed_at=clock.now()).person
    suspended = member("Stengt Testesen", suspended_until=clock.now() + timedelta(days=1)).person
    client = browser(kari)
    for person in (listed, closed, suspended):
        page = client.get(f"/meldinger/ny?til={person.id}")
        assert "Det går ikke an å skrive til" in page.text
        assert f"/folk/{person.id}-" in page.text
        assert client.post(f"/meldinger/ny?til={person.id}", data=WORDS).status_code == 422
    page = client.get(f"/meldinger/ny?til={listed.id}").text
    assert "mailto:uten.konto@skien.kommune.no" in page
    assert "35 58 10 00" not in page  # the person has not agreed to that
    assert "deg selv" in client.get(f"/meldinger/ny?til={kari.person_id}").text
    assert session.query(Message).count() == 0


@pytest.mark.parametrize("til", ["0", "99999999", "99999999999999", "abc", "-1", "1;2"])
def test_nobody_is_written_to_at_an_address_that_names_nobody(browser, kari, til):
    assert browser(kari).get(f"/meldinger/ny?til={til}").status_code == 404
    assert browser(kari).get("/meldinger/ny").status_code == 302


def test_who_is_not_wanted_is_told_no_more_than_others(browser, kari, ola):
    address = conversation(browser, kari, ola)
    assert browser(ola).post(f"/meldinger/person/{kari.person_id}/ta-imot", data={"ja": 0}).status_code == 303
    asks = browser(kari)
    page = asks.get(address).text
    assert WORDS["body"][:10] in page
    assert "Det går ikke an å skrive til Ola Testesen her nå." in page
    assert asks.post(address, data={"body": "Hallo?"}).status_code == 422
    assert write(asks, ola).status_code == 422
    mine = browser(ola)
    assert "Kari Testesen" in mine.get("/meldinger").text
    assert mine.post(address, data={"body": "Hei igjen"}).status_code == 422
    mine.post(f"/meldinger/person/{kari.person_id}/ta-imot", data={"ja": 1})
    assert asks.post(address, data={"body": "Hallo?"}).status_code == 303
    assert session.query(Block).count() == 0


def test_who_is_away_says_so_and_who_to_ask_meanwhile(browser, member, kari, ola):
    until = clock.today() + timedelta(days=5)
    ola.person.away_from, ola.person.away_until = clock.today(), until
    ola.person.stand_in_id = member("Vikar Testesen").person_id
    session.commit()
    page = browser(kari).get(f"/meldinger/ny?til={ola.person_id}").text
    assert "Ola Testesen er borte til" in page
    assert "Vikar Testesen" in page
    assert "Vikar Testesen" in browser(kari).get(conversation(browser, kari, ola)).text


def test_nobody_is_led_to_a_stand_in_who_has_left_the_directory(browser, member, kari, ola):
    ola.person.away_from = ola.person.away_until = clock.today()
    ola.person.stand_in_id = member("Vikar Testesen", listed=False).person_id
    session.commit()
    assert "Vikar Testesen" not in browser(kari).get(f"/meldinger/ny?til={ola.person_id}").text
    assert "Vikar Testesen" not in browser(kari).get(conversation(browser, kari, ola)).text


def test_who_writes_much_is_asked_to_wait_and_keeps_the_words(browser, member, kari, ola, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    client = browser(kari)
    assert [write(client, ola).status_code for _ in range(6)] == [303] * 5 + [429]
    stopped = write(client, ola, body="Dette vil jeg ha igjen")
    assert "Dette vil jeg ha igjen" in stopped.text
    assert int(stopped.headers["Retry-After"]) > 60
    newcomer = browser(member("Fersk Testesen", trusted_at=None))
    assert [write(newcomer, ola).status_code for _ in range(3)] == [303, 303, 429]
    limiter.reset()


def test_the_other_keeps_what_was_written_when_somebody_leaves(browser, kari, ola):
    address = conversation(browser, kari, ola)
    session.get_one(Account, kari.id).closed_at = clock.now()
    session.get_one(Person, kari.person_id).name = ""
    session.commit()
    page = browser(ola).get(address).text
    assert "Tidligere medlem" in page
    assert "økonomi" in page
    assert "er ikke her lenger" in page


def test_a_list_of_many_conversations_asks_few_times(browser, member, kari, count_sql):
    client = browser(kari)
    for number in range(12):
        write(client, member(f"Test Nummer{number}"))
    with count_sql() as statements:
        assert client.get("/meldinger").status_code == 200
    assert len(statements) <= 6
    with count_sql() as statements:
        assert client.get(f"/meldinger/{session.query(Conversation).first().id}").status_code == 200
    assert len(statements) <= 9


def test_the_menu_of_a_post_leads_to_writing_to_its_author_unless_that_tells_who_asked(browser, kari, ola):
    question = factories.question(ola, title="Med navn")
    unnamed = factories.question(ola, title="Uten navn", hides_author=True)
    link = f"/meldinger/ny?til={ola.person_id}&amp;innlegg="
    assert f"{link}{question.id}" in browser(kari).get(f"/sporsmal/{question.slug}").text
    assert link not in browser(kari).get(f"/sporsmal/{unnamed.slug}").text
    assert link not in browser(ola).get(f"/sporsmal/{question.slug}").text
    assert link not in browser().get(f"/sporsmal/{question.slug}").text


def test_whose_account_is_shut_for_a_time_sends_nothing(browser, kari, ola):
    address = conversation(browser, kari, ola)
    client = browser(kari)
    actor = kari.actor
    session.get_one(Account, kari.id).suspended_until = clock.now() + timedelta(days=1)
    session.commit()
    assert client.post(address, data={"body": "Hei"}).status_code == 302
    with pytest.raises(NotAllowed):
        actions.answer(actor, only(Conversation), "Hei")
    with pytest.raises(NotAllowed):
        actions.start(ANYONE, session.get_one(Person, ola.person_id), "Hei", "Hei")


def test_what_somebody_wrote_who_is_shut_out_by_now_is_mailed_to_nobody(browser, kari, ola, sent, unread):
    assert write(browser(kari), ola).status_code == 303
    session.query(Account).filter_by(id=kari.id).update({"suspended_until": clock.now() + timedelta(days=3)})
    session.commit()
    unread()
    assert not sent


def test_a_subject_of_several_lines_breaks_no_mail(browser, kari, ola, mailbox):
    write(browser(kari), ola, subject="Hei\r\nBcc: noen@example.no", body="Noe")
    letter = mailbox()[-1]
    assert letter["Bcc"] is None
    assert only(Conversation).subject == "Hei Bcc: noen@example.no"


def test_markup_in_a_message_stays_words(browser, kari, ola):
    address = conversation(browser, kari, ola)
    browser(ola).post(address, data={"body": "<script>alert(1)</script> [her](javascript:alert(2))"})
    page = browser(kari).get(address).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
