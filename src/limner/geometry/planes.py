"""Planes of scores and masks in → which plane is the highest where, and which rows and columns a mask needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["extent", "highest"]


def highest(planes: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return which of the planes (C, H, W) is the highest at each pixel, (H, W); of equals the first.

    Notes
    -----
    What ``planes.argmax(0)`` says, in a fifth of the time: each plane is gone through once, in one piece.

    Examples
    --------
    >>> highest(np.array([[[0.2, 0.4]], [[0.5, 0.2]], [[0.3, 0.4]]], np.float32)).tolist()
    [[1, 0]]
    """
    most = np.array(planes[0], np.float32)
    ids = np.zeros(most.shape, np.uint8)
    for k in range(1, len(planes)):
        plane = np.ascontiguousarray(planes[k], np.float32)
        more = np.asarray(cv2.compare(plane, most, cv2.CMP_GT), np.uint8)
        cv2.max(most, plane, dst=most)
        cv2.max(ids, more & np.uint8(k), dst=ids)
    return ids


def extent(mask: NDArray[Any], margin: int = 0) -> tuple[slice, slice]:
    """Return the rows and columns of what is not 0 in a mask (H, W), and so many more on each side as there are.

    Parameters
    ----------
    mask : ndarray of shape (H, W)
        Not empty.
    margin : int
        Rows and columns more.

    Examples
    --------
    >>> extent(np.array([[0, 0, 0, 0], [0, 0, 1, 0]]), margin=1)
    (slice(0, 2, None), slice(1, 4, None))
    """
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    height, width = mask.shape
    return (
        slice(max(int(rows[0]) - margin, 0), min(int(rows[-1]) + 1 + margin, height)),
        slice(max(int(columns[0]) - margin, 0), min(int(columns[-1]) + 1 + margin, width)),
    )
