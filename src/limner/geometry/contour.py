"""Outlines of shapes: a raster and a level in → closed rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from skimage.measure import find_contours

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["area", "rings"]


def rings(values: NDArray[np.float32], level: float = 0.5) -> list[NDArray[np.float64]]:
    """Find the lines on which a raster passes a level.

    Parameters
    ----------
    values : ndarray of shape (H, W), float32
        For example ink; what lies outside counts as lower than any level.
    level : float
        The level.

    Returns
    -------
    list of ndarray of shape (N, 2), float64
        x, y in px, pixel centres at integers, between pixels by linear interpolation. Each ring is
        closed: its last point is its first. Holes are rings of their own.

    References
    ----------
    Lorensen and Cline: Marching Cubes, SIGGRAPH 1987, in the plane.

    Examples
    --------
    >>> import numpy as np
    >>> dot = np.zeros((3, 3), np.float32)
    >>> dot[1, 1] = 1
    >>> sorted(map(tuple, rings(dot)[0][:-1].tolist()))
    [(0.5, 1.0), (1.0, 0.5), (1.0, 1.5), (1.5, 1.0)]
    """
    # A frame as far below the level as the rim is above it: rings that touch the picture's edge
    # close exactly there.
    framed = np.pad(values.astype(np.float64), 1, mode="edge")
    rim = np.ones(framed.shape, bool)
    rim[1:-1, 1:-1] = False
    framed[rim] = np.minimum(2 * level - framed[rim], level - 1e-6)
    found = find_contours(framed, level)  # type: ignore[no-untyped-call]
    limit = np.array(values.shape[::-1], np.float64) - 0.5
    return [np.clip(ring[:, ::-1] - 1.0, -0.5, limit) for ring in found if len(ring) > 3]


def area(ring: NDArray[np.float64]) -> float:
    """Return the area of a closed ring, always positive.

    Parameters
    ----------
    ring : ndarray of shape (N, 2), float64
        x, y.

    Returns
    -------
    float
        In the square of the points' unit.

    Examples
    --------
    >>> import numpy as np
    >>> area(np.array([[0.0, 0], [2, 0], [2, 3], [0, 3], [0, 0]]))
    6.0
    """
    x, y = ring.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
