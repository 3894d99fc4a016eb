"""Where a face's points are and how it is turned: pixels and a box in → 478 points, yaw, pitch, roll, presence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.geometry.affine import apply, invert
from limner.geometry.align import warp
from limner.weights import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.faces.detect import Found

__all__ = ["WEIGHT", "Marked", "find_landmarks"]

WEIGHT = "faces-landmarks"

_CROP_PX = 192
_GROW = 1.5
#: Less presence than this is nothing at all; if detector and mesh agree less than this, it is worth looking anew, where
#: the detector is sure. Another turn stands if presence is certain and agreement better by a margin.
_NOTHING, _AGREE, _SURE, _CERTAIN, _MARGIN = 0.04, 0.7, 0.5, 0.95, 0.1
#: Outer corners of the right and the left eye.
_CORNERS = (33, 263)


@dataclass(frozen=True, slots=True)
class Marked:
    """Points and angles of one face.

    Parameters
    ----------
    points : ndarray of shape (478, 2), float32
        Picture px, in the order of the canonical face mesh.
    yaw_deg, pitch_deg, roll_deg : float
        As in ``limner.records.Face``.
    presence : float
        0 to 1: whether there is a face at all.
    """

    points: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    presence: float


def _square(center: NDArray[np.floating], side: float, angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, s], [-s, c]]) * (_CROP_PX / side)
    return np.column_stack([turn, (_CROP_PX - 1) / 2 - turn @ center])


def _around(points: NDArray[np.float32]) -> tuple[NDArray[np.float64], float, float]:
    """Return centre, side and angle of the upright square around a mesh."""
    eye = points[_CORNERS[1]] - points[_CORNERS[0]]
    angle = float(np.arctan2(eye[1], eye[0]))
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, s], [-s, c]])
    turned = points[:468] @ turn.T
    low, high = turned.min(0), turned.max(0)
    return turn.T @ ((low + high) / 2), _GROW * float((high - low).max()), angle


def _run(
    pixels: NDArray[np.uint8], matrix: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    crop = warp(pixels, matrix, (_CROP_PX, _CROP_PX), border="zero")
    x = (crop.astype(np.float32).transpose(2, 0, 1)[None] - 127) / 128
    out = session().run(WEIGHT, {"crop": x})
    points = out["points"][0, :, :2].astype(np.float64) * _CROP_PX - 0.5
    back = np.asarray(apply(invert(matrix), points), np.float32)
    return back, out["pose"][0], 0.5 + 0.5 * math.tanh(0.5 * float(out["presence"][0, 0]))


def find_landmarks(pixels: NDArray[np.uint8], found: Found) -> Marked:
    """Find the points of one detected face.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        The picture.
    found : Found
        A face in it.

    Returns
    -------
    Marked
        Points and angles; two looks, the second around what the first one found. Where the mesh and the detector's
        box disagree, three other turns of the face are tried, and the one that agrees best stays.

    Notes
    -----
    5–10 ms. Yaw and pitch come from the network, roll from the line of the eyes.
    """
    marked = _marked(pixels, found, 0.0)
    least = _agreement(marked, found) + _MARGIN
    if marked.presence < _NOTHING or found.score < _SURE or least > _AGREE:
        return marked
    # the detector's five points are upside down or askew on many a small face that lies
    others = [_marked(pixels, found, k * math.pi / 2) for k in (1, 2, 3)]
    best = max(others, key=lambda m: _agreement(m, found))
    good = best.presence > _CERTAIN and _agreement(best, found) > least
    return best if good else marked


def _marked(pixels: NDArray[np.uint8], found: Found, turn: float) -> Marked:
    """Look twice, first at the detector's face turned by an angle, then around what that look found."""
    eyes, mouth = found.five[:2], found.five[3:].mean(0)
    axis = eyes[1] - eyes[0]
    down = mouth - eyes.mean(0)
    upright = axis + np.array([down[1], -down[0]])
    angle = float(np.arctan2(upright[1], upright[0])) + turn
    extent = found.box[2:] - found.box[:2]
    # the box of a turned face is wider than the face: by up to the square's diagonal
    lean = abs(np.sin(2 * angle))
    side = _GROW * float(extent.max()) / (1 + 0.15 * lean)
    matrix = _square((found.box[:2] + found.box[2:]) / 2, side, angle)
    points, pose, presence = _run(pixels, matrix)
    if presence > 0.2:
        points, pose, presence = _run(pixels, _square(*_around(points)))
    eye = points[_CORNERS[1]] - points[_CORNERS[0]]
    roll = float(np.degrees(np.arctan2(eye[1], eye[0])))
    return Marked(points, float(pose[0]), float(pose[1]), roll, presence)


def _agreement(marked: Marked, found: Found) -> float:
    """Return presence times the IoU of the mesh's box and the detector's."""
    low, high = marked.points[:468].min(0), marked.points[:468].max(0)
    inner = np.minimum(high, found.box[2:]) - np.maximum(low, found.box[:2])
    inter = float(np.prod(np.maximum(inner, 0)))
    total = float(np.prod(high - low) + np.prod(found.box[2:] - found.box[:2])) - inter
    return marked.presence * inter / max(total, 1e-6)
