"""Codes from an app: turning them on, signing in with them, and all the ways that must not work."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.routing.converters import NumberConverter

from kunnskap import clock
from kunnskap.accounts import passwords
from kunnskap.db import session
from kunnskap.second_factor import sealing
from kunnskap.second_factor.models import RecoveryCode
from kunnskap.web.limits import limiter
from tests.codes import ASK, EMAIL, OWN, PASSWORD, WRONG, acts, code, half_way, is_signed_in, set_up, the, token


@pytest.fixture
def at(monkeypatch):
    """Move the clock: `at(30)` is half a minute after now; gives the moment."""
    begun = clock.now()

    def move(seconds):
        monkeypatch.setattr(clock, "now", lambda: begun + timedelta(seconds=seconds))
        return clock.now()

    return move


@pytest.fixture
def somebody(member):
    return member(email=EMAIL, password_hash=passwords.hashed(PASSWORD))


@pytest.fixture
def two_step(browser, somebody):
    """Somebody with codes turned on some minutes ago: the account, the secret and the recovery codes."""
    secret, codes = set_up(browser(somebody), -30)
    return somebody, secret, codes


def test_a_member_turns_codes_on_and_signs_in_with_one(browser, somebody, sent):
    secret, codes = set_up(browser(somebody), -30)
    assert len(codes) == len(set(codes)) == 10
    assert [letter.subject for letter in sent] == ["Innlogging i to trinn er på hos Kunnskap"]
    assert acts() == [("second factor on", f"account:{somebody.id}")]
    adviser = half_way(browser, "/min-side")
    assert "Skriv koden" in adviser.get(ASK).text
    answer = adviser.post(ASK, data={"code": code(secret)})
    assert (answer.status_code, answer.location) == (303, "/min-side")
    assert is_signed_in(adviser)


def test_the_page_has_a_picture_to_scan_and_the_same_key_as_text(browser, somebody):
    answer = browser(somebody).get(OWN)
    assert 'src="data:image/svg+xml' in answer.text
    assert re.search(r'<code id="oppsettsnokkel">([A-Z2-7]{4} ){7}[A-Z2-7]{4}</code>', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_secret_is_sealed_and_of_recovery_codes_only_digests_are_kept(two_step, settings):
    somebody, secret, codes = two_step
    kept = the(somebody).totp_secret
    assert secret not in kept
    assert sealing.opened(kept, settings.secret_key, f"secret of account {somebody.id}") == secret
    assert sealing.opened(kept, "another key", f"secret of account {somebody.id}") is None
    assert sealing.opened(kept, settings.secret_key, f"secret of account {somebody.id + 1}") is None
    digests = set(session.scalars(select(RecoveryCode.digest)))
    assert len(digests) == 10
    assert all(len(digest) == 64 and codes[0] not in digest for digest in digests)


def test_a_wrong_first_code_turns_nothing_on_and_keeps_the_same_key(browser, somebody, sent):
    adviser = browser(somebody)
    page = adviser.get(OWN).text
    sealed = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)[1]
    answer = adviser.post(OWN, data={"sealed": sealed, "code": "000000"})
    assert answer.status_code == 422
    assert WRONG in answer.text
    shown = r'<code id="oppsettsnokkel">([^<]+)</code>'
    assert re.search(shown, answer.text)[1] == re.search(shown, page)[1]
    assert the(somebody).totp_secret is None
    assert sent == []


def test_a_key_that_waited_too_long_or_is_anothers_is_refused(browser, somebody, member, at):
    others = browser(member()).get(OWN).text
    adviser = browser(somebody)
    at(-31 * 60)
    old = adviser.get(OWN).text
    at(0)
    for page in (others, old):
        sealed = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)[1]
        secret = re.search(r'<code id="oppsettsnokkel">([^<]+)</code>', page)[1].replace(" ", "")
        answer = adviser.post(OWN, data={"sealed": sealed, "code": code(secret)})
        assert answer.status_code == 422
        assert "Det gikk for lang tid" in answer.text
        assert secret not in answer.text.replace(" ", "")
    assert the(somebody).totp_secret is None


@pytest.mark.parametrize("sealed", ["", "x", "æøå", "A" * 400, "gAAAAA=="])
def test_a_key_nobody_sealed_is_refused(browser, somebody, sealed):
    answer = browser(somebody).post(OWN, data={"sealed": sealed, "code": "123456"})
    assert answer.status_code == 422
    assert the(somebody).totp_secret is None


def test_a_code_works_once(browser, two_step):
    _somebody, secret, _codes = two_step
    same = code(secret)
    assert half_way(browser).post(ASK, data={"code": same}).status_code == 303
    again = half_way(browser)
    answer = again.post(ASK, data={"code": same})
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert not is_signed_in(again)


def test_a_code_from_before_the_last_one_is_refused(browser, two_step):
    _somebody, secret, _codes = two_step
    assert half_way(browser).post(ASK, data={"code": code(secret, 30)}).status_code == 303
    for older in (0, -30):
        assert half_way(browser).post(ASK, data={"code": code(secret, older)}).status_code == 422


@pytest.mark.parametrize(
    ("skew", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False), (600, False)]
)
def test_a_clock_may_be_half_a_minute_wrong_and_no_more(browser, two_step, at, skew, fits):
    at(0)
    the(two_step[0]).totp_step = None
    session.commit()
    adviser = half_way(browser)
    adviser.post(ASK, data={"code": code(two_step[1], skew)})
    assert is_signed_in(adviser) is fits


@pytest.mark.parametrize(
    "typed", ["", "   ", "000000", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "' or 1=1 --", "\x00", "9" * 61]
)
def test_what_is_no_code_is_refused_in_the_same_words(browser, two_step, typed):
    adviser = half_way(browser)
    answer = adviser.post(ASK, data={"code": typed})
    assert answer.status_code == 422
    assert not is_signed_in(adviser)


def test_a_code_may_be_typed_with_spaces(browser, two_step):
    typed = code(two_step[1])
    assert half_way(browser).post(ASK, data={"code": f" {typed[:3]} {typed[3:]} "}).status_code == 303


def test_a_recovery_code_works_once_and_its_owner_is_told(browser, two_step, sent):
    somebody, _secret, codes = two_step
    adviser = half_way(browser)
    assert adviser.post(ASK, data={"code": codes[0].upper().replace("-", " ")}).status_code == 303
    assert "Du har 9 igjen" in adviser.get("/konto").text
    assert sent[-1].to == somebody.email
    assert "Du har 9 igjen" in sent[-1].text
    assert acts()[-1] == ("recovery code used", f"account:{somebody.id}")
    assert half_way(browser).post(ASK, data={"code": codes[0]}).status_code == 422


def test_new_recovery_codes_make_the_old_ones_useless(browser, two_step):
    somebody, _secret, codes = two_step
    answer = browser(somebody).post(f"{OWN}/gjenopprettingskoder")
    fresh = re.findall(r"<code>([a-z2-9-]+)</code>", answer.text)
    assert len(fresh) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    assert half_way(browser).post(ASK, data={"code": codes[0]}).status_code == 422
    assert half_way(browser).post(ASK, data={"code": fresh[0]}).status_code == 303


def test_recovery_codes_are_made_only_where_codes_are_asked_for(browser, somebody):
    assert browser(somebody).post(f"{OWN}/gjenopprettingskoder").status_code == 404


def test_anothers_recovery_code_opens_nothing(browser, two_step, member):
    _secret, others = set_up(browser(member()))
    assert half_way(browser).post(ASK, data={"code": others[0]}).status_code == 422


def test_one_who_is_half_way_in_comes_through_no_door_of_members(app, browser, two_step):
    adviser, adapter = half_way(browser), app.url_map.bind("localhost")
    guarded = 0
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "door", "anyone") == "anyone":
            continue
        values = {name: 1 if isinstance(rule._converters[name], NumberConverter) else "x" for name in rule.arguments}
        method = "GET" if "GET" in rule.methods else "POST"
        answer = adviser.open(adapter.build(rule.endpoint, values, method=method), method=method)
        assert (answer.status_code, answer.location) in {(303, ASK), (404, None)}, rule.endpoint
        guarded += answer.status_code == 303
    assert guarded > 50


def test_one_who_is_half_way_in_sees_what_a_stranger_sees(browser, two_step):
    adviser = half_way(browser)
    page = adviser.get("/").text
    assert "Logg inn" in page
    assert "/konto" not in page
    assert "Test Testesen" not in page


def test_the_session_that_waited_is_gone_and_the_cookie_holds_a_new_secret(browser, two_step):
    adviser = half_way(browser)
    before = token(adviser)
    thief = browser()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = before
    adviser.post(ASK, data={"code": code(two_step[1])})
    assert token(adviser) != before
    assert is_signed_in(adviser)
    assert not is_signed_in(thief)
    assert thief.get(ASK).location == "/logg-inn"


def test_turning_codes_on_ends_every_other_session_and_renews_this_one(browser, somebody):
    elsewhere, here = browser(somebody), browser(somebody)
    before = token(here)
    set_up(here)
    assert token(here) != before
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_one_who_waits_too_long_begins_again(browser, two_step, at):
    adviser = half_way(browser, "/min-side")
    at(16 * 60)
    assert adviser.post(ASK, data={"code": code(two_step[1])}).location == "/logg-inn?til=/min-side"
    assert "Det gikk for lang tid" in adviser.get("/logg-inn").text
    assert not is_signed_in(adviser)


def test_the_owner_sees_that_somebody_is_half_way_in(browser, two_step):
    owner = browser(two_step[0])
    assert "venter på kode" not in owner.get("/konto").text
    half_way(browser)
    assert "venter på kode" in owner.get("/konto").text


def test_one_may_give_up_and_sign_in_as_somebody_else(browser, two_step):
    adviser = half_way(browser)
    assert adviser.post(f"{ASK}/avbryt").location == "/logg-inn"
    assert token(adviser) is None
    assert adviser.get(ASK).location == "/logg-inn"


def test_strangers_and_members_are_led_away_from_the_page_that_asks(browser, somebody):
    assert browser().get(ASK).location == "/logg-inn"
    assert browser().post(ASK, data={"code": "123456"}).location == "/logg-inn"
    assert browser(somebody).get(ASK).location == "/"
    assert is_signed_in(browser(somebody))


@pytest.mark.parametrize("facts", [{"suspended_until": timedelta(days=1)}, {"closed_at": timedelta(0)}])
def test_one_who_is_shut_out_meanwhile_does_not_come_in(browser, two_step, facts):
    adviser = half_way(browser)
    account = the(two_step[0])
    for name, later in facts.items():
        setattr(account, name, clock.now() + later)
    session.commit()
    assert adviser.post(ASK, data={"code": code(two_step[1])}).location == "/logg-inn"
    assert not is_signed_in(adviser)


@pytest.mark.parametrize("til", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site_afterwards(browser, two_step, til):
    adviser = half_way(browser, til)
    assert adviser.post(ASK, data={"code": code(two_step[1])}).location == "/"


def test_guessing_is_stopped_for_the_account_however_many_browsers_guess(browser, two_step):
    limiter.enabled = True
    limiter.reset()
    try:
        browsers = [half_way(browser) for _ in range(3)]
        statuses = [
            browsers[n % 3].post(ASK, data={"code": "000000"}, environ_base={"REMOTE_ADDR": f"10.0.{n}.1"}).status_code
            for n in range(12)
        ]
        assert statuses == [422] * 10 + [429] * 2
        right = browsers[0].post(ASK, data={"code": code(two_step[1])}, environ_base={"REMOTE_ADDR": "10.9.9.1"})
        assert right.status_code == 429
    finally:
        limiter.enabled = False
        limiter.reset()


def test_codes_are_turned_off_with_a_code_and_the_owner_is_told(browser, two_step, sent):
    somebody, secret, _codes = two_step
    adviser = browser(somebody)
    assert adviser.post(f"{OWN}/av", data={"code": "000000"}).status_code == 422
    assert the(somebody).totp_secret is not None
    assert adviser.post(f"{OWN}/av", data={"code": code(secret)}).location == OWN
    assert the(somebody).totp_secret is None
    assert session.scalars(select(RecoveryCode)).all() == []
    assert sent[-1].subject == "Innlogging i to trinn er av hos Kunnskap"
    assert acts()[-1] == ("second factor off", f"account:{somebody.id}")
    assert adviser.post(f"{OWN}/av", data={"code": code(secret)}).status_code == 404


def test_turning_codes_off_lets_in_nobody_who_was_half_way(browser, two_step):
    somebody, secret, _codes = two_step
    thief = half_way(browser)
    browser(somebody).post(f"{OWN}/av", data={"code": code(secret)})
    assert not is_signed_in(thief)


def test_codes_may_be_moved_to_a_new_phone(browser, two_step):
    somebody, secret, codes = two_step
    fresh, _codes = set_up(browser(somebody))
    assert fresh != secret
    assert half_way(browser).post(ASK, data={"code": code(secret, 30)}).status_code == 422
    assert half_way(browser).post(ASK, data={"code": codes[0]}).status_code == 422
    assert half_way(browser).post(ASK, data={"code": code(fresh, 30)}).status_code == 303
    assert acts()[-1][0] == "second factor moved"


def test_when_the_sites_key_was_changed_a_recovery_code_still_opens(browser, two_step):
    somebody, secret, codes = two_step
    account = the(somebody)
    account.totp_secret = sealing.seal(secret, "the key before", f"secret of account {somebody.id}")
    session.commit()
    assert half_way(browser).post(ASK, data={"code": code(secret)}).status_code == 422
    assert half_way(browser).post(ASK, data={"code": codes[0]}).status_code == 303
