"""What is kept of what people tell the site's owners, and for how long."""

from datetime import timedelta

MOST_WORDS, LONGEST_PAGE = 4_000, 300
"""Characters."""
KEPT = timedelta(days=365)
"""How long something told is kept after it was seen to."""
SAME = timedelta(hours=1)
"""The same words about the same page within this time were sent twice."""
