"""The outline in a photograph, and a view of the head in → what of the view the photograph says is no head.

A point of the head never lies on the photograph's ground, from wherever it is looked at: what the shell puts there is
cut away (the visual hull: Laurentini, "The Visual Hull Concept", TPAMI 1994, for one silhouette).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.carry import reprojected
from limner.geometry.near import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera

    Floats = NDArray[np.float32]

__all__ = ["EDGE_DEG", "beyond_px", "hull", "nearness"]

#: What may be head reaches so much further beyond the photograph's outline for each degree turned, as a share of the
#: picture: a shell that lies a little off would be bitten into where it turns its hidden side to the camera.
_WIDER = 0.0035
#: But only from so many degrees on, and in full from so many: nearer, nothing has turned yet, and what is wider than
#: the outline is a rim around the hair.
_STILL_DEG, _WIDE_DEG = 2.0, 10.0
#: Turned this far there is nothing left to cut, and the outline is the shell's alone.
_UNCUT_DEG = 24.0
#: Share of the picture over which the outline of a map of labels, which is ragged, is smoothed.
_SMOOTH = 110
#: Turned this far from the photograph its very edge, half head and half ground, is no longer shown: as soon as the head
#: may be wider than the outline it would be a pale line within the hair.
EDGE_DEG = 4.0


def nearness(first: Camera, second: Camera, full_deg: float, none_deg: float) -> float:
    """Return 1 up to `full_deg` between two cameras, 0 from `none_deg` on, and between them what lies between."""
    turned = np.hypot(second.yaw_deg - first.yaw_deg, second.pitch_deg - first.pitch_deg)
    return float(np.clip((none_deg - turned) / (none_deg - full_deg), 0, 1))


def beyond_px(head: Floats) -> Floats:
    """Return how far each pixel of a photograph lies beyond the head's outline, (S, S), px, by its share of head."""
    smooth = cv2.GaussianBlur(head, (0, 0), head.shape[0] / _SMOOTH)
    far = cv2.distanceTransform((smooth < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(far, np.float32)


def hull(far: Floats, cameras: tuple[Camera, Camera], alpha: Floats, depth: Floats) -> Floats:
    """Return how much of each pixel of a view may be head.

    Parameters
    ----------
    far : ndarray of shape (S, S), float32
        From `beyond_px`, of the photograph.
    cameras : two Camera
        The photograph's and the view's, of S px.
    alpha, depth : ndarray of shape (S, S), float32
        The view's share of head, 0 to 1; m, 0 where there is none.

    Returns
    -------
    ndarray of shape (S, S), float32
        0 to 1; 1 where the photograph cannot tell, and where what it tells would make a hole in the head.
    """
    share, there = nearness(*cameras, 0.0, _UNCUT_DEG), depth > 0
    if not share or not there.any():
        return np.ones(alpha.shape, np.float32)
    (whole,) = spread(there, ~there, depth)
    x, y, _ = reprojected(whole, cameras)
    # beyond the photograph's frame nothing is known
    seen = cv2.remap(far, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    turned = _UNCUT_DEG * (1 - share)
    begun = np.clip((turned - _STILL_DEG) / (_WIDE_DEG - _STILL_DEG), 0, 1)
    reach = _WIDER * alpha.shape[0] * turned * begun
    may: Floats = np.clip(np.float32(reach + 1.5) - np.asarray(seen, np.float32), 0, 1)
    if may.min() == 1:
        return may
    solid = ((alpha > 0.5) & (may > 0.5)).astype(np.uint8)
    return np.asarray(1 - (1 - may) * _from_the_edge(1 - solid), np.float32)


def _from_the_edge(ground: NDArray[np.uint8]) -> Floats:
    """Return where ground (1) can be reached from the picture's edge, one pixel wider: holes cannot."""
    framed = np.pad(ground, 1, constant_values=1)
    _, pieces = cv2.connectedComponents(framed, connectivity=4)
    outside = (pieces == pieces[0, 0]).astype(np.uint8)
    wide = cv2.dilate(outside, np.ones((3, 3), np.uint8))
    return np.asarray(wide[1:-1, 1:-1], np.float32)
