"""Real drawings, aligned, test people kept apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.train.made_packs import write_fs2k

from limner.train.data import sketch_drawings
from limner.train.data.sketch_drawings import drawings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fs2k")
    write_fs2k(made)
    return made


def test_only_croquis_of_the_split_are_taken(folder: Path) -> None:
    assert len(drawings(folder, "train")) == 4
    assert len(drawings(folder, "test")) == 2


def test_drawings_are_ink_in_the_crop_of_a_face(folder: Path) -> None:
    ink = drawings(folder, "train")
    assert ink.shape[1:] == (256, 256)
    assert ink.dtype == np.uint8
    # the mouth's window holds ink, the sheet does not
    assert (ink[:, 150:246, 84:180] > 128).any((1, 2)).all()
    assert (ink > 128).mean() < 0.2


def test_the_number_can_be_limited(folder: Path) -> None:
    assert len(drawings(folder, "train", most=2)) == 2


def test_a_folder_without_packs_gives_none(tmp_path: Path) -> None:
    assert drawings(tmp_path, "train").shape == (0, 256, 256)


def test_what_was_kept_is_read_back(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = drawings(folder, "train", cache=tmp_path)
    monkeypatch.setattr(sketch_drawings, "_found", None)
    np.testing.assert_array_equal(drawings(folder, "train", cache=tmp_path), first)
