"""People who should not be let in, and what cannot be accepted."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, update

from kunnskap import clock
from kunnskap.accounts import passwords, queries
from kunnskap.accounts.models import Account, AccountToken
from kunnskap.db import session
from kunnskap.people.models import Person
from kunnskap.web.limits import limiter

PASSWORD = "fire nye ord sammen"
WHO = {"name": "Test Testesen", "email": "test.ny@skien.kommune.no", "password": PASSWORD}
HTML = "<script>alert(1)</script>"
STRANGER = "test.ukjent@skien.kommune.no"
MAIL_FORMS = ["/registrer", "/logg-inn/lenke", "/glemt-passord"]


def link_in(letter):
    return re.search(r"http://localhost(\S+)", letter.text).group(1)


def count(table):
    return session.scalar(select(func.count()).select_from(table))


def is_signed_in(browser):
    return browser.get("/konto").status_code == 200


@pytest.fixture
def somebody(member):
    return member(email="test.person@skien.kommune.no", password_hash=passwords.hashed(PASSWORD))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   \n "},
        {"name": "x" * 101},
        {"name": "Test\x00Testesen"},
        {"email": ""},
        {"email": "ikke en adresse"},
        {"email": f"{'x' * 300}@skien.kommune.no"},
        {"email": "a\x00@skien.kommune.no"},
        {"password": "kort"},
        {"password": "passord12345"},
        {"password": f"nul\x00{PASSWORD}"},
        {"password": "lang " * 1_000},
        {"role": "x" * 101},
        {"email": "test@prove.example", "workplace_kind": "hemmelig", "organisation": "Prøve"},
        {"email": "test@prove.example", "workplace_kind": "state", "organisation": ""},
        {"email": "test@prove.example", "workplace_kind": "state", "organisation": "x" * 151},
    ],
    ids=str,
)
def test_a_sign_up_that_cannot_be_accepted_changes_nothing(browser, skien, sent, wrong):
    answer = browser().post("/registrer", data=WHO | wrong)
    assert answer.status_code == 422
    assert "Du må rette dette" in answer.text
    assert "\x00" not in answer.text
    assert (count(Account), count(Person), sent) == (0, 0, [])


def test_everything_that_is_wrong_is_told_at_once(browser, skien):
    answer = browser().post("/registrer", data=WHO | {"email": "test.ny@prove.example", "password": "passord12345"})
    assert "lett å gjette" in answer.text
    assert "Skriv navnet på arbeidsstedet ditt." in answer.text


def test_what_was_never_confirmed_is_forgotten(browser, skien, sent):
    browser().post("/registrer", data=WHO | {"email": "test.gammel@skien.kommune.no"})
    session.execute(update(Account).values(created_at=clock.now() - timedelta(days=8)))
    session.commit()
    browser().post("/registrer", data=WHO)
    assert [account.email for account in session.scalars(select(Account))] == [WHO["email"]]
    assert count(Person) == 1


def test_an_empty_form_tells_what_is_missing(browser, database):
    for path in ("/registrer", "/logg-inn", "/logg-inn/lenke", "/glemt-passord"):
        answer = browser().post(path, data={})
        assert answer.status_code == 422
        assert "Skriv e-postadressen din." in answer.text


def test_letters_that_are_no_letters_are_refused(browser, skien):
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    fields = {b"name": b"Test \xff\xfe", b"email": b"test.ny@skien.kommune.no"}
    body = b"".join(part % field for field in fields.items()) + b"--x--\r\n"
    answer = browser().post("/registrer", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "Noen av tegnene kunne ikke leses" in answer.text
    raw = browser().post("/registrer", data=b"name=\xff\xfe", content_type="application/x-www-form-urlencoded")
    assert raw.status_code in {400, 422}
    assert count(Account) == 0


def test_html_in_a_name_is_shown_as_it_was_typed(browser, skien, sent):
    adviser = browser()
    adviser.post("/registrer", data=WHO | {"name": HTML})
    adviser.post(link_in(sent[0]))
    page = adviser.get("/konto").text
    assert HTML not in page
    assert "&lt;script&gt;" in page
    assert HTML not in sent[0].text


def test_a_sign_up_sent_twice_makes_one_account(browser, skien, sent):
    adviser = browser()
    assert [adviser.post("/registrer", data=WHO).status_code for _ in range(2)] == [303, 303]
    assert (count(Account), count(Person), len(sent)) == (1, 1, 2)
    assert adviser.post(link_in(sent[0])).status_code == 303
    assert adviser.post(link_in(sent[1])).status_code == 410


def test_two_sign_ups_at_the_very_same_time_make_one_account(browser, skien, sent, monkeypatch):
    browser().post("/registrer", data=WHO)
    answers = [None]
    real = queries.by_email
    monkeypatch.setattr(queries, "by_email", lambda email: answers.pop() if answers else real(email))
    assert browser().post("/registrer", data=WHO).status_code == 303
    assert (count(Account), count(Person), len(sent)) == (1, 1, 2)


def test_until_it_is_confirmed_the_last_sign_up_counts(browser, skien, sent):
    browser().post("/registrer", data=WHO | {"name": "En Annen", "password": "noen andres passord"})
    adviser = browser()
    adviser.post("/registrer", data=WHO)
    adviser.post(link_in(sent[1]))
    assert "Test Testesen" in adviser.get("/konto").text
    assert session.scalars(select(Account)).one().password_hash is None, "nobody knows whose is whose"


def test_who_proves_the_mailbox_with_another_link_does_not_take_over_a_strangers_password(browser, skien, sent):
    browser().post("/registrer", data=WHO | {"password": "en fremmeds passord"})
    adviser = browser()
    adviser.post("/logg-inn/lenke", data={"email": WHO["email"]})
    assert adviser.post(link_in(sent[1])).status_code == 303
    assert session.scalars(select(Account)).one().password_hash is None
    assert browser().post(link_in(sent[0])).status_code == 410


def test_the_pages_are_the_same_whether_an_address_has_an_account_or_not(browser, somebody, skien):
    for path in MAIL_FORMS:
        known = browser().post(path, data=WHO | {"email": somebody.email})
        unknown = browser().post(path, data=WHO | {"email": STRANGER})
        assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    known = browser().post("/logg-inn", data={"email": somebody.email, "password": "feil passord"})
    unknown = browser().post("/logg-inn", data={"email": "test.ukjentx@skien.kommune.no", "password": "feil passord"})
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(somebody.email, "") == unknown.text.replace("test.ukjentx@skien.kommune.no", "")


def test_a_sign_in_takes_the_same_work_whether_the_address_has_an_account_or_not(
    browser, somebody, member, monkeypatch
):
    member(email="test.uten@skien.kommune.no")
    verified = []
    real = passwords._hasher.__class__.verify
    monkeypatch.setattr(
        passwords._hasher.__class__, "verify", lambda *args: verified.append(args[1]) or real(*args), raising=True
    )
    for email in (somebody.email, STRANGER, "test.uten@skien.kommune.no"):
        assert browser().post("/logg-inn", data={"email": email, "password": "feil passord"}).status_code == 422
    assert len(verified) == 3


def test_one_who_has_an_account_is_told_so_by_mail_only(browser, somebody, skien, sent):
    before = somebody.password_hash
    browser().post("/registrer", data=WHO | {"email": somebody.email, "password": "en fremmeds passord"})
    assert [letter.subject for letter in sent] == ["Du har allerede en konto hos Kunnskap"]
    assert session.scalars(select(Account)).one().password_hash == before


def test_no_mail_goes_to_an_address_without_an_account(browser, skien, sent):
    browser().post("/logg-inn/lenke", data={"email": STRANGER})
    browser().post("/glemt-passord", data={"email": STRANGER})
    assert sent == []


@pytest.mark.parametrize("state", [{"confirmed_at": None}, {"closed_at": clock.now()}], ids=["unconfirmed", "closed"])
def test_an_account_that_is_not_open_lets_nobody_in(browser, somebody, state, sent):
    inside = browser(somebody)
    session.execute(update(Account).values(**state))
    session.commit()
    assert not is_signed_in(inside)
    outside = browser()
    assert outside.post("/logg-inn", data={"email": somebody.email, "password": PASSWORD}).status_code == 422
    assert not is_signed_in(outside)


def test_a_closed_account_gets_no_links(browser, somebody, sent):
    somebody.closed_at = clock.now()
    session.commit()
    for path in MAIL_FORMS:
        browser().post(path, data=WHO | {"email": somebody.email})
    assert sent == []


@pytest.mark.parametrize("path", ["/registrer/bekreft/{}", "/logg-inn/lenke/{}", "/nytt-passord/{}"])
@pytest.mark.parametrize("secret", ["feil", "x" * 500, "%00", "%ff", "<script>"])
def test_a_link_that_was_never_sent_opens_nothing(browser, database, path, secret):
    stranger = browser()
    assert stranger.get(path.format(secret)).status_code == 410
    answer = stranger.post(path.format(secret), data={"password": PASSWORD})
    assert answer.status_code == 410
    assert "Lenken virker ikke lenger" in answer.text
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("form", ["/logg-inn/lenke", "/glemt-passord"])
def test_a_link_works_once_and_not_after_its_time(browser, somebody, sent, form):
    for _ in range(2):
        browser().post(form, data={"email": somebody.email})
    first, second = map(link_in, sent)
    assert browser().post(first, data={"password": "et ganske nytt passord"}).status_code == 303
    assert browser().post(first, data={"password": "et ganske nytt passord"}).status_code == 410
    session.execute(update(AccountToken).values(expires_at=clock.now() - timedelta(seconds=1)))
    session.commit()
    assert browser().get(second).status_code == 410
    assert browser().post(second, data={"password": "et ganske nytt passord"}).status_code == 410


def test_a_link_for_one_thing_does_not_open_another(browser, somebody, sent):
    browser().post("/logg-inn/lenke", data={"email": somebody.email})
    secret = link_in(sent[0]).rpartition("/")[2]
    assert browser().post(f"/nytt-passord/{secret}", data={"password": PASSWORD}).status_code == 410
    assert browser().post(f"/registrer/bekreft/{secret}").status_code == 410


def test_a_new_password_makes_links_that_were_sent_useless(browser, somebody, sent):
    browser().post("/logg-inn/lenke", data={"email": somebody.email})
    browser(somebody).post("/konto/passord", data={"current": PASSWORD, "password": "et ganske nytt passord"})
    assert browser().post(link_in(sent[0])).status_code == 410


@pytest.mark.parametrize("til", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_nobody_is_led_to_another_site(browser, somebody, sent, til):
    key = {"email": somebody.email, "password": PASSWORD, "til": til}
    assert browser().post("/logg-inn", data=key).location == "/"
    assert browser(somebody).get("/logg-inn", query_string={"til": til}).location == "/"
    page = BeautifulSoup(browser().get("/logg-inn", query_string={"til": til}).text, "html.parser")
    assert all("evil" not in str(form) for form in page.select("main form"))
    browser().post("/logg-inn/lenke", data=key)
    assert "evil" not in sent[0].text
    assert browser().post(link_in(sent[0]), query_string={"til": til}).location == "/"


@pytest.mark.parametrize(
    "path",
    ["/registrer", "/logg-inn", "/logg-inn/lenke", "/glemt-passord", "/logg-ut", "/logg-ut-overalt", "/konto/passord"],
)
def test_a_form_on_another_site_does_nothing(browser, somebody, sent, path):
    inside = browser(somebody)
    answer = inside.post(path, data=WHO | {"email": somebody.email}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert is_signed_in(inside)
    assert (count(Account), count(AccountToken), sent) == (1, 0, [])


@pytest.mark.parametrize("kept", ["", "x", "1", "1.", "-1.0", "1.0.0", "999999999999999999999.0", "²."])
def test_a_cookie_that_names_nobody_lets_nobody_in(browser, database, kept):
    stranger = browser()
    with stranger.session_transaction() as cookie:
        cookie["_user_id"] = kept
    assert not is_signed_in(stranger)


def test_too_many_tries_are_stopped_for_a_while(browser, database):
    key = {"email": STRANGER, "password": "feil passord her"}
    limiter.enabled = True
    try:
        statuses = [browser().post("/logg-inn", data=key).status_code for _ in range(11)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert statuses == [422] * 10 + [429]


def test_a_stranger_who_signs_up_after_one_does_not_choose_the_password(browser, skien, sent):
    adviser = browser()
    adviser.post("/registrer", data=WHO)
    browser().post("/registrer", data=WHO | {"name": "En Fremmed", "password": "en fremmeds passord"})
    link = next((link_in(letter) for letter in sent if adviser.get(link_in(letter)).status_code == 200), None)
    assert adviser.post(link).status_code == 303
    assert not passwords.fits(session.scalars(select(Account)).one().password_hash, "en fremmeds passord")
    stranger = {"email": WHO["email"], "password": "en fremmeds passord"}
    assert browser().post("/logg-inn", data=stranger).status_code == 422
