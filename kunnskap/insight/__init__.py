"""Insight: what people look for and do not find, and the words that mean the same, for those who look after the content."""
