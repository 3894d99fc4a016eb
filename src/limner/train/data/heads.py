"""Heads to learn from: synthetic views and real photographs in → head crops with classes, cameras and depth.

Two arrays, built once and memory-mapped: the synthetic heads (any view in, any other out, exact depth) and photographs
with human labels, cut to the head crop by their mesh points so that `geometry.camera` holds for them too.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from limner.geometry import camera
from limner.heads.encode import template
from limner.records import MIRRORED, HeadSource, Photo, SemanticMap
from limner.train.data.packs import Pack, Turnheads, mesh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = [
    "OUTSIDE",
    "HeadViews",
    "build_real",
    "build_synthetic",
    "encoded",
    "kept_rows",
    "mirrored_mesh",
    "pack_real",
    "source_of",
]

SIZE_PX = 256
#: Set in a label where the photograph does not reach: the class below it is only its border, repeated.
OUTSIDE = 0x80

_MIRRORED = np.array(MIRRORED, np.uint8)


@dataclass(frozen=True, slots=True)
class HeadViews:
    """Head crops, one a row.

    Parameters
    ----------
    photos : ndarray of shape (N, 256, 256, 3), uint8
        sRGB.
    labels : ndarray of shape (N, 256, 256), uint8
        Classes, with `OUTSIDE` set beyond the photograph's edge.
    depth_mm : ndarray of shape (N, 128, 128), uint16, or None
        Along the camera's z, 0 = background; None for photographs.
    pose_deg : ndarray of shape (N, 2), float32
        Yaw and pitch.
    head : ndarray of shape (N,), int32
        Who it is.
    points : ndarray of shape (N, 478, 3), float32, or None
        Mesh points: x, y in px of the crop, z in metres away from the camera, zero on average; None for synthetic.
    """

    photos: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    depth_mm: NDArray[np.uint16] | None
    pose_deg: NDArray[np.float32]
    head: NDArray[np.int32]
    points: NDArray[np.float32] | None

    def __len__(self) -> int:
        return len(self.pose_deg)


def mirrored_mesh() -> NDArray[np.int64]:
    """Return for each mesh point the one that it becomes when the picture is mirrored."""
    points, _ = template()
    gap = np.linalg.norm(points[:, None] - points[None] * [-1, 1, 1], axis=-1)
    return np.asarray(gap.argmin(1), np.int64)


def build_synthetic(folder: Path, cache: Path, split: str) -> HeadViews:
    """Return the synthetic heads of "train" or "val", decoded into `cache` the first time (0.8 GB for train)."""
    base = cache / f"heads-synthetic-{split}"
    heads = Turnheads(folder / f"turnheads-{split}.npz")
    a, n = heads.arrays, len(heads)
    if not (base / "done").exists():
        base.mkdir(parents=True, exist_ok=True)
        photos = _new(base / "photos.npy", (n, SIZE_PX, SIZE_PX, 3), np.uint8)
        labels = _new(base / "labels.npy", (n, SIZE_PX, SIZE_PX), np.uint8)
        depth = _new(base / "depth.npy", (n, 128, 128), np.uint16)
        for i in range(n):
            photos[i], labels[i], depth[i] = heads.photo(i), heads.label(i), heads.depth_mm(i)
        for array in (photos, labels, depth):
            array.flush()
        (base / "done").write_text(str(n))
    pose = np.stack([a["yaw_deg"], a["pitch_deg"]], 1).astype(np.float32)
    return HeadViews(
        _open(base, "photos"), _open(base, "labels"), _open(base, "depth"), pose, a["head"], None
    )


def build_real(folder: Path, cache: Path, split: str) -> HeadViews:
    """Return photographs with human labels as head crops, built into `cache` the first time.

    Parameters
    ----------
    folder : Path
        The packs; or, where only it travels, the one file that `pack_real` wrote.
    cache : Path
        Where the arrays are kept.
    split : str
        "train" or "val" (people in no training).
    """
    base = cache / f"heads-real-{split}"
    if not (base / "done").exists():
        base.mkdir(parents=True, exist_ok=True)
        packed = folder / f"heads-real-{split}.npz"
        rows = list(_unpacked(packed) if packed.exists() else _cropped(folder, split))
        n = len(rows)
        photos = _new(base / "photos.npy", (n, SIZE_PX, SIZE_PX, 3), np.uint8)
        labels = _new(base / "labels.npy", (n, SIZE_PX, SIZE_PX), np.uint8)
        for i, row in enumerate(rows):
            photos[i], labels[i] = row[0], row[1]
        photos.flush()
        labels.flush()
        np.save(base / "pose.npy", np.stack([r[2] for r in rows]))
        np.save(base / "points.npy", np.stack([r[3] for r in rows]))
        (base / "done").write_text(str(n))
    pose = np.load(base / "pose.npy")
    return HeadViews(
        _open(base, "photos"),
        _open(base, "labels"),
        None,
        pose,
        np.arange(len(pose), dtype=np.int32),
        np.load(base / "points.npy"),
    )


_Row = tuple["NDArray[np.uint8]", "NDArray[np.uint8]", "NDArray[np.float32]", "NDArray[np.float32]"]


def _cropped(folder: Path, split: str) -> Iterator[_Row]:
    """Yield photograph, labels, pose and mesh of every person of the split whose mesh fits a head."""
    if split == "train":
        photos = Pack(folder / "celeba-256-photos.tar")
        labels = Pack(folder / "celeba-256-labels.tar")
    else:
        photos = labels = Pack(folder / "celeba-val.tar")
    points = mesh(folder / "celeba-landmarks.npz")
    average, weight = template()
    for name in photos.ids("photo"):
        if name not in points:
            continue
        picture, classes = photos.rgb("photo", name), labels.labels(name)
        found = camera.fit(points[name][:, :2], average, weight=weight, size_px=SIZE_PX)
        if abs(found.camera.yaw_deg) > 50 or found.residual_px > 6:
            continue
        yield _crop(picture, classes, points[name], found)


def _crop(
    picture: NDArray[np.uint8],
    classes: NDArray[np.uint8],
    points: NDArray[np.float32],
    found: camera.Fit,
) -> _Row:
    matrix, size = found.crop_from_photo, (SIZE_PX, SIZE_PX)
    scale = float(np.sqrt(np.linalg.det(matrix[:, :2])))
    if scale < 0.75:  # one look per output pixel would alias
        picture = cv2.GaussianBlur(picture, (0, 0), 0.45 / scale).astype(np.uint8, copy=False)
    border = cv2.BORDER_REPLICATE
    photo = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    label = cv2.warpAffine(classes, matrix, size, flags=cv2.INTER_NEAREST, borderMode=border)
    known = cv2.warpAffine(np.ones_like(classes), matrix, size, flags=cv2.INTER_NEAREST)
    label = label | np.where(known > 0, 0, OUTSIDE).astype(np.uint8)
    flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    away_m = points[:, 2] * scale * camera.DISTANCE_M / found.camera.focal_px
    turned = np.c_[flat, away_m - away_m.mean()].astype(np.float32)
    pose = np.array([found.camera.yaw_deg, found.camera.pitch_deg], np.float32)
    return photo.astype(np.uint8, copy=False), label.astype(np.uint8, copy=False), pose, turned


def pack_real(views: HeadViews, path: Path, *, count: int = 0, quality: int = 88) -> None:
    """Write real head crops as one file that can travel alone (about 11 kB a picture).

    Parameters
    ----------
    views : HeadViews
        From `build_real`.
    path : Path
        ``heads-real-<split>.npz``.
    count : int
        The first so many; 0 all.
    quality : int
        WebP's.
    """
    n = count or len(views)
    photos, labels = [], []
    for i in range(n):
        photos.append(encoded(views.photos[i], "WEBP", quality=quality, method=4))
        labels.append(encoded(views.labels[i], "PNG", optimize=True))
    assert views.points is not None  # noqa: S101
    np.savez(
        path,
        photo_bytes=np.frombuffer(b"".join(photos), np.uint8),
        photo_offset=np.cumsum([0, *map(len, photos)]),
        label_bytes=np.frombuffer(b"".join(labels), np.uint8),
        label_offset=np.cumsum([0, *map(len, labels)]),
        pose_deg=views.pose_deg[:n],
        points=views.points[:n].astype(np.float16),
    )


def _unpacked(path: Path) -> Iterator[_Row]:
    with np.load(path) as data:
        arrays = {k: data[k] for k in data.files}

    def picture(kind: str, i: int) -> NDArray[Any]:
        low, high = arrays[f"{kind}_offset"][i : i + 2]
        with Image.open(io.BytesIO(arrays[f"{kind}_bytes"][low:high].tobytes())) as image:
            return np.asarray(image.convert("RGB") if kind == "photo" else image)

    for i in range(len(arrays["pose_deg"])):
        points = arrays["points"][i].astype(np.float32)
        yield picture("photo", i), picture("label", i), arrays["pose_deg"][i], points


def encoded(picture: NDArray[Any], kind: str, **options: Any) -> bytes:
    """Return a picture as the file that a pack keeps."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, kind, **options)
    return stream.getvalue()


def _new(path: Path, shape: tuple[int, ...], dtype: type) -> Any:
    return np.lib.format.open_memmap(path, "w+", dtype, shape)


def _open(base: Path, name: str) -> NDArray[Any]:
    array: NDArray[Any] = np.load(base / f"{name}.npy", mmap_mode="r")
    return array


def source_of(views: HeadViews, i: int) -> HeadSource:
    """Return one view as the head room cuts photographs: ground where the photograph does not reach."""
    labels = np.array(views.labels[i])
    labels[labels >= OUTSIDE] = 0
    yaw, pitch = (float(v) for v in views.pose_deg[i])
    as_it_is = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    return HeadSource(Photo(np.array(views.photos[i])), SemanticMap(labels), yaw, pitch, as_it_is)


def kept_rows(
    folder: Path,
    kind: str,
    shape: tuple[int, ...],
    dtype: type[np.generic],
    row: Callable[[int], NDArray[Any]],
) -> NDArray[Any]:
    """Return what the heads' networks say of many views, built in `folder` the first time, row by row.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    kind : str
        What the array is; its file is called by that and by the hashes of the networks that made it.
    shape, dtype
        Of the array; the first axis is the view.
    row : callable
        View → its row.
    """
    from limner.heads.encode import weights_used

    name = "-".join([kind, *(h[:6] for h in weights_used().values())])
    path, part = folder / f"{name}.npy", folder / f"{name}.part.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        rows = np.lib.format.open_memmap(part, "w+", np.dtype(dtype), shape)
        for i in range(shape[0]):
            rows[i] = row(i)
        rows.flush()
        part.replace(path)
    kept: NDArray[Any] = np.load(path, mmap_mode="r")
    return kept
