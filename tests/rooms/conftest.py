"""What tests of several rooms need."""

import pytest
from argon2 import PasswordHasher

from kunnskap import events
from kunnskap.accounts import passwords
from kunnskap.mail import MailWanted
from tests import factories


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    """Keep passwords with less work than a site must; that work itself is tested among the unit tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))


@pytest.fixture
def skien(database):
    """A municipality whose people have addresses at skien.kommune.no."""
    return factories.place(domains=["skien.kommune.no"])


@pytest.fixture
def sent(app):
    """Every mail sent during the test: `to`, `subject`, `text`."""
    letters = []
    deliver = letters.extend
    events.listen(deliver, MailWanted)
    yield letters
    events._listeners.pop(deliver)
