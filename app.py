"""Entry point for `flask --app app …` and for any WSGI server."""

from kunnskap import create_app

app = create_app()
