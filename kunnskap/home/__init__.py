"""The front page, one's own page and the pages about the site."""
