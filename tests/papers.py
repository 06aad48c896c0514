"""Makers of small files for tests, as people hand them in."""

import io
import zipfile
from collections.abc import Mapping

import docx as python_docx
import openpyxl
from PIL import Image
from pypdf import PdfWriter

OFFICE = "application/vnd.openxmlformats-officedocument"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture(kind: str = "JPEG", size: tuple[int, int] = (4, 2), **more: object) -> bytes:
    """A picture of one colour in a format Pillow knows, with whatever else it is to hold (`exif`, `comment`, …)."""
    kept = io.BytesIO()
    Image.new("RGB", size, (40, 120, 60)).save(kept, kind, **more)
    return kept.getvalue()


PNG, JPEG = picture("PNG"), picture()


def pdf(*pages: str, password: str = "") -> bytes:
    """A PDF with these words, one text a page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, words in enumerate(pages):
        drawn = f"BT /F1 18 Tf 72 720 Td ({words}) Tj ET"
        font = "/Resources<</Font<</F1 3 0 R>>>>"
        parts.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{font}/Contents {5 + 2 * number} 0 R>>")
        parts.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    made = _put_together(parts)
    return _locked(made, password) if password else made


def _put_together(parts: list[str]) -> bytes:
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{part}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
    return made + f"{head}trailer<</Size {len(parts) + 1}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF".encode()


def _locked(content: bytes, password: str) -> bytes:
    writer, kept = PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
    writer.encrypt(password, algorithm="RC4-128")
    writer.write(kept)
    return kept.getvalue()


def docx(*paragraphs: str, extra: Mapping[str, str] | None = None) -> bytes:
    """A Word file; `extra` are further parts inside it."""
    document, kept = python_docx.Document(), io.BytesIO()
    for words in paragraphs:
        document.add_paragraph(words)
    document.save(kept)
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return kept.getvalue()


def xlsx(**sheets: list[list[object]]) -> bytes:
    """An Excel file with these sheets of rows."""
    book, kept = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(kept)
    return kept.getvalue()


def pptx(*slides: str) -> bytes:
    """A PowerPoint file with these words, one text a slide."""
    names = [f"slides/slide{number}.xml" for number in range(1, len(slides) + 1)]
    spaces = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="{LINKS}"'
    )
    order = "".join(f'<p:sldId id="{256 + number}" r:id="r{number}"/>' for number in range(len(slides)))
    links = "".join(f'<Relationship Id="r{number}" Target="{name}"/>' for number, name in enumerate(names))
    parts = {
        "[Content_Types].xml": f'<Types><Override ContentType="{OFFICE}.presentationml.presentation.main+xml"/></Types>',
        "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships>{links}</Relationships>",
    }
    for name, words in zip(names, slides, strict=True):
        parts[f"ppt/{name}"] = f"<p:sld {spaces}><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:sld>"
    return packed(parts)


def open_document(kind: str, body: str, extra: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument file; `kind` is text, spreadsheet or presentation, `body` what stands inside that element."""
    parts = ("office", "text", "table", "drawing")
    spaces = " ".join(
        f'xmlns:{"draw" if part == "drawing" else part}="urn:oasis:names:tc:opendocument:xmlns:{part}:1.0"'
        for part in parts
    )
    inner = f"<office:{kind}>{body}</office:{kind}>"
    content = f"<office:document-content {spaces}><office:body>{inner}</office:body></office:document-content>"
    return packed(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content} | dict(extra or {})
    )


def packed(parts: Mapping[str, str]) -> bytes:
    """A ZIP of these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()
