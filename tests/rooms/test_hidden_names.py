"""Asking without one's name: what readers are told of who asked, everywhere it could show."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.networks.models import NetworkMember, NetworkPlace
from kunnskap.posts.models import Post
from kunnskap.saved import actions as saved
from kunnskap.saved.models import SavedSearch
from kunnskap.search import indexing
from tests import factories
from tests.browsing import tell

NAME = "Hemmelig Testesen"
TITLE = "Hvordan sier vi fra om rot i klimabudsjettet?"
SMALL = "En rådgiver i en kommune med 5 000–20 000 innbyggere"
WORKPLACE = "Bamble kommune"
DAY = timedelta(days=1)


@pytest.fixture
def theme():
    return factories.theme()


@pytest.fixture
def bamble():
    county = factories.county(domains=["telemark.example"])
    return factories.place("Bamble", "4012", county_id=county.id, population=14_000)


@pytest.fixture
def asker(member, bamble):
    return member(NAME, place=bamble, role="member", organisation=WORKPLACE)


@pytest.fixture
def question(browser, asker, theme):
    form = {"title": TITLE, "body": "Det er litt av hvert.", "themes": theme.slug, "audience": "everyone"}
    made = browser(asker).post("/sporsmal/nytt", data=form | {"language": "nb", "hides_author": "y"})
    assert made.status_code == 302, made.text
    return session.scalars(select(Post)).one()


def page_of(post: Post) -> str:
    return f"/sporsmal/{post.slug}"


def tells(page: str) -> list[str]:
    """What in a page tells who asked."""
    plain = re.sub(r"</?mark>", "", page)
    return [word for word in (NAME, "hemmelig-testesen", 'data-initials="HT"', "Bamble") if word in plain]


def test_readers_are_told_the_size_of_the_municipality_and_nothing_else(browser, member, question):
    for reader in (browser(), browser(member())):
        page = reader.get(page_of(question)).text
        assert SMALL in page
        assert tells(page) == []
        assert SMALL in reader.get("/sporsmal").text


def test_moderators_and_the_one_who_asked_see_the_name_and_that_others_do_not(browser, member, asker, question):
    for reader in (browser(member(role="moderator")), browser(asker)):
        for address in (page_of(question), "/sporsmal"):
            page = reader.get(address).text
            assert NAME in page
            assert "skjult for andre" in page
    assert "skjult for andre" in browser(asker).get("/min-side").text


def test_nothing_that_the_asker_adds_to_the_thread_tells_the_name(browser, member, asker, question):
    other = member("Åpen Testesen")
    browser(other).post(f"/sporsmal/{question.id}/svar", data={"body": "Si det rett ut.", "language": "nb"})
    answer = session.scalars(select(Post).where(Post.parent_id == question.id)).one()
    me = browser(asker)
    me.post(f"/sporsmal/{question.id}/svar", data={"body": "Jeg fant ut av det.", "language": "nb"})
    for post in (question, answer):
        me.post(f"/innlegg/{post.id}/kommentar", data={"body": "Takk skal du ha."})
    browser(other).post(f"/innlegg/{question.id}/kommentar", data={"body": "Bare hyggelig."})
    page = browser().get(page_of(question)).text
    assert "Jeg fant ut av det." in page
    assert page.count("Takk skal du ha.") == 2
    assert tells(page) == []
    assert page.count("Den som spurte") == 3
    assert 'aria-label="Svar fra den som spurte"' in page
    assert page.count("Åpen Testesen") >= 3
    mine = session.scalars(select(Post).where(Post.parent_id == question.id, Post.id != answer.id)).one()
    for post in (question, mine, answer):
        assert tells(browser().get(f"/innlegg/{post.id}/historikk").text) == []
    assert tells(browser(asker).get(page_of(question)).text)


def test_the_person_and_the_places_do_not_lead_to_what_was_asked_without_a_name(
    browser, member, asker, question, bamble, theme
):
    network = factories.network()
    session.add_all(
        [
            NetworkMember(network_id=network.id, person_id=asker.person_id),
            NetworkPlace(network_id=network.id, place_id=bamble.id),
        ]
    )
    session.commit()
    pages = [
        f"/folk/{asker.person.slug}",
        f"/kommuner/{bamble.slug}",
        "/fylker/40-telemark",
        f"/nettverk/{network.slug}",
        "/sporsmal?fylke=40",
    ]
    for reader in (browser(), browser(member()), browser(asker)):
        for address in pages[1:] if reader.get("/min-side").status_code == 200 else pages:
            assert TITLE not in reader.get(address).text, address
    assert TITLE in browser(member(role="moderator")).get(pages[0]).text
    assert TITLE in browser(member(role="moderator")).get(pages[1]).text


@pytest.mark.parametrize(
    "address",
    [
        "/sok?q=hemmelig",
        "/sok?q=klimabudsjett+bamble",
        "/sok?q=forfatter:hemmelig+klimabudsjett",
        "/sok?q=klimabudsjett&kommune=4012",
        "/sok?q=klimabudsjett&fylke=40",
        "/api/v1/search?q=hemmelig",
        "/api/v1/search?q=klimabudsjett+bamble",
        "/api/v1/search?fylke=40",
    ],
)
def test_search_does_not_find_by_who_asked_or_where(browser, member, asker, question, address):
    for reader in (browser(), browser(member()), browser(asker)):
        found = re.sub(r"</?mark>", "", reader.get(address).text)
        if TITLE in found:
            assert "bamble" in address
            assert "er stedet det kommer fra" not in found
            assert "Likt kommunen din: samme fylke" not in found


@pytest.mark.parametrize("address", ["/sok?q=klimabudsjettet", "/api/v1/search?q=klimabudsjettet"])
def test_a_hit_says_how_large_the_municipality_is(browser, member, asker, question, address):
    for reader in (browser(), browser(member()), browser(asker)):
        found = re.sub(r"</?mark>", "", reader.get(address).text)
        assert TITLE in found
        assert SMALL in found
        assert NAME not in found
    assert NAME in browser(member(role="moderator")).get(address).text


def test_counts_by_place_and_person_leave_it_out(browser, question):
    facets = browser().get("/api/v1/search?q=klimabudsjettet").get_json()["facets"]
    assert not any(choice["count"] for choice in facets.get("fylke", ()))
    assert [choice["key"] for choice in facets["storrelse"] if choice["count"]] == ["5000-20000"]
    assert 'data-count="1"' not in browser().get("/kommuner").text


@pytest.mark.parametrize("address", ["/sok/forslag?q=rot+i+klima", "/sok/lignende?q=rot+i+klimabudsjettet"])
def test_suggestions_do_not_say_from_where(browser, question, address):
    assert tells(browser().get(address).text) == []


def test_what_is_like_another_post_does_not_say_from_where(browser, question, theme):
    other = factories.question(title="Rot i klimabudsjettet", body="Det er rot.", themes=[session.merge(theme)])
    indexing.index().rebuild()
    page = browser().get(page_of(other)).text
    assert TITLE in page
    assert tells(page) == []


def test_the_name_is_kept_and_told_as_the_asker_changes_their_mind(browser, asker, question, theme):
    me = browser(asker)
    me.post(f"/sporsmal/{question.id}/svar", data={"body": "Jeg fant ut av det.", "language": "nb"})
    form = {"title": TITLE, "body": "Det er litt av hvert.", "themes": theme.slug, "audience": "everyone"}
    form_page = me.get(f"/sporsmal/{question.id}/rediger").text
    assert re.search(r'<input [^>]*checked[^>]*name="hides_author"', form_page)
    assert "Skjul navnet mitt for lesere" in form_page
    me.post(f"/sporsmal/{question.id}/rediger", data=form | {"language": "nb"})
    assert tells(browser().get(page_of(question)).text)
    assert TITLE in re.sub(r"</?mark>", "", browser().get("/sok?q=forfatter:hemmelig").text)
    assert page_of(question) not in browser().get("/sok?q=forfatter:ingen").text
    me.post(f"/sporsmal/{question.id}/rediger", data=form | {"language": "nb", "hides_author": "y"})
    assert tells(browser().get(page_of(question)).text) == []
    assert TITLE not in browser().get("/sok?q=forfatter:hemmelig").text
    assert all(post.hides_author for post in session.scalars(select(Post)))


def test_a_page_the_asker_has_read_is_not_kept_for_others(app, browser, member, asker, question):
    """Lists are kept for all who may see the same; one that names its reader is for that reader alone."""
    for first, then in ((asker, member()), (member(), asker)):
        browser(first).get("/sporsmal")
        assert tells(browser(then).get("/sporsmal").text) == ([] if then is not asker else tells(NAME + "Bamble"))


def test_letters_about_saved_searches_tell_of_it_without_the_name(browser, member, question, sent, monkeypatch):
    session.add_all(
        SavedSearch(person_id=member().person_id, query=query, name="Budsjett", notice="daily", language="nb",
                    seen_at=question.published_at - DAY, told_at=question.published_at - DAY, due_at=question.published_at)
        for query in ("q=klimabudsjettet", "q=klimabudsjettet&type=sporsmal", "q=hemmelig", "q=forfatter:hemmelig")
    )  # fmt: skip
    session.commit()
    later = clock.now() + DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    saved.find_due()
    session.commit()
    tell()
    assert len(sent) == 2
    assert all(TITLE in letter.text and tells(letter.text) == [] for letter in sent)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"population": 900}, "En rådgiver i en kommune med under 5 000 innbyggere"),
        ({"population": 700_000}, "En rådgiver i en kommune med over 50 000 innbyggere"),
        ({"population": None}, "En kollega"),
        (None, "En kollega"),
    ],
)
def test_who_asked_is_told_by_size_as_far_as_that_is_known(browser, member, place, words):
    where = factories.place(**place) if place else None
    hidden = factories.question(member(NAME, place=where), place_id=where.id if where else None, hides_author=True)
    page = browser().get(page_of(hidden)).text
    assert f"<strong>{words}</strong>" in page
    assert "Skien" not in page


def test_somebody_at_a_county_authority_is_told_as_that(browser, member):
    county = factories.county()
    hidden = factories.question(member(NAME, place=county), place_id=county.id, hides_author=True)
    page = browser().get(page_of(hidden)).text
    assert "En rådgiver i en fylkeskommune" in page
    assert "Telemark" not in page
