"""The files of this site, for views that take and give them."""

from typing import BinaryIO

from flask import Response, current_app, request, send_file

from kunnskap.files import ENDINGS, IMAGES, PDF, Shelf, StoredFile

__all__ = ["ACCEPTED", "IMAGES", "PDF", "give", "sent_files", "shelf"]
ACCEPTED = ",".join(f".{ending}" for ending in (*ENDINGS.values(), "jpeg"))
"""What a file field offers to choose among; what is taken is decided by content."""


def shelf() -> Shelf:
    """Where this site keeps its files."""
    found: Shelf = current_app.extensions["kunnskap.shelf"]
    return found


def sent_files(field: str) -> list[tuple[str, BinaryIO]]:
    """Give the names and streams of the files sent in a field; an empty choice is no file."""
    return [(sent.filename, sent.stream) for sent in request.files.getlist(field) if sent.filename]  # type: ignore[misc]


def give(file: StoredFile, filename: str) -> Response:
    """Send a file so that no browser runs anything in it: its own type, no guessing, a policy that allows nothing."""
    response = send_file(
        shelf().path(file.sha256),
        mimetype=file.media_type,
        as_attachment=file.media_type not in IMAGES | {PDF},
        download_name=filename,
        conditional=True,
        etag=file.sha256,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response
