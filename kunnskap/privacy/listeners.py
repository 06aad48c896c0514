"""What the worker does about people's own data: makes exports, and removes what is kept no longer."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.dates import format_date

from kunnskap import clock, events, letters, mail, worker
from kunnskap.db import expect_writes, is_writing, session
from kunnskap.files import Shelf
from kunnskap.privacy import actions, exporting, queries
from kunnskap.privacy.events import ExportAsked
from kunnskap.privacy.exporting import Owner

HOUR = 3600.0
OLD = 24 * HOUR
"""Seconds after which a file that nobody knows of is taken for one that was never finished."""


@dataclass(frozen=True)
class Exporter:
    """Makes exports in `folder` and tells their owners; `address` is the site's own."""

    folder: Path
    shelf: Shelf
    address: str

    def listen(self) -> None:
        """Begin to make what is asked for, and to remove what is kept no longer."""
        events.listen(self.make, ExportAsked)
        worker.every(HOUR, self.tidy)

    def path(self, filename: str) -> Path:
        """Say where an export stands; only the name of one names it."""
        if not re.fullmatch(r"[0-9a-f]{32}\.zip", filename):
            raise ValueError("not the name of an export")
        return self.folder / filename

    def make(self, asked: Sequence[ExportAsked]) -> None:
        """Make each export that waits; one that is made, or that nobody waits for any more, is left alone."""
        for one in asked:
            export = queries.waiting_export(one.export_id)
            account = queries.account_of(export.person_id) if export is not None else None
            if export is not None and account is not None:
                self._make(export.id, Owner(export.person_id, account.id), account.email)

    def _make(self, number: int, owner: Owner, email: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{secrets.token_hex(16)}.zip"
        try:
            self._write(file, owner)
            made = actions.note_ready(number, file.name)
            if made is None:
                file.unlink()
                return
            page, until = f"{self.address}/konto/mine-data", format_date(made.expires_at, "d. MMMM y", locale="nb")
            subject, text = letters.write("export_ready", letters.BOKMAL, link=page, until=until)
            mail.send(email, subject, text)
            session.commit()
        except BaseException:
            session.rollback()
            file.unlink(missing_ok=True)
            raise

    def _write(self, file: Path, owner: Owner) -> None:
        """Write the file while others can write to the database."""
        writing = is_writing()
        session.commit()
        try:
            expect_writes(False)
            file.touch(mode=0o600)
            exporting.write(file, owner, self.shelf)
        finally:
            session.rollback()
            expect_writes(writing)

    def tidy(self) -> None:
        """Remove exports that are kept no longer, and files of none."""
        actions.forget_expired(clock.now())
        known = actions.known_files()
        for file in self.folder.glob("*.zip") if self.folder.is_dir() else ():
            age = clock.now().timestamp() - file.stat().st_mtime
            if file.name not in known and age > OLD:
                file.unlink(missing_ok=True)
