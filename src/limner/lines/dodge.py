"""Soft pencil by colour dodge: pixels in → ink along every edge of tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.resample import blur

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dodge"]

#: Standard deviation of the blur as a part of the face's height.
_BLUR = 1 / 60


def dodge(
    pixels: NDArray[np.uint8], face_px: float, thickness: float, detail: float
) -> NDArray[np.float32]:
    """Lighten a picture by its own blurred negative, so that only edges stay dark.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB.
    face_px : float
        Height of the face in the picture.
    thickness : float
        Width of the pencil; 1 is fine.
    detail : float
        0 to 1: how faint an edge may be.

    Returns
    -------
    ndarray of shape (H, W), float32
        0 paper to 1 ink.

    Notes
    -----
    Dodging divides the grey by one minus the blurred negative, which is the blurred grey: the result is dark where a
    place is darker than its surroundings, by how much in proportion.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
    sigma_px = max(0.5, face_px * _BLUR * thickness)
    around = blur(grey, sigma_px)
    # The small constant keeps black skies and hair from turning to noise.
    paper = (grey + np.float32(0.02)) / (around + np.float32(0.02))
    faint = 0.02 + 0.1 * (1 - detail)
    dark = (np.float32(1 - faint) - paper) * np.float32(1.8 + 2 * detail)
    return np.asarray(np.clip(dark, 0, 1), np.float32)
