"""Passkeys: making one, signing in with it, and all that must not open anything."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.accounts import passwords
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.passkeys import rules
from kunnskap.passkeys.models import Passkey
from tests.authenticator import Authenticator, encoded

OWN, ENTER, ANEW = "/konto/nokler", "/logg-inn/nokkel", "/bekreft-deg/nokkel"
FAILED = "Nøkkelen kunne ikke brukes. Prøv igjen, eller logg inn på en annen måte."
LATE = "Det gikk for lang tid. Prøv igjen."


@pytest.fixture
def device():
    return Authenticator(credential_id=secrets.token_bytes(16))


@pytest.fixture
def somebody(member):
    return member(email="test.person@skien.kommune.no")


def options(one, path):
    answer = one.post(f"{path}/valg")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


def register(one, device, name="Jobb-PC", **lies):
    return one.post(OWN, json={"credential": device.make(options(one, OWN), **lies), "name": name})


def enter(one, device, til="", **lies):
    return one.post(ENTER, json={"credential": device.use(options(one, ENTER), **lies), "til": til})


def is_signed_in(one):
    return one.get("/konto").status_code == 200


def keys():
    return session.scalars(select(Passkey).order_by(Passkey.id)).all()


def token(one):
    with one.session_transaction() as cookie:
        return cookie.get("_user_id")


@pytest.fixture
def with_key(browser, somebody, device):
    """Somebody who has made a key."""
    answer = register(browser(somebody), device)
    assert answer.json == {"til": OWN}
    return somebody


def refused(answer, words=FAILED):
    return answer.status_code == 422 and answer.json == {"problem": words}


def test_a_member_makes_a_key_and_signs_in_with_it(browser, somebody, device, sent):
    one = browser(somebody)
    assert "Du har ingen nøkler ennå" in one.get(OWN).text
    assert register(one, device, "  Jobb-PC \n").json == {"til": OWN}
    page = one.get(OWN).text
    assert "Nøkkelen er lagt til" in page
    assert "<strong>Jobb-PC</strong>" in page
    assert "ikke brukt ennå" in page
    assert (sent[-1].to, sent[-1].subject) == (somebody.email, "En ny nøkkel er lagt til kontoen din hos Kunnskap")
    assert "«Jobb-PC»" in sent[-1].text
    stranger = browser()
    assert enter(stranger, device, "/min-side").json == {"til": "/min-side"}
    assert is_signed_in(stranger)
    assert "sist brukt" in stranger.get(OWN).text
    begun = session.scalars(select(AccountSession).order_by(AccountSession.id)).all()[-1]
    assert begun.how == "passkey"
    assert begun.second_factor_at is not None


def test_what_is_kept_and_noted_of_a_key(with_key, device):
    [key] = keys()
    assert (key.account_id, key.credential_id) == (with_key.id, encoded(device.credential_id))
    [entry] = session.scalars(select(AuditEntry)).all()
    assert (entry.act, entry.target, entry.facts) == ("passkey added", f"account:{with_key.id}", {"passkey": key.id})


def test_the_browser_is_asked_for_a_key_that_makes_sure_of_who_holds_it(browser, with_key, device):
    asked = options(browser(with_key), OWN)
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert [one["id"] for one in asked["excludeCredentials"]] == [encoded(device.credential_id)]
    using = options(browser(), ENTER)
    assert using["userVerification"] == "required"
    assert using["allowCredentials"] == []


def test_a_key_stands_in_for_the_code_of_an_app(browser, with_key, device):
    account = session.get_one(Account, with_key.id)
    account.totp_secret = "sealed"
    account.password_hash = passwords.hashed("fire nye ord sammen")
    session.commit()
    one = browser()
    one.post("/logg-inn", data={"email": with_key.email, "password": "fire nye ord sammen", "til": "/min-side"})
    assert "Bruk nøkkel i stedet" in one.get("/logg-inn/totrinn").text
    assert enter(one, device).json == {"til": "/min-side"}
    assert is_signed_in(one)


def test_signing_in_with_a_key_begins_a_new_session(browser, with_key, device, member):
    one = browser(member())
    before = token(one)
    enter(one, device)
    assert token(one) != before
    thief = browser()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = before
    assert not is_signed_in(thief)


@pytest.mark.parametrize("til", ["https://evil.example/", "//evil.example", "/\\evil.example", 7, None, ["/konto"]])
def test_nobody_is_led_to_another_site(browser, with_key, device, til):
    assert enter(browser(), device, til).json == {"til": "/"}


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
    device.counts = False
    one = browser()
    answer = {"credential": device.use(options(one, ENTER))}
    session.execute(select(1))
    keys()[0].sign_count = 0
    session.commit()
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


def test_the_same_key_is_not_taken_twice_nor_by_another(browser, with_key, device, member):
    copied = Authenticator(credential_id=device.credential_id)
    for one in (browser(with_key), browser(member())):
        assert refused(register(one, copied), "Denne nøkkelen er lagt til fra før.")
    assert len(keys()) == 1
    assert enter(browser(), device).status_code == 200


def test_there_is_an_end_to_how_many_keys_one_may_have(browser, somebody, monkeypatch):
    monkeypatch.setattr(rules, "MOST_KEYS", 2)
    one = browser(somebody)
    statuses = [register(one, Authenticator(credential_id=secrets.token_bytes(16))).status_code for _ in range(3)]
    assert statuses == [200, 200, 422]


def test_a_key_is_removed_and_opens_nothing_any_more(browser, with_key, device, sent):
    one, number = browser(with_key), keys()[0].id
    assert one.post(f"{OWN}/{number}/fjern").location == OWN
    assert keys() == []
    assert sent[-1].subject == "En nøkkel er fjernet fra kontoen din hos Kunnskap"
    assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()[-1] == "passkey removed"
    assert refused(enter(browser(), device))
    assert one.post(f"{OWN}/{number}/fjern").status_code == 404


def test_a_key_is_called_something_else(browser, with_key):
    one, number = browser(with_key), keys()[0].id
    assert one.post(f"{OWN}/{number}/navn", data={"name": "<b>Mobil</b>"}).location == OWN
    assert "&lt;b&gt;Mobil&lt;/b&gt;" in one.get(OWN).text
    answer = one.post(f"{OWN}/{number}/navn", data={"name": " "})
    assert answer.status_code == 422
    assert "Skriv et navn." in answer.text


def test_nobody_touches_anothers_key(browser, with_key, member):
    other, number = browser(member()), keys()[0].id
    assert other.post(f"{OWN}/{number}/fjern").status_code == 404
    assert other.post(f"{OWN}/{number}/navn", data={"name": "Min"}).status_code == 404
    assert "Du har ingen nøkler ennå" in other.get(OWN).text
    assert [key.name for key in keys()] == ["Jobb-PC"]
    assert browser().post(f"{OWN}/{number}/fjern").location.startswith("/logg-inn")


def stale(one):
    """Let an hour pass since signing in."""
    for begun in session.scalars(select(AccountSession)):
        begun.fresh_at = clock.now() - timedelta(hours=1)
    session.commit()
    return one


def test_keys_are_made_and_removed_only_soon_after_signing_in(browser, with_key):
    one = stale(browser(with_key))
    number = keys()[0].id
    for path in (f"{OWN}/valg", OWN, f"{OWN}/{number}/fjern"):
        answer = one.post(path, headers={"Referer": f"http://localhost{OWN}"})
        assert answer.location == "/bekreft-deg?til=/konto/nokler"
    assert len(keys()) == 1


def test_a_key_shows_anew_who_one_is(browser, with_key, device):
    one = stale(browser(with_key))
    before = token(one)
    assert "Bekreft med nøkkel" in one.get(f"/bekreft-deg?til={OWN}").text
    asked = options(one, ANEW)
    assert [key["id"] for key in asked["allowCredentials"]] == [encoded(device.credential_id)]
    assert one.post(ANEW, json={"credential": device.use(asked), "til": OWN}).json == {"til": OWN}
    assert one.get(OWN).status_code == 200
    assert token(one) != before


def test_anothers_key_does_not_show_who_one_is(browser, with_key, device, member):
    one = stale(browser(member()))
    assert refused(one.post(ANEW, json={"credential": device.use(options(one, ANEW))}))
    assert one.get(OWN).status_code == 303


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


def test_without_a_script_nothing_is_offered_that_does_not_work(browser, with_key):
    page = browser().get("/logg-inn").text
    assert "hidden\n" in page.split('data-passkey="get"')[0][-60:]
    own = browser(with_key).get(OWN).text
    assert "JavaScript er slått av" in own


@pytest.mark.parametrize(
    ("address", "can"),
    [
        ("https://kunnskap.example.no", True),
        ("http://localhost:5000", True),
        ("http://127.0.0.1:5000", False),
        ("https://[::1]", False),
        ("http://kunnskap.example.no", False),
    ],
)
def test_keys_need_an_address_with_a_name_that_is_safe(address, can):
    assert rules.can_have_keys(address) is can


def test_who_asks_is_the_sites_address():
    assert rules.party("https://Kunnskap.example.no:8443") == rules.Party(
        "kunnskap.example.no", "https://kunnskap.example.no:8443"
    )


def test_powers_come_with_a_key(browser, member, device, app, monkeypatch):
    given = replace(app.extensions["kunnskap.settings"], require_second_factor=True)
    monkeypatch.setitem(app.extensions, "kunnskap.settings", given)
    boss, one = member(role="moderator"), browser()
    one.sign_in(boss, second_factor=False)
    assert one.get("/innsikt/synonymer").status_code == 403
    register(one, device)
    assert one.get("/innsikt/synonymer").status_code == 403
    assert enter(one, device).status_code == 200
    assert one.get("/innsikt/synonymer").status_code == 200
