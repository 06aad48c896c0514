"""Commands of the site: `flask --app app NAME`. May import everything; nothing imports it but create_app."""

from flask import Flask

from kunnskap.cli import commands


def init_app(app: Flask) -> None:
    """Hang every command on the app, in place of Flask's own that would serve half a site."""
    for command in commands.ALL:
        app.cli.add_command(command)
