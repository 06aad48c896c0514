"""What is made of the way the reader of files ended and what it said; the reader itself is tried in tests/rooms."""

import json
import signal

import pytest

from kunnskap.documents import child, reading
from kunnskap.documents.reading import Reading, clean, understand
from tests import papers


def told(**answer):
    return json.dumps({"state": "read", "pages": []} | answer).encode()


def test_pages_are_kept_in_order_and_without_what_no_database_keeps():
    assert understand(0, told(pages=["En\x00", "", "Tre\ud800"]), b"") == Reading("read", ["En", "", "Tre"])


def test_a_file_of_empty_pages_has_no_text():
    assert understand(0, told(pages=[" \n", "\f"]), b"") == Reading("no-text", ["", ""])


@pytest.mark.parametrize("state", ["locked", "broken", "too-heavy"])
def test_the_reader_says_why_it_could_not_read(state):
    assert understand(0, told(state=state), b"") == Reading(state)


@pytest.mark.parametrize("answer", [b"", b"not json", b"[]", b'{"state": "read"}', b'{"state": [], "pages": 3}'])
def test_an_answer_that_makes_no_sense_means_that_the_file_is_broken(answer):
    assert understand(0, answer, b"").state == "broken"


@pytest.mark.parametrize(
    ("code", "complaint", "state"),
    [
        (-signal.SIGKILL, b"", "too-heavy"),
        (-signal.SIGXCPU, b"", "too-heavy"),
        (-signal.SIGABRT, b"memory allocation of 52 bytes failed", "too-heavy"),
        (-signal.SIGABRT, b"assertion failed", "broken"),
        (-signal.SIGSEGV, b"", "broken"),
    ],
)
def test_a_reader_that_was_stopped_did_too_much_and_one_that_fell_had_a_broken_file(code, complaint, state):
    assert understand(code, b"", complaint).state == state


def test_a_reader_that_cannot_run_is_an_error_to_be_tried_again():
    with pytest.raises(RuntimeError, match="No module named"):
        understand(1, b"", b"ModuleNotFoundError: No module named 'kreuzberg'")


def test_more_words_than_anybody_reads_are_cut(monkeypatch):
    monkeypatch.setattr(reading, "MOST_LETTERS", 10)
    monkeypatch.setattr(reading, "MOST_PAGES", 3)
    assert understand(0, told(pages=["abcdef", "ghijkl", "mno", "pqr"]), b"").pages == ["abcdef", "ghij", ""]


def test_words_are_tidied():
    assert clean("Klima\u00adbudsjett  \r\n\r\n\r\n  neste\x07") == "Klimabudsjett\n\nneste"


def test_each_slide_is_a_page(tmp_path):
    path = tmp_path / "slides"
    path.write_bytes(papers.pptx("Første", "Andre"))
    assert child.pages(str(path), f"{child.OFFICE}.presentationml.presentation") == ["Første", "Andre"]
    slide = "<draw:page><text:p>{}</text:p></draw:page>"
    path.write_bytes(papers.open_document("presentation", slide.format("Første") + slide.format("Andre")))
    assert child.pages(str(path), f"{child.OPEN_DOCUMENT}.presentation") == ["Første", "Andre"]


def test_each_sheet_is_a_page_under_its_name(tmp_path):
    path = tmp_path / "book"
    path.write_bytes(papers.xlsx(Utslipp=[["år", "tonn"], [2020, 12.5]], Tiltak=[["sykkel"]]))
    found = child.pages(str(path), f"{child.OFFICE}.spreadsheetml.sheet")
    assert found == ["Utslipp\når | tonn\n2020 | 12.5", "Tiltak\nsykkel"]


def test_old_text_files_are_read_as_windows_wrote_them(tmp_path):
    path = tmp_path / "text"
    path.write_bytes("Søre Ål".encode("cp1252"))
    assert child.pages(str(path), "text/plain") == ["Søre Ål"]
