"""Photographs of eggs become a table: own pixels beat maps, a turning surface beats a plane."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.heads.conftest import FakeSession, fake_row, graphs, source  # noqa: F401
from tests.weights.graphs import pooling

from limner import api, heads
from limner.api import _photo
from limner.errors import InputError
from limner.geometry.camera import Camera
from limner.heads import encode
from limner.records import Face, Head, Photo

pytestmark = pytest.mark.usefixtures("graphs")


def face(_photo: Photo) -> tuple[Face, ...]:
    """Find the average face where a camera before it sees it, in any picture that is not black."""
    if not _photo.pixels.any():
        return ()
    points, _ = encode.template()
    at = Camera(0.0, 0.0).project(points)[0].astype(np.float32)
    crop = np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]])
    box = np.array([*at.min(0), *at.max(0)], np.float32)
    return (Face(box, 0.9, at, 0.0, 0.0, 0.0, crop),)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def encode_photo(photo: Photo, _face: Face) -> Head:
        return encode.from_source(replace(source(), photo=photo))

    monkeypatch.setattr(_photo, "detect_faces", face)
    monkeypatch.setattr(heads, "encode_photo", encode_photo)
    folder = tmp_path / "photos"
    folder.mkdir()
    egg = source().photo.pixels
    for name, tint in (("blue", [1, 1, 3]), ("red", [3, 1, 1])):
        Image.fromarray((egg // 3 * np.array(tint)).astype(np.uint8)).save(folder / f"{name}.png")
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(folder / "nobody.png")
    (tmp_path / "judge.onnx").write_bytes(pooling(1, 3, 32, 32))
    return folder


def test_each_way_has_its_row_and_the_better_way_wins(data: Path) -> None:
    said: list[str] = []
    rows, sheet = api.score_heads(data, identity=data.parent / "judge.onnx", report=said.append)
    found = {row.way: row for row in rows}
    assert list(found) == ["maps", "own", "refined", "plane"]
    assert {row.people for row in rows} == {2}
    assert any("nobody.png: left out" in line for line in said)
    maps, own, plane = found["maps"], found["own"], found["plane"]
    assert maps.psnr is not None
    assert own.psnr is not None
    assert own.psnr > maps.psnr + 2
    assert own.rank_1 == own.turned_rank_1 == 1.0
    assert own.label_iou is not None
    assert own.label_iou > 0.9
    assert own.edit_inside is not None
    assert plane.label_iou is None
    # the stand-in finds the same face in every view, so every way is as far off as a face that did not turn
    assert own.landmarks_percent == pytest.approx(plane.landmarks_percent)
    assert own.landmarks_percent is not None
    assert own.landmarks_percent > 3
    assert sheet.ndim == 3


def test_one_person_alone_cannot_be_mistaken(data: Path) -> None:
    rows, _ = api.score_heads(data, people=1, identity=data.parent / "judge.onnx")
    assert {(row.rank_1, row.turned_rank_1) for row in rows} == {(None, None)}


def test_without_a_judge_nobody_is_known(data: Path) -> None:
    rows, _ = api.score_heads(data, people=1)
    assert {(row.rank_1, row.turned_rank_1) for row in rows} == {(None, None)}


def test_folders_and_numbers_that_make_no_sense_are_refused(data: Path, tmp_path: Path) -> None:
    for name in ("blue", "red"):
        (data / f"{name}.png").unlink()
    with pytest.raises(InputError, match="no photograph of a face"):
        api.score_heads(data)
    with pytest.raises(InputError, match="share from"):
        api.score_heads(data, identity_crop=2)
