"""The reader of files at work: within limits, without holding up the database, and once."""

import os

import pytest

from kunnskap import db
from kunnskap.documents import listeners
from kunnskap.documents.events import FileArrived
from kunnskap.documents.listeners import Reader
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.documents.reading import Limits, Reading, read
from kunnskap.files import Shelf, StoredFile
from kunnskap.posts.kinds import DOCUMENT
from tests import factories, papers

LIMITS = Limits(seconds=30, memory=1024 * 1024 * 1024)
SHA = "a" * 64


@pytest.fixture
def waiting(database):
    """A document whose file is not read yet."""
    factories.keep(StoredFile(sha256=SHA, media_type="text/plain", size=1))
    post = factories.post(DOCUMENT, status="plan")
    return factories.keep(DocumentDetails(post_id=post.id, sha256=SHA, filename="a.txt"))


@pytest.fixture
def reader(tmp_path):
    return Reader(Shelf(tmp_path, 1000), LIMITS)


def pages():
    return [page.text for page in db.session.query(DocumentPage).order_by(DocumentPage.number)]


def test_nothing_is_held_in_the_database_while_a_file_is_read(waiting, reader, monkeypatch):
    held = []

    def read_slowly(*_args):
        held.append(db.session().in_transaction())
        return Reading("read", ["Ord"])

    monkeypatch.setattr(listeners, "read", read_slowly)
    reader.read_arrived([FileArrived(waiting.post_id)])
    assert held == [False]
    assert pages() == ["Ord"]


def test_a_file_is_read_once_however_often_it_is_told_of(waiting, reader, monkeypatch):
    asked = []
    monkeypatch.setattr(listeners, "read", lambda *_args: asked.append(1) or Reading("read", ["Ord"]))
    reader.read_arrived([FileArrived(waiting.post_id)] * 2)
    reader.read_arrived([FileArrived(waiting.post_id), FileArrived(99)])
    assert asked == [1]


def test_what_was_read_in_a_file_that_was_replaced_meanwhile_is_thrown_away(waiting, reader, monkeypatch):
    def replaced(*_args):
        factories.keep(StoredFile(sha256="b" * 64, media_type="text/plain", size=1))
        db.session.get_one(DocumentDetails, waiting.post_id).sha256 = "b" * 64
        db.session.commit()
        return Reading("read", ["Gamle ord"])

    monkeypatch.setattr(listeners, "read", replaced)
    reader.read_arrived([FileArrived(waiting.post_id)])
    assert pages() == []
    assert db.session.get_one(DocumentDetails, waiting.post_id).reading == "waiting"


def test_empty_pages_count_but_are_not_kept(waiting, reader, monkeypatch):
    monkeypatch.setattr(listeners, "read", lambda *_args: Reading("read", ["Første", "", "Tredje"]))
    reader.read_arrived([FileArrived(waiting.post_id)])
    assert db.session.get_one(DocumentDetails, waiting.post_id).page_count == 3
    assert pages() == ["Første", "Tredje"]


def test_a_file_that_keeps_the_reader_waiting_is_given_up_and_nothing_is_left_behind(tmp_path, monkeypatch):
    endless = tmp_path / "endless"
    os.mkfifo(endless)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert read(endless, "text/plain", Limits(1, LIMITS.memory)).state == "too-heavy"
    assert list(tmp_path.iterdir()) == [endless]


def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path):
    heavy = tmp_path / "heavy"
    heavy.write_bytes(b"a" * 80_000_000)
    assert read(heavy, "text/plain", Limits(30, 64_000_000)).state == "too-heavy"


def test_a_real_pdf_is_read_page_by_page(tmp_path):
    path = tmp_path / "plan"
    path.write_bytes(papers.pdf("Første side", "Andre side"))
    assert read(path, "application/pdf", LIMITS) == Reading("read", ["Første side", "Andre side"])
