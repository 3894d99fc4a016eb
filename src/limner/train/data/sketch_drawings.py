"""Real drawings by people, aligned: packs in → ink that the encoders see, never with a photograph.

FS2K's croquis and CUFS's graphite. Drawings of FS2K's test people are kept apart: they judge.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from limner.errors import EmptySketch
from limner.files.atomic import write_bytes
from limner.geometry.align import crop_from_landmarks, warp
from limner.sketches.scan import ink_of
from limner.train.data.packs import Pack, mesh
from limner.train.data.sitters import fs2k_split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["PACK", "drawings"]

#: The aligned drawings as a pack of their own, small enough to travel.
PACK = "sketch-drawings.tar"


def drawings(
    folder: Path,
    split: str,
    *,
    labels: Path | None = None,
    most: int = 10_000,
    cache: Path | None = None,
) -> NDArray[np.uint8]:
    """Return aligned ink of real drawings.

    Parameters
    ----------
    folder : Path
        Holds `PACK`, or ``fs2k.tar`` (and ``cufs.tar``) with their landmarks.
    split : str
        "train" or "test"; a test drawing is by no means ever in "train".
    labels : Path, optional
        Folder of ``cufs-drawing.npz``, mesh points of CUFS's drawings; without it they are left out.
    most : int
        Drawings at most.
    cache : Path, optional
        Folder in which the result is kept.

    Returns
    -------
    ndarray of shape (N, 256, 256), uint8
        0 paper to 255 ink; N is 0 where no pack is there.
    """
    kept = cache / f"sketch-drawings-{split}-{most}.npy" if cache else None
    if kept and kept.exists():
        return np.asarray(np.load(kept, mmap_mode="r"))
    found = _found(folder, split, labels, most)
    stack = np.stack(found) if found else np.zeros((0, 256, 256), np.uint8)
    if kept and found:
        stream = io.BytesIO()
        np.save(stream, stack)
        write_bytes(kept, stream.getvalue())
    return stack


def _found(folder: Path, split: str, labels: Path | None, most: int) -> list[NDArray[np.uint8]]:
    found: list[NDArray[np.uint8]] = []
    if (folder / PACK).exists():
        pack = Pack(folder / PACK)
        for name in pack.ids(split)[:most]:
            with Image.open(io.BytesIO(pack.bytes_of(split, name))) as image:
                found.append(np.asarray(image.convert("L")))
    else:
        for ink in _from_packs(folder, split, labels):
            found.append(ink)
            if len(found) >= most:
                break
    return found


def _from_packs(folder: Path, split: str, labels: Path | None) -> Iterator[NDArray[np.uint8]]:
    if (folder / "fs2k.tar").exists():
        pack, points = Pack(folder / "fs2k.tar"), mesh(folder / "fs2k-sketch-landmarks.npz")
        for row in fs2k_split(folder, split):
            if row["style"] == "croquis" and row["id"] in points:
                yield from _aligned(pack.rgb("sketch", row["id"]), points[row["id"]])
    meshes = labels / "cufs-drawing.npz" if labels else None
    if split == "train" and meshes and meshes.exists() and (folder / "cufs.tar").exists():
        pack, points = Pack(folder / "cufs.tar"), mesh(meshes)
        for name in pack.ids("drawing"):
            if name in points and name.startswith("train_"):
                yield from _aligned(pack.rgb("drawing", name), points[name])


def _aligned(
    drawing: NDArray[np.uint8], points: NDArray[np.float32]
) -> Iterator[NDArray[np.uint8]]:
    try:
        ink = ink_of(drawing)
    except EmptySketch:
        return
    # sheets have dark edges
    rim = max(3, min(ink.shape) // 50)
    ink[:rim], ink[-rim:], ink[:, :rim], ink[:, -rim:] = 0, 0, 0, 0
    matrix = crop_from_landmarks(points[:, :2], 256)
    out = warp(ink, matrix, (256, 256), border="zero")
    yield np.clip(np.rint(255 * out), 0, 255).astype(np.uint8)
