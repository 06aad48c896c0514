"""What an experience may say: numbers as people here write them, periods, and what must be there."""

import pytest

from kunnskap.experiences import actions, rules
from kunnskap.experiences.rules import Facts
from kunnskap.posts.actions import Content

CONTENT = Content("Kort", "Tittel", status="pagar", themes=["klimabudsjett"], places=[1])
CONTACT = {"contact_mailbox": "post@skien.kommune.no"}


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("1200000", 1_200_000),
        ("1 200 000", 1_200_000),
        ("1\u00a0200\u00a0000", 1_200_000),
        ("1\u202f200", 1_200),
        ("1.200.000", 1_200_000),
        ("1.200.000,00", 1_200_000),
        ("kr 1 200 000,-", 1_200_000),
        ("500 kr", 500),
        ("500 kr.", 500),
        ("NOK 500", 500),
        ("500 kroner", 500),
        ("0", 0),
    ],
)
def test_kroner_are_read_as_people_write_them(words, amount):
    assert rules.kroner(words) == amount


@pytest.mark.parametrize(
    "words", ["", "mye", "-1", "−1", "1,5", "1.20.0", "1..2", "1,2,3", "٣", "1e9", "inf", "nan", "9" * 16, "0x10", "kr"]
)
def test_what_is_no_amount_is_refused_with_words(words):
    with pytest.raises(ValueError, match=r"Tallet|Skriv|Beløpet"):
        rules.kroner(words)


@pytest.mark.parametrize(
    ("words", "amount"), [("12,5", 12.5), ("12.5", 12.5), ("1.200", 1200), ("0.125", 0.125), ("1 000,25", 1000.25)]
)
def test_tonnes_take_decimals(words, amount):
    assert rules.tonnes(words) == amount


@pytest.mark.parametrize(
    ("words", "kept"), [("2024", "2024"), ("2024-05", "2024-05"), ("2024-5", "2024-05"), (" 2024 ", "2024")]
)
def test_periods_are_years_or_months(words, kept):
    assert rules.month(words) == kept


@pytest.mark.parametrize(
    "words", ["24", "1949", "2101", "2024-00", "2024-13", "2024-05-01", "mai 2024", "٢٠٢٤", "05.2024"]
)
def test_other_ways_of_writing_a_period_are_refused(words):
    with pytest.raises(ValueError, match=r"Skriv|Måneden"):
        rules.month(words)


@pytest.mark.parametrize(
    ("first", "last", "backwards"),
    [
        ("2022", "2023", False),
        ("2022", "2022", False),
        ("2022-05", "2022", False),
        ("2022", "2022-05", False),
        ("2022-06", "2022-05", True),
        ("2023", "2022-12", True),
    ],
)
def test_a_period_must_not_end_before_it_begins(first, last, backwards):
    assert rules.is_backwards(first, last) is backwards


def test_six_things_are_needed_and_no_more():
    assert rules.problems(CONTENT, Facts(**CONTACT)) == {}
    nothing = rules.problems(Content(""), Facts())
    assert set(nothing) == {"place", "themes", "status", "summary", "contact"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"cost_yearly": -1}, "cost_yearly"),
        ({"funding_amount": 10**12}, "funding_amount"),
        ({"effect_amount": -0.1, "effect_unit": "totalt", "effect_basis": "malt"}, "effect_amount"),
        ({"effect_amount": 1.0, "effect_basis": "malt"}, "effect_unit"),
        ({"effect_amount": 1.0, "effect_unit": "totalt"}, "effect_basis"),
        ({"effect_unit": "per-dag"}, "effect_unit"),
        ({"barrier_codes": ("været",)}, "barrier_codes"),
        ({"funding_source": "bestemor"}, "funding_source"),
        ({"period_from": "2024", "period_to": "2023"}, "period_to"),
        ({"advice": "x" * 10_001}, "advice"),
        ({"contact_role": "x" * 201}, "contact_role"),
    ],
)
def test_wrong_facts_are_named_by_their_field(facts, field):
    assert list(rules.problems(CONTENT, Facts(**(CONTACT | facts)))) == [field]


def test_facts_come_back_from_the_text_of_history():
    facts = Facts(
        contact_id=3,
        problem="Diesel",
        barrier_codes=("tid", "marked"),
        cost_investment=0,
        effect_amount=12.5,
        effect_unit="totalt",
        effect_basis="malt",
        period_from="2024-05",
    )
    assert actions.from_text(actions.as_text(facts)) == facts
    assert actions.from_text(actions.as_text(Facts())) == Facts()
