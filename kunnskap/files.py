"""Files people hand in: kept under their SHA-256 outside the web root, their type judged by content and never by name."""

import hashlib
import os
import re
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO

import puremagic
from sqlalchemy.orm import Mapped, mapped_column

from kunnskap import clock
from kunnskap.db import Base, session
from kunnskap.errors import Invalid
from kunnskap.i18n import mark, say

CHUNK = 1024 * 1024
MOST_UNPACKED = 500 * 1024 * 1024
MOST_RATIO = 200
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
PACKED = {
    "word/": f"{OFFICE}.wordprocessingml.document",
    "xl/": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{OFFICE}.presentationml.presentation",
}
PACKED_OPEN = {f"{OPEN_DOCUMENT}.{part}" for part in ("text", "spreadsheet", "presentation")}
ENDINGS = {
    "application/pdf": "pdf",
    PACKED["word/"]: "docx",
    PACKED["xl/"]: "xlsx",
    PACKED["ppt/"]: "pptx",
    f"{OPEN_DOCUMENT}.text": "odt",
    f"{OPEN_DOCUMENT}.spreadsheet": "ods",
    f"{OPEN_DOCUMENT}.presentation": "odp",
    "text/csv": "csv",
    "text/plain": "txt",
    "image/png": "png",
    "image/jpeg": "jpg",
}
IMAGES = {"image/png", "image/jpeg"}


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

    def store(self, stream: BinaryIO, field: str = "file") -> StoredFile:
        """Keep what the stream holds and return its row; raises Invalid (on `field`) for what may not be kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as copy:
            kept = Path(copy.name)
            try:
                sha256, size = _copy(stream, copy.file, self.limit, field)
                media_type = judge(kept, field)
            except BaseException:
                kept.unlink()
                raise
            os.fsync(copy.fileno())
        self._shelve(kept, sha256)
        found = session.get(StoredFile, sha256)
        if found is None:
            found = StoredFile(sha256=sha256, media_type=media_type, size=size)
            session.add(found)
            session.flush()
        return found

    def _shelve(self, kept: Path, sha256: str) -> None:
        place = self.path(sha256)
        place.parent.mkdir(exist_ok=True)
        kept.replace(place)


def _copy(source: BinaryIO, target: IO[bytes], limit: int, field: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise Invalid(
                **{field: say(mark("Filen er for stor. Den kan være på høyst %(mb)s MB."), mb=limit // CHUNK)}
            )
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise Invalid(**{field: mark("Filen er tom. Velg en annen fil.")})
    target.flush()
    return digest.hexdigest(), size


def judge(path: Path, field: str = "file") -> str:
    """Say what type a file is by what it holds; raises Invalid for types the site does not take."""
    head = path.read_bytes()[:4096] if path.stat().st_size <= 4096 else _head(path)
    found: str | None = None
    if head.startswith(b"PK\x03\x04"):
        found = _judge_packed(path, field)
    elif any(match.mime_type == "application/pdf" for match in _magic(head)) or head.lstrip()[:5] == b"%PDF-":
        found = "application/pdf"
    else:
        found = next((m.mime_type for m in _magic(head) if m.mime_type in IMAGES), None) or _judge_text(path, head)
    if found is None:
        raise Invalid(
            **{
                field: mark(
                    "Denne filtypen kan ikke deles her. Bruk PDF, Word, Excel, PowerPoint, OpenDocument, CSV, tekst, PNG eller JPEG."
                )
            }
        )
    return found


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4096)


def _magic(head: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []


def _judge_packed(path: Path, field: str) -> str | None:
    """Look into a ZIP without unpacking it; refuses one that would swell beyond reason (a zip bomb)."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            unpacked, size = sum(entry.file_size for entry in entries), max(1, path.stat().st_size)
            if unpacked > MOST_UNPACKED or (unpacked > CHUNK * 20 and unpacked / size > MOST_RATIO):
                raise Invalid(**{field: mark("Filen pakker seg ut til noe urimelig stort og kan ikke tas imot.")})
            names = {entry.filename for entry in entries}
            if "mimetype" in names:
                told = packed.open("mimetype").read(100).decode("ascii", "replace").strip()
                return told if told in PACKED_OPEN else None
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for part, kind in PACKED.items() if any(name.startswith(part) for name in names)), None)


def _judge_text(path: Path, head: bytes) -> str | None:
    if b"\x00" in head or head.lstrip()[:1] == b"<":
        return None
    try:
        text = _decoded(path.read_bytes())
    except UnicodeDecodeError:
        return None
    lines = [line for line in text.splitlines() if line.strip()][:20]
    for mark_ in (";", "\t", ","):
        counts = {line.count(mark_) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and 0 not in counts:
            return "text/csv"
    return "text/plain"


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
        if sum(ch < " " and ch not in "\r\n\t\f" for ch in text):
            raise
        return text


def clean_name(name: str, ending: str) -> str:
    """Make a file name safe to give back: no folders, no control characters, at most 120 characters, the true ending."""
    bare = PureWindowsPath(PurePosixPath(name).name).name
    stem = re.sub(r"[\x00-\x1f\x7f\"<>|:*?\\/\ufffd\u202a-\u202e]+", " ", bare).strip(" .")
    if stem.lower().endswith(f".{ending}") or (ending == "jpg" and stem.lower().endswith(".jpeg")):
        stem = stem.rpartition(".")[0]
    return f"{stem[:115].strip(' .') or 'fil'}.{ending}"
