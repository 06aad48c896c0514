"""What a site without a mail server has sent: the letters in its outbox."""

import email
import email.policy
import re
import time
from pathlib import Path

PATIENCE = 15
"""Seconds a mail may take; it waits its turn behind the reading of files."""


def link_mailed_to(address: str, instance: Path, path: str) -> str:
    """Give the newest link that begins with this path and was sent to an address; waits for the letter."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in sorted((instance / "outbox").glob("*.eml"), reverse=True):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found = re.search(rf"http://\S+{path}\S+", letter.get_content()) if letter["To"] == address else None
            if found:
                return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no link to {path} was sent to {address}")
