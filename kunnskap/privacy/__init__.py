"""One's own data: fetched, deleted, and never kept longer than told."""
