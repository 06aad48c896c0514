"""The search page and what comes while one types."""

import pytest
from bs4 import BeautifulSoup

from kunnskap import remembering
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.files import StoredFile
from kunnskap.people.models import PersonTheme
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import PostTheme
from kunnskap.search import indexing, queries
from tests import factories


@pytest.fixture
def skien(database):
    return factories.place("Skien", "4003", county_id=factories.county().id, population=56_000)


@pytest.fixture
def solar(database):
    return factories.theme("solkraft", "Solkraft", name_en="Solar power")


def about(post, theme):
    session.add(PostTheme(post_id=post.id, theme_id=theme.id))
    session.commit()
    indexing.index().refresh(posts=[post.id])
    return post


def look(browser, address="/sok", account=None, **query) -> BeautifulSoup:
    response = browser(account).get(address, query_string=query)
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def titles(page) -> list[str]:
    return [" ".join(link.text.split()) for link in page.select("#treff .k-card__title a")]


def test_a_question_is_found_a_moment_after_it_is_asked(browser, skien):
    factories.question(title="Hvordan lager dere klimabudsjett?", body="Vi er en **liten** kommune.", place_id=skien.id)
    page = look(browser, q="klimabudsjetter")
    assert titles(page) == ["Hvordan lager dere klimabudsjett?"]
    assert page.select_one("#treff h2").get_text(strip=True) == "1 treff"
    assert "Vi er en liten kommune." in page.select_one(".k-card__summary").text
    meta = " ".join(page.select_one(".k-card__meta").text.split())
    assert meta == "Prøve Person, Skien (stor kommune, Telemark) · nå nettopp · 0 svar"
    assert page.title.get_text(strip=True).startswith("Søk: klimabudsjetter")


def test_the_words_that_matched_are_marked_in_title_and_passage(browser):
    factories.question(title="Utslipp fra bygg", body="Hvor store er utslippene?")
    page = look(browser, q="utslepp")
    assert [mark.text for mark in page.select("#treff mark")] == ["Utslipp", "utslippene"]


def test_what_was_found_in_an_answer_is_shown_from_the_answer(browser):
    question = factories.question(title="Hvem har solceller?", body="Vi lurer.")
    factories.answer(question, body="Vi brukte **takleie** med Testkraft AS.")
    page = look(browser, q="takleie")
    assert titles(page) == ["Hvem har solceller?"]
    assert "Vi brukte takleie med Testkraft AS." in page.select_one(".k-card__summary").text


def test_what_was_found_in_an_experience_is_shown_from_its_fields(browser):
    factories.experience(
        title="Utslippsfri byggeplass", body="Kort.", details={"barriers": "## Nett\n\nStrømnettet var *for svakt*"}
    )
    page = look(browser, q="strømnett")
    assert "Nett Strømnettet var for svakt" in page.select_one(".k-card__summary").text


def test_a_document_is_found_by_a_page_and_leads_to_it(browser):
    document = factories.post(DOCUMENT, title="Temaplan", status="plan")
    session.add(StoredFile(sha256="0" * 64, size=1, media_type="application/pdf"))
    session.flush()
    session.add(DocumentDetails(post_id=document.id, sha256="0" * 64, filename="temaplan.pdf", reading="read"))
    session.flush()
    session.add_all(
        DocumentPage(post_id=document.id, number=number, text=text)
        for number, text in ((1, "Forord"), (2, "Om overvann"))
    )
    session.commit()
    indexing.index().refresh(posts=[document.id])
    page = look(browser, q="overvann")
    assert page.select_one("#treff .k-card__title a")["href"] == f"/dokumenter/{document.id}/side/2"
    assert page.select_one(".k-card__summary").text == "Side 2: Om overvann"


def test_people_are_found_by_role_and_place(browser, skien):
    person = factories.person("Test Testesen", skien, role="Klimarådgiver")
    indexing.index().refresh(people=[person.id])
    page = look(browser, q="klimarådgiver skien")
    assert titles(page) == ["Test Testesen"]
    assert page.select_one("#treff .k-card__title a")["href"].startswith(f"/folk/{person.id}-")


def test_filters_narrow_show_counts_and_can_be_taken_away(browser, solar):
    about(factories.question(title="Solceller på skoler"), solar)
    about(factories.experience(title="Solceller på rådhuset"), solar)
    factories.experience(title="Solceller uten tema")
    page = look(browser, q="solceller", type="erfaring")
    assert set(titles(page)) == {"Solceller på rådhuset", "Solceller uten tema"}
    counts = {label["for"]: " ".join(label.text.split()) for label in page.select("#treff aside label")}
    assert counts["avgrens-kind-question"] == "Spørsmål (1)"
    assert counts["avgrens-kind-experience"] == "Erfaringer (2)"
    assert counts["avgrens-theme-solkraft"] == "Solkraft (1)"
    assert page.select_one("#avgrens-kind-experience").has_attr("checked")
    chip = page.select_one("a.ds-chip[data-removable]")
    assert chip["href"] == "/sok?q=solceller"
    narrower = look(browser, q="solceller", type=["erfaring", "sporsmal"], tema="solkraft")
    assert len(titles(narrower)) == 2


def test_filters_alone_list_everything_newest_first(browser):
    factories.question(title="Den første")
    factories.question(title="Den andre")
    factories.experience(title="En erfaring")
    assert titles(look(browser, type="sporsmal")) == ["Den andre", "Den første"]


def test_many_hits_come_in_pages(browser):
    for number in range(12):
        factories.question(title=f"Solceller {number}")
    first, second = look(browser, q="solceller"), look(browser, q="solceller", side=2)
    assert (len(titles(first)), len(titles(second))) == (10, 2)
    assert not set(titles(first)) & set(titles(second))
    assert first.select_one("a[rel=next]")["href"] == "/sok?q=solceller&side=2"
    assert titles(look(browser, q="solceller", side=99)) == titles(second)


def test_what_is_for_members_is_found_and_counted_for_members_only(browser, member):
    factories.question(title="Solceller for alle")
    factories.question(title="Solceller bak innlogging", audience="members")
    assert titles(look(browser, q="solceller")) == ["Solceller for alle"]
    assert len(titles(look(browser, account=member(), q="solceller"))) == 2


def test_a_hit_the_index_still_has_is_not_shown_when_the_database_says_no(browser):
    question = factories.question(title="Solceller")
    look(browser, q="solceller")
    session.merge(question).audience = "members"
    session.commit()
    assert titles(look(browser, q="solceller")) == []


def test_nothing_found_gives_ways_on(browser, skien, solar):
    person = factories.person("Test Testesen", skien, role="Rådgiver for havnestrøm")
    session.add(PersonTheme(person_id=person.id, theme_id=solar.id, level="guide"))
    session.commit()
    indexing.index().refresh(people=[person.id])
    page = look(browser, q="havnestrøm", type="sporsmal")
    assert "Vi fant ikke noe som passer" in page.text
    assert page.select_one(".k-empty a[href='/sok?q=havnestr%C3%B8m']")
    assert page.select_one(".k-empty a[href='/sporsmal/nytt?title=havnestr%C3%B8m']")
    assert titles(page) == ["Test Testesen"]


def test_without_words_the_page_invites_to_search(browser):
    page = look(browser)
    assert page.select_one("main input[type=search]")
    assert page.select_one("#treff") is None


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%01klima", "q=" + "klima+" * 2_000, "q=%ff%fe", "q=%ed%a0%80", "side=-1&q=klima", "side=abc&q=klima",
        "side=99999999999999999999&q=klima", "type=tull&q=klima", "tema=finnes-ikke&q=klima", "fylke=99&q=klima",
        "status=rart&q=klima", "q=%22klima", "q=*%3F%5B", "q=<script>alert(1)</script>klima", "q=og+i+på", "q=???",
        "type=sporsmal&" * 200 + "q=klima", "q=%F0%9F%98%80", "q=%E2%80%AEamilk", "tema=%00&q=klima",
    ],
)  # fmt: skip
def test_odd_searches_are_taken_as_words_or_left_out(browser, query):
    factories.question(title="Klima")
    for address in ("/sok", "/sok/forslag", "/sok/lignende"):
        response = browser().get(f"{address}?{query}")
        assert response.status_code == 200, address
        assert b"<script>alert" not in response.data
    if query.endswith("q=klima"):
        assert b"1 treff" in browser().get(f"/sok?{query}").data


def test_a_search_page_asks_the_database_little(browser, member, count_sql, skien, solar):
    for number in range(6):
        asked = factories.question(title=f"Solceller {number}", body="Vi lurer.", place_id=skien.id)
        factories.answer(asked, body="Takleie")
        about(asked, solar)
        factories.experience(title=f"Erfaring {number}", details={"barriers": "Takleie tok tid"}, place_id=skien.id)
    person = factories.person("Takleie Testesen", skien)
    indexing.index().refresh(people=[person.id])
    look(browser, q="takleie")
    remembering.forget()
    look(browser, q="solceller")
    factories.question(title="Noe har hendt siden sist")
    with count_sql() as statements:
        look(browser, q="takleie")
    assert len(statements) <= 6, str(statements)
    account = member()
    factories.question(title="Og en gang til")
    with count_sql() as statements:
        look(browser, account=account, q="takleie")
    assert len(statements) <= 7, str(statements)


def test_signed_out_pages_hold_nothing_of_the_visitor(browser):
    factories.question(title="Klima")
    first, second = (browser().get("/sok?q=klima") for _ in range(2))
    assert first.data == second.data
    assert "Set-Cookie" not in first.headers


def test_proposals_are_grouped_and_few(browser, skien, solar):
    for number in range(6):
        factories.question(title=f"Solceller {number}", place_id=skien.id)
        factories.experience(title=f"Solfangere {number}")
    person = factories.person("Sol Testesen", skien, role="Rådgiver")
    indexing.index().refresh(people=[person.id])
    factories.place("Solund", "4636")
    page = look(browser, "/sok/forslag", q="sol")
    groups = {
        group.select_one(".k-group").text: len(group.select("[role=option]")) for group in page.select("[role=group]")
    }
    assert list(groups) == ["Spørsmål", "Erfaringer", "Temaer", "Folk", "Steder"]
    assert sum(groups.values()) <= 8
    assert page.select_one("[data-count]")["data-count"] == f"{sum(groups.values())} forslag"
    assert page.select_one("a[href='/tema/solkraft']")
    assert page.select_one("a[href='/kommuner/4636-solund'] small").text == "Kommune"


@pytest.mark.parametrize("typed", ["klimabud", "Klimabudsjett", "klimabudsjettene"])
def test_the_beginning_of_a_word_proposes(browser, typed):
    factories.question(title="Hvordan lager dere klimabudsjett?")
    assert "Hvordan lager dere klimabudsjett?" in look(browser, "/sok/forslag", q=typed).text


def test_one_letter_and_nothing_propose_nothing(browser):
    factories.question(title="Klima")
    assert look(browser, "/sok/forslag", q="k").select("a") == []
    assert look(browser, "/sok/forslag").select("a") == []


def test_similar_posts_come_while_a_title_is_typed(browser):
    factories.question(title="Hvordan lager dere klimabudsjett?")
    factories.question(title="Noe helt annet om havn")
    factories.experience(title="Klimabudsjett i praksis")
    page = look(browser, "/sok/lignende", q="Om klimabudsjetter")
    assert {link.text for link in page.select("a")} == {"Klimabudsjett i praksis", "Hvordan lager dere klimabudsjett?"}
    only = look(browser, "/sok/lignende", tittel="Om klimabudsjetter", type="sporsmal")
    assert [link.text for link in only.select("a")] == ["Hvordan lager dere klimabudsjett?"]
    assert look(browser, "/sok/lignende", q="").select("a") == []


def test_related_posts_are_like_it_and_never_itself(app, actor, count_sql, browser, solar):
    one = about(factories.question(title="Solceller på skoler"), solar)
    other = about(factories.experience(title="Solceller på rådhuset"), solar)
    factories.question(title="Havn")
    browser().get("/sok")
    shown = posts.post(actor, one.id)
    with count_sql() as statements:
        assert [post.id for post in queries.related(actor, shown)] == [other.id]
    assert len(statements) == 1, str(statements)


def test_pages_come_in_other_languages(browser):
    factories.question(title="Klima")
    client = browser()
    client.set_cookie("sprak", "en")
    assert client.get("/sok?q=klima").status_code == 200
