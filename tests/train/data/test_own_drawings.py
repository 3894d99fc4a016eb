"""A folder of drawings: what can be used, what is said when it cannot, and what a sheet of one's own holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.train.made_packs import person

from limner.errors import RecipeError
from limner.geometry.align import crop_from_landmarks
from limner.records import Face, Photo, SemanticMap
from limner.train.data import own_drawings, style_sheets
from limner.train.data.own_drawings import OwnSampler, read_drawings, toned

pytestmark = pytest.mark.train

SIDE = 320


def points_of(seed: int) -> NDArray[np.float32]:
    return person(str(seed), seed, SIDE).mesh[:478, :2]


def drawing(seed: int) -> NDArray[np.uint8]:
    """Return a made drawing on stained paper; its darkest corner pixel says whose it is, 0 that nobody is there."""
    sheet = person(str(seed), seed, SIDE).drawing.copy()
    sheet[0, 0] = seed
    return sheet


def find(photo: Photo) -> tuple[Face, ...]:
    """Find the face whose number stands in the corner, with a smaller one beside it."""
    seed = int(photo.pixels[0, 0, 0])
    if not seed:
        return ()
    flat = points_of(seed)
    box = np.concatenate([flat.min(0), flat.max(0)])
    small = Face(np.array([0, 0, 9, 9], np.float32), 1.0, flat, 0, 0, 0, np.eye(2, 3))
    large = Face(box, 1.0, flat, 0, 0, 0, crop_from_landmarks(flat))
    return (small, large)


@pytest.fixture(autouse=True)
def made_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = np.zeros((512, 512), np.uint8)
    cv2.ellipse(ids, (256, 270), (130, 180), 0, 0, 360, 1, -1)
    monkeypatch.setattr(own_drawings, "find_faces", find)
    monkeypatch.setattr(style_sheets, "parse_crop", lambda photo, face: SemanticMap(ids))


def folder_of(path: Path, seeds: list[int]) -> Path:
    path.mkdir(exist_ok=True)
    for i, seed in enumerate(seeds):
        sheet = drawing(seed or 1)
        sheet[0, 0] = seed
        Image.fromarray(sheet).save(path / f"{i:02d}.png")
    (path / "notes.txt").write_text("not a drawing", "utf-8")
    return path


def test_every_drawing_with_a_face_becomes_an_aligned_sheet(tmp_path: Path) -> None:
    sheets, side = read_drawings(folder_of(tmp_path / "mine", [1, 2, 3, 4, 5, 0]))
    assert len(sheets) == 5
    assert side <= 300
    whole = sheets[0].shape[0]
    assert {s.shape for s in sheets} == {(whole, whole, 4)}
    assert whole == 4 * round(side * 1.3 / 4)
    for sheet in sheets:
        assert np.median(sheet[..., 1]) == 255  # the paper became white
        assert sheet[..., 1].min() < 90
        ys, xs = np.nonzero(sheet[..., 3] == 1)
        assert abs(xs.mean() - whole / 2) < 3
        assert abs(ys.mean() - (whole / 2 + side * 14 / 512)) < 4
        assert sheet[..., 2].any()


def test_two_usable_drawings_are_too_few_and_the_sentence_says_what_is_wanted(
    tmp_path: Path,
) -> None:
    with pytest.raises(
        RecipeError, match=r"2 of the 4 pictures in .* can be used.*5 at least.*10 to 300"
    ):
        read_drawings(folder_of(tmp_path / "few", [1, 0, 0, 2]))


def test_drawings_without_a_face_are_refused_with_what_helps(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none of the 3 pictures .* a face was found.*upright"):
        read_drawings(folder_of(tmp_path / "none", [0, 0, 0]))


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="holds no picture"):
        read_drawings(folder_of(tmp_path / "empty", []))


def test_batches_show_tones_without_strokes(tmp_path: Path) -> None:
    sheets, _ = read_drawings(folder_of(tmp_path / "mine", [1, 2, 3, 4, 5]))
    sampler = OwnSampler(sheets, batch=3, size_px=64)
    batch = sampler.batch(np.random.default_rng(0))
    assert {k: v.shape for k, v in batch.items()} == {
        "picture": (3, 21, 64, 64),
        "drawing": (3, 1, 64, 64),
    }
    again: dict[str, Any] = sampler.batch(np.random.default_rng(0))
    np.testing.assert_array_equal(batch["picture"], again["picture"])
    shown = toned(sheets[0], np.random.default_rng(0))
    np.testing.assert_array_equal(shown[..., 1:], sheets[0][..., 1:])
    steps = [
        np.abs(np.diff(s.astype(int), axis=1)).max() for s in (shown[..., 0], sheets[0][..., 1])
    ]
    assert steps[0] < steps[1] / 3
