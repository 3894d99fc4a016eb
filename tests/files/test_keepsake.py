"""What is kept of a photograph's metadata is true of its drawing, and only on request."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from limner.errors import UnreadablePhoto
from limner.files.encode import encode_picture
from limner.files.keepsake import keepsake
from limner.records import Recipe


def photograph(kind: str = "JPEG") -> bytes:
    told = Image.Exif()
    told[274], told[271], told[315] = 6, "Camera works", "Ada"
    if kind != "TIFF":  # Pillow writes no inner blocks into a TIFF
        told[0x8769] = {
            0x9003: "2026:01:02 03:04:05",
            0xA002: 64,
            0xA431: "serial 7",
            0x927C: b"secret",
        }
        told[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0)}
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(file, kind, exif=told)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_who_when_and_where_are_kept_and_the_turn_is_not(kind: str) -> None:
    kept = Image.Exif()
    kept.load(keepsake(photograph(kind)))
    assert (kept[271], kept[315]) == ("Camera works", "Ada")
    assert 274 not in kept
    if kind == "TIFF":
        return
    assert kept.get_ifd(0x8769)[0x9003] == "2026:01:02 03:04:05"
    assert not {0xA002, 0x927C} & set(kept.get_ifd(0x8769))
    assert kept.get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "tiff"])
def test_60_a_drawing_keeps_metadata_only_if_it_is_handed_over(kind: str) -> None:
    pixels = np.zeros((48, 64), np.uint8)
    recipe = Recipe("draw", version="1")
    exif = keepsake(photograph())
    for told in (b"", exif):
        data = encode_picture(pixels, kind=kind, recipe=recipe, exif=told)  # type: ignore[arg-type]
        with Image.open(io.BytesIO(data)) as drawing:
            assert drawing.getexif().get(315) == ("Ada" if told else None)
            if kind != "tiff":
                assert bool(drawing.getexif().get_ifd(0x8825)) == bool(told)
            xmp = drawing.info.get("xmp", b"") or drawing.getexif().get(700, b"")
        assert b"DigitalSourceType" in (xmp or data)


def test_nothing_to_keep_is_nothing() -> None:
    file = io.BytesIO()
    Image.new("L", (32, 32)).save(file, "PNG")
    assert keepsake(file.getvalue()) == b""


def test_a_damaged_block_is_nothing_to_keep() -> None:
    whole = photograph()
    at = whole.index(b"Exif\0\0")
    broken = whole[: at + 14] + b"\xff" * 40 + whole[at + 54 :]
    assert isinstance(keepsake(broken), bytes)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(UnreadablePhoto):
        keepsake(b"no picture at all")
