"""What tests of several rooms need."""

from email import message_from_bytes, policy

import pytest
from argon2 import PasswordHasher

from kunnskap import events
from kunnskap.accounts import passwords
from kunnskap.mail import MailWanted
from tests import factories
from tests.browsing import tell


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


@pytest.fixture
def mailbox(app, settings):
    """Give the letters that were delivered, oldest first, when it is asked."""
    folder = settings.instance / "outbox"
    for file in folder.glob("*.eml"):
        file.unlink()
    return lambda: [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml"))
    ]


@pytest.fixture
def unread(monkeypatch):
    """Have the worker rest; `unread()` wakes it."""
    told = events.tell_pending
    monkeypatch.setattr(events, "tell_pending", lambda **_limits: 0)

    def wake():
        monkeypatch.setattr(events, "tell_pending", told)
        tell()

    return wake
