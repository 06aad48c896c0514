"""Experiences in lists: narrowing down, who sees them, what is alike, and what a page costs."""

import pytest
from bs4 import BeautifulSoup

from tests import factories


@pytest.fixture
def skien(database):
    telemark = factories.county()
    return factories.place("Skien", "4003", county_id=telemark.id)


@pytest.fixture
def theme(database):
    return factories.theme("maskiner", "Maskiner")


def test_the_list_is_narrowed_by_status_theme_county_and_figures(browser, skien, theme):
    factories.experience(title="Stanset tiltak", status="stanset", themes=[theme])
    factories.experience(
        title="Målt tiltak", details={"effect_amount": 1.0, "effect_unit": "totalt", "effect_basis": "malt"}
    )
    factories.experience(title="Dyrt tiltak", details={"cost_yearly": 0}, places=[skien])
    client = browser()

    def titles(query):
        page = BeautifulSoup(client.get(f"/erfaringer{query}").text, "html.parser")
        return {heading.get_text(strip=True) for heading in page.select(".k-card__title")}

    assert titles("") == {"Stanset tiltak", "Målt tiltak", "Dyrt tiltak"}
    assert titles("?status=stanset") == {"Stanset tiltak"}
    assert titles("?tema=maskiner") == {"Stanset tiltak"}
    assert titles("?effekt=1") == {"Målt tiltak"}
    assert titles("?kostnad=1") == {"Dyrt tiltak"}
    assert titles("?fylke=40") == {"Dyrt tiltak"}
    assert titles("?fylke=40&effekt=1") == set()


@pytest.mark.parametrize("query", ["?side=-1", "?side=tull", "?side=99999", "?status=tull&tema=%00&fylke='", "?side=²"])
def test_odd_questions_of_the_list_still_give_a_page(browser, skien, query):
    factories.experience()
    assert browser().get(f"/erfaringer{query}").status_code == 200


def test_members_only_experiences_are_hidden_from_visitors(browser, member):
    post = factories.experience(audience="members", title="Bare for oss")
    assert "Bare for oss" not in browser().get("/erfaringer").text
    assert browser().get(f"/erfaringer/{post.slug}").status_code == 404
    assert "Bare for oss" in browser(member()).get("/erfaringer").text


def test_others_on_the_same_theme_are_shown(browser, theme):
    post = factories.experience(themes=[theme], title="Første tiltak")
    factories.experience(themes=[theme], title="Nærliggende tiltak")
    factories.experience(themes=[theme], title="Trukket tiltak", withdrawn_at=post.published_at)
    page = BeautifulSoup(browser().get(f"/erfaringer/{post.slug}").text, "html.parser")
    assert [link.get_text() for link in page.select(".k-related a")] == ["Nærliggende tiltak"]


def test_an_author_without_a_name_breaks_nothing(browser, skien):
    nameless = factories.person("")
    post = factories.experience(nameless, {"contact_id": nameless.id})
    answer = browser().get(f"/erfaringer/{post.slug}")
    assert answer.status_code == 200
    assert "Tidligere medlem" in answer.text
    assert browser().get("/erfaringer").status_code == 200


def test_a_list_takes_at_most_six_statements_when_something_new_has_come(browser, member, skien, theme, count_sql):
    for number in range(22):
        factories.experience(title=f"Tiltak {number}", themes=[theme], places=[skien])
    for client in (browser(), browser(member())):
        client.get("/erfaringer")
        factories.experience(title="Nytt tiltak", themes=[theme], places=[skien])
        with count_sql() as statements:
            assert client.get("/erfaringer?tema=maskiner&fylke=40").status_code == 200
        assert len(statements) <= 6, str(statements)


def test_a_page_takes_at_most_eight_statements(browser, member, skien, theme, count_sql):
    author, reader = member(place=skien), member()
    post = factories.experience(author, {"contact_id": author.person_id}, themes=[theme], places=[skien])
    factories.experience(themes=[theme])
    for number in range(3):
        browser(reader).post(f"/innlegg/{post.id}/kommentar", data={"body": "Fint", "form_key": str(number)})
    for client in (browser(), browser(reader)):
        with count_sql() as statements:
            assert client.get(f"/erfaringer/{post.slug}").status_code == 200
        assert len(statements) <= 8, str(statements)
