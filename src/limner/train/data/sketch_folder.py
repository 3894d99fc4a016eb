"""Any folder of photographs → faces that can be sketched: found, aligned and parsed by Limner itself.

Only frontal, sharp faces are taken; one file in twenty, chosen by its name, is held out.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.records import Face, Photo, SemanticMap

__all__ = ["SUFFIXES", "files_of", "is_held_out", "read_faces", "sharpness"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})

_YAW_DEG = 20.0


def files_of(folder: Path, split: str) -> list[Path]:
    """Return the folder's pictures of a split, sorted; folders inside are searched too."""
    found = (p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return sorted(p for p in found if is_held_out(p.name) == (split == "val"))


def is_held_out(name: str) -> bool:
    """Say whether a file judges and never trains: decided by its name alone, so that it stays so.

    Examples
    --------
    >>> sum(is_held_out(f"{i}.jpg") for i in range(2000)) in range(60, 140)
    True
    """
    return hashlib.sha256(name.encode()).digest()[0] < 13


def sharpness(photo: NDArray[np.uint8]) -> float:
    """Return the variance of the Laplacian of the grey picture at 256 px."""
    how = cv2.INTER_AREA if photo.shape[0] > 256 else cv2.INTER_LINEAR
    grey = cv2.cvtColor(cv2.resize(photo, (256, 256), interpolation=how), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def read_faces(
    path: Path, least_sharpness: float
) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]]:
    """Return the usable faces of one file.

    Parameters
    ----------
    path : Path
        A picture; one that cannot be read gives nothing.
    least_sharpness : float
        Faces below are left out.

    Returns
    -------
    list of (photo, labels, mesh)
        (512, 512, 3) uint8, (512, 512) uint8, (478, 2) float32 px of the crop.
    """
    from limner.faces import find_faces
    from limner.files.image import read_photo

    try:
        photo = read_photo(path)
        faces = find_faces(photo)
    except InputError:
        return []
    frontal = (f for f in faces if abs(f.yaw_deg) <= _YAW_DEG)
    cut = (_cut(photo, face) for face in frontal)
    return [row for row in cut if sharpness(row[0]) >= least_sharpness]


def _cut(
    photo: Photo, face: Face
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    from limner.faces import parse_crop
    from limner.geometry.affine import apply
    from limner.geometry.align import warp

    crop = warp(photo.pixels, face.crop_from_photo, (512, 512), border="reflect")
    semantic: SemanticMap = parse_crop(photo, face)
    points = apply(face.crop_from_photo, face.landmarks.astype(np.float64))
    return crop, semantic.labels, points.astype(np.float32)
