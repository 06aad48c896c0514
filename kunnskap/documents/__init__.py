"""Documents: files with an explanation, read page by page."""
