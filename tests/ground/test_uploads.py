"""Files that come in do nothing when they go out again."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from kunnskap import db
from kunnskap.files import StoredFile
from kunnskap.posts.models import Attachment
from tests import factories, papers

PAGE = b"<html><script>alert(document.cookie)</script></html>"
CSV = b"sted;tonn\n<script>alert(1)</script>;2\n"
ASKED = {"title": "Hvordan måler dere utslipp fra veg?", "body": "Vi skal måle og lurer på hvordan dere gjør det."}


@pytest.fixture
def asker(member, browser):
    return browser(member(place=factories.place()))


def ask(client, *files):
    attachments = [(io.BytesIO(content), name) for content, name in files]
    chosen = {"audience": "everyone", "language": "nb", "themes": factories.theme().slug, "sett_lignende": "1"}
    data = ASKED | chosen | {"attachments": attachments}
    return client.post("/sporsmal/nytt", data=data, content_type="multipart/form-data")


def given_back(client):
    attached = db.session.scalars(select(Attachment)).one()
    return client.get(f"/innlegg/vedlegg/{attached.id}/{attached.filename}", buffered=True)


def test_a_picture_comes_out_without_what_was_hidden_in_it(asker):
    assert ask(asker, (papers.picture() + PAGE, "bilde.jpg.html")).status_code == 302
    answer = given_back(asker)
    assert b"script" not in answer.data
    assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == "inline; filename=bilde.jpg.html.jpg"


def test_what_could_hold_a_page_is_downloaded_and_never_shown(asker):
    assert ask(asker, (CSV, "tall.csv")).status_code == 302
    answer = given_back(asker)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "text/csv"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(papers.picture()[:200], "Bildet kan ikke leses", id="broken"),
        pytest.param(
            b"<svg onload='alert(1)'></svg>", "Denne filtypen kan ikke deles her", id="a drawing with scripts"
        ),
        pytest.param(PAGE, "Denne filtypen kan ikke deles her", id="a page"),
    ],
)
def test_a_file_that_cannot_be_kept_is_told_of_at_its_field_and_what_was_typed_stands(asker, content, told):
    answer = ask(asker, (content, "bilde.jpg"))
    assert answer.status_code == 422
    assert told in answer.text
    assert ASKED["body"] in answer.text
    assert db.session.scalars(select(StoredFile)).all() == []


class Endless(io.RawIOBase):
    """A body that notices when it is read."""

    was_read = 0

    def tell(self):
        return 0

    def seek(self, *_):
        return 0

    def readable(self):
        return True

    def readinto(self, into):
        self.was_read += len(into)
        into[:] = b"x" * len(into)
        return len(into)


@pytest.mark.parametrize("path", ["/sporsmal/nytt", "/dokumenter/nytt", "/erfaringer/ny"])
def test_nothing_is_read_of_what_somebody_sends_who_may_not(browser, path):
    body = Endless()
    answer = browser().post(
        path, input_stream=body, content_length=40_000_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 302
    assert "/logg-inn" in answer.location
    assert body.was_read == 0
