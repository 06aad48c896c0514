"""Reads the files of documents when they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

from kunnskap import events
from kunnskap.db import session
from kunnskap.documents import actions, queries
from kunnskap.documents.events import FileArrived
from kunnskap.documents.reading import Limits, read
from kunnskap.files import Shelf


@dataclass(frozen=True)
class Reader:
    """Takes the words out of files on the shelf, within limits, and keeps them page by page."""

    shelf: Shelf
    limits: Limits

    def listen(self) -> None:
        """Begin to read what arrives."""
        events.listen(self.read_arrived, FileArrived)

    def read_arrived(self, arrived: Sequence[FileArrived]) -> None:
        """Read each file that waits; one that was read before is left alone."""
        for one in arrived:
            self._read(one.post_id)

    def _read(self, post_id: int) -> None:
        waiting = queries.waiting(post_id)
        # The reading may take a minute: let go of the database meanwhile.
        session.commit()
        if waiting is None:
            return
        sha256 = waiting.sha256
        reading = read(self.shelf.path(sha256), waiting.file.media_type, self.limits)
        actions.keep_reading(post_id, sha256, reading)
        session.commit()
