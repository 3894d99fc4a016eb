"""The fixture holds two flat pictures of 64 × 48 px: red beside blue, the main one, and green."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from limner.errors import MissingExtra, UnknownName, UnreadablePhoto
from limner.files import Limits, read_photo


@pytest.fixture
def heic(root: Path) -> bytes:
    return (root / "tests" / "fixtures" / "two-pictures.heic").read_bytes()


def test_the_main_picture_is_read_with_the_extra(heic: bytes) -> None:
    photo = read_photo(heic)
    assert photo.size_px == (64, 48)
    assert np.abs(photo.pixels[24, 10].astype(int) - (220, 40, 30)).max() <= 4
    assert np.abs(photo.pixels[24, 54].astype(int) - (30, 60, 210)).max() <= 4


def test_other_pictures_are_frames(heic: bytes) -> None:
    assert np.abs(read_photo(heic, frame=1).pixels[24, 10].astype(int) - (20, 160, 60)).max() <= 4
    with pytest.raises(UnknownName, match="no frame 2; it has 2"):
        read_photo(heic, frame=2)


def test_without_the_extra_the_message_says_how_to_get_it_or_do_without(
    heic: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(MissingExtra) as caught:
        read_photo(heic)
    assert "pip install 'limner[heic]'" in str(caught.value)
    assert "export it as JPEG" in str(caught.value)


def test_limits_hold_before_decoding(heic: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match="64 × 48 px, which is too small"):
        read_photo(heic, limits=Limits(min_side_px=50))


def test_a_cut_file_is_refused(heic: bytes) -> None:
    for percent in (25, 50):
        with pytest.raises(UnreadablePhoto, match="cut short or damaged"):
            read_photo(heic[: len(heic) * percent // 100])
