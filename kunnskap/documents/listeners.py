"""Reads the files of documents when they arrive, and looks through what hangs on posts."""

from collections.abc import Sequence
from dataclasses import dataclass

from kunnskap import events, letters, mail
from kunnskap.db import session
from kunnskap.documents import actions, queries
from kunnskap.documents.events import FileArrived
from kunnskap.documents.reading import Limits, read
from kunnskap.files import Shelf
from kunnskap.posts import attaching
from kunnskap.posts.events import AttachmentArrived
from kunnskap.posts.models import Post


@dataclass(frozen=True)
class Reader:
    """Takes the words out of files on the shelf, within limits, and keeps them page by page.

    What has identity or account numbers in it is held back, and its author told by mail; `address` is the site's own.
    """

    shelf: Shelf
    limits: Limits
    address: str = ""

    def listen(self) -> None:
        """Begin to read what arrives."""
        events.listen(self.read_arrived, FileArrived)
        events.listen(self.look_through, AttachmentArrived)

    def read_arrived(self, arrived: Sequence[FileArrived]) -> None:
        """Read each file that waits; one that was read before is left alone."""
        for one in arrived:
            self._read(one.post_id)

    def look_through(self, arrived: Sequence[AttachmentArrived]) -> None:
        """Look for numbers in each attached file that waits; one that was looked through before is left alone."""
        for one in arrived:
            self._look_through(one.attachment_id)

    def _read(self, post_id: int) -> None:
        waiting = queries.waiting(post_id)
        # The reading may take a minute: let go of the database meanwhile.
        session.commit()
        if waiting is None:
            return
        sha256 = waiting.sha256
        reading = read(self.shelf.path(sha256), waiting.file.media_type, self.limits)
        if actions.keep_reading(post_id, sha256, reading):
            self._tell(session.get_one(Post, post_id), "document_held", waiting.filename)
        session.commit()

    def _look_through(self, attachment_id: int) -> None:
        waiting = queries.waiting_attachment(attachment_id)
        session.commit()
        if waiting is None:
            return
        reading = read(self.shelf.path(waiting.sha256), waiting.file.media_type, self.limits)
        post = attaching.settle(attachment_id, has_numbers=bool(reading.numbers))
        if post is not None and reading.numbers:
            self._tell(post, "attachment_held", waiting.filename)
        session.commit()

    def _tell(self, post: Post, letter: str, filename: str) -> None:
        account = queries.author_of(post)
        if account is not None:
            link = f"{self.address}/innlegg/{post.id}"
            mail.send(account.email, *letters.write(letter, letters.BOKMAL, filename=filename, link=link))
