"""Who sees the address of an experience's contact: nobody sees more of it there than on the contact's own page."""

import pytest

from kunnskap import clock
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.posts.models import Revision
from tests import factories

ADDRESS = "test.kontakt@skien.kommune.no"
HIDDEN = [{"email_for": "nobody"}, {"email_for": "networks"}, {"listed": False}, {"left_at": clock.now()}]


@pytest.fixture
def contact(member):
    return member("Test Kontakt", email=ADDRESS)


def shared(contact):
    details = {"contact_id": contact.person_id, "contact_mailbox": ADDRESS}
    made = factories.experience(contact, details, title="Vi delte en elbil")
    for revision in session.query(Revision).filter_by(post_id=made.id):
        revision.details = {"contact_mailbox": ADDRESS, "contact_id": f"{contact.person_id} Test Kontakt"}
    session.commit()
    return made


def pages(made):
    return f"/erfaringer/{made.slug}", f"/innlegg/{made.id}/historikk", f"/api/v1/erfaringer/{made.id}"


@pytest.mark.parametrize("kept", HIDDEN)
def test_an_address_that_is_kept_from_members_is_not_told_by_an_experience(browser, member, contact, kept):
    made = shared(contact)
    session.query(Person).filter_by(id=contact.person_id).update(kept)
    session.commit()
    client = browser(member())
    told = [page for page in pages(made) if ADDRESS in client.get(page).text]
    assert not told


def test_members_see_an_address_that_members_may_see(browser, member, contact):
    made, client = shared(contact), browser(member())
    assert ADDRESS in client.get(pages(made)[0]).text
    assert ADDRESS not in browser().get(pages(made)[0]).text
