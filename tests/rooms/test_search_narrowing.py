"""What a search is narrowed to: facets with counts, operators in the text, and chips that take it away again."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from kunnskap import clock
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails
from kunnskap.files import StoredFile
from kunnskap.networks.models import NetworkPlace
from kunnskap.places.models import PlaceSuccession
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import PostTheme
from kunnskap.search import indexing
from tests import factories


@pytest.fixture
def telemark(database):
    return factories.county()


@pytest.fixture
def skien(telemark):
    return factories.place("Skien", "4003", county_id=telemark.id, population=56_000)


@pytest.fixture
def fyresdal(telemark):
    return factories.place("Fyresdal", "4032", county_id=telemark.id, population=1_300)


def look(browser, account=None, **query) -> BeautifulSoup:
    response = browser(account).get("/sok", query_string=query)
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def titles(page) -> set[str]:
    return {" ".join(link.text.split()) for link in page.select("#treff .k-card__title a")}


def counts(page, facet) -> dict[str, int]:
    """What each choice of a facet would leave, by key."""
    labels = page.select(f"#treff aside label[for^=avgrens-{facet}-]")
    return {
        label["for"].removeprefix(f"avgrens-{facet}-"): int(label.select_one(".k-subtle").text.strip("()"))
        for label in labels
    }


def chips(page) -> dict[str, str]:
    return {" ".join(chip.text.split()): chip["href"] for chip in page.select("a.ds-chip[data-removable]")}


def document(title, year):
    made = factories.post(DOCUMENT, title=title, status="plan")
    sha256 = f"{made.id:064}"
    session.add(StoredFile(sha256=sha256, size=1, media_type="application/pdf"))
    session.flush()
    session.add(DocumentDetails(post_id=made.id, sha256=sha256, filename="plan.pdf", year=year, reading="read"))
    session.commit()
    indexing.index().refresh(posts=[made.id])
    return made


def test_seven_facets_count_and_can_be_combined(browser, skien, fyresdal):
    network = factories.network("telenett", "Telenettet")
    factories.keep(NetworkPlace(network_id=network.id, place_id=skien.id))
    factories.question(title="Solceller i byen", place_id=skien.id)
    factories.experience(title="Solceller på bygda", place_id=fyresdal.id)
    year = str(clock.now().year)
    page = look(browser, q="solceller")
    assert counts(page, "kind") == {"question": 1, "experience": 1}
    assert counts(page, "county") == {"40": 2}
    assert counts(page, "size") == {"under-5000": 1, "over-50000": 1}
    assert counts(page, "status") == {"ubesvart": 1, "gjennomfort": 1}
    assert counts(page, "year") == {year: 2}
    assert counts(page, "network") == {"telenett": 1}
    narrowed = look(browser, q="solceller", storrelse="over-50000", fylke="40", ar=year, nettverk="telenett")
    assert titles(narrowed) == {"Solceller i byen"}
    assert counts(narrowed, "size") == {"over-50000": 1}
    assert chips(narrowed)["Telenettet"] == f"/sok?q=solceller&fylke=40&storrelse=over-50000&ar={year}"


def test_several_choices_in_a_facet_are_any_of_them(browser, skien, fyresdal):
    factories.question(title="Solceller i byen", place_id=skien.id)
    factories.question(title="Solceller på bygda", place_id=fyresdal.id)
    factories.question(title="Solceller uten sted")
    page = look(browser, q="solceller", storrelse=["over-50000", "under-5000"])
    assert titles(page) == {"Solceller i byen", "Solceller på bygda"}
    assert counts(page, "size") == {"under-5000": 1, "over-50000": 1}


def test_counts_are_of_what_the_reader_may_see(browser, member, skien):
    factories.question(title="Solceller for alle", place_id=skien.id)
    factories.question(title="Solceller bak innlogging", audience="members", place_id=skien.id)
    assert counts(look(browser, q="solceller"), "size") == {"over-50000": 1}
    assert counts(look(browser, account=member(), q="solceller"), "size") == {"over-50000": 2}


def test_themes_of_the_lower_level_show_when_the_one_above_is_chosen(browser):
    energy = factories.theme("energi", "Energi")
    solar = factories.theme("solkraft", "Solkraft", parent_id=energy.id)
    question = factories.question(title="Solceller")
    session.add(PostTheme(post_id=question.id, theme_id=solar.id))
    session.commit()
    indexing.index().refresh(posts=[question.id])
    assert counts(look(browser, q="solceller"), "theme") == {"energi": 1}
    assert counts(look(browser, q="solceller", tema="energi"), "theme") == {"energi": 1, "solkraft": 1}
    assert counts(look(browser, q="solceller tema:energi"), "theme") == {"energi": 1, "solkraft": 1}


def test_a_long_facet_is_folded_after_the_first_and_what_is_chosen_stands_first(browser):
    for year in range(2010, 2022):
        document(f"Temaplan {year}", year)
    page = look(browser, q="temaplan", ar="2011")
    boxes = [box["value"] for box in page.select("#treff aside input[name=ar]")]
    assert boxes == ["2011", *(str(year) for year in range(2021, 2011, -1)), "2010"]
    folded = page.select_one(".k-facets__more")
    assert folded.select_one("summary").text == "Vis 7 til"
    assert len(folded.select("input")) == 7


def test_operators_narrow_and_removing_a_chip_edits_the_text(browser, skien):
    factories.question(title="Solceller i byen", place_id=skien.id)
    factories.experience(title="Solceller i Skien også", place_id=skien.id)
    page = look(browser, q="solceller type:erfaring kommune:skien")
    assert titles(page) == {"Solceller i Skien også"}
    assert chips(page) == {
        "Erfaringer": "/sok?q=solceller+kommune%3Askien",
        "Skien": "/sok?q=solceller+type%3Aerfaring",
    }
    assert page.select_one("#avgrens-kind-experience").has_attr("checked")
    assert page.select_one("main input[type=search]")["value"] == "solceller type:erfaring kommune:skien"


def test_the_form_of_facets_takes_over_what_the_text_narrows_to(browser, skien):
    factories.experience(title="Solceller i Skien", place_id=skien.id)
    page = look(
        browser, q='solceller type:erfaring kommune:skien "i Skien"', ordrett="folk", bare="ordrett", likt="nei"
    )
    kept = {(box["name"], box["value"]) for box in page.select("#treff aside form input[type=hidden]")}
    assert kept == {
        ("q", 'solceller kommune:skien "i Skien"'), ("ordrett", "folk"), ("bare", "ordrett"), ("likt", "nei"),
    }  # fmt: skip


def test_what_is_chosen_both_ways_is_one_chip_and_goes_at_once(browser):
    factories.experience(title="Solceller")
    page = look(browser, q="solceller type:erfaring", type="erfaring")
    assert chips(page) == {"Erfaringer": "/sok?q=solceller"}


def test_phrases_exclusions_and_years_are_chips_too(browser):
    document("Temaplan for sol", 2020)
    page = look(browser, q='temaplan "for sol" -vind år:2019–2021')
    assert chips(page) == {
        "«for sol»": "/sok?q=temaplan+-vind+%C3%A5r%3A2019%E2%80%932021",
        "Uten «vind»": "/sok?q=temaplan+%22for+sol%22+%C3%A5r%3A2019%E2%80%932021",
        "2019–2021": "/sok?q=temaplan+%22for+sol%22+-vind",
    }
    assert titles(page) == {"Temaplan for sol"}
    assert counts(page, "year") == {"2020": 1}


def test_an_open_range_of_years_holds(browser):
    document("Temaplan ny", 2022)
    document("Temaplan gammel", 2015)
    assert titles(look(browser, q="temaplan år:2019..")) == {"Temaplan ny"}
    assert titles(look(browser, q="temaplan år:..2019")) == {"Temaplan gammel"}


def test_what_somebody_wrote_or_is_contact_for_is_found_by_their_name(browser, skien):
    author = factories.person("Prøve Forfattersen", skien)
    factories.question(author, title="Solceller på tak")
    factories.question(title="Solceller på jord")
    page = look(browser, q="solceller forfatter:forfattersen")
    assert titles(page) == {"Solceller på tak"}
    assert list(chips(page)) == ["Skrevet av forfattersen"]
    page = look(browser, q="solceller", forfatter=str(author.id))
    assert titles(page) == {"Solceller på tak"}
    assert chips(page) == {"Skrevet av Prøve Forfattersen": "/sok?q=solceller"}


def test_who_is_not_listed_and_has_written_nothing_to_be_seen_is_nobody(browser, member):
    hidden = factories.person("Skjult Skjultesen", listed=False)
    factories.question(hidden, title="Solceller bak innlogging", audience="members")
    factories.question(title="Solceller")
    page = look(browser, q="solceller", forfatter=str(hidden.id))
    assert (titles(page), chips(page)) == ({"Solceller"}, {})
    assert chips(look(browser, q="solceller forfatter:skjultesen")) == {}
    assert list(chips(look(browser, account=member(), q="solceller forfatter:skjultesen"))) == ["Skrevet av skjultesen"]


def test_old_numbers_and_names_of_places_lead_to_todays(browser, skien):
    old = factories.place("Gammelby", "0899", valid_to=date(2019, 12, 31))
    session.add(PlaceSuccession(old_id=old.id, new_id=skien.id, happened_on=date(2020, 1, 1), change="merged"))
    session.commit()
    factories.question(title="Solceller i byen", place_id=skien.id)
    factories.question(title="Solceller ellers")
    for query in ({"kommune": "0899"}, {"kommune": "4003"}, {"q": "kommune:gammelby"}, {"q": "kommune:0899"}):
        page = look(browser, **({"q": ""} | query))
        assert titles(page) == {"Solceller i byen"}, query
        assert list(chips(page)) == ["Skien"], query


def test_an_operator_nobody_knows_is_words(browser):
    factories.question(title="Finnesikke og tema")
    page = look(browser, q="tema:finnesikke")
    assert (titles(page), chips(page)) == ({"Finnesikke og tema"}, {})
    assert chips(look(browser, q="foo:bar år:abc status:")) == {}


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("status:besvart", {"status": "besvart"}),
        ("status:løst", {"status": "lost"}),
        ("type:question", {"kind": "question"}),
        ("type:folk", {"kind": "person"}),
        ("theme:solar", {"theme": "solkraft"}),
        ("nettverk:follo", {"network": "follo-klimanettverk"}),
        ("fylke:telemark", {"county": "40"}),
        ("fylke:40", {"county": "40"}),
        ("storleik:under-5000", {"size": "under-5000"}),
    ],
)
def test_operators_are_said_in_many_ways(browser, skien, query, narrowed):
    factories.theme("solkraft", "Solkraft", name_en="Solar power")
    factories.network("follo-klimanettverk", "Follo klimanettverk")
    factories.question(title="Noe")
    page = look(browser, q=f"{query}")
    assert len(chips(page)) == 1
    assert list(chips(page).values()) == ["/sok"]
    ((facet, key),) = narrowed.items()
    box = page.select_one(f"#avgrens-{facet}-{key}")
    assert box is None or box.has_attr("checked")


def test_everything_can_be_taken_away_at_once(browser, skien):
    factories.experience(title="Solceller i Skien", place_id=skien.id)
    page = look(browser, q="solceller type:erfaring", fylke="40")
    assert page.find("a", string="Fjern alle filtre")["href"] == "/sok?q=solceller"


def test_choices_alone_in_the_text_are_a_search(browser):
    factories.experience(title="En erfaring")
    factories.question(title="Et spørsmål")
    assert titles(look(browser, q="type:erfaring")) == {"En erfaring"}
