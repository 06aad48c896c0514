"""What a file is, told by what it holds, and the names it may have."""

import io
import os

import pytest

from kunnskap.errors import Invalid
from kunnskap.files import Shelf, clean_name, judge
from tests import papers

ENDING_OF = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}
GOOD = {
    "pdf": papers.pdf("En side"),
    "docx": papers.docx("Et avsnitt"),
    "xlsx": papers.xlsx(Utslipp=[["år", "tonn"]]),
    "pptx": papers.pptx("Et lysbilde"),
    "odt": papers.open_document("text", "<text:p>Et avsnitt</text:p>"),
    "odp": papers.open_document("presentation", ""),
    "csv": "år;tonn\n2020;Søre\n".encode("cp1252"),
    "txt": b"\xef\xbb\xbfEn linje",
    "png": papers.PNG,
    "jpg": papers.JPEG,
    "webp": papers.picture("WEBP"),
    "gif": papers.picture("GIF"),
}


def judged(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    return judge(path)


@pytest.mark.parametrize("ending", GOOD)
def test_a_file_is_judged_by_what_it_holds(ending, tmp_path):
    assert judged(GOOD[ending], tmp_path) == ENDING_OF[ending]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(papers.pdf("Hemmelig", password="prøve"), id="with a password"),
        pytest.param(papers.pdf("Hel")[:100] + b"\x00\xff" * 50, id="broken"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_still_a_pdf(content, tmp_path):
    assert judged(content, tmp_path) == "application/pdf"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<!doctype html><script>alert(1)</script>", id="a web page"),
        pytest.param(b"\xef\xbb\xbf  \n<html></html>", id="a web page after a byte order mark"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', id="a drawing that may run scripts"),
        pytest.param(b"#!/bin/sh\nrm -rf /\n", id="a script"),
        pytest.param(b"{\\rtf1 tekst}", id="rich text"),
        pytest.param(b"MZ" + os.urandom(200) + b"\x00" * 10, id="a program for Windows"),
        pytest.param(b"\x7fELF\x02\x01\x01" + b"\x00" * 60, id="a program for Linux"),
        pytest.param(b"II*\x00\x08\x00\x00\x00" + b"\x01\x00" * 20, id="another kind of picture"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, id="an old or encrypted Word file"),
        pytest.param(papers.packed({"les.txt": "hei"}), id="a plain ZIP"),
        pytest.param(papers.packed({"mimetype": "application/epub+zip"}), id="a book"),
        pytest.param(b"PK\x03\x04 and then nothing", id="half a ZIP"),
        pytest.param(bytes(range(1, 9)) * 20, id="bytes that are no text"),
    ],
)
def test_what_is_something_else_is_refused_whatever_its_name(content, tmp_path):
    with pytest.raises(Invalid, match="Denne filtypen kan ikke deles her"):
        judged(content, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(papers.docx("Med makro", extra={"word/vbaProject.bin": "x"}), id="Word"),
        pytest.param(
            papers.packed({"[Content_Types].xml": '"application/vnd.ms-excel.sheet.macroEnabled.main+xml"'}), id="Excel"
        ),
        pytest.param(papers.open_document("text", "", extra={"Basic/Standard/Module1.xml": "x"}), id="OpenDocument"),
    ],
)
def test_files_with_macros_are_refused(content, tmp_path):
    with pytest.raises(Invalid, match="makroer"):
        judged(content, tmp_path)


def test_a_zip_bomb_is_refused_without_being_unpacked(tmp_path):
    with pytest.raises(Invalid, match="urimelig stort"):
        judged(papers.docx("Bombe", extra={"word/media/null.bin": "0" * 22_000_000}), tmp_path)


def test_a_file_of_endless_small_parts_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("kunnskap.files.MOST_ENTRIES", 50)
    with pytest.raises(Invalid, match="urimelig stort"):
        judged(papers.docx("Mange deler", extra={f"word/{number}.xml": "" for number in range(60)}), tmp_path)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Brukere\\test\\plan.pdf", "plan.pdf"),
        ("/var/www/plan.PDF", "plan.pdf"),
        ("plan.pdf.exe", "plan.pdf.exe.pdf"),
        ("Klimaplan for Våler – 2024.pdf", "Klimaplan for Våler – 2024.pdf"),
        ("..", "fil.pdf"),
        ("", "fil.pdf"),
        ('en"to\r\nSet-Cookie: x.pdf', "en to Set-Cookie x.pdf"),
        ("plan\x00.pdf", "plan.pdf"),
        ("a\u202efdp.exe", "a fdp.exe.pdf"),
    ],
)
def test_a_name_loses_its_folders_and_what_could_do_harm(name, clean):
    assert clean_name(name, "pdf") == clean


def test_a_very_long_name_is_cut(tmp_path):
    assert len(clean_name("å" * 5000 + ".pdf", "pdf")) <= 120


def test_a_shelf_finds_only_what_is_named_by_its_sum(tmp_path):
    with pytest.raises(ValueError, match="not a SHA-256"):
        Shelf(tmp_path, 10).path("../../secret_key")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "Filen er tom", id="empty"),
        pytest.param(b"a" * 2_000_001, "høyst 1 MB", id="too large"),
        pytest.param(b"<html>", "Denne filtypen", id="a wrong type"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(content, message, tmp_path):
    with pytest.raises(Invalid, match=message) as refused:
        Shelf(tmp_path, 1024 * 1024).store(io.BytesIO(content), "vedlegg")
    assert list(refused.value.problems) == ["vedlegg"]
    assert list(tmp_path.rglob("*")) == []
