"""A picture of any source becomes a photo; its faces and parts come from the rooms."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.api import fakes

from limner import api
from limner.api._photo import PhotoSource
from limner.errors import InputError, NoFace, UnreadablePhoto
from limner.records import Photo


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.install(monkeypatch)


def test_a_path_bytes_a_stream_an_array_and_a_photo_are_all_pictures(tmp_path: Path) -> None:
    pixels = np.arange(48 * 64 * 3, dtype=np.uint32).astype(np.uint8).reshape(48, 64, 3)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    sources: list[PhotoSource] = [
        tmp_path / "a.png",
        str(tmp_path / "a.png"),
        data,
        io.BytesIO(data),
        Image.fromarray(pixels),
        pixels,
        Photo(pixels),
    ]
    for source in sources:
        assert np.array_equal(api.read_photo(source).pixels, pixels), type(source)


def test_the_longer_side_is_shrunk_and_never_stretched() -> None:
    photo = fakes.picture((30, 30, 60), size=(300, 200))
    small = api.read_photo(photo, max_side_px=150)
    assert small.size_px == (150, 100)
    assert np.abs(small.pixels[30, 30].astype(int) - fakes.PERSON).max() <= 2
    assert np.abs(small.pixels[60, 100].astype(int) - 128).max() <= 2
    assert api.read_photo(photo, max_side_px=300) is photo


def test_transparency_is_shrunk_with_the_picture() -> None:
    rgba = np.zeros((100, 200, 4), np.uint8)
    rgba[:, :100, 3] = 255
    small = api.read_photo(rgba, max_side_px=100, background=(255, 0, 0))
    assert small.alpha is not None
    assert small.alpha.shape == (50, 100)
    assert small.alpha[25, 10] == 255
    assert small.alpha[25, 90] == 0
    assert small.pixels[25, 90].tolist() == [255, 0, 0]


def test_limits_can_be_set(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300)).save(tmp_path / "a.png")
    with pytest.raises(UnreadablePhoto, match="megapixels"):
        api.read_photo(tmp_path / "a.png", max_megapixels=0.1)
    with pytest.raises(UnreadablePhoto, match="MB"):
        api.read_photo(tmp_path / "a.png", max_megabytes=0.0001)
    with pytest.raises(InputError):
        api.read_photo(tmp_path / "a.png", max_side_px=0)
    assert api.read_photo(tmp_path / "a.png").size_px == (400, 300)


@pytest.mark.usefixtures("faked")
def test_faces_are_found_and_parsed() -> None:
    photo = fakes.picture((10, 10, 40), (90, 10, 40))
    faces = api.detect_faces(photo)
    assert len(faces) == 2
    assert api.parse_face(photo, face=faces[0]).labels.shape == (512, 512)
    whole = api.parse_face(photo)
    assert whole.labels.shape == (120, 160)
    assert whole.labels[30, 30] == 1
    assert api.parse_face(photo, faces=faces[1:]).labels[30, 30] == 0


@pytest.mark.usefixtures("faked")
def test_nobody_is_no_face_for_the_map_and_none_for_the_list() -> None:
    assert api.detect_faces(fakes.picture()) == ()
    with pytest.raises(NoFace):
        api.parse_face(fakes.picture())
