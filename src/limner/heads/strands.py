"""Hair that the photograph did not show, smooth as it was painted, in → the same with the strands of what it showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.near import nearest
from limner.records import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["combed"]

#: Shares of the picture: what is finer than this is strand and not tone; how smoothly the mirror line runs; how far
#: from the seen hair's edge it is trusted.
_FINE, _CALM, _TRUST = 24, 18, 90
#: Standard deviations by which unseen tones may lie off the mean of the seen.
_APART = 0.8
#: Share of the picture that hair must show before it can be copied.
_ENOUGH = 0.01


def combed(photo: Floats, visible: Floats, labels: Floats, alpha: Floats) -> Floats:
    """Return a view whose unseen hair has strands.

    Parameters
    ----------
    photo : ndarray of shape (S, S, 3), float32
        The view as it was mended, −1 to 1.
    visible : ndarray of shape (S, S), float32
        Where own pixels are, 0 to 1.
    labels : ndarray of shape (S, S, 19), float32
        Shares of the classes.
    alpha : ndarray of shape (S, S), float32
        Share of head.

    Notes
    -----
    Seen hair is mirrored over the edge where it ceases to be seen: strands that reach the edge go on beyond it. Only
    what is finer than tones is taken. Tones are the painted ones, kept within those of the hair that is seen: ground
    between curls, and a shell's own dark, would stain them.
    """
    side = photo.shape[0]
    hair = labels[..., CLASSES.index("hair")] * (alpha > 0.5)
    inside = cv2.erode((hair * visible > 0.8).astype(np.uint8), _disc(side // _TRUST)) > 0
    bare = np.asarray(hair * np.clip(1 - 1.5 * visible, 0, 1), np.float32)
    if inside.mean() < _ENOUGH or bare.mean() < _ENOUGH / 4:
        return photo
    rows, columns = nearest(inside)
    grid = np.indices(hair.shape)
    way = np.stack([columns - grid[1], rows - grid[0]], -1).astype(np.float32)
    calm_way = np.asarray(cv2.GaussianBlur(way, (0, 0), side / _CALM / 2))
    at = [
        np.clip(grid[1 - k] + 2 * calm_way[..., k], 0, side - 1).astype(np.float32) for k in (0, 1)
    ]
    known = inside.astype(np.float32)
    tones = _tones(photo, known, side)
    fine = np.where(inside[..., None], photo - tones, 0).astype(np.float32)
    there = cv2.remap(known, at[0], at[1], cv2.INTER_LINEAR)
    laid = cv2.remap(fine, at[0], at[1], cv2.INTER_LINEAR) * there[..., None]
    calm = _like(_tones(photo, bare, side), tones[inside])
    painted = photo + calm - _tones(photo, bare, side) + laid
    return np.asarray(np.clip(photo + (painted - photo) * bare[..., None], -1, 1), np.float32)


def _like(tones: Floats, seen: Floats) -> Floats:
    """Return tones (S, S, 3) no further from those of the seen hair (N, 3) than these are from each other."""
    mean, spread = seen.mean(0), seen.std(0)
    return np.asarray(np.clip(tones, mean - _APART * spread, mean + _APART * spread), np.float32)


def _tones(photo: Floats, known: Floats, side: int) -> Floats:
    """Return the blurred photograph, looking at what is known alone."""
    width = side / _FINE / 2
    share = np.maximum(cv2.GaussianBlur(known, (0, 0), width), 1e-3)[..., None]
    return np.asarray(cv2.GaussianBlur(photo * known[..., None], (0, 0), width) / share, np.float32)


def _disc(reach: int) -> NDArray[np.uint8]:
    side = 2 * max(1, reach) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
