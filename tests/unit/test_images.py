"""Pictures are drawn anew: what is seen is kept, and nothing else."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

import kunnskap
from kunnskap import images
from kunnskap.errors import Invalid
from kunnskap.files import Shelf
from tests import papers

PLACE = "59,1387 grader nord"


def redrawn(content, tmp_path):
    file = tmp_path / "picture"
    file.write_bytes(content)
    return images.redraw(file)


def opened(content):
    return Image.open(io.BytesIO(content))


def exif_of_a_phone(orientation=1):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = "Test Testesen"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (59.0, 8.0, 19.0), 29: PLACE})
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_no_longer_tells_where_it_was_taken_or_by_whom(kind, tmp_path):
    sent = papers.picture(kind, exif=exif_of_a_phone())
    assert PLACE.encode() in sent
    kept, media_type = redrawn(sent, tmp_path)
    assert media_type == f"image/{kind.lower()}"
    assert opened(kept).size == (4, 2)
    assert not opened(kept).getexif()
    assert not any(told in kept for told in (PLACE.encode(), b"Test Testesen", b"Exif"))


def test_a_picture_taken_with_the_phone_on_its_side_stands_upright(tmp_path):
    kept, _ = redrawn(papers.picture("JPEG", (40, 20), exif=exif_of_a_phone(orientation=6)), tmp_path)
    assert opened(kept).size == (20, 40)


def test_comments_profiles_and_notes_are_left_out(tmp_path):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    for sent in (
        papers.picture("JPEG", comment=b"<script>alert(1)</script>", icc_profile=b"<script>profile</script>"),
        papers.picture("PNG", pnginfo=notes, icc_profile=b"<script>profile</script>"),
    ):
        assert b"script" in sent or b"iCCP" in sent
        kept, _ = redrawn(sent, tmp_path)
        assert b"script" not in kept
        assert b"iCCP" not in kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_web_page_that_hides_behind_a_picture_is_left_out(kind, tmp_path):
    kept, _ = redrawn(papers.picture(kind) + b"<html><script>alert(1)</script></html>", tmp_path)
    assert b"script" not in kept
    assert opened(kept).size == (4, 2)


def test_a_picture_that_moves_stands_still(tmp_path):
    sent, frames = io.BytesIO(), [Image.new("P", (4, 4), color) for color in (1, 2, 3)]
    frames[0].save(sent, "GIF", save_all=True, append_images=frames[1:])
    kept, media_type = redrawn(sent.getvalue(), tmp_path)
    assert media_type == "image/png"
    assert getattr(opened(kept), "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "I;16", "RGB", "RGBA", "CMYK"])
def test_every_kind_of_colour_is_kept_by_some_format(mode, tmp_path):
    sent, plain = io.BytesIO(), Image.new(mode, (3, 3))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    (plain.convert("RGBA") if mode == "PA" else plain).save(sent, kind)
    kept, _ = redrawn(sent.getvalue(), tmp_path)
    assert opened(kept).size == (3, 3)


def test_what_is_seen_through_stays_so(tmp_path):
    sent = io.BytesIO()
    Image.new("RGBA", (3, 3), (255, 0, 0, 0)).save(sent, "PNG")
    kept, _ = redrawn(sent.getvalue(), tmp_path)
    assert opened(kept).getpixel((1, 1)) == (255, 0, 0, 0)


def png_that_says_it_is(width, height):
    """A PNG of some hundred bytes that claims any size."""

    def part(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100)) + part(b"IEND", b"")


@pytest.mark.parametrize("size", [(8_000, 8_000), (12_000, 12_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_a_picture_that_would_swell_is_refused_before_it_is_drawn(size, tmp_path):
    with pytest.raises(images.TooManyPixels):
        redrawn(png_that_says_it_is(*size), tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(papers.picture()[:200], id="half a JPEG"),
        pytest.param(papers.picture("PNG")[:50], id="half a PNG"),
        pytest.param(png_that_says_it_is(500, 500), id="fewer pixels than it says"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\x00" * 200, id="nothing but a beginning"),
        pytest.param(b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\xff" * 30, id="a broken WebP"),
        pytest.param(papers.picture("TIFF"), id="a format that is not taken"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="a program that draws"),
    ],
)
def test_what_cannot_be_drawn_is_no_picture(content, tmp_path):
    with pytest.raises(images.NotAPicture):
        redrawn(content, tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(papers.picture()[:300], "kan ikke leses", id="broken"),
        pytest.param(png_that_says_it_is(60_000, 60_000), "høyst 50 millioner bildepunkter", id="a bomb"),
    ],
)
def test_a_picture_that_cannot_be_kept_is_told_of_at_its_field_and_leaves_nothing_behind(content, message, tmp_path):
    with pytest.raises(Invalid) as refused:
        Shelf(tmp_path, 1024 * 1024).store(io.BytesIO(content), "vedlegg")
    problem = refused.value.problems["vedlegg"]
    assert message in (problem if isinstance(problem, str) else problem.text % problem.values)
    assert list(tmp_path.rglob("*")) == []


def test_one_module_knows_how_to_draw():
    house = Path(kunnskap.__file__).parent
    others = [path.name for path in house.rglob("*.py") if "PIL" in path.read_text("utf-8").split()]
    assert others == ["images.py"]
