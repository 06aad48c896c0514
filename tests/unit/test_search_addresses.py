"""The address of the search page says all that is wanted, and is read again as it was written."""

from urllib.parse import parse_qsl

import pytest

from kunnskap.search.addresses import LONGEST, address, clean, pairs, wanted
from kunnskap.search.results import FIELDS, Wanted

FULL = Wanted(
    'sol "på tak"', kinds=("experience", "person"), themes=("energi",), counties=("40",), statuses=("lost",), number=3,
    municipalities=("4003",), sizes=("over-50000",), years=("2019", "2021"), networks=("telenett",), authors=("7",),
    plain=("skien", "hvem"), literal=True, alike=False,
)  # fmt: skip


def test_an_address_is_read_as_it_was_written():
    assert wanted(parse_qsl(address(FULL).partition("?")[2])) == FULL
    assert wanted([]) == Wanted()
    assert address(Wanted()) == "/sok"


def test_names_in_addresses_are_norwegian_and_plain():
    assert [name for name, _ in pairs(FULL)] == [
        "q", "type", "type", "tema", "fylke", "kommune", "storrelse", "status", "ar", "ar", "nettverk", "forfatter",
        "ordrett", "ordrett", "bare", "likt", "side",
    ]  # fmt: skip


def test_other_choices_lead_back_to_the_first_page():
    for changed in (
        FULL.narrowed({"kind": ()}),
        FULL.saying("vind"),
        FULL.without(),
        FULL.as_typed,
        FULL.likeness(True),
    ):
        assert changed.number == 1
    assert not FULL.without().is_narrowed
    assert all(getattr(FULL, field) for field in FIELDS.values())
    assert FULL.without("year", "2019").years == ("2021",)


@pytest.mark.parametrize(
    ("sent", "kept"), [("a\x00b\ufffdc \n d", "a b c d"), ("x" * 100_000, "x" * LONGEST), ("\u202eamilk", "amilk")]
)
def test_words_are_kept_as_they_can_be_read(sent, kept):
    assert clean(sent) == kept


def test_too_much_and_too_odd_is_left_out():
    sent = [("tema", f"t{number}") for number in range(100)] + [("type", "tull"), ("fylke", "\x00"), ("side", "-4")]
    read = wanted(sent)
    assert len(read.themes) == 30
    assert (read.kinds, read.counties, read.number) == ((), (), 1)
