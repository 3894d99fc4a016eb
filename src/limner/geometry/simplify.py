"""Polylines made plain: points in → evenly spaced, smoothed or fewer points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["arc_length", "resample", "simplify", "smooth"]


def arc_length(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the way from the first point to each, along the polyline.

    Parameters
    ----------
    points : ndarray of shape (N, D), float64
        x, y first; further columns (width, pressure) do not count.

    Returns
    -------
    ndarray of shape (N,), float64
        Starts with 0; in the unit of the points.

    Examples
    --------
    >>> import numpy as np
    >>> arc_length(np.array([[0.0, 0], [3, 4], [3, 5]])).tolist()
    [0.0, 5.0, 6.0]
    """
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def resample(points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Put points at equal distances along a polyline.

    Parameters
    ----------
    points : ndarray of shape (N, D), float64
        x, y first; all columns are interpolated.
    step : float
        Distance wanted; the one used divides the length evenly.

    Returns
    -------
    ndarray of shape (M, D), float64
        First and last point stay.

    Examples
    --------
    >>> import numpy as np
    >>> resample(np.array([[0.0, 0], [4, 0]]), 2.1).tolist()
    [[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]]
    """
    at = arc_length(points)
    if len(points) < 2 or at[-1] == 0:
        return points[:1]
    wanted = np.linspace(0, at[-1], max(2, round(at[-1] / step) + 1))
    return np.column_stack([np.interp(wanted, at, column) for column in points.T])


def smooth(
    points: NDArray[np.float64], sigma: float, *, closed: bool = False
) -> NDArray[np.float64]:
    """Smooth a polyline of evenly spaced points by a Gaussian.

    Parameters
    ----------
    points : ndarray of shape (N, D), float64
        Evenly spaced; a closed line repeats its first point at its end.
    sigma : float
        Standard deviation in points.
    closed : bool
        Smooth over the seam.

    Returns
    -------
    ndarray of shape (N, D), float64
        An open line keeps its two ends.

    Notes
    -----
    An open line is continued past each end by its own image turned half round that end, so the ends stay and straight
    lines stay straight.
    """
    if sigma <= 0 or len(points) < 3:
        return points
    if closed:
        ring = _blurred(points[:-1], sigma, around=True)
        return np.concatenate([ring, ring[:1]])
    reach = min(len(points) - 1, int(np.ceil(4 * sigma)))
    before = 2 * points[0] - points[reach:0:-1]
    after = 2 * points[-1] - points[-2 : -reach - 2 : -1]
    long = _blurred(np.concatenate([before, points, after]), sigma)
    out = long[reach : reach + len(points)]
    out[0], out[-1] = points[0], points[-1]
    return np.asarray(out, np.float64)


def _blurred(
    points: NDArray[np.float64], sigma: float, *, around: bool = False
) -> NDArray[np.float64]:
    """Blur each column by a Gaussian cut off at four deviations; past the ends it is mirrored, or goes round."""
    reach = int(4 * sigma + 0.5)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    bell /= bell.sum()
    mode: Literal["wrap", "symmetric"] = "wrap" if around else "symmetric"
    long = np.pad(np.asarray(points, np.float64), ((reach, reach), (0, 0)), mode=mode)
    return np.column_stack([np.convolve(column, bell, "valid") for column in long.T])


def simplify(points: NDArray[np.float64], tolerance: float) -> NDArray[np.intp]:
    """Choose the points that keep a polyline within a tolerance.

    Parameters
    ----------
    points : ndarray of shape (N, D), float64
        x, y first; further columns are ignored.
    tolerance : float
        How far a point that is left out may lie from the line that remains.

    Returns
    -------
    ndarray of shape (M,), intp
        Indices of the points kept, rising; first and last among them.

    References
    ----------
    Douglas and Peucker: Algorithms for the reduction of the number of points required to represent a digitized line or
    its caricature, Cartographica 1973.

    Examples
    --------
    >>> import numpy as np
    >>> simplify(np.array([[0.0, 0], [1, 0.1], [2, 0], [2, 2]]), 0.2).tolist()
    [0, 2, 3]
    """
    count = len(points)
    keep = np.zeros(count, bool)
    keep[[0, -1]] = True
    pieces = [(0, count - 1)]
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        a, b = points[first, :2], points[last, :2]
        away = _distance(points[first + 1 : last, :2], a, b)
        far = int(np.argmax(away))
        if away[far] > tolerance:
            middle = first + 1 + far
            keep[middle] = True
            pieces += [(first, middle), (middle, last)]
    return np.flatnonzero(keep)


def _distance(
    points: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distance of points to the segment from a to b."""
    along = b - a
    square = float(along @ along)
    t = np.clip((points - a) @ along / square, 0, 1) if square else np.zeros(len(points))
    nearest = a + t[:, None] * along
    return np.asarray(np.hypot(*(points - nearest).T), np.float64)
