"""Entry point for `flask --app app …` and for any WSGI server."""

import sys

from kunnskap import create_app
from kunnskap.config import BadSetting

try:
    app = create_app()
except BadSetting as error:
    sys.exit(f"Kunnskap cannot start: {error}")
