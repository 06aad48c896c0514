"""What somebody may not see, looked for at every place where it could show."""

from sqlalchemy import select

from kunnskap.db import session
from kunnskap.people.models import Person
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
