"""Takes the words out of one file, page by page, and prints them as JSON: `{"state": …, "pages": […]}`.

Files are hostile until shown otherwise, so this runs alone in a process of its own, started by its path with
`file type seconds memory`; it imports nothing of the house, and what it prints is not trusted either.
"""

import json
import posixpath
import resource
import signal
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from kreuzberg import ExtractionConfig, ExtractionResult, PageConfig, extract_file_sync

MOST_PRINTED = 64 * 1024 * 1024
OFFICE, OPEN_DOCUMENT = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
DRAW = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ODF_DRAW, ODF_TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in ("drawing", "text"))


def pages(path: str, media_type: str) -> list[str]:
    """Give the words of each page, sheet or slide; a file without pages is one."""
    return READERS.get(media_type, _by_kreuzberg)(path, media_type)


def _by_kreuzberg(path: str, media_type: str) -> list[str]:
    config = ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        disable_ocr=True,  # type: ignore[call-arg] # the types are older than the library
        pages=PageConfig(extract_pages=True, insert_page_markers=False),
    )
    result = extract_file_sync(path, mime_type=media_type, config=config)
    return list(_sheets(result)) if media_type.endswith((".sheet", ".spreadsheet")) else _pages(result)


def _pages(result: ExtractionResult) -> list[str]:
    return [page["content"] for page in result.pages or []] or [result.content]


def _sheets(result: ExtractionResult) -> Iterator[str]:
    names = result.metadata.get("sheet_names") or []
    for number, page in enumerate(result.pages or []):
        name = names[number] if number < len(names) else ""
        rows = [row for table in page["tables"] for row in table.cells]
        yield "\n".join([name, *(" | ".join(cell for cell in row if cell) for row in rows)])


def _text(path: str, _media_type: str) -> list[str]:
    content = Path(path).read_bytes()
    try:
        return [content.decode("utf-8-sig")]
    except UnicodeDecodeError:
        return [content.decode("cp1252", "replace")]


def _powerpoint(path: str, _media_type: str) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        links = _tree(packed.read("ppt/_rels/presentation.xml.rels"))
        targets = {link.get("Id"): posixpath.join("/ppt", link.get("Target", "")) for link in links}
        shown = _tree(packed.read("ppt/presentation.xml")).iter()
        slides = [targets[one.get(LINK)] for one in shown if one.tag.endswith("}sldId")]
        trees = [_tree(packed.read(posixpath.normpath(slide).lstrip("/"))) for slide in slides]
    return ["\n".join(_paragraphs(tree)) for tree in trees]


def _tree(content: bytes) -> ET.Element:
    # External entities are never fetched, and expat bounds what the others may swell to.
    return ET.fromstring(content)  # noqa: S314


def _paragraphs(slide: ET.Element) -> Iterator[str]:
    for paragraph in slide.iter(f"{DRAW}p"):
        yield "".join(run.text or "" for run in paragraph.iter(f"{DRAW}t"))


def _impress(path: str, _media_type: str) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        tree = _tree(packed.read("content.xml"))
    spoken = (f"{ODF_TEXT}p", f"{ODF_TEXT}h")
    return [
        "\n".join("".join(one.itertext()) for one in slide.iter() if one.tag in spoken)
        for slide in tree.iter(f"{ODF_DRAW}page")
    ]


# Slides are read here: kreuzberg knows no .odp, and gives all slides of a .pptx as one page.
READERS: dict[str, Callable[[str, str], list[str]]] = {
    "text/plain": _text,
    "text/csv": _text,
    f"{OFFICE}.presentationml.presentation": _powerpoint,
    f"{OPEN_DOCUMENT}.presentation": _impress,
}


def main(path: str, media_type: str, seconds: int, memory: int) -> None:
    """Read the file within so many seconds of computing and so many bytes of its own memory, and print what it says.

    The limit is on private memory (RLIMIT_DATA): measured with kreuzberg 4.10 a small PDF takes 25 MB of it and a
    sheet of 300,000 rows 450 MB, while the address space (RLIMIT_AS) is 600 MB before anything is read and grows with
    the number of processors.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_PRINTED, MOST_PRINTED))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = {"state": "read", "pages": pages(path, media_type)}
    except MemoryError:
        found = {"state": "too-heavy", "pages": []}
    except BaseException as problem:  # whatever a broken file can make a parser say, panic too
        found = {"state": _state(str(problem).lower()), "pages": []}
    json.dump(found, sys.stdout)


def _state(problem: str) -> str:
    if "password" in problem or "encrypted" in problem:
        return "locked"
    return "too-heavy" if "spawn" in problem and "thread" in problem else "broken"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
