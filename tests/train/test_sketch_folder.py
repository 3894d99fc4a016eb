"""Any folder of photographs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.train.made_packs import person

from limner.train.data import sketch_faces, sketch_folder
from limner.train.data.sketch_faces import build_faces, chosen
from limner.train.data.sketch_folder import files_of, is_held_out, read_faces, sharpness


def test_a_files_split_is_its_names_own(tmp_path: Path) -> None:
    names = [f"{i}.jpg" for i in range(80)]
    for name in [*names, "notes.txt"]:
        (tmp_path / name).write_bytes(b"")
    train, val = (files_of(tmp_path, s) for s in ("train", "val"))
    assert len(train) + len(val) == 80
    assert all(is_held_out(p.name) for p in val)
    assert not {p.name for p in train} & {p.name for p in val}


def test_folders_inside_are_searched(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    name = next(f"{i}.png" for i in range(99) if not is_held_out(f"{i}.png"))
    (tmp_path / "a" / name).write_bytes(b"")
    assert [p.name for p in files_of(tmp_path, "train")] == [name]


def test_a_broken_picture_gives_no_face(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"no picture")
    assert read_faces(path, 0) == []


def test_a_blurred_picture_is_less_sharp() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (256, 256, 3)).astype(np.uint8)
    flat = np.full((256, 256, 3), 90, np.uint8)
    assert sharpness(noise) > 100 * (sharpness(flat) + 1)


def test_a_folder_of_portraits_becomes_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person("a", 1, 512)
    asked: list[Path] = []

    def found(path: Path, least_sharpness: float) -> list[Any]:
        del least_sharpness
        asked.append(path)
        return [(one.photo, one.labels, one.mesh[:, :2].astype(np.float32))]

    monkeypatch.setattr(sketch_faces, "read_faces", found)
    name = next(f"{i}.png" for i in range(99) if not is_held_out(f"{i}.png"))
    Image.fromarray(one.photo).save(tmp_path / name)
    sources = chosen(tmp_path, "train", 0)
    faces = build_faces(sources, tmp_path / "cache", "folder", workers=1)
    assert faces.ids == (f"{name}#0",)
    assert faces.lines(0).points.shape[1] == 2
    assert {p.name for p in asked} == {name}
    assert {".jpg", ".png"} <= sketch_folder.SUFFIXES
