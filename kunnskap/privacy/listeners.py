"""What the worker does about people's own data: makes exports, and removes what is kept no longer."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from babel.dates import format_date

from kunnskap import clock, events, letters, mail, worker
from kunnskap.db import expect_writes, is_writing, session
from kunnskap.files import Shelf, StoredFile
from kunnskap.privacy import actions, exporting, queries, rules
from kunnskap.privacy.events import AccountErased, ExportAsked
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


@dataclass(frozen=True)
class Cleaner:
    """Removes what is kept no longer: mail that stands as files in `outbox`, files nobody holds, unused accounts."""

    outbox: Path
    exporter: Exporter

    def listen(self) -> None:
        """Begin to remove."""
        events.listen(self.clean_up_after, AccountErased)
        worker.every(HOUR, self.see_to_unused)
        worker.every(HOUR, self.forget_old)

    def clean_up_after(self, erased: Sequence[AccountErased]) -> None:
        """Remove what stands in files of those whose accounts are gone."""
        for one in erased:
            for name in one.exports:
                self.exporter.path(name).unlink(missing_ok=True)
            for sha256 in one.files:
                self._remove(sha256)
            for letter in self._letters():
                if _is_to(letter, one.email):
                    letter.unlink(missing_ok=True)

    def _remove(self, sha256: str) -> None:
        """Remove a file, unless somebody has handed it in anew meanwhile."""
        if session.get(StoredFile, sha256) is None:
            self.exporter.shelf.path(sha256).unlink(missing_ok=True)

    def see_to_unused(self) -> None:
        """Warn and close accounts nobody uses."""
        actions.see_to_unused(self.exporter.address)

    def forget_old(self) -> None:
        """Remove old feedback, and old mail that stands as files."""
        actions.forget_old()
        until = (clock.now() - rules.LETTERS_KEPT).timestamp()
        for letter in self._letters():
            if letter.stat().st_mtime < until:
                letter.unlink(missing_ok=True)

    def _letters(self) -> list[Path]:
        return list(self.outbox.glob("*.eml")) if self.outbox.is_dir() else []


def _is_to(letter: Path, address: str) -> bool:
    try:
        with letter.open("rb") as stream:
            headers = BytesHeaderParser(policy=policy.default).parse(stream)
    except FileNotFoundError:
        return False  # another worker was here
    return address in str(headers["To"] or "").lower()
