"""Further artists: CUFS in pairs, charcoal with its own lines and blurred tones, photographs that nobody drew."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.train.made_packs import encoded, person, write_meshes, write_tar

from limner.records import CLASSES, SemanticMap
from limner.train.data import style_sheets
from limner.train.data.drawings import FREE, FREE_PX, STYLES, Sheets
from limner.train.data.style_sheets import Shelf, build_shelf

pytestmark = pytest.mark.train

SKIN = CLASSES.index("skin")


@pytest.fixture(scope="module")
def shelf(
    packs: Path, cache: Path, sheets: Sheets, tmp_path_factory: pytest.TempPathFactory
) -> Shelf:
    """Return everything that trains: made people in all packs, and a parser that sees a round face."""
    folder = tmp_path_factory.mktemp("more-packs")
    mine = folder / "cache"
    shutil.copytree(cache, mine)
    for name in ("fs2k.tar", "fs2k.csv"):
        shutil.copy(packs / name, folder)
    labels = folder / "labels"
    shutil.copytree(packs / "labels", labels)
    sitters = [person(f"{split}_{i}", 90 + i, 200) for i, split in enumerate(("train", "test"))]
    members = {f"photo/{p.name}.webp": encoded(p.photo, "WEBP") for p in sitters}
    members |= {f"drawing/{p.name}.webp": encoded(p.drawing, "WEBP") for p in sitters}
    write_tar(folder / "cufs.tar", members)
    write_meshes(labels / "cufs-photo.npz", sitters)
    drawn = [person("c0", 95, 320)]
    sheet = drawn[0].drawing.copy()
    sheet[:6, :200] = 0  # a line of type at the top
    write_tar(folder / "charcoal.tar", {"drawing/c0.webp": encoded(sheet, "WEBP")})
    write_meshes(labels / "charcoal.npz", drawn)
    free = [person("f0", 96)]
    write_tar(folder / "diverse.tar", {"photo/f0.webp": encoded(free[0].photo, "WEBP")})
    write_meshes(labels / "diverse.npz", free)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style_sheets, "parse_crop", lambda photo, face: _round())
        build_shelf(folder, labels, mine, "test")
        return build_shelf(folder, labels, mine, "train")


def _round() -> SemanticMap:
    ids = np.zeros((512, 512), np.uint8)
    cv2.ellipse(ids, (256, 270), (130, 180), 0, 0, 360, SKIN, -1)
    return SemanticMap(ids)


def of(shelf: Shelf, style: int) -> list[int]:
    return np.flatnonzero(shelf.style == style).tolist()


def test_all_artists_stand_on_one_shelf_and_test_people_on_another(
    shelf: Shelf, sheets: Sheets
) -> None:
    assert shelf.ids[: len(sheets.ids)] == sheets.ids
    assert shelf.ids[len(sheets.ids) :] == ("train_0", "c0", "diverse/f0")
    assert [len(of(shelf, k)) for k in (3, 4, FREE)] == [1, 1, 1]
    np.testing.assert_array_equal(shelf.sheet(1), sheets.sheet(1))
    with pytest.raises(IndexError):
        shelf.sheet(len(shelf.ids))


def test_graphite_is_a_pair_in_its_own_frame(shelf: Shelf) -> None:
    sheet = shelf.sheet(of(shelf, STYLES.index("graphite"))[0])
    assert sheet.shape == (200, 200, 4)
    assert (sheet[..., 3] == SKIN).any()
    assert sheet[..., 0].std() > 5
    assert sheet[..., 1].min() < 60


def test_charcoal_has_its_own_lines_blurred_tones_and_no_type(shelf: Shelf) -> None:
    sheet = shelf.sheet(of(shelf, STYLES.index("charcoal"))[0])
    grey, drawn, ink = (sheet[..., k].astype(float) for k in range(3))
    assert (drawn[:6] == 255).all()
    face = cv2.erode((sheet[..., 3] == SKIN).astype(np.uint8), np.ones((9, 9))) > 0
    assert np.abs(np.diff(grey, axis=1))[face[:, 1:]].max() < 40  # no stroke is left
    assert grey[face].std() > 1
    assert drawn[(ink > 128) & face].mean() < drawn[(ink == 0) & face].mean()


def test_a_photograph_that_nobody_drew_is_an_aligned_crop(shelf: Shelf) -> None:
    sheet = shelf.sheet(of(shelf, FREE)[0])
    assert sheet.shape == (FREE_PX, FREE_PX, 4)
    assert (sheet[..., 1] == 255).all()
    # the crop is aligned, so the round face of 512² comes back in its middle
    ys, xs = np.nonzero(sheet[..., 3] == SKIN)
    assert ys.mean() == pytest.approx(FREE_PX * 270 / 512, abs=2)
    assert xs.mean() == pytest.approx(FREE_PX / 2, abs=2)


def test_photographs_may_be_left_out(shelf: Shelf, tmp_path: Path) -> None:
    assert FREE in shelf.style
    assert Shelf(shelf.parts[:1]).ids == shelf.parts[0].ids
