"""Looking after accounts: roles, sessions, second factors, suspending and ending, and never without an administrator."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts import administering, register, sessions
from kunnskap.accounts.models import Account, AccountSession, AccountToken, KnownDomain
from kunnskap.accounts.queries import Workplace
from kunnskap.accounts.sessions import Device
from kunnskap.actor import Actor
from kunnskap.administration import actions as administration
from kunnskap.administration.queries import state
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.passkeys.models import Passkey
from kunnskap.people.models import Person
from kunnskap.second_factor.models import RecoveryCode
from tests import factories

POSTS = ("rolle", "logg-ut", "totrinn")
ALL = {"role": "administrator"}


@pytest.fixture
def boss(member):
    return member("Sjef Testesen", role="administrator", email="sjef@skien.kommune.no")


@pytest.fixture
def admin(browser, boss):
    return browser(boss)


@pytest.fixture
def one(member):
    return member("Vanlig Testesen", email="vanlig@skien.kommune.no", organisation="Skien kommune")


def do(client, found, what, **data):
    return client.post(f"/administrasjon/kontoer/{found.id}/{what}", data=data)


def now(found):
    session.expire_all()
    return session.get(Account, found.id)


def acts():
    session.expire_all()
    return [entry.act for entry in session.query(AuditEntry).order_by(AuditEntry.id)]


def test_accounts_are_found_by_name_address_role_and_state(admin, boss, one, member):
    member("Stengt Testesen", email="stengt@skien.kommune.no", suspended_until=clock.now() + timedelta(1))
    member("Slutta Ås", email="slutta@skien.kommune.no", closed_at=clock.now())
    member("Ubekreftet", email="ubekreftet@skien.kommune.no", confirmed_at=None, approved_at=None)
    member("Venter", email="venter@ukjent.example", approved_at=None)

    def found(query):
        page = admin.get(f"/administrasjon/kontoer?{query}").text
        names = ("Sjef", "Vanlig", "Stengt", "Slutta", "Ubekreftet", "Venter Te", "venter@")
        return {name for name in names if f"{name}" in page.partition("<tbody>")[2]}

    assert found("q=vanlig") == {"Vanlig"}
    assert found("q=ÅS") == {"Slutta"}
    assert found("q=sjef@skien") == {"Sjef"}
    assert found("rolle=administrator") == {"Sjef"}
    assert found("status=suspended") == {"Stengt"}
    assert found("status=closed") == {"Slutta"}
    assert found("status=unconfirmed") == {"Ubekreftet"}
    assert found("status=waiting") == {"venter@"}
    assert found("status=active&q=testesen") == {"Sjef", "Vanlig"}
    assert found("q=%25") == set()
    for strange in ("q=%00", "rolle=konge", "status=x", "side=-1", "side=9999999999", "q=" + "x" * 5_000, "q='--"):
        assert admin.get(f"/administrasjon/kontoer?{strange}").status_code == 200


def test_an_account_and_its_state_are_shown(admin, one):
    page = admin.get(f"/administrasjon/kontoer/{one.id}").text
    assert "vanlig@skien.kommune.no" in page
    assert "Skien kommune" in page
    assert state(now(one)) == "active"


def test_a_role_is_given_and_the_person_told(admin, one, sent):
    assert do(admin, one, "rolle", role="moderator").status_code == 303
    assert now(one).role == "moderator"
    assert (sent[-1].to, sent[-1].subject) == (one.email, "Rollen din hos Kunnskap er endret")
    entry = session.query(AuditEntry).one()
    assert (entry.act, entry.target, entry.facts) == (
        "role",
        f"account:{one.id}",
        {"role": "moderator", "was": "member"},
    )
    do(admin, one, "rolle", role="moderator")
    assert acts() == ["role"]


@pytest.mark.parametrize("role", ["", "konge", "coordinator", "visitor", "administrator\x00", "ADMINISTRATOR"])
def test_a_role_that_cannot_be_given_is_refused(admin, one, role):
    assert do(admin, one, "rolle", role=role).status_code == 422
    assert now(one).role == "member"


def test_a_role_is_all_the_form_changes(admin, one):
    more = {
        "email": "annen@skien.kommune.no",
        "place_id": "1",
        "password_hash": "x",
        "person_id": "1",
        "closed_at": "1",
    }
    do(admin, one, "rolle", role="moderator", **more)
    found = now(one)
    assert (found.email, found.place_id, found.password_hash, found.person_id, found.closed_at) == (
        "vanlig@skien.kommune.no",
        None,
        None,
        one.person_id,
        None,
    )


def test_nobody_gets_power_over_an_account_that_is_not_open(admin, member):
    for facts in ({"closed_at": clock.now()}, {"approved_at": None}, {"confirmed_at": None}):
        shut = member(**facts)
        assert do(admin, shut, "rolle", role="moderator").status_code == 422
        assert now(shut).role == "member"


def test_the_last_administrator_stays_one(admin, boss, member):
    member("Stengt Sjef", role="administrator", suspended_until=clock.now() + timedelta(1))
    member("Slutta Sjef", role="administrator", closed_at=clock.now())
    page = do(admin, boss, "rolle", role="member")
    assert page.status_code == 422
    assert "minst én administrator" in page.text
    assert now(boss).role == "administrator"
    with pytest.raises(Invalid):
        administering.refuse_last_administrator(now(boss))


def test_one_of_two_administrators_may_go(admin, boss, member, browser):
    other = member("Annen Sjef", role="administrator")
    answer = do(admin, boss, "rolle", role="member")
    assert (answer.status_code, answer.location) == (303, "/min-side")
    assert admin.get("/administrasjon/kontoer").status_code == 403
    assert do(browser(other), other, "rolle", role="member").status_code == 422


def test_somebody_is_signed_out_everywhere_and_links_are_void(admin, one, browser, sent):
    theirs = browser(one)
    link = AccountToken(digest="x", account_id=one.id, purpose="sign_in", expires_at=clock.now() + timedelta(1))
    factories.keep(link)
    assert theirs.get("/konto").status_code == 200
    do(admin, one, "logg-ut")
    assert theirs.get("/konto").status_code == 302
    assert session.get(AccountToken, "x").used_at is not None
    assert "alle enheter" in sent[-1].subject


def test_a_lost_second_factor_is_taken_off(admin, one, browser, sent):
    session.get(Account, one.id).totp_secret = "sealed"
    factories.keep(RecoveryCode(digest="d", account_id=one.id))
    factories.keep(Passkey(account_id=one.id, credential_id="c", public_key=b"k"))
    theirs = browser(one)
    do(admin, one, "totrinn")
    found = now(one)
    assert (found.totp_secret, found.totp_step) == (None, None)
    assert session.query(RecoveryCode).count() == session.query(Passkey).count() == 0
    assert theirs.get("/konto").status_code == 302
    assert "slått av" in sent[-1].subject
    assert acts() == ["second factor reset"]


def test_an_account_is_ended_and_nothing_of_it_is_open(admin, boss, one, browser, sent):
    session.get(Account, one.id).role = "moderator"
    session.commit()
    theirs = browser(one)
    administering.end(boss.actor, one.id)
    session.commit()
    found = now(one)
    assert found.closed_at is not None
    assert found.role == "member"
    person = session.get(Person, one.person_id)
    assert (person.listed, person.left_at is not None) == (False, True)
    assert theirs.get("/konto").status_code == 302
    assert "Vanlig Testesen" not in admin.get("/folk").text
    letters = len(sent)
    for what in POSTS:
        do(admin, one, what, **ALL)
    assert len(sent) == letters
    assert now(one).role == "member"


def test_accounts_that_are_not_there_are_not_found(admin):
    assert admin.get("/administrasjon/kontoer/999999").status_code == 404
    assert admin.get("/administrasjon/kontoer/99999999999999").status_code == 404
    assert admin.get("/administrasjon/kontoer/-1").status_code == 404
    for what in POSTS:
        assert admin.post(f"/administrasjon/kontoer/999999/{what}", data=ALL).status_code == 404


def test_only_administrators_look_after_accounts(browser, member, one):
    for client in (browser(), browser(member()), browser(member(role="moderator"))):
        assert client.get("/administrasjon/kontoer").status_code in {302, 403}
        assert client.get(f"/administrasjon/kontoer/{one.id}").status_code in {302, 403}
        for what in POSTS:
            assert do(client, one, what, **ALL).status_code in {302, 403}
    found = now(one)
    assert (found.role, found.is_active) == ("member", True)
    assert acts() == []


def test_whoever_signed_in_long_ago_shows_anew_who_they_are_first(admin, one):
    for began in session.query(AccountSession):
        began.fresh_at = clock.now() - timedelta(minutes=16)
    session.commit()
    for what in POSTS:
        answer = do(admin, one, what, **ALL)
        assert answer.status_code == 303
        assert answer.location.startswith("/bekreft-deg")
    assert now(one).role == "member"
    assert admin.get(f"/administrasjon/kontoer/{one.id}").status_code == 200


def test_without_the_second_factor_that_is_asked_for_nobody_is_an_administrator(app, boss):
    begun = sessions.begin(session.get(Account, boss.id), sessions.PASSWORD, Device())
    begun.needs_second_factor = True
    assert not begun.actor.is_administrator


def test_the_starting_list_adds_what_is_missing_and_leaves_what_moderators_did(member):
    acting = Actor(member(role="moderator").person_id, "moderator")
    loaded = register.load()
    assert loaded.changed == len(register.read())
    assert register.load().changed == 0
    administration.remove_domain(acting, "ks.no")
    administration.change_domain(acting, "nve.no", Workplace("state", "NVE"))
    assert register.load().changed == 0
    session.commit()
    assert session.get(KnownDomain, "ks.no") is None
    assert session.get(KnownDomain, "nve.no").organisation == "NVE"
