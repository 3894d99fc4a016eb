"""A painted photograph and its class map in → the same without rims around the head and stains on ground and skin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["calm", "finish"]

_GROUND = 0
#: Skin, nose, ears, neck.
_SKIN = (1, 2, 8, 9, 17)
#: A rim reaches so far from the head, in 256ths of the side.
_RIM_PX = 9.0
#: How far rims and stains are taken back, 0 to 1.
_STRENGTH = 0.8
#: A spot of the ground stands out by so much of CIELAB, or is left.
_SPOT = 2.0
#: Fewer pixels are no ground.
_FEW = 200
#: Colours around a place are found on so small a picture.
_COARSE_PX = 96
#: Larger pictures are looked at on this side.
_WORKED_PX = 256


def finish(
    pixels: NDArray[np.uint8], classes: NDArray[np.uint8], *, strength: float = _STRENGTH
) -> NDArray[np.uint8]:
    """Return a photograph whose ground is even, beside the head too, and whose skin has one hue nearby.

    Parameters
    ----------
    pixels : ndarray of shape (S, S, 3), uint8
        sRGB.
    classes : ndarray of shape (h, h), uint8
        The 19 classes that were painted.
    strength : float
        0 leaves the photograph as it is.

    Returns
    -------
    ndarray of shape (S, S, 3), uint8
        Spots of the ground pale; where it is lighter or darker beside the head than farther out, it is drawn to that;
        the skin's hue is drawn to the hue around it. Lightness of the skin, lips, eyes, brows and hair stay.

    Notes
    -----
    A network taught for an hour puts a halo at silhouettes and stains on skin that it has seldom seen; neither is in
    the drawing.
    """
    side = pixels.shape[0]
    if side > _WORKED_PX:
        # both faults are soft: the change is found on a smaller picture, every detail stays
        small = cv2.resize(pixels, (_WORKED_PX, _WORKED_PX), interpolation=cv2.INTER_AREA)
        half = np.asarray(small, np.uint8)
        change = finish(half, classes, strength=strength).astype(np.float32) - half
        large = cv2.resize(change, (side, side), interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.rint(np.clip(pixels + large, 0, 255)), np.uint8)
    unit = pixels.astype(np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2LAB), np.float32)
    ground = _soft(classes == _GROUND, side)
    skin = _soft(np.isin(classes, _SKIN), side)
    lab = _plain(lab, ground, strength)
    lab = _without_rim(lab, ground, strength)
    lab[..., 1:] = _evened(lab[..., 1:], skin, strength)
    rgb = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    return np.asarray(np.rint(255 * np.clip(rgb, 0, 1)), np.uint8)


def calm(
    detailed: NDArray[np.uint8], half: NDArray[np.uint8], classes: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the detailed photograph with the ground of the one before it.

    Parameters
    ----------
    detailed : ndarray of shape (S, S, 3), uint8
        What the last stage made.
    half : ndarray of shape (S / 2, S / 2, 3), uint8
        What it was given: the ground has no detail to win there, only wisps and bright contours.
    classes : ndarray of shape (h, h), uint8
        The 19 classes that were painted.

    Returns
    -------
    ndarray of shape (S, S, 3), uint8
    """
    side = detailed.shape[0]
    large = cv2.resize(half, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    # whole from the silhouette on: the contour runs just outside of it
    share = np.clip(2 * _soft(classes == _GROUND, side) - 0.2, 0, 1)[..., None]
    return np.asarray(np.rint(share * large + (1 - share) * detailed), np.uint8)


def _soft(mask: NDArray[np.bool_], side: int) -> NDArray[np.float32]:
    large = cv2.resize(mask.astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR)
    # the map is coarser than the picture: its staircase must not be seen
    return np.asarray(cv2.GaussianBlur(large, (0, 0), 1.6 * side / 256), np.float32)


def _around(
    values: NDArray[np.float32], weight: NDArray[np.float32], px: float
) -> NDArray[np.float32]:
    """Return the weighted mean near each pixel, `px` in 256ths of the side; the value itself where nothing weighs."""
    side = (values.shape[1], values.shape[0])
    small = (_COARSE_PX, _COARSE_PX)
    share = cv2.resize(weight, small, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(values * weight[..., None], small, interpolation=cv2.INTER_AREA)
    total = cv2.GaussianBlur(share, (0, 0), px * _COARSE_PX / 256)[..., None]
    mean = cv2.GaussianBlur(sums, (0, 0), px * _COARSE_PX / 256) / np.maximum(total, 1e-4)
    large = cv2.resize(np.concatenate([mean, total], 2), side, interpolation=cv2.INTER_LINEAR)
    return np.where(large[..., -1:] > 1e-3, large[..., :-1], values).astype(np.float32)


def _plain(
    lab: NDArray[np.float32], ground: NDArray[np.float32], strength: float
) -> NDArray[np.float32]:
    """Return the ground with its spots paled: no pixel of it is far from the ground's own median."""
    plain = ground > 0.95
    if int(plain.sum()) < _FEW:
        return lab
    gap = lab - np.median(lab[plain], axis=0).astype(np.float32)
    far = np.linalg.norm(gap, axis=2)
    less = 1 - np.minimum(1, _SPOT / np.maximum(far, _SPOT))
    # nothing of a spot is in the sketch, so a strength of 0.8 takes it away wholly
    share = min(1.0, strength / _STRENGTH)
    return np.asarray(lab - (share * ground * less)[..., None] * gap, np.float32)


def _without_rim(
    lab: NDArray[np.float32], ground: NDArray[np.float32], strength: float
) -> NDArray[np.float32]:
    side = lab.shape[0]
    unit = side / 256
    away = cv2.distanceTransform((ground > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / unit
    far = (away > _RIM_PX).astype(np.float32)
    if not far.any():
        return lab
    near = np.clip(1.5 - away / _RIM_PX, 0, 1) * np.clip(away / 3.5, 0, 1)
    beyond = _around(lab, far, 10)
    return np.asarray(lab + (strength * near)[..., None] * (beyond - lab), np.float32)


def _evened(
    chroma: NDArray[np.float32], skin: NDArray[np.float32], strength: float
) -> NDArray[np.float32]:
    around = _around(chroma, np.square(skin), 14)
    return np.asarray(chroma + (strength * skin)[..., None] * (around - chroma), np.float32)
