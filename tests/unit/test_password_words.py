"""Passwords made of words anybody would try first: the site's, the workplace's and one's own."""

import pytest

from kunnskap.accounts import passwords

EMAIL = "test.person@skien.kommune.no"


@pytest.mark.parametrize(
    "password",
    [
        "Kunnskap2026!",
        "skienkommune1",
        "SkienKommune!26",
        "klimarådgiver",
        "klimarådgiver1",
        "miljørådgiver12",
        "TestPerson2026",
        "person-skien-26",
        "passordpassord",
        "Velkommen2skien",
    ],
)
def test_what_is_little_else_than_such_words_is_refused(password):
    assert passwords.problem(password, EMAIL) is not None


@pytest.mark.parametrize(
    "password",
    ["fire nye ord sammen", "kommunen har seks gule katter", "no kom ei hegre over tunet", "klima og 7 brune esler"],
)
def test_such_words_may_be_among_others(password):
    assert passwords.problem(password, EMAIL) is None


@pytest.mark.parametrize("email", ["", "@", "a@b", "test@", "x" * 300])
def test_an_address_that_is_none_is_no_trouble(email):
    assert passwords.problem("fire nye ord sammen", email) is None
