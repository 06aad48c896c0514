"""One protocol and the engines that keep it; they know arrays, tables and words, and nothing of the site."""
