"""Packs are read by kind and id, and say what they lack."""

from __future__ import annotations

import io
import tarfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from tests.train.made_packs import encoded, write_csv, write_tar

from limner.errors import RecipeError
from limner.train.data.packs import Pack, Turnheads, index, mesh

pytestmark = pytest.mark.train

PHOTO = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).astype(np.uint8)
LABELS = (np.arange(48, dtype=np.uint8) % 19).reshape(6, 8)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    members = {
        "photo/b.png": encoded(PHOTO, "PNG"),
        "./photo/a.c.png": encoded(PHOTO[::-1], "PNG"),
        "label/b.png": encoded(LABELS, "PNG"),
    }
    write_tar(tmp_path / "made.tar", members)
    return Pack(tmp_path / "made.tar")


def test_ids_are_sorted_and_of_one_kind(pack: Pack) -> None:
    assert pack.ids("photo") == ["a.c", "b"]
    assert pack.ids("label") == ["b"]
    assert pack.ids("sketch") == []


def test_pictures_and_labels_come_back_to_the_bit(pack: Pack) -> None:
    np.testing.assert_array_equal(pack.rgb("photo", "b"), PHOTO)
    np.testing.assert_array_equal(pack.rgb("photo", "a.c"), PHOTO[::-1])
    np.testing.assert_array_equal(pack.labels("b"), LABELS)
    assert pack.labels("b").dtype == np.uint8


def test_a_picture_that_is_not_there_is_named(pack: Pack) -> None:
    with pytest.raises(RecipeError, match=r"made\.tar holds no photo/z"):
        pack.rgb("photo", "z")


def test_folders_in_a_tar_are_no_pictures(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "by-hand.tar", "w") as tar:
        folder = tarfile.TarInfo("photo")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        data = encoded(PHOTO, "PNG")
        info = tarfile.TarInfo("photo/a.png")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    assert Pack(tmp_path / "by-hand.tar").ids("photo") == ["a"]


@pytest.mark.parametrize(
    "read",
    [
        lambda folder: Pack(folder / "gone.tar"),
        lambda folder: Turnheads(folder / "gone.tar"),
        lambda folder: index(folder / "gone.tar"),
        lambda folder: mesh(folder / "gone.tar"),
    ],
    ids=["pack", "turnheads", "index", "mesh"],
)
def test_a_missing_file_is_named_with_the_option_that_says_where(
    read: object, tmp_path: Path
) -> None:
    assert callable(read)
    with pytest.raises(RecipeError, match=r"gone\.tar is not in .*--data"):
        read(tmp_path)


def test_a_file_that_is_no_tar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.tar").write_text("<html>not found</html>")
    with pytest.raises(RecipeError, match=r"page\.tar is no tar"):
        Pack(tmp_path / "page.tar")


def test_a_pack_that_nobody_holds_is_closed(tmp_path: Path) -> None:
    write_tar(tmp_path / "a.tar", {"photo/a.png": encoded(PHOTO, "PNG")})
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        pack = Pack(tmp_path / "a.tar")
        tar = pack._tar
        del pack
    assert tar.closed  # type: ignore[attr-defined]  # a TarFile's own, but not in its stubs


def test_an_index_is_a_row_of_texts_each(tmp_path: Path) -> None:
    rows = [{"id": "ä", "size": 256}, {"id": "b", "size": 1}]
    write_csv(tmp_path / "a.csv", rows)
    assert index(tmp_path / "a.csv") == [{"id": "ä", "size": "256"}, {"id": "b", "size": "1"}]


@pytest.mark.parametrize(
    ("key", "axes", "unit"), [("xyz_quarter_px", 3, 4), ("xy_quarter_px", 2, 4), ("xyz_px", 3, 1)]
)
def test_mesh_points_are_px_whatever_unit_they_are_kept_in(
    key: str, axes: int, unit: int, tmp_path: Path
) -> None:
    points = np.random.default_rng(0).integers(-40, 1024, (2, 478, axes)).astype(np.int16)
    np.savez(tmp_path / "mesh.npz", **{"ids": np.array(["a", "b"]), key: points})  # type: ignore[arg-type]
    found = mesh(tmp_path / "mesh.npz")
    assert list(found) == ["a", "b"]
    assert found["b"].dtype == np.float32
    np.testing.assert_array_equal(found["b"], points[1] / np.float32(unit))


def test_turned_heads_have_photograph_classes_and_depth_of_each_view(packs: Path) -> None:
    heads = Turnheads(packs / "turnheads-train.npz")
    assert len(heads) == 8
    assert heads.arrays["head"].tolist() == [0] * 4 + [1] * 4
    photo, label, depth = heads.photo(3), heads.label(3), heads.depth_mm(3)
    assert (photo.shape, label.shape, depth.shape) == ((256, 256, 3), (256, 256), (128, 128))
    assert [str(a.dtype) for a in (photo, label, depth)] == ["uint8", "uint8", "uint16"]
    assert label.max() < 19
    # depth is there just where the person is
    assert ((depth > 0) == (label[1::2, 1::2] > 0)).mean() > 0.97
    assert not np.array_equal(heads.label(0), label)
