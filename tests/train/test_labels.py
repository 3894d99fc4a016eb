"""Labelling a folder: all files of a photograph, once, with what was left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.train.made_packs import Person, person

from limner.errors import MissingWeights
from limner.train.data import labels
from limner.train.data.labels import label_folder
from limner.train.data.teachers import TEACHERS, Found

pytestmark = pytest.mark.train


class School:
    """Teachers that know the one made person."""

    def __init__(self, made: Person) -> None:
        self.made, self.asked = made, 0

    def path(self, role: str) -> str:
        return TEACHERS[role].file

    def faces(self, pixels: Any) -> list[Found]:
        self.asked += 1
        if not pixels.std() > 20:
            return []
        mesh = self.made.mesh.astype(np.float64)
        low, high = mesh[:, :2].min(0), mesh[:, :2].max(0)
        return [Found(np.r_[low, high], mesh[[33, 263, 1, 61, 291], :2], 0.9, mesh, 1.0)]

    def parse(self, crop: Any, points: Any) -> Any:
        assert crop.shape == (512, 512, 3)
        assert abs(points[[33, 263], 1].mean() - 512 * 0.47) < 40  # the eyes of an FFHQ crop
        return np.full((448, 448), 13, np.uint8)

    def hair(self, pixels: Any) -> Any:
        return np.full(pixels.shape[:2], 0.5, np.float32)

    person = hair

    def pose_deg(self, mesh: Any) -> Any:
        del mesh
        return np.zeros(3)


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> School:
    made = School(person("a", 1))
    monkeypatch.setattr(labels, "Teachers", lambda folder, threads: made)
    return made


@pytest.fixture
def photos(school: School, tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    Image.fromarray(school.made.photo).save(folder / "deep" / "a.png")
    Image.fromarray(np.full((64, 48, 3), 200, np.uint8)).save(folder / "empty.png")
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_every_photograph_gets_its_labels(school: School, photos: Path, tmp_path: Path) -> None:
    told: list[str] = []
    out = tmp_path / "labels"
    result = label_folder(photos, teachers=tmp_path, out=out, report=told.append)
    assert (result.photos, result.kept, result.faces) == (2, 0, 1)
    assert told == ["deep/a.png: 1 faces", "empty.png: 0 faces"]
    with np.load(out / "deep" / "a.png.npz") as data:
        assert data["meshes"].shape == (1, 478, 3)
        np.testing.assert_allclose(data["meshes"][0], school.made.mesh, atol=1e-3)
        assert data["crop_from_photo"].shape == (1, 2, 3)
    with np.load(out / "empty.png.npz") as data:
        assert data["boxes"].shape == (0, 4)
    classes = np.asarray(Image.open(out / "deep" / "a.png.classes.png"))
    assert classes.shape == school.made.labels.shape
    assert set(np.unique(classes)) <= {0, 13}
    assert (np.asarray(Image.open(out / "empty.png.hair.png")) == 128).all()
    about = json.loads((out / "labels.json").read_text())
    assert list(about["refused"]) == ["notes.txt"]
    assert len(about["teachers"]) == len(TEACHERS)


def test_what_is_labelled_is_kept(school: School, photos: Path, tmp_path: Path) -> None:
    label_folder(photos, teachers=tmp_path, out=tmp_path / "labels")
    asked = school.asked
    (tmp_path / "labels" / "empty.png.npz").unlink()  # as if killed before the last file
    result = label_folder(photos, teachers=tmp_path, out=tmp_path / "labels")
    assert (result.photos, result.kept, school.asked) == (1, 1, asked + 1)
    assert "1 were there" in str(result)


def test_teachers_that_are_not_there_are_said_before_anything_is_written(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(np.zeros((64, 48, 3), np.uint8)).save(photos / "a.png")
    with pytest.raises(MissingWeights):
        label_folder(photos, teachers=tmp_path, out=tmp_path / "labels")
    assert not (tmp_path / "labels").exists()
