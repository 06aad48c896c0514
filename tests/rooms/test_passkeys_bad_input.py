"""Passkeys: answers from elsewhere, copied, late, broken or of accounts that are shut open nothing."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.passkeys.models import Passkey
from tests.authenticator import ANEW, ENTER, OWN, Authenticator, encoded, enter, options, refused, register

LATE = "Det gikk for lang tid. Prøv igjen."


@pytest.fixture
def device():
    return Authenticator(credential_id=secrets.token_bytes(16))


@pytest.fixture
def somebody(member):
    return member(email="test.person@skien.kommune.no")


def is_signed_in(one):
    return one.get("/konto").status_code == 200


def keys():
    return session.scalars(select(Passkey).order_by(Passkey.id)).all()


@pytest.fixture
def with_key(browser, somebody, device):
    """Somebody who has made a key."""
    answer = register(browser(somebody), device)
    assert answer.json == {"til": OWN}
    return somebody


LIES = [
    {"origin": "https://evil.example"},
    {"origin": "http://localhost.evil.example"},
    {"origin": "https://localhost"},
    {"origin": "http://localhost:8080"},
    {"challenge": encoded(b"another challenge altogether")},
    {"challenge": ""},
    {"type": "webauthn.other"},
]


@pytest.mark.parametrize("lies", [*LIES, {"type": "webauthn.create"}])
def test_an_answer_from_elsewhere_or_to_something_else_opens_nothing(browser, with_key, device, lies):
    one = browser()
    assert refused(enter(one, device, **lies))
    assert not is_signed_in(one)


@pytest.mark.parametrize("lies", [*LIES, {"type": "webauthn.get"}])
def test_a_key_made_elsewhere_or_for_something_else_is_not_taken(browser, somebody, device, lies, sent):
    assert refused(register(browser(somebody), device, **lies), "Nøkkelen kunne ikke legges til. Prøv igjen.")
    assert keys() == []
    assert sent == []


def test_a_key_bound_to_another_site_opens_nothing(browser, with_key, device):
    device.rp_id = "evil.example"
    assert refused(enter(browser(), device))


def test_a_key_used_by_nobody_the_device_has_recognised_opens_nothing(browser, with_key, device):
    device.verifies = False
    assert refused(enter(browser(), device))


def test_a_device_that_recognises_nobody_makes_no_key(browser, somebody, device):
    device.verifies = False
    assert register(browser(somebody), device).status_code == 422
    assert keys() == []


def test_anothers_signature_opens_nothing(browser, with_key, device):
    forged = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle, counter=50)
    assert refused(enter(browser(), forged))


def test_a_key_nobody_has_registered_opens_nothing(browser, with_key):
    assert refused(enter(browser(), Authenticator(user_handle=b"account:1")))


def test_a_key_used_in_the_name_of_another_account_opens_nothing(browser, with_key, device, member):
    device.user_handle = f"account:{member().id}".encode()
    assert refused(enter(browser(), device))


def test_a_counter_that_goes_back_tells_of_a_copy(browser, with_key, device):
    device.counter = 10
    assert enter(browser(), device).status_code == 200
    assert keys()[0].sign_count == 11
    for before in (4, 10):
        device.counter = before
        assert refused(enter(browser(), device))
    assert keys()[0].sign_count == 11


def test_a_counter_that_starts_over_at_nothing_tells_of_a_copy(browser, with_key, device):
    device.counter, device.counts = 0, False
    assert refused(enter(browser(), device))


def test_a_device_that_does_not_count_may_be_used_again(browser, somebody, device):
    device.counts = False
    register(browser(somebody), device)
    assert [enter(browser(), device).status_code for _ in range(3)] == [200, 200, 200]


def test_an_answer_opens_once(browser, with_key, device):
    one = browser()
    answer = {"credential": device.use(options(one, ENTER))}
    assert one.post(ENTER, json=answer).status_code == 200
    assert refused(one.post(ENTER, json=answer), LATE)


def test_an_answer_opens_once_also_with_a_copy_of_the_cookie(browser, somebody, device):
    device.counts = False
    register(browser(somebody), device)
    one, thief = browser(), browser()
    answer = {"credential": device.use(options(one, ENTER))}
    with one.session_transaction() as cookie:
        copied = dict(cookie)
    assert one.post(ENTER, json=answer).status_code == 200
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert refused(thief.post(ENTER, json=answer))
    assert not is_signed_in(thief)


def test_a_challenge_is_spent_by_a_wrong_answer_too(browser, with_key, device):
    one = browser()
    asked = options(one, ENTER)
    assert refused(one.post(ENTER, json={"credential": device.use(asked, origin="https://evil.example")}))
    assert refused(one.post(ENTER, json={"credential": device.use(asked)}), LATE)


def test_a_challenge_is_good_for_five_minutes(browser, with_key, device, monkeypatch):
    one = browser()
    asked = options(one, ENTER)
    later = clock.now() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert refused(one.post(ENTER, json={"credential": device.use(asked)}), LATE)


def test_a_challenge_of_another_browser_or_none_opens_nothing(browser, with_key, device):
    asked = options(browser(), ENTER)
    assert refused(browser().post(ENTER, json={"credential": device.use(asked)}), LATE)
    other = browser()
    options(other, ENTER)
    assert refused(other.post(ENTER, json={"credential": device.use(asked)}))


def test_a_challenge_is_good_for_what_it_was_given_for(browser, with_key, device):
    one = browser(with_key)
    asked = options(one, ANEW)
    assert refused(one.post(ENTER, json={"credential": device.use(asked)}), LATE)
    asked = options(one, ENTER)
    assert refused(one.post(OWN, json={"credential": device.use(asked)}), LATE)


@pytest.mark.parametrize(
    "facts", [{"closed_at": 0}, {"suspended_until": 1}, {"approved_at": None}, {"confirmed_at": None}]
)
def test_the_key_of_an_account_that_is_shut_opens_nothing(browser, with_key, device, facts):
    account = session.get_one(Account, with_key.id)
    for name, days in facts.items():
        setattr(account, name, None if days is None else clock.now() + timedelta(days=days))
    session.commit()
    one = browser()
    assert refused(enter(one, device))
    assert not is_signed_in(one)
    assert keys()[0].used_at is None


NONSENSE = [None, [], "x", 7, {}, {"credential": 7}, {"credential": []}, {"credential": {"id": 7}}]
BROKEN = [
    {"id": "", "rawId": ""},
    {"id": "x" * 5000},
    {"id": "æ"},
    {"id": "a\x00b"},
    {"rawId": "%%%"},
    {"type": "password"},
    {"response": None},
    {"response": {}},
    {"response": {"clientDataJSON": "x", "authenticatorData": "x", "signature": "x"}},
    {"response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "", "userHandle": 3}},
    {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}},
    {"response": {"clientDataJSON": "e30", "attestationObject": "_____w"}},
]


@pytest.mark.parametrize("body", NONSENSE)
def test_what_is_no_answer_is_refused(browser, somebody, body):
    one = browser(somebody)
    for path in (ENTER, ANEW, OWN):
        options(one, path)
        assert one.post(path, json=body).status_code == 422
        assert one.post(path, data=b"\xff{", content_type="application/json").status_code == 422


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_answer_is_refused(browser, with_key, device, broken):
    one = browser(with_key)
    for path in (ENTER, ANEW):
        answer = device.use(options(one, path)) | broken
        assert refused(one.post(path, json={"credential": answer})), path
    fresh = Authenticator(credential_id=secrets.token_bytes(16))
    answer = fresh.make(options(one, OWN)) | broken
    assert one.post(OWN, json={"credential": answer}).status_code == 422
    assert len(keys()) == 1


def test_other_sites_cannot_send_answers(browser, with_key, device):
    one = browser()
    answer = {"credential": device.use(options(one, ENTER))}
    assert one.post(ENTER, json=answer, headers={"Origin": "https://evil.example"}).status_code == 403
