"""A report as a Word document and as a workbook. What stands in them comes in words, translated already."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import docx
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kunnskap import text

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60
Cell = str | int | float | None


@dataclass(frozen=True)
class Grid:
    """A table with a name, a row of headings and rows of cells."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Story:
    """Something to tell: title, who and when, why it was chosen, and where it stands."""

    title: str
    byline: str
    note: str
    address: str


@dataclass(frozen=True)
class Paper:
    """A report in words. `words` is the coordinator's own text in Markdown; `language` a tag such as nb."""

    title: str
    period: str
    note: str
    language: str
    words: str = ""
    grids: Sequence[Grid] = ()
    stories_heading: str = ""
    stories: Sequence[Story] = field(default_factory=tuple)


def as_docx(paper: Paper) -> bytes:
    """Write the report as a Word document with headings, tables whose heads are marked, and its language set."""
    made = docx.Document()
    made.core_properties.title, made.core_properties.language = _kept(paper.title), paper.language
    _set_language(made, paper.language)
    made.add_heading(_kept(paper.title), 0)
    made.add_paragraph(paper.period)
    made.add_paragraph(paper.note)
    for part in text.paragraphs(text.to_html(paper.words)):
        made.add_paragraph(_kept(part))
    for grid in paper.grids:
        made.add_heading(grid.name, 1)
        _add_table(made, grid)
    if paper.stories:
        made.add_heading(paper.stories_heading, 1)
    for story in paper.stories:
        made.add_heading(_kept(story.title), 2)
        for words in (story.byline, story.note, story.address):
            if words:
                made.add_paragraph(_kept(words))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def as_xlsx(paper: Paper) -> bytes:
    """Write the report as a workbook with a sheet for each table, and one for the stories."""
    book = Workbook()
    book.properties.title, book.properties.language = paper.title, paper.language
    first = book.active
    for number, grid in enumerate(paper.grids):
        sheet = first if number == 0 and isinstance(first, Worksheet) else book.create_sheet()
        sheet.title = _sheet_name(grid.name)
        _fill(sheet, grid.head, grid.rows)
    if paper.stories:
        sheet = book.create_sheet(_sheet_name(paper.stories_heading))
        _fill(sheet, ("", "", "", ""), [(one.title, one.byline, one.note, one.address) for one in paper.stories])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _set_language(made: WordDocument, language: str) -> None:
    """Tell screen readers and the spelling checker which language the document is in."""
    properties = made.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    found = properties.find(qn("w:lang")) if properties is not None else None
    if found is None:
        found = OxmlElement("w:lang")
        made.styles["Normal"].element.get_or_add_rPr().append(found)
    found.set(qn("w:val"), {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}.get(language, language))


def _add_table(made: WordDocument, grid: Grid) -> None:
    table = made.add_table(rows=1, cols=len(grid.head), style="Light Grid Accent 1")
    _write_row(table, 0, grid.head)
    _repeat_on_each_page(table)
    for number, row in enumerate(grid.rows, 1):
        table.add_row()
        _write_row(table, number, ["" if cell is None else str(cell) for cell in row])


def _write_row(table: Table, number: int, words: Iterable[str]) -> None:
    for cell, said in zip(table.rows[number].cells, words, strict=True):
        cell.text = _kept(said)


def _repeat_on_each_page(table: Table) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 -- the library has no name for it


def _fill(sheet: Worksheet, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a head and rows. Words that begin like a formula stay words."""
    every: list[list[Cell]] = [list(row) for row in rows]
    if any(head):
        every.insert(0, list(head))
    for number, row in enumerate(every, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = _kept(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    if any(head):
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    for column, values in enumerate(zip(*every, strict=True), 1):
        widest = max(len(str(value or "")) for value in values)
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDEST, max(12, widest + 2))


def _kept(words: str) -> str:
    """Leave out the signs that neither format can hold."""
    return "".join(sign for sign in words if sign in "\n\t" or (sign >= " " and sign not in "\ufffe\uffff"))


def _sheet_name(words: str) -> str:
    """A name a sheet may have: no signs of addresses, and not too long."""
    return "".join(sign for sign in words if sign not in r"[]:*?/\\")[:31] or "1"
