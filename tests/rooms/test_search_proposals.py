"""What comes under the search field while one types."""

import pytest
from bs4 import BeautifulSoup

from kunnskap import remembering
from kunnskap.search import indexing
from kunnskap.search.engines.protocol import IndexDown
from tests import factories


def proposed(browser, typed, account=None) -> dict[str, list[str]]:
    """The rows by heading; the note of a row is left out."""
    answer = browser(account).get("/sok/forslag", query_string={"q": typed})
    assert answer.status_code == 200
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    return {
        group.select_one(".k-group").text: [row.find(string=True).strip() for row in group.select("[role=option]")]
        for group in page.select("[role=group]")
    }


def test_the_beginning_of_a_part_of_a_compound_proposes(browser):
    for number in range(4):
        factories.question(title=f"Noe om klima og budsjett {number}", audience="members")
    factories.question(title="Hvordan lager dere klimabudsjett?")
    indexing.index().rebuild()
    assert proposed(browser, "budsj") == {"Spørsmål": ["Hvordan lager dere klimabudsjett?"]}
    assert proposed(browser, "kommune budsj") == {"Spørsmål": ["Hvordan lager dere klimabudsjett?"]}


def test_the_beginning_of_a_part_of_a_theme_proposes_it(browser):
    factories.theme("klimabudsjett", "Klimabudsjett")
    factories.theme("klimaregnskap", "Klimaregnskap")
    assert proposed(browser, "budsj") == {"Temaer": ["Klimabudsjett"]}
    assert proposed(browser, "lage et budsj") == {"Temaer": ["Klimabudsjett"]}


@pytest.mark.parametrize("typed", ["havn overv", "solceller på overv", "overv"])
def test_only_the_last_of_several_words_may_be_unfinished(browser, typed):
    factories.question(title="Overvann i havn")
    factories.question(title="Noe om planter")
    assert proposed(browser, typed) == {"Spørsmål": ["Overvann i havn"]}


def test_themes_stand_before_places_and_after_posts(browser):
    factories.theme("bo", "Bø og bolig")
    factories.place("Bø", "1867")
    factories.question(title="Bøndenes råd")
    person = factories.person("Bø Testesen")
    indexing.index().refresh(people=[person.id])
    assert list(proposed(browser, "bø")) == ["Spørsmål", "Temaer", "Folk", "Steder"]


def test_the_name_that_lacks_least_comes_first(browser):
    for slug, name in (("solkraft", "Solkraft og annet"), ("sol", "Sol"), ("tak", "Tak med solceller")):
        factories.theme(slug, name)
    assert proposed(browser, "sol")["Temaer"] == ["Sol", "Solkraft og annet"]


def test_names_in_other_languages_propose_too(browser):
    factories.theme("solkraft", "Solkraft", name_en="Solar power")
    assert proposed(browser, "solar")["Temaer"] == ["Solkraft"]


@pytest.mark.parametrize("typed", ["ås", "Ås", "aas", "ÅS"])
def test_names_are_found_however_their_letters_are_typed(browser, typed):
    factories.place("Ås", "3218")
    assert proposed(browser, typed)["Steder"] == ["Ås"]


def test_there_are_never_more_than_eight_rows(browser):
    for number in range(4):
        factories.question(title=f"Solceller {number}")
        factories.experience(title=f"Solfangere {number}")
        factories.theme(f"sol-{number}", f"Sol {number}")
        factories.place(f"Solund {number}", f"463{number}")
        indexing.index().refresh(people=[factories.person(f"Sol Testesen {number}").id])
    groups = proposed(browser, "sol")
    assert sum(map(len, groups.values())) <= 8
    assert len(groups["Temaer"]) == len(groups["Steder"]) == 2


def test_what_is_for_members_is_proposed_to_members_only(browser, member):
    factories.question(title="Solceller bak innlogging", audience="members")
    assert proposed(browser, "solc") == {}
    assert proposed(browser, "solc", member()) == {"Spørsmål": ["Solceller bak innlogging"]}


def test_nothing_to_propose_is_said_to_those_who_listen(browser):
    page = BeautifulSoup(browser().get("/sok/forslag?q=finnes-ikke").get_data(as_text=True), "html.parser")
    assert page.select_one("[data-count]")["data-count"] == "Ingen forslag"
    assert page.select("[role=option]") == []


def test_typing_costs_at_most_three_statements_and_none_for_names(browser, member, count_sql):
    place = factories.place()
    factories.theme("solkraft", "Solkraft")
    factories.question(title="Solceller", place_id=place.id)
    indexing.index().refresh(people=[factories.person("Sol Testesen", place).id])
    proposed(browser, "so")
    with count_sql() as statements:
        assert len(proposed(browser, "sol")) == 3
    assert len(statements) <= 3, str(statements)
    assert not any("FROM themes" in statement for statement in statements)
    with count_sql() as statements:
        proposed(browser, "zzzz")
    assert len(statements) <= 1, str(statements)


def test_names_that_change_are_proposed_as_they_are_now(browser):
    factories.theme("solkraft", "Solkraft")
    assert "Temaer" in proposed(browser, "sol")
    factories.theme("solvarme", "Solvarme")
    remembering.forget()
    assert proposed(browser, "solv")["Temaer"] == ["Solvarme"]


def test_names_are_proposed_while_the_index_is_down(browser, monkeypatch):
    factories.place("Skien", "4003")

    def down(*_):
        raise IndexDown

    monkeypatch.setattr(indexing.Index, "find", down)
    assert proposed(browser, "ski") == {"Steder": ["Skien"]}
