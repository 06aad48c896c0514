"""People: the directory, a person's page, one's own profile, and who can help."""

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.actor import ANYONE, Actor
from kunnskap.db import session
from kunnskap.events import Outbox
from kunnskap.expertise import queries as expertise
from kunnskap.networks.models import NetworkMember
from kunnskap.people import directory, queries
from kunnskap.people.models import PHONE, Consent, Person, PersonTheme
from kunnskap.people.spots import Wanted
from tests import factories


@pytest.fixture
def skien(database):
    telemark = factories.county()
    return factories.place("Skien", "4003", county_id=telemark.id)


@pytest.fixture
def energy(database):
    """A theme with one below it."""
    top = factories.theme("energi", "Energi")
    return top, factories.theme("solceller", "Solceller", parent_id=top.id)


def knows(person, theme, level="guide"):
    factories.keep(PersonTheme(person_id=person.id, theme_id=theme.id, level=level))
    return person


def names(answer):
    return [tag.get_text(strip=True) for tag in BeautifulSoup(answer.text, "html.parser").select(".k-card__title")]


def profile(**more):
    return {
        "name": "Test Testesen",
        "role": "Klimarådgiver",
        "workplace_kind": "municipality",
        "place": "Skien",
        "about": "Jeg jobber med **energi**.",
        "phone": "35 58 10 00",
        "shows_phone": "y",
        "working_days": list("12345"),
        "listed": "y",
    } | more


def test_a_visitor_finds_people_but_no_way_to_reach_them(browser, skien, energy):
    found = factories.person(
        "Test Testesen", skien, role="Klimarådgiver", email="test.testesen@skien.kommune.no", phone="35 58 10 00"
    )
    knows(found, energy[0])
    listed = browser().get("/folk")
    shown = browser().get(f"/folk/{found.slug}")
    for answer in (listed, shown):
        assert "Test Testesen" in answer.text
        assert "Klimarådgiver" in answer.text
        assert "Energi" in answer.text
        assert "test.testesen@" not in answer.text
        assert "35 58 10 00" not in answer.text
    assert "Kontaktopplysninger vises for innloggede." in shown.text


def test_members_see_how_to_reach_people(browser, member, skien):
    found = factories.person("Test Testesen", skien, email="test.testesen@skien.kommune.no", phone="35 58 10 00")
    factories.keep(Consent(person_id=found.id, purpose=PHONE))
    answer = browser(member("Prøve Person")).get(f"/folk/{found.slug}")
    assert "mailto:test.testesen@skien.kommune.no" in answer.text
    assert "tel:35581000" in answer.text


def test_pages_of_people_stay_out_of_web_searches(browser):
    found = factories.person()
    for address in ("/folk", f"/folk/{found.slug}"):
        page = BeautifulSoup(browser().get(address).text, "html.parser")
        assert page.select_one("meta[name=robots]")["content"] == "noindex"


def test_people_are_found_by_words_of_name_role_and_workplace(browser, skien):
    factories.person("Åse Testesen", skien, role="Klimarådgiver")
    factories.person("Prøve Person", role="Ingeniør", organisation="Prøvevesenet")
    client = browser()
    for words in ("åse", "ÅSE", "testesen klima", "skien", "telemark klimarådgiver"):
        assert names(client.get("/folk", query_string={"q": words})) == ["Åse Testesen"], words
    assert names(client.get("/folk?q=prøvevesenet")) == ["Prøve Person"]
    assert names(client.get("/folk?q=finnes-ikke")) == []
    assert names(client.get("/folk", query_string={"q": "%"})) == []


def test_the_directory_is_narrowed_by_county_theme_and_workplace(browser, skien, energy):
    helper = knows(factories.person("Test Testesen", skien), energy[1])
    knows(factories.person("Prøve Person", organisation="Staten", workplace_kind="state"), energy[0], "learn")
    client = browser()
    assert names(client.get("/folk?fylke=40")) == [helper.name]
    assert names(client.get("/folk?tema=energi")) == [helper.name]
    assert names(client.get("/folk?tema=solceller")) == [helper.name]
    assert names(client.get("/folk?sted=state")) == ["Prøve Person"]
    assert names(client.get("/folk?sted=state&fylke=40")) == []


def test_each_filter_counts_what_choosing_it_would_leave(database, skien, energy):
    bamble = factories.place("Bamble", "4012", county_id=skien.county_id)
    knows(knows(factories.person("En Testesen", skien), energy[0]), energy[1])
    knows(factories.person("To Testesen", bamble), energy[1])
    factories.person("Tre Testesen")
    found = directory.directory(Wanted())
    assert [(one.value, one.count) for one in found.spread.counties] == [("40", 2)]
    assert [(one.value, one.count) for one in found.themes] == [("energi", 2), ("solceller", 2)]
    assert [(one.value, one.count) for one in found.spread.kinds] == [("municipality", 2), ("other", 1)]
    narrowed = directory.directory(Wanted(words="To"))
    assert [(one.value, one.count) for one in narrowed.themes] == [("energi", 1), ("solceller", 1)]
    assert narrowed.page.total == 1


def test_those_who_left_hide_or_have_no_name_are_not_listed(browser):
    factories.person("Skjult Testesen", listed=False)
    factories.person("Sluttet Testesen", left_at=clock.now())
    factories.person("")
    assert names(browser().get("/folk")) == []


@pytest.mark.parametrize(
    "query", ["side=-3", "side=tull", "side=999999", "fylke=%00", "tema='--", "sted=månen", "q=" + "x" * 5000, "q=%00"]
)
def test_odd_questions_of_the_directory_still_give_a_page(browser, query):
    factories.person()
    assert browser().get(f"/folk?{query}").status_code == 200


@pytest.mark.parametrize("slug", ["999999-ingen", "tull", "99999999999999-x", "²"])
def test_an_unknown_person_is_not_found(browser, slug):
    assert browser().get(f"/folk/{slug}").status_code == 404


def test_a_wrong_name_in_the_address_leads_to_the_right_one(browser):
    found = factories.person()
    answer = browser().get(f"/folk/{found.id}-annet")
    assert (answer.status_code, answer.location) == (301, f"/folk/{found.slug}")


def test_a_page_shows_what_a_person_wrote_answered_and_belongs_to(browser, member):
    author = member()
    factories.experience(author, title="Et tiltak")
    factories.answer(factories.question(title="Et spørsmål"), author)
    factories.answer(factories.question(title="Bare for oss", audience="members"), author, audience="members")
    network = factories.network(name="Prøvenettverket")
    factories.keep(NetworkMember(network_id=network.id, person_id=author.person_id))
    text = browser().get(f"/folk/{author.person.slug}").text
    assert "Et tiltak" in text
    assert "Et spørsmål" in text
    assert "Prøvenettverket" in text
    assert "Bare for oss" not in text


def test_someone_who_is_gone_is_a_former_member(browser, member):
    gone = factories.person("")
    factories.experience(gone, title="Står igjen")
    answer = browser(member()).get(f"/folk/{gone.slug}")
    assert "Tidligere medlem" in answer.text
    assert "Står igjen" in answer.text


def test_a_member_tells_of_themselves(browser, member, skien, energy):
    account = member()
    client = browser(account)
    assert client.get(f"/folk/{account.person_id}/rediger").status_code == 200
    sent = profile(guide=["energi", "solceller"], learn=["energi"])
    answer = client.post(f"/folk/{account.person_id}/rediger", data=sent, follow_redirects=True)
    assert "Profilen er lagret." in answer.text
    assert "<strong>energi</strong>" in answer.text
    kept = queries.person(account.person_id)
    assert (kept.place.name, kept.role, kept.phone) == ("Skien", "Klimarådgiver", "35 58 10 00")
    assert sorted((topic.theme.slug, topic.level) for topic in kept.topics) == [
        ("energi", "guide"),
        ("energi", "learn"),
        ("solceller", "guide"),
    ]


def test_search_hears_of_a_changed_profile(browser, member, skien):
    account = member()
    browser(account).post(f"/folk/{account.person_id}/rediger", data=profile())
    assert session.query(Outbox).filter_by(name="PersonChanged").count() == 1


def test_saving_a_profile_again_keeps_the_themes_chosen_now(browser, member, skien, energy):
    account = member()
    client = browser(account)
    for chosen in (["energi"], ["solceller"], ["solceller"]):
        client.post(f"/folk/{account.person_id}/rediger", data=profile(guide=chosen))
    assert [topic.theme.slug for topic in queries.person(account.person_id).topics] == ["solceller"]


def test_whoever_does_not_tick_the_box_is_not_listed(browser, member, skien):
    account = member()
    sent = profile()
    del sent["listed"]
    browser(account).post(f"/folk/{account.person_id}/rediger", data=sent)
    assert session.get_one(Person, account.person_id).listed is False


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "Skriv navnet ditt."),
        ({"name": "x" * 121}, "høyst 120 tegn"),
        ({"about": "x" * 2001}, "høyst 2000 tegn"),
        ({"phone": "1" * 31}, "høyst 30 tegn"),
        ({"role": "Nul\x00tegn"}, "Noen av tegnene"),
        ({"workplace_kind": "månen"}, ""),
        ({"place": ""}, "Velg kommunen du jobber i."),
        ({"place": "Andeby"}, "Vi finner ikke «Andeby»"),
        ({"place": "Telemark (40)"}, "Velg kommunen du jobber i."),
        ({"workplace_kind": "county"}, "Velg fylkeskommunen du jobber i."),
        ({"workplace_kind": "state", "organisation": ""}, "Skriv hvor du jobber."),
        ({"guide": ["finnes-ikke"]}, ""),
    ],
)
def test_what_cannot_be_kept_is_explained_and_the_words_stay(browser, member, skien, changed, said):
    account = member("Prøve Person")
    answer = browser(account).post(f"/folk/{account.person_id}/rediger", data=profile(**changed))
    assert answer.status_code == 422
    problems = BeautifulSoup(answer.text, "html.parser").select_one(".ds-error-summary").get_text(" ", strip=True)
    assert said in problems
    assert session.get_one(Person, account.person_id).name == "Prøve Person"


def test_at_most_ten_themes_are_chosen(browser, member, skien):
    slugs = [factories.theme(f"tema-{number}").slug for number in range(11)]
    account = member()
    answer = browser(account).post(f"/folk/{account.person_id}/rediger", data=profile(guide=slugs))
    assert answer.status_code == 422
    assert "Velg høyst ti temaer." in answer.text
    assert (
        browser(account).post(f"/folk/{account.person_id}/rediger", data=profile(guide=slugs[:10])).status_code == 302
    )


def test_markup_in_a_profile_is_shown_as_words(browser, member, skien):
    account = member()
    nasty = "<script>alert(1)</script>"
    sent = profile(name=nasty, role=nasty, organisation=nasty, about=nasty, phone=nasty)
    answer = browser(account).post(f"/folk/{account.person_id}/rediger", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_nobody_but_moderators_changes_another_profile(browser, member, skien):
    other = factories.person("Prøve Person")
    stranger, moderator = browser(member()), browser(member(role="moderator"))
    address = f"/folk/{other.id}/rediger"
    assert stranger.get(address).status_code == 403
    assert stranger.post(address, data=profile()).status_code == 403
    assert stranger.post(f"/folk/{other.id}/stemmer-fortsatt").status_code == 403
    assert moderator.post(address, data=profile(name="Rettet Navn")).status_code == 302
    assert moderator.get("/folk/999999/rediger").status_code == 404


def test_a_form_from_another_site_is_refused(browser, member, skien):
    account = member("Prøve Person")
    answer = browser(account).post(
        f"/folk/{account.person_id}/rediger", data=profile(), headers={"Origin": "https://ond.example"}
    )
    assert answer.status_code == 403
    assert session.get_one(Person, account.person_id).name == "Prøve Person"


def test_one_click_says_that_a_profile_still_holds(browser, member):
    account = member()
    session.get_one(Person, account.person_id).confirmed_at = clock.now().replace(year=2020)
    session.commit()
    answer = browser(account).post(f"/folk/{account.person_id}/stemmer-fortsatt", follow_redirects=True)
    assert "Profilen er bekreftet." in answer.text
    assert session.get_one(Person, account.person_id).confirmed_at.year > 2020


def test_a_person_is_followed_and_let_go(browser, member):
    other, client = factories.person("Prøve Person"), browser(member())
    for wish, shown in (("1", "Slutt å følge"), ("0", "Følg")):
        answer = client.post(f"/folg/person/{other.id}", data={"folg": wish}, follow_redirects=True)
        assert shown in answer.text
    assert client.post("/folg/person/999999").status_code == 404


def test_those_nearest_the_theme_are_asked_first(database, energy):
    top, below = energy
    wide = knows(factories.person("Bred Testesen"), top)
    narrow = knows(factories.person("Smal Testesen"), below)
    knows(factories.person("Lærer Testesen"), below, "learn")
    knows(factories.person("Skjult Testesen", listed=False), below)
    assert [one.id for one in expertise.put_forward(ANYONE, [below.id])] == [narrow.id, wide.id]
    assert [one.id for one in expertise.put_forward(ANYONE, [top.id], limit=1)] == [wide.id]
    assert [one.id for one in expertise.put_forward(Actor(narrow.id, "member"), [below.id])] == [wide.id]
    assert expertise.put_forward(ANYONE, []) == []


def test_people_are_found_by_place_and_by_name(database, skien):
    one, other = factories.person("Test Testesen", skien), factories.person("Test Testesen")
    assert [person.id for person in queries.at_place([skien.id])] == [one.id]
    assert [person.id for person in queries.by_words("test testesen")] == [one.id, other.id]
    assert [person.id for person in queries.by_words("Test Testesen, skien")] == [one.id]
    assert set(queries.by_ids([one.id, other.id, 999999])) == {one.id, other.id}


def test_the_directory_takes_at_most_six_statements(browser, member, skien, energy, count_sql):
    for number in range(10):
        knows(factories.person(f"Test {number}", skien), energy[0])
    for client in (browser(), browser(member())):
        with count_sql() as statements:
            assert client.get("/folk?q=test&fylke=40&tema=energi&sted=municipality").status_code == 200
        assert len(statements) <= 6, str(statements)


def test_a_person_takes_at_most_ten_statements(browser, member, skien, energy, count_sql):
    author = member(place=skien)
    knows(author.person, energy[0])
    for number in range(3):
        factories.experience(author, title=f"Tiltak {number}", themes=[energy[0]], places=[skien])
        factories.answer(factories.question(), author)
    for client in (browser(), browser(member())):
        with count_sql() as statements:
            assert client.get(f"/folk/{author.person.slug}").status_code == 200
        assert len(statements) <= 10, str(statements)
