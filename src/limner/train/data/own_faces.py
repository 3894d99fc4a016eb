"""Photographs of one's own that `limner train label` labelled → faces with mesh, hair and person, and their classes.

Only teachers with permissive licences speak here: YuNet's boxes, Face Mesh, MediaPipe's hair and person. So networks
taught by these labels may be sold wherever the photographs may be used to teach them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import RecipeError
from limner.files.image import read_photo
from limner.geometry.align import crop_from_landmarks, warp
from limner.records import CLASSES
from limner.train.data.folder import PhotoFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["UNKNOWN", "OwnFace", "Terms", "classes_of", "key_of", "own_faces", "terms_of"]

#: A pixel that no teacher tells the class of; nothing is learned there.
UNKNOWN = 255

_TERMS = "terms.json"
#: What the ledger says of the teachers whose labels are read here.
_TAUGHT_BY = (
    ("labels by YuNet", "MIT"),
    ("labels by MediaPipe Face Mesh, iris, hair and person networks", "Apache-2.0"),
)

_LEAST_SCORE = 0.5

#: Face Mesh points around each part, in the order in which later ones cover earlier ones.
_RINGS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("nose", (168, 122, 196, 236, 198, 129, 98, 97, 2, 326, 327, 358, 420, 456, 419, 351)),
    ("r_brow", (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)),
    ("l_brow", (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)),
    ("r_eye", (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)),
    ("l_eye", (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)),
    (
        "u_lip",
        (
            *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
            *(308, 415, 310, 311, 312, 13, 82, 81, 80, 191, 78),
        ),
    ),
    (
        "l_lip",
        (
            *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
            *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95, 78),
        ),
    ),
    (
        "mouth",
        (
            *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
            *(324, 318, 402, 317, 14, 87, 178, 88, 95),
        ),
    ),
)
_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_CHIN, _BROW, _LIP, _UNDER_LIP = 152, 9, 0, 17
_RIGHT, _LEFT = 234, 454
#: From the mean colour of the cheeks, in Lab: nearer is skin, farther is something else, between nobody knows.
_SKIN_LAB, _OTHER_LAB = 14.0, 26.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a network may be used for that some photographs taught.

    Parameters
    ----------
    license : str
        Of the network, an SPDX id or ``LicenseRef-…``.
    commercial : bool
        May it be used commercially?
    data : tuple of (name, licence)
        Whose photographs they are, and the teachers who labelled them.
    """

    license: str
    commercial: bool
    data: tuple[tuple[str, str], ...]


def terms_of(photos: Path) -> Terms:
    """Return what the file ``terms.json`` of a folder of photographs says; research only where there is none.

    It holds ``{"license": "Apache-2.0", "commercial": true, "data": [["Our school's portraits", "LicenseRef-ours"]]}``.

    Raises
    ------
    RecipeError
        If it holds anything else.
    """
    path = photos / _TERMS
    if not path.exists():
        own = (("photographs of one's own", "LicenseRef-own"),)
        return Terms("LicenseRef-research-only", commercial=False, data=own + _TAUGHT_BY)
    try:
        told = json.loads(path.read_text("utf-8"))
        data = tuple((str(name), str(terms)) for name, terms in told["data"])
        return Terms(
            str(told["license"]), commercial=told["commercial"] is True, data=data + _TAUGHT_BY
        )
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise RecipeError(
            f"{path} is not what was wanted: license, commercial, and data as pairs of name and licence."
        ) from error


def key_of(photos: Path, labels: Path) -> str:
    """Return a short name for what is built of two folders, another one for other folders."""
    both = f"{photos.resolve()}\n{labels.resolve()}"
    return hashlib.sha256(both.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, eq=False)
class OwnFace:
    """One face of a photograph of one's own.

    Parameters
    ----------
    name : str
        The photograph's path below its folder.
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB.
    mesh : ndarray of shape (478, 3), float32
        px; z on x's scale.
    pose_deg : ndarray of shape (3,), float32
        Yaw, pitch, roll as `limner.records.Face` counts them.
    hair, person : ndarray of shape (H, W), uint8
        0 to 255.
    """

    name: str
    pixels: NDArray[np.uint8]
    mesh: NDArray[np.float32]
    pose_deg: NDArray[np.float32]
    hair: NDArray[np.uint8]
    person: NDArray[np.uint8]

    def crop(self, size_px: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the aligned crop (S, S, 3) and its classes (S, S), `UNKNOWN` where none is known."""
        matrix = crop_from_landmarks(self.mesh[:, :2], size_px)
        size = (size_px, size_px)
        pixels = np.asarray(warp(self.pixels, matrix, size), np.uint8)
        hair, person = (warp(m, matrix, size, border="zero") for m in (self.hair, self.person))
        inside = warp(np.full_like(self.hair, 255), matrix, size, border="zero")
        points = self.mesh[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        classes = classes_of(pixels, points, np.asarray(hair), np.asarray(person))
        return pixels, np.where(np.asarray(inside) > 250, classes, UNKNOWN).astype(np.uint8)


def own_faces(photos: Path, labels: Path) -> Iterator[OwnFace]:
    """Yield the best face of every photograph of a folder, in the folder's order.

    Parameters
    ----------
    photos : Path
        A folder of photographs.
    labels : Path
        What ``limner train label`` made of it.

    Raises
    ------
    RecipeError
        If the folder of labels is not there.
    """
    if not labels.is_dir():
        raise RecipeError(
            f"There are no labels in {labels}; make them by limner train label {photos} -o {labels}."
        )
    for name, photo in PhotoFolder(photos):
        path = labels / f"{name}.npz"
        if not path.exists():
            continue
        with np.load(path) as data:
            if not len(data["mesh_scores"]):
                continue
            best = int(np.argmax(data["scores"]))
            if data["mesh_scores"][best] < _LEAST_SCORE:
                continue
            mesh, pose = data["meshes"][best], data["yaw_pitch_roll_deg"][best]
        hair, person = (
            np.ascontiguousarray(read_photo(labels / f"{name}.{kind}.png").pixels[..., 0])
            for kind in ("hair", "person")
        )
        yield OwnFace(name, photo.pixels, mesh, pose, hair, person)


def classes_of(
    pixels: NDArray[np.uint8],
    points: NDArray[np.floating],
    hair: NDArray[np.uint8],
    person: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Return the classes of an aligned crop as far as mesh, hair and person tell them.

    Parameters
    ----------
    pixels : ndarray of shape (S, S, 3), uint8
        sRGB.
    points : ndarray of shape (478, 2)
        Face Mesh, px of the crop.
    hair, person : ndarray of shape (S, S), uint8
        0 to 255.

    Returns
    -------
    ndarray of shape (S, S), uint8
        Classes in CelebAMask-HQ's order, `UNKNOWN` where none is sure. Glasses, hats and jewellery are never told
        apart from what they lie on, so hats and clothes are known only by what they are not.
    """
    side = len(pixels)
    labels = np.full((side, side), UNKNOWN, np.uint8)
    y, x = np.mgrid[:side, :side]
    face = _filled(points, _OVAL, side)
    likeness = _unlike_skin(pixels, points, face)
    someone, nobody = person > 200, person < 40
    hairy, bald = hair > 170, hair < 70
    labels[nobody & bald] = 0
    below, low = y > points[_CHIN, 1], y > points[_UNDER_LIP, 1]
    level = (y > points[_BROW, 1]) & (y < points[_LIP, 1])
    aside = (x < points[_RIGHT, 0]) | (x > points[_LEFT, 0])
    near = np.abs(x - points[_CHIN, 0]) < 0.75 * abs(points[_LEFT, 0] - points[_RIGHT, 0])
    like, unlike = likeness < _SKIN_LAB, likeness > _OTHER_LAB
    open_ = someone & bald & ~face
    labels[open_ & low & near & like] = CLASSES.index("neck")
    labels[open_ & below & unlike] = CLASSES.index("cloth")
    labels[open_ & ~below & level & aside & like & (x < side / 2)] = CLASSES.index("r_ear")
    labels[open_ & ~below & level & aside & like & (x >= side / 2)] = CLASSES.index("l_ear")
    labels[open_ & (y < points[_BROW, 1]) & like & near] = CLASSES.index("skin")
    labels[face] = CLASSES.index("skin")
    labels[hairy & ~_filled(points, _OVAL, side, grow=0.86)] = CLASSES.index("hair")
    labels[face & ~hairy & ~bald] = UNKNOWN
    for name, ring in _RINGS:
        labels[_filled(points, ring, side)] = CLASSES.index(name)
    return labels


def _filled(
    points: NDArray[np.floating], ring: tuple[int, ...], side: int, *, grow: float = 1.0
) -> NDArray[np.bool_]:
    """Return which pixels lie within a ring of points, drawn at an eighth of a pixel."""
    corners = points[list(ring)]
    middle = corners.mean(0)
    at = np.rint(((corners - middle) * grow + middle) * 8).astype(np.int32)
    drawn = cv2.fillPoly(np.zeros((side, side), np.uint8), [at], 255, lineType=cv2.LINE_8, shift=3)
    return np.asarray(drawn > 0)


def _unlike_skin(
    pixels: NDArray[np.uint8], points: NDArray[np.floating], face: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return how far each pixel's colour lies from this face's skin, in Lab; shade counts half."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), len(pixels) / 128)
    cheeks = face.copy()
    cheeks[: int(max(0, points[_BROW, 1]))] = False
    if not cheeks.any():
        return np.full(face.shape, np.inf, np.float32)
    off = (lab - np.median(lab[cheeks], 0)) * np.array([0.5, 1, 1], np.float32)
    return np.asarray(np.linalg.norm(off, axis=2), np.float32)
