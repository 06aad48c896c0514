"""Which size class a municipality belongs to."""

import pytest

from kunnskap.places.rules import size_class


@pytest.mark.parametrize(
    ("population", "key"),
    [
        (None, None), (0, "under-5000"), (4_999, "under-5000"), (5_000, "5000-20000"), (19_999, "5000-20000"),
        (20_000, "20000-50000"), (49_999, "20000-50000"), (50_000, "over-50000"), (728_714, "over-50000"),
    ],
)  # fmt: skip
def test_a_municipality_belongs_to_the_class_of_its_inhabitants(population, key):
    assert size_class(population) == key
