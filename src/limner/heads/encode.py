"""A photograph and one of its faces in → that person's `Head`."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import MissingWeights, NoFace, UnknownName
from limner.faces import look_wide
from limner.geometry.affine import compose, invert, scale
from limner.geometry.align import warp
from limner.geometry.camera import MOST_YAW_DEG, Fit, fit
from limner.records import CLASSES, HEAD_PARTS, Head, HeadPart, HeadSource, Photo, SemanticMap
from limner.weights import ledger, session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Face
    from limner.weights import Row

__all__ = [
    "encode_photo",
    "from_source",
    "head_crop",
    "needed",
    "place",
    "template",
    "weights_used",
]

_SEEN_PX, _SHARES_PX = 256, 128
_LARGEST_PX = 512
#: Graphs whose codes and maps a head's numbers are.
GRAPHS = ("heads-encoder", "heads-field", "heads-renderer")


@lru_cache(maxsize=1)
def template() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the average face mesh (478, 3), m, world frame, and the weight of each point (478,)."""
    data = (resources.files("limner.heads") / "template.npy").read_bytes()
    table = np.load(BytesIO(data), allow_pickle=False)
    return table[:, :3], table[:, 3]


def place(face: Face, size_px: int = _SEEN_PX) -> Fit:
    """Return the camera that saw a face, and its head crop of `size_px`."""
    points, weight = template()
    return fit(face.landmarks, points, weight=weight, size_px=size_px)


def head_crop(photo: Photo, face: Face) -> HeadSource:
    """Cut and parse the head crop of a face, at the photograph's own resolution up to 512 px.

    Raises
    ------
    NoFace
        If the face is turned too far to be a head seen from the front.
    """
    found = place(face)
    if abs(found.camera.yaw_deg) > MOST_YAW_DEG + 5:
        raise NoFace(
            f"The face is seen from {found.camera.yaw_deg:.0f}°, nearly a profile; a head needs a "
            f"photograph from within ±{MOST_YAW_DEG:.0f}°."
        )
    own = _SEEN_PX / max(scale(found.crop_from_photo), 1e-6)  # px that the crop covers
    side = int(np.clip(16 * round(own / 16), _SEEN_PX, _LARGEST_PX))
    k = side / _SEEN_PX
    crop_from_seen = np.array([[k, 0, (k - 1) / 2], [0, k, (k - 1) / 2]])
    matrix = compose(crop_from_seen, found.crop_from_photo)
    pixels = np.asarray(warp(photo.pixels, matrix, (side, side)), np.uint8)
    wide = look_wide(photo, face)
    crop_from_wide = compose(matrix, invert(wide.view_from_photo))
    labels = warp(
        wide.semantic.labels, crop_from_wide, (side, side), border="zero", interpolation="nearest"
    )
    return HeadSource(
        Photo(pixels),
        SemanticMap(np.asarray(labels, np.uint8)),
        found.camera.yaw_deg,
        found.camera.pitch_deg,
        matrix,
    )


def shares(semantic: SemanticMap, side: int = _SHARES_PX) -> NDArray[np.float32]:
    """Return (1, 19, side, side): how much of each class a cell holds."""
    found = np.zeros((1, len(CLASSES), side, side), np.float32)
    for k in np.unique(semantic.labels):
        here = (semantic.labels == k).astype(np.float32)
        found[0, k] = cv2.resize(here, (side, side), interpolation=cv2.INTER_AREA)
    return found


def from_source(source: HeadSource) -> Head:
    """Return the head of a crop that is cut, parsed and placed already.

    Raises
    ------
    MissingWeights
        If no networks of heads are installed.
    """
    used = weights_used()
    small = cv2.resize(source.photo.pixels, (_SEEN_PX, _SEEN_PX), interpolation=cv2.INTER_AREA)
    out = session().run(
        "heads-encoder",
        {
            "photo": small.astype(np.float32).transpose(2, 0, 1)[None] / 127.5 - 1,
            "shares": shares(source.semantic),
            "pose_deg": np.array([[source.yaw_deg, source.pitch_deg]], np.float32),
        },
    )
    parts = {
        name: HeadPart(out["parts"][0, k], out["residual"][0, k].astype(np.float16))
        for k, name in enumerate(HEAD_PARTS)
    }
    return Head(out["base"][0], parts, source=source, weights=used)


def needed(name: str) -> Row:
    """Return the ledger's row of one of the heads' graphs.

    Raises
    ------
    MissingWeights
        If it is not there.
    """
    try:
        return ledger.row(name)
    except UnknownName as error:
        raise MissingWeights(
            f"The network {name} is not installed, so heads cannot be made or turned; `limner weights` lists "
            "what is. Train the recipe head-shell and export it, or install a release that has it."
        ) from error


def weights_used() -> dict[str, str]:
    """Return the graphs that give a head's numbers their meaning, and the first 12 digits of their hashes."""
    return {name: needed(name).sha256[:12] for name in GRAPHS}


def encode_photo(photo: Photo, face: Face) -> Head:
    """Return the head of a photographed person.

    Parameters
    ----------
    photo : Photo
        The picture.
    face : Face
        One of its faces.

    Returns
    -------
    Head
        With codes, residual and the photograph's own pixels.

    Raises
    ------
    NoFace
        If the face is nearly a profile.
    MissingWeights
        If no networks of heads are installed.

    Notes
    -----
    Parsing and one encoder: 0.3 s on two cores. Nothing is optimised; the same photograph gives the same head.
    """
    return from_source(head_crop(photo, face))
