"""Posts like another: while a title is written, and on each post's page."""

import pytest
from bs4 import BeautifulSoup

from kunnskap.documents.models import DocumentDetails
from kunnskap.files import StoredFile
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.search import indexing, queries
from kunnskap.search.engines.protocol import IndexDown
from tests import factories


def read(browser, address, account=None) -> BeautifulSoup:
    answer = browser(account).get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def document(**facts):
    made = factories.post(DOCUMENT, **({"status": "plan"} | facts))
    factories.keep(StoredFile(sha256="0" * 64, size=1, media_type="application/pdf"))
    factories.keep(DocumentDetails(post_id=made.id, sha256="0" * 64, filename="plan.pdf", reading="read"))
    return made


@pytest.mark.parametrize(
    ("form", "kind", "heading"),
    [
        ("/sporsmal/nytt", "sporsmal", "Kanskje er det svart på før"),
        ("/erfaringer/ny", "erfaring", "Kanskje har andre delt det samme, eller spurt etter det"),
        ("/dokumenter/nytt", "dokument", "Kanskje er det delt før"),
    ],
)
def test_every_form_of_a_new_post_looks_for_posts_like_it(browser, member, form, kind, heading):
    field = read(browser, form, member()).select_one("input[name=title]")
    assert field["data-similar"] == f"/sok/lignende?til={kind}"
    factories.question(title="Klimabudsjett i praksis")
    factories.experience(title="Klimabudsjett i praksis")
    document(title="Klimabudsjett i praksis")
    shown = read(browser, f"{field['data-similar']}&q=klimabudsjett i praksis")
    assert shown.h2.get_text(strip=True) == heading


def test_the_kinds_shown_fit_what_is_written(browser):
    factories.question(title="Havn?")
    factories.experience(title="Havn ")
    document(title="Havneplan for havn")
    kinds = {
        kind: {
            small.text.split(" · ")[0] for small in read(browser, f"/sok/lignende?til={kind}&q=havn").select("small")
        }
        for kind in ("sporsmal", "erfaring", "dokument", "tull")
    }
    assert kinds["sporsmal"] == kinds["tull"] == {"Spørsmål", "Erfaring", "Dokument"}
    assert kinds["erfaring"] == {"Spørsmål", "Erfaring"}
    assert kinds["dokument"] == {"Erfaring", "Dokument"}


def test_forms_of_posts_that_stand_look_for_nothing(browser, member):
    author = member()
    made = factories.experience(author)
    assert read(browser, f"/erfaringer/{made.id}/rediger", author).select_one("[data-similar]") is None


def test_the_page_of_a_document_leads_to_posts_like_it(browser):
    made = document(title="Handlingsplan for overvann")
    other = factories.experience(title="Overvann i sentrum")
    links = read(browser, f"/dokumenter/{made.slug}").select(".k-related a")
    assert [link["href"] for link in links] == [f"/erfaringer/{other.slug}"]


def test_what_has_the_same_theme_is_taken_when_too_few_use_the_same_words(browser):
    theme = factories.theme("solkraft", "Solkraft")
    made = factories.question(title="Hvem har prøvd dette?", themes=[theme])
    same = factories.experience(title="Panelene på rådhuset", themes=[theme])
    factories.experience(title="Havnestrøm")
    links = read(browser, f"/sporsmal/{made.slug}").select(".k-related a")
    assert [link["href"] for link in links] == [f"/erfaringer/{same.slug}"]


def test_what_was_taken_back_is_never_like_anything(browser, member):
    moderator = member(role="moderator")
    made = factories.question(title="Solceller på skoler")
    factories.question(title="Solceller på tak", withdrawn_at=made.published_at)
    assert read(browser, f"/sporsmal/{made.slug}", moderator).select(".k-related a") == []


def test_a_page_stands_without_posts_like_it_when_the_index_is_down(browser, actor, monkeypatch):
    made = factories.question(title="Solceller på skoler")

    def down(*_):
        raise IndexDown

    monkeypatch.setattr(indexing.Index, "find", down)
    assert read(browser, f"/sporsmal/{made.slug}").select(".k-related a") == []
    assert queries.similar(actor, "solceller") == []
