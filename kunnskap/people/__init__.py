"""The directory: persons, where they work, what they know."""
