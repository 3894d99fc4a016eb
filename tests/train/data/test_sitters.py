"""One array of all faces: whoever validates never trains, points stay on their pixels."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.train.made_packs import encoded, write_csv, write_tar

from limner.errors import RecipeError
from limner.train.data.packs import Pack, Turnheads, index
from limner.train.data.sitters import FS2K_TWINS, Sitters, build_sitters, fs2k_split

pytestmark = pytest.mark.train


def counts(packs: Path, split: str) -> list[int]:
    """Return how many photographs, drawings and heads the packs hold."""
    pairs = len(fs2k_split(packs, "test" if split == "val" else "train"))
    people = len(
        Pack(packs / ("celeba-val.tar" if split == "val" else "celeba-256-photos.tar")).ids("photo")
    )
    return [people + pairs, pairs, len(Turnheads(packs / f"turnheads-{split}.npz"))]


def test_every_kind_is_there_with_its_masks(packs: Path, sitters: Sitters) -> None:
    photos, pairs, heads = counts(packs, "train")
    assert np.bincount(sitters.kind).tolist() == [photos, pairs, heads]
    assert min(photos - pairs, pairs, heads) >= 3
    n = photos + pairs + heads
    assert sitters.pictures.shape == (n, 256, 256, 3)
    assert set(np.unique(sitters.masks)) == {0, 255}
    masked = sitters.masks.any((1, 2))
    assert masked.tolist() == [True] * (photos - pairs) + [False] * 2 * pairs + [True] * heads
    assert sitters.points.shape == (n, 478, 3)
    deep = np.abs(sitters.points[..., 2]).max(1) > 0
    assert (deep == masked).all()  # FS2K's meshes are flat


def test_nobody_of_the_validation_trains(packs: Path, cache: Path, sitters: Sitters) -> None:
    held = build_sitters(packs, packs / "labels", cache, "val")
    assert np.bincount(held.kind).tolist() == counts(packs, "val")
    faces = {p.tobytes() for p in sitters.points.round(2)}
    assert not faces & {p.tobytes() for p in held.points.round(2)}


def test_yaw_has_the_products_sign_whoever_measured_it(sitters: Sitters) -> None:
    yaw = sitters.pose_deg[:, 0]
    nose = sitters.points[:, 1, 0]
    cheeks = sitters.points[:, [234, 454], 0].mean(1)
    turned = np.abs(yaw) > 15
    assert turned.sum() >= 5
    assert {0, 2} <= set(sitters.kind[turned])
    # positive: the nose points to the picture's left
    assert (np.sign(cheeks - nose) == np.sign(yaw))[turned].all()


def test_twins_of_test_people_do_not_train(tmp_path: Path) -> None:
    twin, other = sorted(FS2K_TWINS)[0], "photo1_image9000"
    names = [(twin, "train"), (other, "train"), (twin, "test"), ("photo2_image1", "test")]
    rows = [{"id": n, "split": s, "style": "croquis"} for n, s in names]
    write_csv(tmp_path / "fs2k.csv", rows)
    assert [r["id"] for r in fs2k_split(tmp_path, "train")] == [other]
    assert [r["id"] for r in fs2k_split(tmp_path, "test")] == [twin, "photo2_image1"]


def dotted(width: int, height: int, places: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return a black picture with a soft white dot at each place."""
    y, x = np.mgrid[:height, :width]
    out = np.zeros((height, width))
    for px, py in places:
        out = np.maximum(out, 255 * np.exp(-((x - px) ** 2 + (y - py) ** 2) / 50))
    return np.repeat(np.rint(out)[..., None], 3, 2).astype(np.uint8)


def center_of(picture: NDArray[np.uint8], near: NDArray[np.floating]) -> NDArray[np.floating]:
    x0, y0 = (int(v) for v in np.maximum(near - 15, 0))
    part = picture[y0 : y0 + 31, x0 : x0 + 31, 0].astype(float)
    y, x = np.indices(part.shape)
    total = float(part.sum())
    return np.array([float((x * part).sum()) / total + x0, float((y * part).sum()) / total + y0])


@pytest.mark.parametrize("size", [(475, 341), (223, 318), (256, 256), (1001, 700)])
def test_points_stay_on_their_pixels_when_a_picture_is_shrunk(
    size: tuple[int, int], packs: Path, tmp_path: Path
) -> None:
    for path in packs.glob("*.*"):
        shutil.copy(path, tmp_path)
    shutil.copytree(packs / "labels", tmp_path / "labels")
    width, height = size
    places = np.array([[40.0, 50], [width - 45, 60], [width - 60, height - 42]])
    points = np.tile(places[:1], (478, 1))
    points[:3] = places
    drawn = encoded(dotted(*size, places), "PNG")
    write_tar(tmp_path / "fs2k.tar", {"photo/d.png": drawn, "sketch/d.png": drawn})
    write_csv(tmp_path / "fs2k.csv", [{"id": "d", "split": "train", "style": "pencil"}])
    for kind in ("photo", "sketch"):
        np.savez(
            tmp_path / f"fs2k-{kind}-landmarks.npz",
            ids=np.array(["d"]),
            xy_quarter_px=np.rint(points * 4).astype(np.int16)[None],
            yaw_pitch_roll_deg=np.zeros((1, 3), np.float16),
        )
    made = build_sitters(tmp_path, tmp_path / "labels", tmp_path / "cache")
    (i,) = np.flatnonzero(made.kind == 1)
    w, h = (int(v) for v in made.sizes[i])
    assert max(w, h) == min(256, max(size))
    assert abs(w / h - width / height) < 0.01
    assert not made.pictures[i, h:].any()
    assert not made.pictures[i, :, w:].any()
    for point in made.points[i, :3, :2]:
        seen = center_of(made.pictures[i], point)
        assert np.abs(seen - point).max() < 0.06, f"{seen} is not {point}"


def test_what_is_built_is_kept_and_what_was_cut_is_built_again(packs: Path, tmp_path: Path) -> None:
    first = build_sitters(packs, packs / "labels", tmp_path, "val")
    base = tmp_path / "sitters-val"
    stamp = (base / "pictures.npy").stat().st_mtime_ns
    again = build_sitters(tmp_path / "gone", tmp_path / "gone", tmp_path, "val")
    assert (base / "pictures.npy").stat().st_mtime_ns == stamp
    np.testing.assert_array_equal(first.pictures, again.pictures)
    (base / "done.json").unlink()
    (base / "rest.npz").unlink()
    built = build_sitters(packs, packs / "labels", tmp_path, "val")
    for name in ("pictures", "masks", "points", "sizes", "pose_deg", "kind"):
        mine: Any = getattr(built, name)
        np.testing.assert_array_equal(mine, getattr(first, name))


def test_packs_without_a_single_mesh_are_refused(packs: Path, tmp_path: Path) -> None:
    for path in packs.glob("*.*"):
        shutil.copy(path, tmp_path)
    (tmp_path / "labels").mkdir()
    for path in tmp_path.glob("*landmarks.npz"):
        axes = "xyz_quarter_px" if "celeba" in path.name else "xy_quarter_px"
        none = {axes: np.zeros((0, 478, 3), np.int16), "ids": np.array([], dtype="U1")}
        np.savez(path, yaw_pitch_roll_deg=np.zeros((0, 3), np.float16), **none)  # type: ignore[arg-type]
    np.savez(
        tmp_path / "labels" / "turnheads-train.npz",
        xyz_px=np.zeros((8, 478, 3), np.float32),
        score=np.zeros(8, np.float32),
    )
    assert index(tmp_path / "fs2k.csv")
    with pytest.raises(RecipeError, match="No face"):
        build_sitters(tmp_path, tmp_path / "labels", tmp_path / "cache")
