"""Rules of addresses, passwords and ways on, without a database."""

import pytest
from argon2 import PasswordHasher

from kunnskap import clock
from kunnskap.accounts import passwords, rules
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.accounts.queries import digest
from kunnskap.actor import ANYONE
from kunnskap.errors import Invalid
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, MUNICIPALITY, Place


@pytest.mark.parametrize(
    "typed", ["test.person@skien.kommune.no", " Test.Person+1@Post.Skien.Kommune.No ", "o'neil@a-b.no"]
)
def test_an_address_is_kept_in_lower_case(typed):
    assert rules.checked_email(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "skien",
        "a@b",
        "a@b@c.no",
        "a b@c.no",
        "a@c.no\nBcc: b@c.no",
        "a@c.no,b@c.no",
        "<a@c.no>",
        "a..b@c.no",
        ".a@c.no",
        "a@-c.no",
        "a@c..no",
        "a@[127.0.0.1]",
        "ø@c.no",
        "a\x00@c.no",
        f"{'a' * 65}@c.no",
        f"a@{'b.' * 130}no",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        rules.checked_email(typed)
    assert list(refused.value.problems) == ["email"]


def test_a_place_names_the_organisation_that_works_there():
    assert rules.organisation(Place(kind=MUNICIPALITY, name="Skien")) == "Skien kommune"
    assert rules.organisation(Place(kind=COUNTY, name="Telemark")) == "Telemark fylkeskommune"


@pytest.mark.parametrize("path", ["/", "/sporsmal/7-varme?side=2", "/sok?q=a%20b#treff", "/folk/1-test"])
def test_one_is_led_on_to_a_page_of_ours(path):
    assert rules.local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "sok",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        " /sok",
        "javascript:alert(1)",
        "/sok\r\nSet-Cookie: a=b",
        "/logg-inn?til=/logg-inn",
        "/" + "a" * 2_000,
    ],
)
def test_one_is_never_led_anywhere_else(path):
    assert rules.local_path(path) == "/"


@pytest.mark.parametrize("password", ["fire nye ord sammen", "Ær-11-tårn-på-Øya", "x7Kq9!pLm2#v"])
def test_a_long_password_is_good_enough_whatever_it_is_made_of(password):
    passwords.check(password, "test.person@skien.kommune.no")


@pytest.mark.parametrize(
    "password",
    ["", "elleve tegn", "passord12345", "PASSORD12345", "Velkommen2025", "aaaaaaaaaaaa", "121212121212", "x" * 201],
)
def test_short_endless_and_obvious_passwords_are_refused(password):
    with pytest.raises(Invalid):
        passwords.check(password, "test.person@skien.kommune.no")


@pytest.mark.parametrize("password", ["test.person@1", "test.person1", "Test.Person2025"])
def test_ones_own_address_is_no_password(password):
    with pytest.raises(Invalid):
        passwords.check(password, "test.person@skien.kommune.no")


def test_the_list_of_common_passwords_is_in_lower_case_and_holds_only_such_as_are_long_enough():
    listed = passwords.COMMON.read_text("utf-8").splitlines()
    assert len(listed) >= 200
    assert [word for word in listed if word != word.casefold() or len(word) < passwords.SHORTEST] == []


def test_a_password_fits_what_was_kept_of_it_and_nothing_else_does():
    kept = passwords.hashed("fire nye ord sammen")
    assert kept.startswith("$argon2id$")
    assert passwords.fits(kept, "fire nye ord sammen")
    assert not passwords.fits(kept, "fire nye ord samme")
    assert not passwords.fits(None, "nobody has this password")
    assert not passwords.fits("not a hash", "fire nye ord sammen")


def test_a_password_kept_with_weaker_parameters_is_outdated():
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("fire nye ord"))
    assert not passwords.is_outdated(passwords.hashed("fire nye ord"))


def test_powers_wait_for_the_second_factor_where_the_site_asks_for_it():
    account = Account(id=7, person_id=3, role="moderator", memberships="")
    account.person = Person(id=3, organisation="Skien kommune")
    begun = AccountSession(account=account)
    assert begun.actor.is_moderator
    begun.needs_second_factor = True
    assert begun.actor.is_member
    assert not begun.actor.is_moderator
    begun.second_factor_at = clock.now()
    assert begun.actor.is_moderator


def test_whoever_has_a_second_factor_is_nobody_until_it_is_shown():
    account = Account(id=7, person_id=3, role="member", memberships="", totp_secret="forseglet")
    account.person = Person(id=3)
    begun = AccountSession(account=account)
    assert not begun.is_authenticated
    assert begun.actor == ANYONE


def test_what_is_kept_of_a_secret_is_not_the_secret():
    assert digest("hemmelig") != "hemmelig"
    assert len(digest("\udcff")) == 64
