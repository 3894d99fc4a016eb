"""Outlines of shapes: a raster and a level in → closed rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["area", "rings"]

_TOP, _BOTTOM, _LEFT, _RIGHT = range(4)
#: For each cell, by which of its corners (1 upper left, 2 upper right, 4 and 8 below) are high: the sides from and to
#: which the line goes, twice where two opposite corners are high; these do not hang together. High lies to the right.
_WAYS = np.full((16, 4), -1)
for _case, _from, _to in (
    (1, _TOP, _LEFT), (2, _RIGHT, _TOP), (3, _RIGHT, _LEFT), (4, _LEFT, _BOTTOM), (5, _TOP, _BOTTOM),
    (7, _RIGHT, _BOTTOM), (8, _BOTTOM, _RIGHT), (10, _BOTTOM, _TOP), (11, _BOTTOM, _LEFT),
    (12, _LEFT, _RIGHT), (13, _TOP, _RIGHT), (14, _LEFT, _TOP),
):  # fmt: skip
    _WAYS[_case, :2] = _from, _to
_WAYS[6] = _RIGHT, _TOP, _LEFT, _BOTTOM
_WAYS[9] = _TOP, _LEFT, _BOTTOM, _RIGHT


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
    found = _walk(*_crossings(framed, level))
    limit = np.array(values.shape[::-1], np.float64) - 0.5
    return [np.clip(ring - 1.0, -0.5, limit) for ring in found if len(ring) > 3]


def _crossings(
    values: NDArray[np.float64], level: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the sides of cells that the line passes, for each the side it passes next, and where it passes."""
    width = values.shape[1]
    high = values > level
    corner = high.astype(np.uint8)
    case = corner[:-1, :-1] | corner[:-1, 1:] << 1 | corner[1:, :-1] << 2 | corner[1:, 1:] << 3
    row, column = np.nonzero((case > 0) & (case < 15))
    cell, case = row * width + column, case[row, column]
    # A side is numbered by its upper or left pixel; upright sides follow after all level ones.
    sides = np.stack([cell, cell + width, cell + values.size, cell + values.size + 1])
    ways = _WAYS[case]
    passed = [(ways[:, k] >= 0, k) for k in (0, 2)]
    start = np.concatenate([sides[ways[m, k], np.flatnonzero(m)] for m, k in passed])
    end = np.concatenate([sides[ways[m, k + 1], np.flatnonzero(m)] for m, k in passed])
    order = np.argsort(start)
    side, after = start[order], np.searchsorted(start[order], end[order])
    upright = side >= values.size
    one = np.where(upright, side - values.size, side)
    flat = values.ravel()
    first, second = flat[one], flat[one + np.where(upright, width, 1)]
    along = (level - first) / (second - first)
    y, x = np.divmod(one, width)
    return side, after, np.stack([x + ~upright * along, y + upright * along], axis=1)


def _walk(
    side: NDArray[np.intp], after: NDArray[np.intp], points: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Follow the line from side to side until it has come round, for every ring."""
    following = after.tolist()
    unseen = bytearray(b"\x01") * len(side)
    found = []
    for start in range(len(side)):
        if not unseen[start]:
            continue
        path, here = [], start
        while unseen[here]:
            unseen[here] = 0
            path.append(here)
            here = following[here]
        path.append(start)
        ring = points[path]
        moves = np.ones(len(ring), bool)
        moves[1:] = (ring[1:] != ring[:-1]).any(axis=1)
        found.append(ring[moves])
    return found


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
