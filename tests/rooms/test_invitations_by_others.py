"""Invitations that meet somebody unexpected: members, closed accounts, and those nothing was said of."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.queries import digest
from kunnskap.db import session
from kunnskap.invitations import actions
from kunnskap.invitations.models import Invitation
from kunnskap.invitations.rules import EXPIRED, OPEN, USED, WITHDRAWN, Invited, state
from kunnskap.networks.models import NetworkMember
from tests import factories

LINK = "/invitasjon/secret"


@pytest.fixture
def moderator(member):
    return member("Moderator Testesen", role="moderator")


@pytest.fixture
def invited(moderator):
    """Make an invitation, opened by `LINK`."""

    def make(**facts):
        stands = {"expires_at": clock.now() + timedelta(1), "invited_by_id": moderator.person_id}
        return factories.keep(Invitation(digest=digest("secret"), **(stands | facts)))

    return make


def left():
    session.expire_all()
    return session.query(Invitation).one().uses_left


def test_a_member_is_told_that_nothing_more_is_needed(invited, browser, member):
    invited()
    reader = browser(member())
    assert "du er allerede med" in reader.get(LINK).text
    assert reader.post(LINK).status_code == 410
    assert left() == 1


def test_one_who_is_in_the_network_already_uses_nothing(invited, browser, member):
    network = factories.network()
    invited(network_id=network.id)
    inside = member()
    factories.keep(NetworkMember(network_id=network.id, person_id=inside.person_id))
    reader = browser(inside)
    assert "Du er med i nettverket allerede" in reader.get(LINK).text
    assert reader.post(LINK).location == "/nettverk/testnettverk"
    assert left() == 1


def test_a_closed_account_is_not_opened_by_an_invitation(invited, browser, member):
    closed = member("Slutta Testesen", email="slutta@ukjent.example", closed_at=clock.now())
    invited(email=closed.email, workplace_kind="other", organisation="Prøve AS")
    assert browser().get(LINK).status_code == 410
    assert browser().post(LINK, data={"name": "Slutta"}).status_code == 410
    assert left() == 1


def test_a_suspended_account_is_not_opened_by_an_invitation(invited, browser, member):
    shut = member("Stengt Testesen", email="stengt@ukjent.example", suspended_until=clock.now() + timedelta(1))
    invited(email=shut.email, workplace_kind="other", organisation="Prøve AS")
    guest = browser()
    assert guest.post(LINK).location.startswith("/logg-inn")
    assert guest.get("/konto").status_code == 302
    assert accounts.by_email(shut.email).is_suspended


def test_where_somebody_works_is_asked_when_nobody_has_said_it(invited, browser):
    invited(email="ny@ukjent.example")
    assert 'name="organisation"' in browser().get(LINK).text
    assert browser().post(LINK, data={"name": "Ny Testesen"}).status_code == 422
    wrong = {"name": "Ny Testesen", "organisation": "Prøve AS", "workplace_kind": "konge"}
    assert browser().post(LINK, data=wrong).status_code == 422
    assert left() == 1
    assert browser().post(LINK, data=wrong | {"workplace_kind": "other"}).status_code == 303
    assert accounts.by_email("ny@ukjent.example").person.organisation == "Prøve AS"


def test_one_from_a_known_domain_is_never_told_to_work_elsewhere(invited, browser, skien):
    invited(email="ny@skien.kommune.no", workplace_kind="other", organisation="Et helt annet sted")
    browser().post(LINK, data={"name": "Ny Testesen", "workplace_kind": "state", "organisation": "Staten"})
    made = accounts.by_email("ny@skien.kommune.no")
    assert (made.person.organisation, made.place_id) == ("Skien kommune", skien.id)


def test_the_link_of_one_address_makes_no_account_for_another(invited, browser):
    invited(email="ny@ukjent.example", workplace_kind="other", organisation="Prøve AS")
    browser().post(LINK, data={"name": "Ny Testesen", "email": "annen@ukjent.example"})
    assert accounts.by_email("annen@ukjent.example") is None
    assert accounts.by_email("ny@ukjent.example").is_active


def test_a_moderators_word_proves_no_place_either(invited, browser, skien):
    invited(email="ny@ukjent.example", workplace_kind="municipality", organisation="Skien kommune", place_id=skien.id)
    browser().post(LINK, data={"name": "Ny Testesen"})
    assert accounts.by_email("ny@ukjent.example").place_id is None


def test_an_inviter_who_is_gone_vouches_for_nobody(invited, browser):
    invited(invited_by_id=None)
    assert browser().get(LINK).status_code == 410


def test_those_who_work_in_nynorsk_are_written_to_in_nynorsk(moderator, browser, sent):
    factories.place("Voss", "4621", domains=["voss.kommune.no"], language_form="nynorsk")
    browser(moderator).post("/invitasjoner/ny", data={"email": "ny@voss.kommune.no"})
    assert sent[-1].to == "ny@voss.kommune.no"


def test_the_forms_of_inviting_are_there(moderator, browser):
    factories.network()
    client = browser(moderator)
    for path in ("ny", "lenke", "liste"):
        page = client.get(f"/invitasjoner/{path}")
        assert page.status_code == 200
        assert "Testnettverk" in page.text


def test_words_and_kinds_of_workplace_go_together(moderator):
    with pytest.raises(actions.Invalid):
        actions._told(Invited("", workplace_kind="konge", organisation="Slottet"))


def test_each_state_of_an_invitation_is_told_apart():
    now = clock.now()
    later, before = now + timedelta(1), now - timedelta(1)
    assert state(Invitation(uses_left=1, expires_at=later), now) == OPEN
    assert state(Invitation(uses_left=0, expires_at=later), now) == USED
    assert state(Invitation(uses_left=1, expires_at=before), now) == EXPIRED
    assert state(Invitation(uses_left=1, expires_at=later, withdrawn_at=before), now) == WITHDRAWN
