"""Numbers 7 to 11 of the acceptance list: what is refused, before it costs anything, and in which words."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import EpsImagePlugin, FitsImagePlugin, Image
from tests.acceptance.program import PEAK

from limner.errors import MissingExtra, UnreadablePhoto
from limner.files import read_photo


def saved(image: Image.Image, plugin: str, **options: object) -> bytes:
    """Return `image` as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, plugin, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def scene() -> NDArray[np.uint8]:
    """Return 120 × 80 px of smooth colour."""
    small = np.random.default_rng(3).integers(20, 236, (4, 6, 3), dtype=np.uint8)
    return np.array(Image.fromarray(small).resize((120, 80), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("percent", [25, 50, 75, 99])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, None], ids=["jpg", "prog", "png"])
def test_07_cut_files_are_named(
    options: dict[str, object] | None, percent: int, scene: NDArray[np.uint8], tmp_path: Path
) -> None:
    image = Image.fromarray(scene).resize((480, 320))
    data = saved(image, "PNG") if options is None else saved(image, "JPEG", **options)
    path = tmp_path / "half.jpg"
    path.write_bytes(data[: len(data) * percent // 100])
    with pytest.raises(UnreadablePhoto) as caught:
        read_photo(path)
    message = str(caught.value)
    assert "half.jpg is cut short or damaged (" in message
    assert len(message.splitlines()) == 1


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bombs() -> dict[str, bytes]:
    """Return small files that claim or unpack to far too much."""
    side = struct.pack(">II", 60_000, 60_000)
    packed = zlib.compress(bytes(120_000_000), 1)
    start, end = b"\x89PNG\r\n\x1a\n", png_chunk(b"IEND", b"")
    small = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(65 * 64)))
    jpeg = bytearray(saved(Image.new("RGB", (64, 64)), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    screen = struct.pack("<HH", 60_000, 60_000)
    canvas = b"\2\0\0\0" + (59_999).to_bytes(3, "little") * 2
    tags = [(256, 4, 1, 60_000), (257, 4, 1, 60_000), (258, 3, 1, 8), (259, 3, 1, 1)]
    tags += [(262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 60_000), (279, 4, 1, 99)]
    ifd = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return {
        "png": start + png_chunk(b"IHDR", side + b"\x08\0\0\0\0") + pixels + end,
        "jpeg": bytes(jpeg),
        "gif": b"GIF89a" + screen + b"\0\0\0,\0\0\0\0" + screen + b"\0\2\2\x44\1\0;",
        "webp": b"RIFF\xf4\1\0\0WEBPVP8X" + struct.pack("<I", 10) + canvas + bytes(470),
        "tiff": b"II*\0\x08\0\0\0" + ifd + bytes(400),
        "text": start + small + png_chunk(b"zTXt", b"a\0\0" + packed) + pixels + end,
        "itxt": start + small + png_chunk(b"iTXt", b"a\0\1\0\0\0" + packed) + pixels + end,
        "icc": start + small + png_chunk(b"iCCP", b"a\0\0" + packed) + pixels + end,
    }


WATCHED = (
    PEAK
    + """
import json, sys
from pathlib import Path
from limner.errors import UnreadablePhoto
from limner.files import encode_picture, read_photo
import numpy as np
read_photo(encode_picture(np.zeros((64, 64, 3), np.uint8)))
before = peak_mb()
messages = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        read_photo(path)
    except UnreadablePhoto as error:
        messages[path.name] = str(error)
after = peak_mb()
print(json.dumps({"messages": messages, "grown_mb": after - before}))
"""
)


def test_08_bombs_are_refused_without_being_unpacked(tmp_path: Path) -> None:
    files = bombs()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    result = subprocess.run(
        [sys.executable, "-c", WATCHED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    report = json.loads(result.stdout)
    assert set(report["messages"]) == set(files)
    for name, message in report["messages"].items():
        word = "unpacks to" if name in {"text", "itxt", "icc"} else "at most 60"
        assert word in message, name
    assert report["grown_mb"] < 100
    assert not result.stderr


def test_09_a_hundred_megapixels_are_refused_with_the_limit_named() -> None:
    data = saved(Image.new("L", (12_000, 9_000), 128), "JPEG")
    with pytest.raises(UnreadablePhoto, match=r"12000 × 9000 px, 108 megapixels; at most 60"):
        read_photo(data)


@pytest.mark.parametrize("size_px", [(1, 1), (2, 4000), (4000, 2), (15, 15)])
@pytest.mark.parametrize("plugin", ["PNG", "JPEG", "GIF"])
def test_10_tiny_pictures_are_named_too_small(plugin: str, size_px: tuple[int, int]) -> None:
    with pytest.raises(UnreadablePhoto, match="which is too small"):
        read_photo(saved(Image.new("RGB", size_px), plugin))


def test_10_sixty_four_px_are_enough() -> None:
    assert read_photo(saved(Image.new("RGB", (64, 64)), "PNG")).size_px == (64, 64)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", "EPS"),
        (b"SIMPLE  =                    T" + b" " * 2850, "FITS"),
        (b"8BPS\0\1" + bytes(60), "PSD"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"Notes from the meeting on Monday\n", "text file"),
    ],
)
def test_11_strangers_named_like_photos_are_named_and_never_parsed(
    head: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran(*_: object) -> None:
        pytest.fail("a parser that is not allowed has run")

    monkeypatch.setattr(EpsImagePlugin.EpsImageFile, "_open", ran)
    monkeypatch.setattr(FitsImagePlugin.FitsImageFile, "_open", ran)
    (tmp_path / "photo.jpg").write_bytes(head)
    with pytest.raises(UnreadablePhoto) as caught:
        read_photo(tmp_path / "photo.jpg")
    message = str(caught.value)
    assert words in message
    assert "photo.jpg" in message
    assert any(verb in message for verb in ("Export", "Give"))


def test_11_heic_without_the_extra_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    (tmp_path / "photo.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99))
    with pytest.raises(MissingExtra) as caught:
        read_photo(tmp_path / "photo.jpg")
    assert "HEIC" in str(caught.value)
    assert "limner[heic]" in str(caught.value)
    assert "JPEG" in str(caught.value)
