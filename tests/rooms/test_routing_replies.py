"""Those who are asked reply with one click, from the letter or signed in; who was asked is told to nobody else."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock, signed
from kunnskap.db import session
from kunnskap.networks.models import NetworkMember
from kunnskap.people.models import Person, PersonTheme
from kunnskap.routing import actions, rules
from kunnskap.routing.models import Offer
from tests import factories
from tests.browsing import tell


@pytest.fixture
def theme(database):
    return factories.theme("overvann", "Overvann")


@pytest.fixture
def expert(member, theme):
    def make(name="Ekspert Testesen", **facts):
        account = member(name, **facts)
        factories.keep(PersonTheme(person_id=account.person_id, theme_id=theme.id, level="guide"))
        return account

    return make


@pytest.fixture
def asker(member):
    return member("Spørre Testesen")


@pytest.fixture
def ask(theme, asker):
    def make(**facts):
        asked = factories.question(asker, **({"themes": [theme], "title": "Hvordan åpner vi en bekk?"} | facts))
        tell()
        return asked

    return make


def offers():
    session.rollback()
    return list(session.query(Offer).order_by(Offer.id))


def link(sent, to, way):
    letter = next(one for one in reversed(sent) if one.to == to.email)
    return re.search(rf"http://localhost(/spurt/lenke/\S+/{way})", letter.text)[1]


def test_one_who_is_asked_says_yes_from_the_letter_without_signing_in(ask, expert, asker, sent, browser):
    one = expert()
    question = ask()
    stranger = browser()
    address = link(sent, one, "kan-svare")
    assert "Jeg kan svare" in stranger.get(address).text
    assert offers()[0].reply is None
    assert "Skriv svaret" in stranger.post(address).text
    assert offers()[0].reply == "yes"
    page = browser(asker).get(f"/sporsmal/{question.slug}").text
    assert "Har sagt at de kan svare" in page
    assert "Ekspert Testesen" in page


def test_one_who_is_asked_may_reply_where_the_question_stands(ask, expert, member, browser):
    one = expert()
    question = ask()
    page = browser(one).get(f"/sporsmal/{question.slug}").text
    assert "Vi tror du kan svare på dette" in page
    assert f"/spurt/{offers()[0].id}/ikke-na" in page
    assert "Spør noen som kan dette" not in page, "nobody is told to ask oneself"
    assert "Spør noen som kan dette" in browser(member()).get(f"/sporsmal/{question.slug}").text
    browser(one).post(f"/spurt/{offers()[0].id}/kan-svare")
    assert "Vi tror du kan svare på dette" not in browser(one).get(f"/sporsmal/{question.slug}").text


def test_a_double_click_is_one_reply_and_one_may_think_better_of_it(ask, expert, sent, browser):
    one = expert()
    ask()
    stranger = browser()
    for _ in range(2):
        stranger.post(link(sent, one, "ikke-na"))
    first = offers()[0]
    assert first.reply == "not-now"
    stranger.post(link(sent, one, "ikke-na"))
    assert offers()[0].replied_at == first.replied_at
    stranger.post(link(sent, one, "kan-svare"))
    assert offers()[0].reply == "yes"


def test_a_no_leads_to_the_next_who_can_be_asked(ask, expert, sent, browser):
    people = [expert(f"Ekspert {n}") for n in range(6)]
    ask()
    first = [offer.person_id for offer in offers()]
    assert len(first) == 4
    saying_no = next(one for one in people if one.person_id == first[0])
    for _ in range(2):
        browser().post(link(sent, saying_no, "ikke-na"))
    assert len(offers()) == 5
    assert sum(offer.reply is None for offer in offers()) == 4
    for offer in offers()[1:3]:
        browser(next(one for one in people if one.person_id == offer.person_id)).post(f"/spurt/{offer.id}/ikke-na")
    assert len(offers()) == 6


def test_whoever_leaves_says_no_to_all_they_were_asked(ask, expert):
    people = [expert(f"Ekspert {n}") for n in range(5)]
    ask()
    actions.give_back(people[0].person_id)
    session.commit()
    tell()
    assert len(offers()) == 5
    assert offers()[0].reply == "not-now"


def test_one_points_out_a_colleague_who_is_told_by_whom(ask, expert, member, sent, browser):
    one, colleague = expert(), member("Kollega Prøvesen")
    ask()
    answer = browser().post(link(sent, one, "spor-heller"), data={"colleague": "kollega prøvesen"})
    assert "Vi spør den du pekte på." in answer.text
    assert [offer.person_id for offer in offers()] == [one.person_id, colleague.person_id]
    assert offers()[0].passed_to_id == colleague.person_id
    letter = sent[-1]
    assert letter.to == colleague.email
    assert "Ekspert Testesen mente at du kan svare." in letter.text
    again = browser().post(link(sent, one, "spor-heller"), data={"colleague": "kollega prøvesen"})
    assert again.status_code == 200
    assert len(offers()) == 2


def test_one_may_also_name_nobody(ask, expert, sent, browser):
    one = expert()
    ask()
    assert "Vi spør en annen" in browser().post(link(sent, one, "spor-heller"), data={"colleague": ""}).text
    assert offers()[0].reply == "other"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"away_from": clock.today()}, "er borte nå"),
        ({"asks_a_week": 0}, "kan ikke spørres om dette"),
        ({"listed": False}, "Vi finner ingen med det navnet"),
    ],
)
def test_a_colleague_who_cannot_be_asked_is_not_and_the_one_who_named_them_is_told(
    ask, expert, member, sent, browser, facts, words
):
    one = expert()
    member("Kollega Prøvesen", **facts)
    ask()
    page = browser(one)
    answer = page.post(f"/spurt/{offers()[0].id}/spor-heller", data={"colleague": "Kollega Prøvesen"})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kollega Prøvesen" in answer.text
    assert offers()[0].reply is None


def test_a_colleague_who_has_had_enough_is_not_asked_more(ask, expert, member, browser):
    one = expert()
    full = member("Full Prøvesen", asks_a_week=1)
    factories.keep(Offer(question_id=factories.question().id, person_id=full.person_id, step="first"))
    ask()
    mine = next(offer for offer in offers() if offer.person_id == one.person_id)
    answer = browser(one).post(f"/spurt/{mine.id}/spor-heller", data={"colleague": "Full Prøvesen"})
    assert "har fått nok spørsmål denne uken" in answer.text
    assert sum(offer.person_id == full.person_id for offer in offers()) == 1


def test_two_of_the_same_name_are_told_apart_by_place(ask, expert, member, browser, skien):
    one = expert()
    member("Like Navnesen")
    right = member("Like Navnesen", place=skien)
    ask()
    client, address = browser(one), f"/spurt/{offers()[0].id}/spor-heller"
    assert "Flere heter det" in client.post(address, data={"colleague": "Like Navnesen"}).text
    client.post(address, data={"colleague": "Like Navnesen, Skien"})
    assert offers()[0].passed_to_id == right.person_id


def test_the_one_who_asked_without_a_name_is_refused_as_anybody_else(ask, expert, member, browser):
    one = expert()
    member("Sperret Prøvesen", asks_a_week=0)
    ask(hides_author=True)
    client, address = browser(one), f"/spurt/{offers()[0].id}/spor-heller"
    answers = [client.post(address, data={"colleague": name}).text for name in ("Spørre Testesen", "Sperret Prøvesen")]
    assert all("kan ikke spørres om dette. Velg en annen." in answer for answer in answers)


def test_signed_in_one_finds_what_one_is_asked_and_replies_there(ask, expert, browser, count_sql):
    one = expert()
    question = ask()
    client = browser(one)
    page = client.get("/spurt").text
    assert "Hvordan åpner vi en bekk?" in page
    answer = client.post(f"/spurt/{offers()[0].id}/kan-svare")
    assert answer.status_code == 303
    assert answer.location == f"/sporsmal/{question.slug}#svar"
    with count_sql() as statements:
        page = client.get("/spurt").text
    assert len(statements) <= 6, str(statements)
    assert "Ingen spørsmål venter på deg" in page
    assert "Du kan svare" in page
    assert client.get(f"/spurt/{offers()[0].id}/spor-heller").status_code == 200
    assert client.post(f"/spurt/{offers()[0].id}/tull").status_code == 404


def test_replying_when_the_question_is_answered_does_no_harm(ask, expert, sent, browser):
    one, another = expert(), expert("Annen Testesen", asks_a_week=1)
    question = ask()
    browser(another).post(f"/sporsmal/{question.id}/svar", data={"body": "Slik gjorde vi."})
    stranger = browser()
    assert "alt fått svar" in stranger.get(link(sent, one, "kan-svare")).text
    assert stranger.post(link(sent, one, "kan-svare")).status_code == 200
    assert "Du trenger ikke å gjøre noe" in stranger.get(link(sent, one, "ikke-na")).text
    before = len(offers())
    stranger.post(link(sent, one, "spor-heller"), data={"colleague": "Spørre Testesen"})
    assert len(offers()) == before


def test_an_old_or_made_up_link_says_so_kindly(ask, expert, sent, browser, monkeypatch, app):
    one = expert()
    ask()
    address, stranger = link(sent, one, "ikke-na"), browser()
    forged = signed.mark("another secret", rules.LINK, {"offer": offers()[0].id})
    other = signed.mark(app.secret_key, rules.STOP, {"offer": offers()[0].id})
    for tried in (forged, other, "tull"):
        assert stranger.get(f"/spurt/lenke/{tried}/ikke-na").status_code == 404
        assert "Lenken virker ikke lenger" in stranger.post(f"/spurt/lenke/{tried}/ikke-na").text
    assert stranger.get(address.replace("ikke-na", "tull")).status_code == 404
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "Lenken virker ikke lenger" in stranger.get(address).text
    assert offers()[0].reply is None


def test_a_link_shows_nothing_to_one_who_may_not_see_the_question_any_more(ask, expert, asker, sent, browser):
    network, one = factories.network(), expert()
    for person_id in (one.person_id, asker.person_id):
        factories.keep(NetworkMember(network_id=network.id, person_id=person_id))
    ask(audience="network", for_network_id=network.id)
    address = link(sent, one, "kan-svare")
    session.delete(session.get_one(NetworkMember, (network.id, one.person_id)))
    session.commit()
    session.remove()
    assert "bekk" not in browser().get(address).text
    assert browser(one).get(f"/spurt/{offers()[0].id}/spor-heller").status_code == 404
    assert "bekk" not in browser(one).get("/spurt").text


def test_a_link_of_one_who_is_suspended_opens_nothing(ask, expert, sent, browser):
    one = expert()
    ask()
    address = link(sent, one, "kan-svare")
    session.merge(one).suspended_until = clock.now() + timedelta(days=1)
    session.commit()
    session.remove()
    assert browser().post(address).status_code == 404
    assert offers()[0].reply is None


def test_one_click_stops_all_such_letters(ask, expert, sent, browser):
    one = expert()
    ask()
    address = sent[-1].stop.removeprefix("http://localhost")
    stranger = browser()
    assert "Ikke send meg flere" in stranger.get(address).text
    assert session.get_one(Person, one.person_id).asks_a_week == 2
    session.remove()
    assert "ikke flere spørsmål" in stranger.post(address).text
    assert session.get_one(Person, one.person_id).asks_a_week == 0
    assert stranger.get("/spurt/stopp/tull").status_code == 404


def test_who_was_asked_is_seen_by_nobody_else(ask, expert, member, browser):
    expert("Ekspert En"), expert("Ekspert To")
    question = ask()
    for reader in (None, member("Nysgjerrig Testesen"), member("Moderator Testesen", role="moderator")):
        client = browser(reader)
        assert "Vi har spurt" not in client.get(f"/sporsmal/{question.slug}").text
        assert client.get(f"/spurt/velg/{question.id}").status_code in {302, 404}
        assert client.get(f"/spurt/{offers()[0].id}/spor-heller").status_code in {302, 404}
        assert client.post(f"/spurt/{offers()[0].id}/kan-svare").status_code in {302, 404}
        assert "offer" not in client.get(f"/api/v1/sporsmal/{question.id}").text
    assert {offer.reply for offer in offers()} == {None}


def test_the_asker_sees_how_many_were_asked_but_not_who(ask, expert, asker, browser, count_sql):
    for n in range(6):
        expert(f"Ekspert nummer{n}")
    question = ask()
    client = browser(asker)
    page = client.get(f"/sporsmal/{question.slug}").text
    box = page[page.index('id="spurt"') : page.index('id="svarene"')]
    assert "Vi har spurt 4 kollegaer." in box
    assert "en videre krets" in box
    first, rest = {offer.person_id for offer in offers()}, box
    for person in session.query(Person).where(Person.id.in_(first)):
        assert person.name not in rest
    with count_sql() as statements:
        client.get(f"/sporsmal/{question.slug}")
    assert len(statements) <= 12, str(statements)


def test_the_asker_chooses_whom_to_ask(ask, expert, asker, browser, sent, member):
    question = ask()
    one, named, full = expert(), member("Navngitt Testesen"), expert("Full Testesen", asks_a_week=1)
    factories.keep(Offer(question_id=factories.question().id, person_id=full.person_id, step="first"))
    client = browser(asker)
    page = client.get(f"/spurt/velg/{question.id}").text
    assert "har fått nok spørsmål denne uken" in page
    answer = client.post(f"/spurt/velg/{question.id}", data={"people": [one.person_id], "name": "Navngitt Testesen"})
    assert answer.status_code == 303
    chosen = [offer for offer in offers() if offer.question_id == question.id]
    assert {(offer.person_id, offer.step) for offer in chosen} == {
        (one.person_id, "chosen"), (named.person_id, "chosen"),
    }  # fmt: skip
    assert "Spørre Testesen mente at du kan svare." in sent[-1].text
    assert "Navngitt Testesen" in client.get(f"/sporsmal/{question.slug}").text
    refused = client.post(f"/spurt/velg/{question.id}", data={"people": [full.person_id]})
    assert refused.status_code == 422
    assert "Full Testesen har fått nok spørsmål denne uken" in refused.text


@pytest.mark.parametrize("sent_people", [["0"], ["-1"], ["x"], ["99999999999"], ["2147483648"], ["²"], []])
def test_odd_choices_are_refused_kindly(ask, asker, browser, sent_people):
    question = ask()
    answer = browser(asker).post(f"/spurt/velg/{question.id}", data={"people": sent_people, "name": ""})
    assert answer.status_code == 422
    assert "Velg noen" in answer.text


def test_five_may_be_chosen_and_no_more(ask, expert, asker, browser):
    question = ask()
    people = [expert(f"Ekspert {n}").person_id for n in range(6)]
    client = browser(asker)
    assert "høyst 5" in client.post(f"/spurt/velg/{question.id}", data={"people": people}).text
    assert client.post(f"/spurt/velg/{question.id}", data={"people": people[:5]}).status_code == 303
    assert client.post(f"/spurt/velg/{question.id}", data={"people": people[5:]}).status_code == 422
    assert len(offers()) == 5


def test_choosing_cannot_be_used_to_learn_the_name_of_one_who_is_not_shown(ask, asker, browser, member):
    question = ask()
    hidden = member("Skjult Testesen", listed=False)
    answer = browser(asker).post(f"/spurt/velg/{question.id}", data={"people": [hidden.person_id]})
    assert answer.status_code == 422
    assert "Skjult" not in answer.text


def test_nobody_but_the_asker_chooses(ask, expert, browser, member):
    question, one = ask(), expert()
    answer = browser(member()).post(f"/spurt/velg/{question.id}", data={"people": [one.person_id]})
    assert answer.status_code in {403, 404}
    assert offers() == []
