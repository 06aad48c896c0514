"""What a site without a mail server has sent: the letters in its outbox."""

import email
import email.policy
import re
import time
from pathlib import Path

PATIENCE = 15
"""Seconds a mail may take; it waits its turn behind the reading of files."""


def letter_mailed_to(address: str, instance: Path, words: str) -> str:
    """Give the text of the newest letter to an address that holds these words; waits for it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in sorted((instance / "outbox").glob("*.eml"), reverse=True):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if letter["To"] == address and words in letter.get_content():
                return str(letter.get_content())
        time.sleep(0.1)
    raise AssertionError(f"no letter with {words!r} came to {address}")


def link_mailed_to(address: str, instance: Path, path: str) -> str:
    """Give the newest link that begins with this path and was sent to an address; waits for the letter."""
    found = re.search(rf"https?://[^/\s]+{path}\S+", letter_mailed_to(address, instance, path))
    assert found, f"{path} stands in no link"
    return found[0]
