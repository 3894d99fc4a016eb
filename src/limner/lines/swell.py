"""Lines wider than the pen: a line with its width in → further lines beside it that darken it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.geometry.simplify import arc_length, resample, simplify

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["beside"]

#: A line beside another must be so many spacings long.
_SHORTEST = 2.0


def beside(
    line: NDArray[np.float64], spacing: float, from_width: float
) -> list[NDArray[np.float64]]:
    """Find parallels that fill a line where it is wide.

    Parameters
    ----------
    line : ndarray of shape (N, 3), float64
        x, y, width.
    spacing : float
        Distance between neighbouring parallels.
    from_width : float
        Only where the line reaches this width, and on from there until it has become narrow.

    Returns
    -------
    list of ndarray of shape (M, 3), float64
        Parallels within the line's width, on both sides, nearest first, converging with it where
        it narrows; without the line itself.

    Examples
    --------
    >>> import numpy as np
    >>> bar = np.array([[0.0, 0, 4], [10, 0, 4]])
    >>> sorted({round(float(p[0, 1]), 6) + 0.0 for p in beside(bar, 1.0, 2.0)})
    [-1.0, 1.0]
    """
    even = resample(line, spacing / 2)
    if len(even) < 3:
        return []
    tangent = np.gradient(even[:, :2], axis=0)
    length = np.hypot(*tangent.T).reshape(-1, 1)
    tangent = np.divide(tangent, length, out=np.zeros_like(tangent), where=length > 0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    width = even[:, 2]
    found = []
    # A parallel keeps half a spacing to the line's edge.
    room = (width - spacing) / 2
    for step in range(1, int(room.max() / spacing + 0.5) + 1):
        seed = (width >= from_width) & (room >= (step - 0.25) * spacing)
        fits = (room > (step - 0.5) * spacing) & (length[:, 0] > 0)
        edges = np.flatnonzero(np.diff(fits.astype(np.int8), prepend=0, append=0))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if not seed[start:stop].any():
                continue
            offset = np.minimum(room[start:stop], step * spacing).reshape(-1, 1)
            for side in (1.0, -1.0):
                parallel = even[start:stop].copy()
                parallel[:, :2] += side * offset * normal[start:stop]
                if arc_length(parallel)[-1] >= _SHORTEST * spacing:
                    found.append(parallel[simplify(parallel, spacing / 10)])
    return found
