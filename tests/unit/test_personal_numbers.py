"""National identity numbers and account numbers are found wherever they stand, and nothing else is."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kunnskap import personal_numbers
from kunnskap.personal_numbers import ACCOUNT, FIRST_WEIGHTS, IDENTITY, SECOND_WEIGHTS, found_in

BORN = "05109703232"
"""Made up by the rules; nobody's that we know of."""
CENTURIES = [(1854, 1899, 500, 749), (1900, 1999, 0, 499), (1940, 1999, 900, 999), (2000, 2039, 500, 999)]
AROUND = st.text(st.characters(codec="utf-8", exclude_categories=("N",), exclude_characters=":"), max_size=20)


def control(digits, weights):
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return "x" if rest == 1 else str((11 - rest) % 11)


def with_controls(nine):
    ten = nine + control(nine, FIRST_WEIGHTS)
    return ten if "x" in ten else ten + control(ten, SECOND_WEIGHTS)


@st.composite
def identities(draw):
    first, last, low, high = draw(st.sampled_from(CENTURIES))
    born = draw(st.dates(date(first, 1, 1), date(last, 12, 31)))
    day, month = born.day + draw(st.sampled_from((0, 40))), born.month + draw(st.sampled_from((0, 40, 80)))
    made = with_controls(f"{day:02}{month:02}{born.year % 100:02}{draw(st.integers(low, high)):03}")
    return made if "x" not in made else BORN


@st.composite
def accounts(draw):
    ten = f"{draw(st.integers(0, 10**10 - 1)):010}"
    last = control(ten, SECOND_WEIGHTS)
    return ten + last if last != "x" else "12345678903"


@given(identities(), st.sampled_from(("", " ", "-", ".", "\u00a0", "\u202f", " - ")), AROUND, AROUND)
def test_an_identity_number_is_found_whatever_stands_around_it(number, gap, before, behind):
    text = f"{before} {number[:6]}{gap}{number[6:]} {behind}"
    assert [(one.kind, one.position) for one in found_in(text)] == [(IDENTITY, len(before) + 1)]


@pytest.mark.parametrize(
    "written",
    [
        "051097\u200b03232",
        "0510\u00ad9703232",
        "\ufeff05\u20601097 03232",
        "051097**03232**",
        "**051097** 03232",
        "`051097`03232",
        "051097&nbsp;03232",
        "&#48;51097&#x30;3232",
        "051097\\-03232",
        "051097\u201403232",
        "051097\u221203232",
        "051097\u200a03232",
        "\uff10\uff15\uff11\uff10\uff19\uff17\uff10\uff13\uff12\uff13\uff12",
    ],
)
def test_a_number_is_stopped_that_only_those_who_read_the_text_see(written):
    assert personal_numbers.problems({"body": f"Født {written}."})
    assert personal_numbers.seen_in(f"Født {written}.")[0].masked == "051097 *****"


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_seen_as_it_is_read(text):
    for one in personal_numbers.seen_in(text):
        assert one.kind in {IDENTITY, ACCOUNT}


@given(accounts(), st.sampled_from(("{}.{}.{}", "konto: {}{}{}", "Kontonr. {} {} {}", "IBAN NO93{}{}{}")))
def test_an_account_number_is_found_when_it_is_written_or_called_one(number, written):
    found = found_in(f"Betal til {written.format(number[:4], number[4:6], number[6:])}.")
    assert len(found) == 1
    assert found[0].kind == ACCOUNT or personal_numbers.is_identity(number)


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_eleven_digits_whose_controls_fail_are_nothing(number):
    expected = personal_numbers.is_account(number)
    assert not found_in(f"konto {number}") or expected
    assert bool(found_in(f"nr {number} her")) == personal_numbers.is_identity(number)


@given(st.text(max_size=300) | st.text("0123456789 .-NOno:/w\n", max_size=300))
def test_any_text_at_all_can_be_looked_through(text):
    for one in found_in(text):
        assert text[one.position].isdigit()


@pytest.mark.parametrize(
    "written",
    [
        BORN,
        f"fødselsnummer:{BORN}.",
        f"_{BORN}_",
        f"Ola;{BORN};Skien",
        f"12,{BORN},7",
        "05.10.97 03232",
        "051097 032 32",
        f"1. {BORN}",
        f"{BORN}.0 | 12",
        f"{BORN}@example.no",
        f"skjema_{BORN}.pdf",
    ],
)
def test_an_identity_number_is_known_however_it_is_written(written):
    assert [one.kind for one in found_in(written)] == [IDENTITY]
    assert found_in(written)[0].masked == "051097 *****"


@pytest.mark.parametrize(
    "written",
    [
        f"1{BORN}",
        f"{BORN}1",
        f"P{BORN}",
        f"{BORN}b",
        f"https://sak.example.no/{BORN}?id={BORN}",
        f"www.example.no/{BORN}",
        f"0.{BORN}",
        f"{BORN}.25",
        "+47 22 33 44 55",
        "0047 22 33 44 55",
        "7038010009457",
        "2024 12 34567 89 0",
        "00000000000",
        "31029703204",
        "kontoret 12345678903",
        "12345678903",
        "2019 56 78908",
        "14 1234 56 78903 22",
        "kontonummer 12345678904",
        "Kontonummer 1234.56.78904",
        "NO93 8601 1117 948",
    ],
)
def test_other_long_numbers_are_left_alone(written):
    assert found_in(written) == []


@pytest.mark.parametrize(
    ("written", "position"),
    [
        ("1234.56.78903", 0),
        ("Betal til 1234 56 78903 innen fredag", 10),
        ("Kontonummer:\n12345678903", 13),
        ("12345678903 er kontoen", 0),
        ("NO9386011117947", 4),
        ("IBAN: no93 8601 1117 947", 11),
        ("2019 12 345678 konto 12345678903", 21),
    ],
)
def test_an_account_number_is_known_by_how_it_is_written_or_what_it_is_called(written, position):
    assert [(one.kind, one.position) for one in found_in(written)] == [(ACCOUNT, position)]


def test_only_the_first_part_of_a_number_is_ever_shown():
    assert [one.masked for one in found_in(f"{BORN} og 1234.56.78903")] == ["051097 *****", "1234.**.*****"]


def test_numbers_for_tests_are_found_too():
    for day, month in ((5, 10), (45, 10), (5, 50), (5, 90), (45, 90)):
        made = [with_controls(f"{day:02}{month:02}97{number:03}") for number in range(20)]
        assert all(len(found_in(one)) == 1 for one in made if "x" not in one)


@pytest.mark.parametrize("century", [(53, 600), (39, 499), (40, 899), (50, 750)])
def test_the_century_must_be_one_the_three_digits_can_tell(century):
    year, person = century
    made = [with_controls(f"0510{year:02}{one:03}") for one in range(person, person + 12)]
    told = [bool(found_in(one)) for one in made if "x" not in one]
    assert told[0] == (person == 499)


def test_what_each_field_holds_is_told_at_that_field():
    told = personal_numbers.problems({"title": "Kart", "body": f"Nr {BORN}", "advice": "Konto 1234.56.78903"})
    assert list(told) == ["body", "advice"]
    assert "fødselsnummer: 051097 *****" in str(told["body"])
    assert "kontonummer: 1234.**.*****" in str(told["advice"])


def test_a_number_far_into_a_long_text_is_found_at_its_place():
    text = "Ord og tall 12.\n" * 10_000 + BORN
    assert [one.position for one in found_in(text)] == [160_000]


@pytest.mark.parametrize(
    "text", ["1" * 200_000, "1 " * 100_000, "123456 12345 " * 16_000, "1." * 100_000, "NO12" * 50_000]
)
def test_two_hundred_thousand_digits_take_no_time(text):
    began = time.perf_counter()
    found_in(text)
    assert time.perf_counter() - began < 2
