"""Faces that can be sketched, cached once."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.train.made_packs import person

from limner.errors import RecipeError
from limner.records import Palette
from limner.train.data import sketch_faces
from limner.train.data.sketch_faces import build_faces, chosen, palette_of, shrunk


def test_turned_faces_and_validation_people_are_left_out(packs: Path) -> None:
    train = [s.id for s in chosen(packs, "train", 0)]
    assert "00003" not in train
    assert "00000" in train
    assert "00010" in train
    assert not {s.id for s in chosen(packs, "val", 0)} & set(train)
    assert {"00020", "00021"} <= {s.id for s in chosen(packs, "val", 0)}


def test_dull_small_photographs_are_left_out_and_large_ones_are_not(packs: Path) -> None:
    ids = {s.id for s in chosen(packs, "train", 600)}
    assert ids == {"00010", "00011"}
    assert {s.id for s in chosen(packs, "train", 0, size=512)} == ids


def test_mesh_points_are_given_for_512_pixels(packs: Path) -> None:
    source = next(s for s in chosen(packs, "train", 0) if s.id == "00000")
    wanted = (person("00000", 0).mesh[:, :2] + 0.5) * 2 - 0.5
    np.testing.assert_allclose(source.mesh, wanted, atol=0.3)


def test_arrays_are_made_once_and_read_back(
    packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = chosen(packs, "train", 0)[:2]
    first = build_faces(sources, tmp_path, "a", workers=1)
    monkeypatch.setattr(sketch_faces, "_make", None)
    again = build_faces(sources, tmp_path, "a", workers=1)
    assert first.ids == again.ids
    np.testing.assert_array_equal(first.photos, again.photos)
    assert first.clean.max() > 200
    for n in range(2):
        lines = again.lines(n)
        assert lines.starts[0] == 0
        assert lines.starts[-1] == len(lines.points)
        assert len(lines.engine) == len(lines.starts) - 1


def test_other_faces_make_the_arrays_anew(packs: Path, tmp_path: Path) -> None:
    sources = chosen(packs, "train", 0)
    build_faces(sources[:1], tmp_path, "a", workers=1)
    assert build_faces(sources[1:2], tmp_path, "a", workers=1).ids == (sources[1].id,)


def test_the_photograph_keeps_its_size_in_the_large_cache(packs: Path, tmp_path: Path) -> None:
    sources = chosen(packs, "train", 0, size=512)[:1]
    faces = build_faces(sources, tmp_path, "a", size=512, workers=1)
    assert faces.photos.shape == (1, 512, 512, 3)
    assert faces.labels.shape == (1, 256, 256)


def test_no_faces_are_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no face"):
        build_faces([], tmp_path, "a")
    with pytest.raises(RecipeError, match="portraits"):
        chosen(tmp_path, "train", 0)
    (tmp_path / "celeba.csv").write_text("id,split,size,laplacian_variance\n")
    with pytest.raises(RecipeError, match="landmarks"):
        chosen(tmp_path, "train", 0)


def test_a_palette_holds_the_colours_of_the_parts() -> None:
    labels = np.zeros((256, 256), np.uint8)
    photo = np.full((256, 256, 3), 40, np.uint8)
    for k, (group, color) in enumerate(
        {1: (200, 150, 120), 13: (60, 40, 20), 12: (180, 60, 70)}.items()
    ):
        labels[40 * k : 40 * k + 40] = group
        photo[labels == group] = color
    palette = Palette.from_code(palette_of(photo, labels))
    assert palette.skin == (200, 150, 120)
    assert palette.hair == (60, 40, 20)
    assert palette.lips == (180, 60, 70)
    assert palette.background == (40, 40, 40)
    assert palette.clothes == Palette().clothes


def test_light_has_the_side_of_the_bright_cheek() -> None:
    labels = np.ones((256, 256), np.uint8)
    ramp = np.linspace(80, 180, 256).astype(np.uint8)
    photo = np.repeat(np.tile(ramp, (256, 1))[..., None], 3, 2)
    x, y = Palette.from_code(palette_of(photo, labels)).light
    assert x == pytest.approx(0.2, abs=0.03)
    assert y == pytest.approx(0, abs=0.01)


def test_thin_parts_survive_shrinking() -> None:
    labels = np.ones((512, 512), np.uint8)
    labels[100:101] = 6
    labels[201] = 13
    small = shrunk(labels)
    assert small.shape == (256, 256)
    assert (small[50] == 6).all()


def test_a_cache_that_was_cut_short_is_made_anew(packs: Path, tmp_path: Path) -> None:
    sources = chosen(packs, "train", 0)[:1]
    build_faces(sources, tmp_path, "a", workers=1)
    (tmp_path / "a-256" / "done.json").unlink()
    shutil.copy(tmp_path / "a-256" / "palettes.npy", tmp_path / "a-256" / "photos.npy")
    assert build_faces(sources, tmp_path, "a", workers=1).photos.shape == (1, 256, 256, 3)
