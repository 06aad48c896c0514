"""What somebody may not see, looked for at every place where it could show."""

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.search import indexing
from tests import factories

FIGURES = {"contact_mailbox": "klima.test@skien.kommune.no"}


def test_who_never_confirmed_the_address_has_no_page(browser, member):
    who = {"name": "Ny Testesen", "email": "ny.testesen@skien.kommune.no", "workplace_kind": "other"}
    assert browser().post("/registrer", data=who | {"organisation": "Prøveverket"}).status_code == 303
    person = session.scalars(select(Person).where(Person.name == "Ny Testesen")).one()
    for reader in (browser(), browser(member())):
        assert reader.get(f"/folk/{person.slug}").status_code == 404
        assert reader.post(f"/folg/person/{person.id}").status_code in {302, 404}


def test_one_who_left_the_directory_still_has_a_page(browser, member):
    me = member(listed=False)
    assert browser().get(f"/folk/{me.person.slug}").status_code == 200


def test_the_history_tells_visitors_no_mailbox(browser, member):
    me = member()
    shared = factories.experience(me, details=FIGURES)
    session.add(
        factories.Revision(post_id=shared.id, editor_id=me.person_id, title="Ny", body="Ny tekst", details=FIGURES)
    )
    session.commit()
    history = f"/innlegg/{shared.id}/historikk"
    assert FIGURES["contact_mailbox"] in browser(me).get(history).text
    assert FIGURES["contact_mailbox"] not in browser().get(history).text


SECRET = "gravskipsplan"
LOOKED_FOR = [
    "/sok?q=gravskip",
    "/sok?q=gravskipsplam",
    "/sok?q=gravskipsplam&bare=ordrett",
    "/sok?q=plan+for+gravskip",
    "/sok?q=%22sjeldne+ord%22",
    "/sok?q=type:sporsmal+sjeldne",
    "/sok?q=sjeldne&fylke=40",
    "/sok?type=sporsmal",
    "/sok?tema=solkraft",
    "/sok/forslag?q=gravs",
    "/sok/forslag?q=sjeldn",
    "/sok/lignende?q=Sjeldne+ord+om+skip",
    "/api/v1/search?q=gravskipsplam",
    "/api/v1/search?q=sjeldne",
    "/api/v1/search?type=sporsmal",
    "/api/v1/search?tema=solkraft",
]


@pytest.fixture
def secrets():
    """What visitors may not see, each for a reason of its own, beside something they may."""
    theme = factories.theme("solkraft", "Solkraft")
    facts = {"title": f"En {SECRET} til", "body": "Sjeldne ord om skip", "themes": [theme]}
    now = clock.now()
    factories.question(audience="members", **facts)
    factories.question(hidden_at=now, **facts)
    factories.question(withdrawn_at=now, **facts)
    shown = factories.question(title="Solceller på tak", themes=[theme])
    factories.answer(shown, withdrawn_at=now, body=f"Sjeldne ord fra en {SECRET}")
    factories.answer(shown, audience="members", body=f"Sjeldne ord fra en {SECRET}")
    indexing.index().rebuild()
    return shown


@pytest.mark.parametrize("address", LOOKED_FOR)
def test_no_search_tells_visitors_of_what_they_may_not_see(browser, secrets, address):
    told = browser().get(address).text.lower()
    assert SECRET not in told
    assert "sjeldne ord fra" not in told
    assert "sjeldne ord om" not in told


@pytest.mark.parametrize("address", ["/api/v1/search?q=sjeldne", "/api/v1/search?q=gravskipsplan"])
def test_neither_totals_nor_counts_tell_visitors_of_it(browser, member, secrets, address):
    outside, inside = browser().get(address).get_json(), browser(member()).get(address).get_json()
    assert (outside["total"], outside["corrections"]) == (0, [])
    assert not any(choice["count"] for facet in outside["facets"].values() for choice in facet)
    assert inside["total"] >= 1


def test_nothing_like_a_post_is_shown_that_the_reader_may_not_see(browser, secrets):
    assert SECRET not in browser().get(f"/sporsmal/{secrets.id}", follow_redirects=True).text.lower()
