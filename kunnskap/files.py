"""Files people hand in: kept under their SHA-256 outside the web root, their type judged by content and never by name."""

import codecs
import hashlib
import os
import re
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

import puremagic
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock, images
from kunnskap.db import Base, session
from kunnskap.errors import Invalid
from kunnskap.i18n import mark, say

CHUNK = 1024 * 1024
MOST_UNPACKED = 500 * 1024 * 1024
MOST_RATIO = 200
MOST_ENTRIES = 20_000
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
PDF = "application/pdf"
MAIN_PARTS = {
    f"{OFFICE}.{part}.main+xml": f"{OFFICE}.{part}"
    for part in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
}
"""What [Content_Types].xml says of the main part, and the type of the whole; templates and macros are called otherwise."""
ENDINGS = {
    PDF: "pdf",
    f"{OFFICE}.wordprocessingml.document": "docx",
    f"{OFFICE}.spreadsheetml.sheet": "xlsx",
    f"{OFFICE}.presentationml.presentation": "pptx",
    f"{OPEN_DOCUMENT}.text": "odt",
    f"{OPEN_DOCUMENT}.spreadsheet": "ods",
    f"{OPEN_DOCUMENT}.presentation": "odp",
    "text/csv": "csv",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
}
NOT_TEXT = (b"<", b"#!", b"{\\rtf", b"%!")
"""How files begin that could pass for text but are pages, programs or another format."""
IMAGES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
NOT_TAKEN = mark(
    "Denne filtypen kan ikke deles her. Bruk PDF, Word, Excel, PowerPoint, OpenDocument, CSV, tekst, PNG, JPEG, WebP "
    "eller GIF."
)


class StoredFile(Base):
    """The bytes of a file, once, however many posts hold it. `size` in bytes."""

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def ending(self) -> str:
        """The usual ending of a file of this type, without the dot."""
        return ENDINGS[self.media_type]


@dataclass(frozen=True)
class Shelf:
    """Where the files stand, and how large one may be (bytes)."""

    folder: Path
    limit: int

    def path(self, sha256: str) -> Path:
        """Say where a file stands; only a true SHA-256 names one."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256

    def store(self, stream: IO[bytes], field: str = "file") -> StoredFile:
        """Keep what the stream holds and return its row; raises Invalid (on `field`) for what may not be kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as copy:
            kept = Path(copy.name)
            try:
                sha256, size = _copy(stream, copy.file, self.limit, field)
                media_type = judge(kept, field)
                if media_type in IMAGES:
                    picture, media_type = _redrawn(kept, field)
                    copy.truncate(0)
                    copy.seek(0)
                    sha256, size = _copy(BytesIO(picture), copy.file, self.limit, field)
                os.fsync(copy.fileno())
                self._shelve(kept, sha256)
            finally:
                kept.unlink(missing_ok=True)
        found = session.get(StoredFile, sha256)
        return found or _noted(StoredFile(sha256=sha256, media_type=media_type, size=size))

    def _shelve(self, kept: Path, sha256: str) -> None:
        place = self.path(sha256)
        place.parent.mkdir(exist_ok=True)
        kept.replace(place)


def _noted(file: StoredFile) -> StoredFile:
    """Write the row of a file, unless somebody else has just done so."""
    try:
        with session.begin_nested():
            session.add(file)
    except IntegrityError:
        return session.get_one(StoredFile, file.sha256)
    return file


def _redrawn(kept: Path, field: str) -> tuple[bytes, str]:
    try:
        return images.redraw(kept)
    except images.TooManyPixels:
        most = images.MOST_PIXELS // 1_000_000
        message = say("Bildet er for stort. Det kan ha høyst %(most)s millioner bildepunkter.", most=most)
        raise Invalid(**{field: message}) from None
    except images.NotAPicture:
        raise Invalid(**{field: mark("Bildet kan ikke leses. Åpne det, lagre det på nytt og prøv igjen.")}) from None


def _copy(source: IO[bytes], target: IO[bytes], limit: int, field: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise Invalid(**{field: say("Filen er for stor. Den kan være på høyst %(mb)s MB.", mb=limit // CHUNK)})
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise Invalid(**{field: mark("Filen er tom. Velg en annen fil.")})
    target.flush()
    return digest.hexdigest(), size


def judge(path: Path, field: str = "file") -> str:
    """Say what type a file is by what it holds; raises Invalid (on `field`) for types the site does not take."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"PK\x03\x04"):
        found = _judge_packed(path, field)
    else:
        found = _judge_signature(head) or _judge_text(path, head)
    if found is None:
        raise Invalid(**{field: NOT_TAKEN})
    return found


def _judge_signature(head: bytes) -> str | None:
    if head.lstrip().startswith(b"%PDF-"):
        return PDF
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    return next((match.mime_type for match in matches if match.mime_type in IMAGES), None)


def _judge_packed(path: Path, field: str) -> str | None:
    """Look into a ZIP without unpacking it; refuses one that would swell beyond reason (a zip bomb), or has macros."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            if _is_bomb(entries, path.stat().st_size):
                raise Invalid(**{field: mark("Filen pakker seg ut til noe urimelig stort og kan ikke tas imot.")})
            found, has_macros = _office(packed) or _open_document(packed) or (None, False)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return None
    if has_macros:
        raise Invalid(
            **{field: mark("Filen har makroer og kan ikke deles. Lagre den uten makroer, for eksempel som DOCX.")}
        )
    return found


def _is_bomb(entries: list[zipfile.ZipInfo], size: int) -> bool:
    unpacked = sum(entry.file_size for entry in entries)
    swells = unpacked > CHUNK * 20 and unpacked / max(1, size) > MOST_RATIO
    return swells or unpacked > MOST_UNPACKED or len(entries) > MOST_ENTRIES


def _office(packed: zipfile.ZipFile) -> tuple[str | None, bool] | None:
    names = packed.namelist()
    if "[Content_Types].xml" not in names:
        return None
    with packed.open("[Content_Types].xml") as stream:
        told = stream.read(CHUNK).decode("utf-8", "replace")
    found = next((kind for main, kind in MAIN_PARTS.items() if f'"{main}"' in told), None)
    return found, "macroEnabled" in told or any(name.endswith("vbaProject.bin") for name in names)


def _open_document(packed: zipfile.ZipFile) -> tuple[str | None, bool] | None:
    names = packed.namelist()
    if "mimetype" not in names:
        return None
    with packed.open("mimetype") as stream:
        told = stream.read(100).decode("ascii", "replace").strip()
    has_macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
    return (told, has_macros) if told.startswith(OPEN_DOCUMENT) and told in ENDINGS else (None, False)


def _judge_text(path: Path, head: bytes) -> str | None:
    if b"\x00" in head or head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(NOT_TEXT):
        return None
    try:
        text = decoded(path.read_bytes())
    except UnicodeDecodeError:
        return None
    lines = [line for line in text[:CHUNK].splitlines() if line.strip()][:20]
    for separator in (";", "\t", ","):
        counts = {line.count(separator) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and 0 not in counts:
            return "text/csv"
    return "text/plain"


def decoded(content: bytes) -> str:
    """Read text as UTF-8, else as Windows has long written it (cp1252); raises UnicodeDecodeError for what is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    if odd := CONTROL.search(text):
        raise UnicodeDecodeError("cp1252", content[:1], 0, 1, f"{odd.group()!r} is no text")
    return text


def clean_name(name: str, ending: str) -> str:
    """Make a file name safe to give back: no folders, no control characters, at most 120 characters, the true ending."""
    bare = PureWindowsPath(PurePosixPath(name).name).name
    stem = " ".join(re.sub(r"[\x00-\x1f\x7f\"<>|:*?\\/\ufffd\u202a-\u202f]+", " ", bare).split()).strip(" .")
    if stem.lower().endswith(f".{ending}") or (ending == "jpg" and stem.lower().endswith(".jpeg")):
        stem = stem.rpartition(".")[0]
    return f"{stem[:115].strip(' .') or 'fil'}.{ending}"
