"""XML in files that asks for other files, or swells without end, tells and breaks nothing."""

import io
import time
import zipfile

import pytest

from kunnskap.documents import child, reading
from kunnskap.documents.reading import Limits
from tests import papers

SECRET = "det som står i en annen fil"
LIMITS = Limits(seconds=10, memory=512 * 1024 * 1024)
BOMB = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 12))
PARTS = {
    "docx": (papers.docx("&WORDS;"), "word/document.xml", f"{child.OFFICE}.wordprocessingml.document"),
    "pptx": (papers.pptx("&amp;WORDS;"), "ppt/slides/slide1.xml", f"{child.OFFICE}.presentationml.presentation"),
    "xlsx": (papers.xlsx(Ark=[["&WORDS;"]]), "xl/sharedStrings.xml", f"{child.OFFICE}.spreadsheetml.sheet"),
    "odt": (papers.open_document("text", "<text:p>&amp;WORDS;</text:p>"), "content.xml", f"{child.OPEN_DOCUMENT}.text"),
    "odp": (
        papers.open_document("presentation", "<draw:page><text:p>&amp;WORDS;</text:p></draw:page>"),
        "content.xml",
        f"{child.OPEN_DOCUMENT}.presentation",
    ),
}


def with_entities(content, part, declared, name):
    """The same file, with `declared` before the part's root and the entity `name` where the words stood."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            body = old.read(one)
            if one == part:
                text = body.decode()
                rest = text.partition("?>")[2] if text.startswith("<?xml") else text
                assert "&amp;WORDS;" in rest
                body = f"<!DOCTYPE x [{declared}]>{rest.replace('&amp;WORDS;', f'&{name};')}".encode()
            new.writestr(one, body)
    return changed.getvalue()


@pytest.mark.parametrize("kind", PARTS)
def test_no_other_file_is_read(tmp_path, kind):
    secret, path = tmp_path / "secret.txt", tmp_path / "file"
    secret.write_text(SECRET, "utf-8")
    content, part, media_type = PARTS[kind]
    path.write_bytes(with_entities(content, part, f'<!ENTITY other SYSTEM "{secret.as_uri()}">', "other"))
    assert SECRET not in "".join(reading.read(path, media_type, LIMITS).pages)
    path.write_bytes(content)
    assert "WORDS" in "".join(reading.read(path, media_type, LIMITS).pages), "the file as it was can be read"


@pytest.mark.parametrize("kind", PARTS)
def test_what_swells_without_end_is_given_up(tmp_path, kind):
    path = tmp_path / "file"
    content, part, media_type = PARTS[kind]
    path.write_bytes(with_entities(content, part, f'<!ENTITY e0 "mange ord ">{BOMB}', "e11"))
    begun = time.monotonic()
    read = reading.read(path, media_type, LIMITS)
    assert time.monotonic() - begun < LIMITS.seconds + 5
    assert len("".join(read.pages)) < 1_000_000
