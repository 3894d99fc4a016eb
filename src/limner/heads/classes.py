"""Shares of the 19 classes, one plane each, in → what they say together: sums, mixtures, the class of each pixel.

A stack of shares (H, W, 19) keeps each class in one piece of memory, as the networks give and take them
(`geometry.carry.planar`): most of what is asked of it needs a few of its planes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.planes import highest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["blended", "largest", "mixed", "stacked", "total"]


def total(shares: Floats, classes: Sequence[int]) -> Floats:
    """Return how much of each pixel, (H, W), some classes have together.

    Examples
    --------
    >>> total(np.array([[[0.5, 0.25, 0.25]]], np.float32), (1, 2)).tolist()
    [[0.5]]
    """
    first, *others = classes
    found = np.array(shares[..., first], np.float32)
    for k in others:
        found += shares[..., k]
    return found


def mixed(shares: Floats, others: Floats, weight: Floats) -> Floats:
    """Return shares (H, W, C) where `weight` (H, W) is 1, others where it is 0, and between them what lies between."""
    rest = 1 - weight
    out = np.empty((shares.shape[2], *weight.shape), np.float32)
    # plane by plane it stays in the processor's cache
    for k, plane in enumerate(out):
        np.multiply(shares[..., k], weight, out=plane)
        plane += others[..., k] * rest
    return np.moveaxis(out, 0, -1)


def largest(shares: Floats) -> NDArray[np.uint8]:
    """Return the class of which each pixel, (H, W), has most; of equals the first.

    Examples
    --------
    >>> largest(np.array([[[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]]], np.float32)).tolist()
    [[1, 0]]
    """
    return highest(np.moveaxis(shares, -1, 0))


def blended(first: Floats, second: Floats, share: Floats) -> Floats:
    """Return the first picture (H, W, C) where `share` (H, W) is 0, the second where it is 1."""
    below, above, share = (np.ascontiguousarray(one, np.float32) for one in (first, second, share))
    return np.asarray(cv2.blendLinear(below, above, 1 - share, share), np.float32)


def stacked(picture: Floats) -> Floats:
    """Return a picture (H, W) or (H, W, C) as a network takes it, (1, C, H, W)."""
    if picture.ndim == 2:
        return picture[None, None]
    planes = np.moveaxis(picture, -1, 0)
    if not planes.flags.c_contiguous:
        planes = np.stack(cv2.split(np.ascontiguousarray(picture)))
    return planes[None]
