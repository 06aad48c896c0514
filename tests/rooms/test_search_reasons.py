"""What a page of results says of why each thing was found."""

from bs4 import BeautifulSoup

from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.files import StoredFile
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.search import indexing
from tests import factories


def hits(browser, words) -> dict[str, BeautifulSoup]:
    """The cards of a page of results, by title."""
    page = BeautifulSoup(browser().get("/sok", query_string={"q": words}).get_data(as_text=True), "html.parser")
    return {" ".join(card.h3.text.split()): card for card in page.select("#treff .k-card")}


def reasons(card) -> list[str]:
    assert card.select_one("details.k-reasons summary").text == "Hvorfor dette treffet?"
    return [item.text for item in card.select("details.k-reasons li")]


def test_each_hit_says_why_it_was_found(browser):
    factories.question(title="Hvem har solceller?", body="Vi lurer på strømnettet.")
    card = hits(browser, "strømnett")["Hvem har solceller?"]
    assert reasons(card) == [
        "«strømnettet» står i teksten",
        "«strømnettet» er en annen form av «strømnett»",
        "Bekreftet nylig",
    ]


def test_what_stands_in_an_answer_is_said_to(browser):
    asked = factories.question(title="Hvem har solceller?", body="Vi lurer.")
    factories.answer(asked, body="Vi brukte takleie.")
    card = hits(browser, "takleie")["Hvem har solceller?"]
    assert card.select_one(".k-card__summary").text == "Fra et svar: Vi brukte takleie."
    assert "«takleie» står i et svar" in reasons(card)


def test_what_stands_on_a_page_of_a_file_is_said_to(browser):
    made = factories.post(DOCUMENT, title="Temaplan", status="plan")
    factories.keep(StoredFile(sha256="0" * 64, size=1, media_type="application/pdf"))
    factories.keep(DocumentDetails(post_id=made.id, sha256="0" * 64, filename="temaplan.pdf", reading="read"))
    factories.keep(DocumentPage(post_id=made.id, number=7, text="Om overvann\x0c og flom"))
    indexing.index().refresh(posts=[made.id])
    card = hits(browser, "overvann")["Temaplan"]
    assert reasons(card)[0] == "«overvann» står på side 7"
    assert card.select_one(".k-card__summary").text.startswith("Side 7: Om overvann")


def test_where_it_comes_from_and_what_it_is_about_is_said(browser):
    skien = factories.place("Skien", "4003", county_id=factories.county().id)
    theme = factories.theme("solkraft", "Solkraft")
    factories.question(title="Hvem har takpaneler?", place_id=skien.id, themes=[theme])
    card = hits(browser, "solkraft skien")["Hvem har takpaneler?"]
    assert reasons(card)[:2] == ["«Solkraft» står blant temaene", "«Skien» er stedet det kommer fra"]


def test_of_people_it_is_said_what_in_their_profile_fits(browser):
    person = factories.person("Test Testesen", role="Klimarådgiver")
    indexing.index().refresh(people=[person.id])
    assert "«Klimarådgiver» står i stillingen" in reasons(hits(browser, "klimarådgivere")["Test Testesen"])


def test_nothing_is_explained_where_nothing_was_asked(browser):
    factories.question(title="Klima")
    page = browser().get("/sok?type=sporsmal").get_data(as_text=True)
    assert "Hvorfor dette treffet?" not in page


def test_what_somebody_wrote_is_only_words_in_the_reasons(browser):
    factories.question(title="<b>Klima</b> %(x)s %s", body="100 % klima")
    card = hits(browser, "klima %(x)s <b>")["<b>Klima</b> %(x)s %s"]
    assert reasons(card)
    assert card.select_one("details b") is None
