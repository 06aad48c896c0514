"""The least a Flask page can be: what the site's own pages are measured against."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    """A page without anything."""
    return "<!doctype html><title>Bare</title><p>Bare</p>"
