"""Any folder of pictures: found by content, in one order, what is broken left out with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner.errors import RecipeError, UnknownName
from limner.train.data.folder import PhotoFolder

pytestmark = pytest.mark.train


def picture(path: Path, color: int, kind: str = "PNG") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((40, 50, 3), color, np.uint8)).save(path, kind)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    picture(tmp_path / "b" / "é 2.jpg", 20, "JPEG")
    picture(tmp_path / "a.txt", 10)  # by content, never by name
    picture(tmp_path / "c.webp", 30, "WEBP")
    picture(tmp_path / ".hidden" / "d.png", 40)
    (tmp_path / "notes.jpg").write_text("no picture")
    return tmp_path


def test_pictures_are_found_by_content_and_sorted(folder: Path) -> None:
    photos = PhotoFolder(folder)
    assert photos.names == ("a.txt", "b/é 2.jpg", "c.webp")
    assert len(photos) == 3
    assert [int(p.pixels[0, 0, 0]) for _, p in photos] == [10, 20, 30]
    assert set(photos.refused) == {"notes.jpg"}


def test_a_broken_picture_is_left_out_with_its_reason(folder: Path) -> None:
    data = (folder / "c.webp").read_bytes()
    (folder / "c.webp").write_bytes(data[: len(data) // 2])
    photos = PhotoFolder(folder)
    assert [name for name, _ in photos] == ["a.txt", "b/é 2.jpg"]
    assert "c.webp" in photos.refused


def test_what_holds_no_picture_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="holds no picture"):
        PhotoFolder(tmp_path)
    with pytest.raises(RecipeError, match="is not there"):
        PhotoFolder(tmp_path / "none")


def test_a_wrong_name_is_answered_with_its_neighbours(folder: Path) -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'c\.webp'"):
        PhotoFolder(folder).photo("c.web")
