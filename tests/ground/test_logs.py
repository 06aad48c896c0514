"""What the site writes of itself names nobody."""

import logging

from kunnskap import logs


def test_stopping_somebody_does_not_write_down_who(caplog):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start("INFO")
    root.handlers, root.level = handlers, level
    assert not logging.getLogger("flask-limiter").isEnabledFor(logging.INFO)
