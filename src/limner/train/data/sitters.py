"""Every face of the packs in one array: packs in → 256² pictures with mesh points and person masks.

The detector and the landmark network draw from this array. It is built once, in the order of the packs below, and
memory-mapped afterwards. Validation people are never in it unless asked for by `split`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from limner.errors import RecipeError
from limner.lines import extract
from limner.records import Photo
from limner.train.data.own_faces import key_of, own_faces
from limner.train.data.packs import Pack, Turnheads, index, mesh

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FS2K_TWINS", "Sitters", "Source", "build_sitters", "fs2k_split", "sitters_of"]

#: Train pictures of FS2K whose twin is in the test set.
FS2K_TWINS = frozenset(
    ["photo1_image1530", "photo1_image0291"]
    + [f"photo3_image{n}" for n in ("0044", "0359", "0119", "0449", "0199", "0444", "0060", "0382")]
    + [f"photo3_image{n}" for n in ("0116", "0158", "0120", "0206")]
)


@dataclass(frozen=True, slots=True)
class Sitters:
    """Faces to compose and to augment.

    Parameters
    ----------
    pictures : ndarray of shape (N, 256, 256, 3), uint8
        Upper left part holds the picture, the rest is black.
    masks : ndarray of shape (N, 256, 256), uint8
        255 where the person is; 0 everywhere where no mask is known.
    points : ndarray of shape (N, 478, 3), float32
        Mesh points in px of the stored picture; z on x's scale (0 where unknown).
    sizes : ndarray of shape (N, 2), int16
        Width and height.
    pose_deg : ndarray of shape (N, 3), float32
        Yaw (product's sign), pitch, roll; NaN where unknown.
    kind : ndarray of shape (N,), uint8
        0 photograph, 1 drawing, 2 synthetic head, 3 painting.
    """

    pictures: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    points: NDArray[np.float32]
    sizes: NDArray[np.int16]
    pose_deg: NDArray[np.float32]
    kind: NDArray[np.uint8]


Row = tuple[
    NDArray[np.uint8], NDArray[np.uint8] | None, NDArray[np.float32], NDArray[np.float32], int
]


def fs2k_split(folder: Path, split: str) -> list[dict[str, str]]:
    """Return FS2K's rows of "train" (less those with a twin in the test set) or "test"."""
    rows = [r for r in index(folder / "fs2k.csv") if r["split"] == split]
    return [r for r in rows if split == "test" or r["id"] not in FS2K_TWINS]


def _poses(path: Path) -> dict[str, NDArray[np.float32]]:
    with np.load(path) as data:
        key = "yaw_pitch_roll_deg" if "yaw_pitch_roll_deg" in data else "ypr"
        # the teacher's angles in the product's sign and scale, as measured on exact synthetic views
        turn = data[key].astype(np.float32) * np.array([-1 / 1.06, 1 / 0.73, 1], np.float32)
        turn[:, 1] -= 4 / 0.73
        return dict(zip(data["ids"].tolist(), turn, strict=True))


def _celeba(folder: Path, split: str) -> Iterator[Row]:
    points = mesh(folder / "celeba-landmarks.npz")
    poses = _poses(folder / "celeba-landmarks.npz")
    if split == "train":
        photos, labels = (
            Pack(folder / "celeba-256-photos.tar"),
            Pack(folder / "celeba-256-labels.tar"),
        )
    else:
        photos = labels = Pack(folder / "celeba-val.tar")
    for name in photos.ids("photo"):
        if name in points:
            mask = (labels.labels(name) > 0).astype(np.uint8) * 255
            yield photos.rgb("photo", name), mask, points[name], poses[name], 0


def _fs2k(folder: Path, split: str) -> Iterator[Row]:
    pack = Pack(folder / "fs2k.tar")
    for kind, file, number in (("photo", "photo", 0), ("sketch", "sketch", 1)):
        path = folder / f"fs2k-{file}-landmarks.npz"
        points, poses = mesh(path), _poses(path)
        for row in fs2k_split(folder, split):
            if row["id"] in points:
                yield pack.rgb(kind, row["id"]), None, points[row["id"]], poses[row["id"]], number


def _labelled(folder: Path, labels: Path, name: str, kind: str, number: int) -> Iterator[Row]:
    """Yield the pictures of a pack whose mesh the labelling script found."""
    tar = name.removesuffix("-photo").removesuffix("-drawing")
    pack = Pack(folder / f"{tar}.tar")
    points, poses = mesh(labels / f"{name}.npz"), _poses(labels / f"{name}.npz")
    for key in pack.ids(kind):
        if key in points and not key.startswith("test_"):
            yield pack.rgb(kind, key), None, points[key], poses[key], number


def _turnheads(folder: Path, labels: Path, split: str) -> Iterator[Row]:
    heads = Turnheads(folder / f"turnheads-{split}.npz")
    with np.load(labels / f"turnheads-{split}.npz") as data:
        points, score = data["xyz_px"], data["score"]
    for i in range(len(heads)):
        if score[i] > 0.5:
            turn = np.array(
                [heads.arrays["yaw_deg"][i], heads.arrays["pitch_deg"][i], np.nan], np.float32
            )
            mask = (heads.label(i) > 0).astype(np.uint8) * 255
            yield heads.photo(i), mask, points[i], turn, 2


def _own(photos: Path, labels: Path, split: str) -> Iterator[Row]:
    """Yield faces of one's own photographs, and drawings by rule of them; every twelfth is held out."""
    for i, face in enumerate(own_faces(photos, labels)):
        if (i % 12 == 0) != (split == "val"):
            continue
        row = face.pixels, face.person, face.mesh, face.pose_deg, 0
        yield row
        small, mask, points, turn, _ = _shrink(row)
        ink = extract(Photo(small), engine=("dodge", "flow")[i % 2], detail=0.7).ink
        grey = np.rint(255 * (1 - np.clip(ink, 0, 1))).astype(np.uint8)
        yield np.repeat(grey[..., None], 3, 2), mask, points, turn, 1


def _rows(folder: Path, labels: Path, split: str) -> Iterator[Row]:
    yield from _celeba(folder, split)
    yield from _fs2k(folder, "train" if split == "train" else "test")
    yield from _turnheads(folder, labels, split)
    if split != "train":
        return
    for name, kind, number in (
        ("diverse", "photo", 0),
        ("london", "photo", 0),
        ("officials", "photo", 0),
        ("cufs-photo", "photo", 0),
        ("cufs-drawing", "drawing", 1),
        ("charcoal", "drawing", 1),
        ("oil", "drawing", 3),
    ):
        if (labels / f"{name}.npz").exists():
            yield from _labelled(folder, labels, name, kind, number)


def _resized(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _shrink(row: Row) -> Row:
    picture, mask, points, turn, kind = row
    height, width = picture.shape[:2]
    if max(width, height) > 256:
        k = 256 / max(width, height)
        size = (round(width * k), round(height * k))
        picture = _resized(picture, size)
        mask = None if mask is None else _resized(mask, size)
        # pixel centres lie at integers, and each side is rounded by itself
        by = np.array([size[0] / width, size[1] / height, k], np.float32)[: points.shape[1]]
        points = points * by
        points[:, :2] += (by[:2] - 1) / 2
    if points.shape[1] == 2:
        points = np.pad(points, ((0, 0), (0, 1)))
    return picture, mask, points.astype(np.float32), turn, kind


class Source(Protocol):
    """Settings that tell where faces come from: as `build_sitters` takes them, `photos` below the data's folder."""

    @property
    def labels(self) -> str: ...  # noqa: D102

    @property
    def photos(self) -> str: ...  # noqa: D102

    @property
    def cache(self) -> str: ...  # noqa: D102


def sitters_of(folder: Path, source: Source, split: str) -> Sitters:
    """Return the array of all faces that settings name."""
    photos = folder / source.photos if source.photos else None
    return build_sitters(folder, folder / source.labels, Path(source.cache), split, photos=photos)


def build_sitters(
    folder: Path, labels: Path, cache: Path, split: str = "train", *, photos: Path | None = None
) -> Sitters:
    """Return the array of all faces, from `cache` where it was built before.

    Parameters
    ----------
    folder : Path
        The packs.
    labels : Path
        What the labelling script wrote.
    cache : Path
        Where the array is kept.
    split : str
        "train" or "val".
    photos : Path, optional
        Photographs of one's own, labelled into `labels` by ``limner train label``: with the synthetic heads they take
        the place of all packs.
    """
    own = "" if photos is None else f"own-{key_of(photos, labels)}-"
    base = cache / f"sitters-{own}{split}"
    if not (base / "done.json").exists():
        base.mkdir(parents=True, exist_ok=True)
        found = _rows(folder, labels, split)
        if photos is not None:
            found = _own(photos, labels, split)
            if (labels / f"turnheads-{split}.npz").exists():
                found = chain(found, _turnheads(folder, labels, split))
        rows = [_shrink(r) for r in found]
        if not rows:
            raise RecipeError(f"No face of the packs in {folder} has points in {labels}.")
        n = len(rows)
        pictures = np.lib.format.open_memmap(
            base / "pictures.npy", "w+", np.uint8, (n, 256, 256, 3)
        )
        masks = np.lib.format.open_memmap(base / "masks.npy", "w+", np.uint8, (n, 256, 256))
        sizes = np.zeros((n, 2), np.int16)
        for i, (picture, mask, *_) in enumerate(rows):
            h, w = picture.shape[:2]
            pictures[i, :h, :w], sizes[i] = picture, (w, h)
            if mask is not None:
                masks[i, :h, :w] = mask
        np.savez(
            base / "rest.npz",
            sizes=sizes,
            points=np.stack([r[2] for r in rows]),
            pose_deg=np.stack([r[3] for r in rows]),
            kind=np.array([r[4] for r in rows], np.uint8),
        )
        pictures.flush()
        masks.flush()
        (base / "done.json").write_text(json.dumps({"count": n}))
    with np.load(base / "rest.npz") as rest:
        fields = {k: rest[k] for k in rest.files}
    return Sitters(
        np.load(base / "pictures.npy", mmap_mode="r"),
        np.load(base / "masks.npy", mmap_mode="r"),
        **fields,
    )
