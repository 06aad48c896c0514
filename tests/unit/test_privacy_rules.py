"""What is due for an account nobody uses."""

from datetime import UTC, datetime, timedelta

import pytest

from kunnskap.privacy.rules import CLOSE, CLOSES, FIRST_WARNING, LAST_WARNING, NOTICE, WARN, closes_on, due

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("quiet", "warned_after", "expected"),
    [
        (FIRST_WARNING - DAY, None, None),
        (FIRST_WARNING, None, WARN),
        (FIRST_WARNING + DAY, FIRST_WARNING, None),
        (LAST_WARNING - DAY, FIRST_WARNING, None),
        (LAST_WARNING, FIRST_WARNING, WARN),
        (LAST_WARNING + DAY, LAST_WARNING, None),
        (CLOSES - DAY, LAST_WARNING, None),
        (CLOSES, LAST_WARNING, CLOSE),
        (CLOSES, None, WARN),
        (CLOSES + NOTICE - DAY, CLOSES, None),
        (CLOSES + NOTICE, CLOSES, CLOSE),
    ],
)
def test_an_account_is_warned_at_18_and_23_months_and_closed_at_24(quiet, warned_after, expected):
    warned_at = SEEN + warned_after if warned_after is not None else None
    assert due(SEEN, warned_at, SEEN + quiet) == expected


def test_there_is_always_time_to_come_back():
    assert closes_on(SEEN, SEEN + FIRST_WARNING) == SEEN + CLOSES
    late = SEEN + 2 * CLOSES
    assert closes_on(SEEN, late) == late + NOTICE
