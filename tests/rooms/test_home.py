"""The front page, my page, the pages about the site, and the choice of language."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock, worker
from kunnskap.accounts import actions as accounts
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.following import actions as following
from kunnskap.home import rules
from kunnskap.insight import rules as insight
from kunnskap.invitations import rules as invitations
from kunnskap.networks.models import NetworkMember
from kunnskap.posts import actions as posting
from kunnskap.privacy import rules as privacy
from kunnskap.targets import Target
from tests import factories


def soup(response):
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def titles_under(page, heading):
    section = page.find(id=heading).find_parent("section")
    return [link.get_text(strip=True) for link in section.select(".k-card__title")]


def test_a_visitor_can_search_from_the_front_page_and_ask_with_the_same_words(browser):
    form = soup(browser().get("/")).select_one(".k-hero form")
    ask = form.find("button", attrs={"formaction": True})
    assert (form["action"], form["method"], form.find("input")["name"]) == ("/sok", "get", "q")
    assert ask["formaction"] == "/sporsmal/nytt"


def test_the_front_page_shows_what_is_unanswered_what_is_new_and_what_is_solved(browser):
    factories.question(title="Hvem kan landstrøm?")
    factories.answer(factories.question(title="Hva er et klimabudsjett?"), accepted=True)
    factories.experience(title="Elektriske gravemaskiner i Skien")
    page = soup(browser().get("/"))
    assert titles_under(page, "ubesvart") == ["Hvem kan landstrøm?"]
    assert titles_under(page, "nytt") == ["Elektriske gravemaskiner i Skien"]
    assert titles_under(page, "lost") == ["Hva er et klimabudsjett?"]


def test_the_front_page_of_an_empty_site_asks_for_the_first_question(browser):
    page = soup(browser().get("/"))
    assert page.select_one("#ubesvart").find_parent("section").select_one('a[href="/sporsmal/nytt"]')


def test_a_visitor_does_not_see_what_is_for_members_only(browser, member):
    factories.experience(title="Bare for innloggede", audience="members")
    assert "Bare for innloggede" not in browser().get("/").text
    assert "Bare for innloggede" in browser(member()).get("/").text


def test_the_front_page_leads_to_each_main_theme(browser):
    factories.theme("transport", "Transport")
    assert soup(browser().get("/")).select_one("#temaer").find_parent("section").find("a", string="Transport")


def test_every_card_says_who_from_where_and_when(browser):
    telemark = factories.county()
    skien = factories.place(population=55_000, county_id=telemark.id)
    writer = factories.account("Prøve Person", place=skien)
    factories.question(
        writer, title="Hva koster det?", place_id=skien.id, published_at=clock.now() - timedelta(days=40)
    )
    meta = soup(browser().get("/")).select_one(".k-card__meta").get_text(" ", strip=True)
    assert "Prøve Person" in meta
    assert "stor kommune, Telemark" in meta


def test_my_page_shows_what_one_has_written_begun_and_follows(browser, member):
    me = member()
    followed = factories.question(title="Det jeg følger")
    factories.question(me, title="Det jeg lurer på")
    actor = Actor(me.person_id, "member")
    skien, telemark, theme = factories.place(), factories.county(), factories.theme("transport", "Transport")
    colleague, network = factories.person("Prøve Kollega"), factories.network(name="Testnettverket")
    following.follow(actor, Target("post", followed.id))
    for target in [
        ("place", skien),
        ("place", telemark),
        ("theme", theme),
        ("person", colleague),
        ("network", network),
    ]:
        following.follow(actor, Target(target[0], target[1].id))
    posting.save_draft(actor, "sporsmal", {"title": ["Det jeg er i gang med"], "body": [""]})
    session.commit()
    page = soup(browser(me).get("/min-side"))
    assert [title.get_text(strip=True) for title in page.select(".k-card__title")] == ["Det jeg lurer på"]
    assert page.find(id="utkast").find_parent("section").find("a").get_text(strip=True) == "Det jeg er i gang med"
    links = page.find(id="folger").find_parent("section").find_all("a")
    names = ["Det jeg følger", "Transport", "Skien", "Telemark", "Prøve Kollega", "Testnettverket"]
    assert [link.get_text(strip=True) for link in links] == names


def test_my_page_leads_to_the_networks_one_is_in(browser, member):
    me = member()
    network = factories.network(name="Testnettverket")
    factories.keep(NetworkMember(network_id=network.id, person_id=me.person_id))
    page = soup(browser(me).get("/min-side"))
    assert page.find(id="nettverk").find_parent("section").find("a", string="Testnettverket")


def test_what_one_follows_and_may_no_longer_see_is_left_out(browser, member):
    me = member()
    hidden = factories.question(title="Skjult av moderator", hidden_at=clock.now())
    following.follow(Actor(me.person_id, "member"), Target("post", hidden.id))
    session.commit()
    assert "Skjult av moderator" not in browser(me).get("/min-side").text


def test_a_draft_is_thrown_away_from_my_page(browser, member):
    me = member()
    posting.save_draft(Actor(me.person_id, "member"), "sporsmal", {"title": ["Et utkast"]})
    session.commit()
    visit = browser(me)
    visit.post("/innlegg/utkast/forkast", data={"form": "sporsmal"})
    assert "Et utkast" not in visit.get("/min-side").text


def test_a_visitor_who_asks_for_my_page_is_shown_no_page_of_others(browser):
    assert browser().get("/min-side").status_code == 302


@pytest.mark.parametrize(
    ("address", "words"),
    [("/om", "GeoNames"), ("/personvern", "nformasjonskapsler"), ("/tilgjengelighet", "WCAG 2.2")],
)
def test_the_site_says_what_it_is(browser, address, words):
    page = soup(browser().get(address))
    assert words in page.main.get_text()
    assert page.title.get_text() != "Kunnskap"


def test_a_language_is_chosen_in_the_footer_and_remembered(browser):
    visit = browser()
    answer = visit.post("/sprak", data={"language": "nn", "next": "/om"})
    assert (answer.status_code, answer.location) == (303, "/om")
    assert soup(visit.get("/om")).html["lang"] == "nn"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "om", ""])
def test_the_choice_of_language_never_leads_to_another_site(browser, elsewhere):
    answer = browser().post("/sprak", data={"language": "en", "next": elsewhere})
    assert answer.location == "/"


def test_a_language_nobody_knows_changes_nothing(browser):
    answer = browser().post("/sprak", data={"language": "xx", "next": "/"})
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_is_not_there_shows_ways_on(browser):
    answer = browser().get("/finnes-ikke")
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.main.find("input", attrs={"name": "q"})
    assert page.main.find("a", href="/")


def test_a_page_for_visitors_holds_nothing_of_the_visitor(browser):
    answer = browser().get("/")
    assert "Set-Cookie" not in answer.headers
    assert answer.text == browser().get("/").text


PAGES = ("/om", "/personvern", "/tilgjengelighet")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_leads_to_the_pages_about_the_site(browser, address):
    assert soup(browser().get("/")).footer.find("a", href=address)


@pytest.mark.parametrize("address", PAGES)
def test_everything_a_page_about_the_site_points_to_is_there(browser, address):
    visit = browser()
    page = soup(visit.get(address))
    for link in page.main.find_all("a", href=True):
        path, _mark, anchor = link["href"].partition("#")
        if path and not path.startswith("/"):
            continue
        found = soup(visit.get(path)) if path and visit.get(path).status_code == 200 else page
        assert not anchor or found.find(id=anchor), link["href"]
        assert not path or visit.get(path).status_code in {200, 302, 303}, link["href"]


@pytest.mark.parametrize("address", PAGES)
def test_headings_come_in_order_and_each_can_be_linked_to(browser, address):
    page = soup(browser().get(address))
    headings = page.main.article.find_all(["h1", "h2", "h3", "h4"])
    levels = [int(heading.name[1]) for heading in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(heading.get("id") for heading in headings[1:])


@pytest.mark.parametrize("address", PAGES)
def test_whom_to_write_to_is_said_when_it_is_known(app, browser, monkeypatch, address):
    assert "mailto:" not in browser().get(address).text
    known = replace(app.extensions["kunnskap.settings"], contact="drift@example.org")
    monkeypatch.setitem(app.extensions, "kunnskap.settings", known)
    assert 'href="mailto:drift@example.org"' in browser().get(address).text


def facts_under(page, heading):
    listed = page.find(id=heading).find_next_sibling("dl")
    words = [part.get_text(" ", strip=True) for part in listed.find_all("dd")]
    return dict(zip((part.get_text(strip=True) for part in listed.find_all("dt")), words, strict=True))


def test_how_long_things_are_kept_is_said_as_it_is_done(app, browser, monkeypatch):
    periods = facts_under(soup(browser().get("/personvern")), "hvor-lenge")
    settings = app.extensions["kunnskap.settings"]
    assert f"{settings.session_days} dager" in periods["Økter"]
    assert f"{settings.session_idle_hours // 24} dager uten bruk" in periods["Økter"]
    lives = accounts.LIVES
    assert f"Innlogging: {lives[accounts.SIGN_IN].seconds // 60} minutter" in periods["Lenker på e-post"]
    assert f"Nytt passord: {lives[accounts.RESET].seconds // 3600} time" in periods["Lenker på e-post"]
    assert f"{lives[accounts.CONFIRM] // timedelta(hours=1)} timer" in periods["Lenker på e-post"]
    assert f"{accounts.KEPT_AFTER.days} dager" in periods["Lenker på e-post"]
    assert periods["Konto uten bekreftet e-post"] == f"{accounts.UNCONFIRMED_KEPT.days} dager."
    assert f"{worker.KEEP_TOLD.days} dager" in periods["E-post vi sender"]
    assert f"{privacy.EXPORT_KEPT.days} dager" in periods["Filen med dataene dine"]
    assert f"{insight.LONELY_KEPT.days} dager" in periods["Telling av søk"]
    assert f"{insight.KEPT.days} dager" in periods["Telling av søk"]
    months = [
        round(period / timedelta(days=30.4)) for period in (privacy.FIRST_WARNING, privacy.LAST_WARNING, privacy.CLOSES)
    ]
    assert [int(number) for number in re.findall(r"\d+", periods["Kontoen og profilen"])] == months
    feedback = periods["Tilbakemelding om tilgjengelighet"]
    assert feedback.startswith(f"{rules.KEPT.days // 30} måneder")
    assert f"mer enn {privacy.FEEDBACK_KEPT.days // 30} måneder" in feedback
    assert f"{invitations.KEPT.days} dager" in periods["Invitasjoner"]
    assert f"{privacy.LETTERS_KEPT.days} dager om den ikke lot seg sende" in periods["E-post vi sender"]
    monkeypatch.setitem(app.extensions, "kunnskap.settings", replace(settings, session_idle_hours=30))
    assert "30 timer uten bruk" in browser().get("/personvern").text


def test_the_cookies_that_are_named_are_those_there_are(app, browser, member):
    named = set(facts_under(soup(browser().get("/personvern")), "informasjonskapsler"))
    visit = browser(member())
    visit.post("/sprak", data={"language": "nn", "next": "/om"})
    assert {cookie.key.removeprefix("__Host-") for cookie in visit._cookies.values()} <= named
    assert app.config["SESSION_COOKIE_NAME"].removeprefix("__Host-") in named


@pytest.mark.parametrize("address", PAGES)
def test_pages_about_the_site_are_read_with_few_statements(browser, count_sql, address):
    visit = browser()
    visit.get(address)
    with count_sql() as statements:
        visit.get(address)
    assert len(statements) <= 3


def test_every_page_a_test_opens_is_looked_through(browser, monkeypatch):
    monkeypatch.setattr("tests.browsing.LOOKS_THROUGH", True)
    monkeypatch.setattr("tests.browsing.problems", lambda page: ["en feil"] if "<main" in page else [])
    with pytest.raises(AssertionError, match="en feil"):
        browser().get("/om")


def test_my_page_leads_to_where_one_works_and_to_municipalities_like_it(browser, member):
    skien = factories.place()
    page = soup(browser(member(place=skien)).get("/min-side"))
    links = [link["href"] for link in page.find(id="kommunen").find_parent("section").find_all("a")]
    assert links == [f"/kommuner/{skien.slug}", f"/kommuner/{skien.slug}#ligner"]
    assert soup(browser(member(place=None)).get("/min-side")).find(id="kommunen") is None
