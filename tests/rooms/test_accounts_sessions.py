"""Being signed in: on which devices, for how long, and what ends it. Changing one's address. Waiting to be let in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kunnskap import clock
from kunnskap.accounts import passwords, sessions
from kunnskap.accounts.models import Account, AccountSession, KnownDomain
from kunnskap.accounts.presence import Presence
from kunnskap.audit import AuditEntry
from kunnskap.db import SiteVersion, session
from kunnskap.people.models import Person
from tests import factories

PASSWORD = "fire nye ord sammen"
FAR = {
    "name": "Test Testesen",
    "email": "test.ny@ukjent.example",
    "workplace_kind": "other",
    "organisation": "Prøvestiftelsen",
}


@pytest.fixture
def somebody(member, skien):
    return member(email="test.person@skien.kommune.no", password_hash=passwords.hashed(PASSWORD), place=skien)


def sign_in(browser, email="test.person@skien.kommune.no", **more):
    return browser.post("/logg-inn", data={"email": email, "password": PASSWORD} | more)


def is_signed_in(browser):
    return browser.get("/konto").status_code == 200


def link_in(letter):
    return re.search(r"http://localhost(\S+)", letter.text).group(1)


def cookie_of(browser):
    with browser.session_transaction() as cookie:
        return cookie.get("_user_id")


def numbers():
    return list(session.scalars(select(AccountSession.id).order_by(AccountSession.id)))


def change_sessions(**values):
    session.execute(update(AccountSession).values(**values))
    session.commit()


def account_of(email):
    return session.scalars(select(Account).where(Account.email == email)).one()


def test_each_sign_in_has_a_secret_of_its_own_and_the_one_before_is_over(browser, somebody):
    device = browser()
    sign_in(device)
    first = cookie_of(device)
    sign_in(device)
    assert cookie_of(device) != first
    stolen = browser()
    with stolen.session_transaction() as cookie:
        cookie["_user_id"] = first
    assert not is_signed_in(stolen)


def test_a_cookie_that_was_planted_before_signing_in_is_not_kept(browser, somebody):
    """Session fixation: what stood in the cookie before is neither used nor kept."""
    device = browser()
    with device.session_transaction() as cookie:
        cookie["_user_id"], cookie["planted"] = "x" * 43, "x"
    sign_in(device)
    with device.session_transaction() as cookie:
        assert cookie["_user_id"] != "x" * 43
        assert "planted" not in cookie


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "1.0", "\x00"])
def test_a_made_up_session_opens_nothing(browser, somebody, token):
    device = browser()
    with device.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert not is_signed_in(device)


def test_only_what_a_secret_hashes_to_is_kept(browser, somebody):
    device = browser()
    sign_in(device)
    kept = session.scalars(select(AccountSession)).one()
    assert cookie_of(device) not in {kept.digest, kept.browser, kept.address}


def test_the_list_tells_devices_apart_and_ends_the_one_that_is_chosen(browser, somebody):
    phone, desk = browser(), browser()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 16) Chrome/150.0"
    phone.environ_base["REMOTE_ADDR"] = "198.51.100.77"
    sign_in(phone)
    sign_in(desk)
    page = desk.get("/konto").text
    assert "Chrome, Android" in page
    assert "198.51.100.0" in page
    assert "198.51.100.77" not in page
    assert page.count("denne enheten") == 1
    assert desk.post(f"/konto/okter/{numbers()[0]}/avslutt").status_code == 303
    assert not is_signed_in(phone)
    assert is_signed_in(desk)


def test_nobody_ends_anothers_session(browser, somebody, member):
    owner, other = browser(), browser(member())
    sign_in(owner)
    assert other.post(f"/konto/okter/{numbers()[-1]}/avslutt").status_code == 404
    assert other.post("/konto/okter/987654/avslutt").status_code == 404
    assert is_signed_in(owner)


def test_a_session_nobody_uses_is_over_after_two_weeks(browser, somebody, app):
    device = browser()
    sign_in(device)
    change_sessions(seen_at=clock.now() - timedelta(days=13, hours=23))
    assert is_signed_in(device)
    change_sessions(seen_at=clock.now() - timedelta(days=14, minutes=1))
    assert not is_signed_in(device)


def test_a_session_is_over_after_thirty_days_however_much_it_is_used(browser, somebody):
    device = browser()
    sign_in(device)
    change_sessions(created_at=clock.now() - timedelta(days=30, minutes=1))
    assert not is_signed_in(device)


def test_sessions_that_are_over_are_removed(browser, somebody):
    sign_in(browser())
    sign_in(browser())
    first = numbers()[0]
    session.execute(
        update(AccountSession).where(AccountSession.id == first).values(seen_at=clock.now() - timedelta(days=15))
    )
    sessions.tidy(timedelta(days=14), timedelta(days=30))
    assert first not in numbers()
    assert len(numbers()) == 1


def test_a_new_password_ends_every_other_session_and_gives_this_one_a_new_secret(browser, somebody):
    here, elsewhere = browser(), browser()
    sign_in(here)
    sign_in(elsewhere)
    before = cookie_of(here)
    answer = here.post("/konto/passord", data={"current": PASSWORD, "password": "fem helt andre ord nå"})
    assert answer.status_code == 303
    assert is_signed_in(here)
    assert cookie_of(here) != before
    assert not is_signed_in(elsewhere)


def test_what_is_read_is_noted_as_used_without_the_page_writing_or_pages_growing_old(browser, somebody, app):
    noted = Presence(sessions.note_seen, pause=None)
    before = app.extensions["kunnskap.presence"]
    app.extensions["kunnskap.presence"] = noted
    try:
        device = browser()
        sign_in(device)
        change_sessions(seen_at=clock.now() - timedelta(days=3))
        version = session.scalar(select(SiteVersion.number))
        session.remove()
        device.get("/")
        device.get("/")
        assert session.scalars(select(AccountSession.seen_at)).one() < clock.now() - timedelta(days=2)
        noted.flush()
        session.commit()
        assert session.scalars(select(AccountSession.seen_at)).one() > clock.now() - timedelta(minutes=1)
        assert session.scalar(select(SiteVersion.number)) == version
    finally:
        app.extensions["kunnskap.presence"] = before


def test_uses_that_cannot_be_written_are_noted_again():
    written, down = [], [True]

    def keep(numbers):
        if down[0]:
            raise OSError
        written.append(numbers)

    presence = Presence(keep, pause=None)
    presence.note(1)
    presence.flush()
    down[0] = False
    presence.note(1)
    presence.note(1)
    presence.flush()
    presence.note(1)
    presence.flush()
    assert written == [{1}]


@pytest.mark.parametrize("how", [{"suspended_until": timedelta(days=1)}, {"closed_at": timedelta(0)}])
def test_whoever_is_suspended_or_closed_is_out_at_once_and_stays_out(browser, somebody, sent, how):
    open_already, later = browser(), browser()
    sign_in(open_already)
    later.post("/logg-inn/lenke", data={"email": somebody.email})
    link = link_in(sent[-1])
    ((name, span),) = how.items()
    session.execute(update(Account).where(Account.id == somebody.id).values({name: clock.now() + span}))
    session.commit()
    assert not is_signed_in(open_already)
    assert sign_in(later).status_code == 422
    later.post(link)
    assert not is_signed_in(later)


def test_a_suspension_ends_by_itself(browser, somebody):
    session.execute(update(Account).values(suspended_until=clock.now() - timedelta(minutes=1)))
    session.commit()
    device = browser()
    sign_in(device)
    assert is_signed_in(device)


def test_somebody_from_an_unknown_domain_waits_and_is_told_so(browser, sent):
    visitor = browser()
    visitor.post("/registrer", data=FAR | {"password": PASSWORD})
    page = visitor.post(link_in(sent[0]))
    assert "venter på godkjenning" in page.text
    assert not is_signed_in(visitor)
    assert sign_in(visitor, FAR["email"]).status_code == 422
    account = account_of(FAR["email"])
    assert account.confirmed_at is not None
    assert account.approved_at is None
    assert session.get_one(Person, account.person_id).listed is False


def test_a_domain_editors_know_lets_people_in_and_tells_where_they_work(browser, sent):
    row = KnownDomain(domain="ukjent.example", workplace_kind="state", organisation="Prøvedirektoratet")
    factories.keep(row)
    visitor = browser()
    visitor.post("/registrer", data={"name": "Test Testesen", "email": "test.ny@post.ukjent.example"})
    visitor.post(link_in(sent[0]))
    assert is_signed_in(visitor)
    person = session.get_one(Person, account_of("test.ny@post.ukjent.example").person_id)
    assert (person.workplace_kind, person.organisation) == ("state", "Prøvedirektoratet")


def test_the_longest_domain_that_fits_counts(browser, sent):
    for domain, name in (("example", "Alle"), ("ukjent.example", "Vi")):
        factories.keep(KnownDomain(domain=domain, workplace_kind="other", organisation=name))
    browser().post("/registrer", data={"name": "Test Testesen", "email": "test.ny@ukjent.example"})
    assert session.get_one(Person, account_of("test.ny@ukjent.example").person_id).organisation == "Vi"


def test_where_one_says_one_works_proves_nothing(browser, sent, skien):
    visitor = browser()
    visitor.post("/registrer", data=FAR | {"workplace_kind": "municipality", "organisation": "Skien kommune"})
    visitor.post(link_in(sent[0]))
    account = account_of(FAR["email"])
    assert session.get_one(Person, account.person_id).place_id == skien.id
    assert account.place_id is None


def test_an_address_is_changed_by_the_link_sent_to_the_new_one(browser, somebody, sent, member):
    bamble = factories.place("Bamble", "4012", domains=["bamble.kommune.no"])
    me, elsewhere = browser(somebody), browser(somebody)
    assert me.post("/konto/epost", data={"email": "Ny.Test@bamble.kommune.no"}).status_code == 303
    assert sent[-1].to == "ny.test@bamble.kommune.no"
    link = link_in(sent[-1])
    assert "ny.test@bamble.kommune.no" in me.get(link).text
    assert account_of(somebody.email) is not None
    assert me.post(link).status_code == 303
    assert sent[-1].to == "test.person@skien.kommune.no"
    account = account_of("ny.test@bamble.kommune.no")
    assert account.place_id == bamble.id
    assert session.get_one(Person, account.person_id).organisation == "Bamble kommune"
    assert is_signed_in(me)
    assert not is_signed_in(elsewhere)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.target, entry.facts) == ("address changed", f"account:{account.id}", {"place": bamble.id})
    assert me.post(link).status_code == 410


def test_an_address_that_proves_nothing_takes_the_old_proof_away(browser, somebody, sent):
    me = browser(somebody)
    me.post("/konto/epost", data={"email": "test@ukjent.example"})
    me.post(link_in(sent[-1]))
    assert account_of("test@ukjent.example").place_id is None
    assert is_signed_in(me)


def test_changing_to_an_address_somebody_has_tells_nothing_and_sends_nothing(browser, somebody, sent, member):
    member(email="en.annen@skien.kommune.no")
    me = browser(somebody)
    answers = [
        me.post("/konto/epost", data={"email": address})
        for address in ("en.annen@skien.kommune.no", "ingen@skien.kommune.no")
    ]
    assert [(one.status_code, one.location) for one in answers] == [(303, "/sjekk-eposten")] * 2
    assert [letter.to for letter in sent] == ["ingen@skien.kommune.no"]


def test_a_link_to_a_new_address_gives_it_to_nobody_elses_account(browser, somebody, sent, member):
    """Whoever has the mailbox may be fooled into pressing, and must not lend a stranger's account what it proves."""
    browser(somebody).post("/konto/epost", data={"email": "offer@skien.kommune.no"})
    link = link_in(sent[-1])
    for visitor, status in ((browser(), 302), (browser(member()), 410)):
        assert visitor.post(link).status_code == status
        assert account_of(somebody.email).id == somebody.id
    assert browser().get(link).location == f"/logg-inn?til={link}"


def test_an_address_that_was_taken_in_the_meantime_is_not_taken_over(browser, somebody, sent, member):
    me = browser(somebody)
    me.post("/konto/epost", data={"email": "ny.test@skien.kommune.no"})
    member(email="ny.test@skien.kommune.no")
    assert me.post(link_in(sent[-1])).status_code == 410
    assert account_of(somebody.email).id == somebody.id


@pytest.mark.parametrize("typed", ["", "ikke en adresse", "test.person@skien.kommune.no"])
def test_a_new_address_that_cannot_be_used_is_refused_and_kept_in_its_field(browser, somebody, typed):
    answer = browser(somebody).post("/konto/epost", data={"email": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text or not typed


def test_the_address_is_changed_only_by_one_who_has_just_shown_who_one_is(browser, somebody, sent):
    me = browser(somebody)
    change_sessions(fresh_at=clock.now() - timedelta(minutes=16))
    answer = me.post("/konto/epost", data={"email": "ny@skien.kommune.no"})
    assert answer.location.startswith("/bekreft-deg")
    assert sent == []


@pytest.mark.parametrize("has_password", [True, False])
def test_the_password_is_changed_only_by_one_who_has_just_shown_who_one_is(browser, somebody, has_password):
    """A session somebody else has got hold of is not made fresh, nor a way in that lasts, by a password put on it."""
    me = browser(somebody)
    if not has_password:
        session.get(Account, somebody.id).password_hash = None
        session.commit()
    change_sessions(fresh_at=clock.now() - timedelta(minutes=16))
    answer = me.post("/konto/passord", data={"current": PASSWORD, "password": "fem helt andre ord nå"})
    assert answer.location.startswith("/bekreft-deg")
    assert me.get("/konto/totrinn").location.startswith("/bekreft-deg")
    assert not passwords.fits(session.get(Account, somebody.id).password_hash, "fem helt andre ord nå")


def test_a_link_that_signs_in_does_not_change_an_address(browser, somebody, sent):
    visitor = browser(somebody)
    visitor.post("/logg-inn/lenke", data={"email": somebody.email})
    token = link_in(sent[-1]).rpartition("/")[2]
    for path in ("/konto/epost/", "/registrer/bekreft/", "/nytt-passord/"):
        assert visitor.get(path + token).status_code == 410
        assert visitor.post(path + token, data={"password": "fem helt andre ord nå"}).status_code == 410


@pytest.mark.parametrize("way_out", ["/logg-ut", "/logg-ut-overalt"])
def test_the_browser_is_asked_to_throw_away_its_pages_when_one_signs_out(browser, member, way_out):
    assert browser(member()).post(way_out).headers["Clear-Site-Data"] == '"cache"'
