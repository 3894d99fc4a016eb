"""How far landmarks lie from where they should: points in → the normalised mean error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["IRISES", "OUTER_EYE_CORNERS", "nme"]

#: In the mesh of 478 points: the irises' middles, the sitter's right eye first.
IRISES = (468, 473)
#: The same, outer corners: a unit half as long again, so errors look a third smaller.
OUTER_EYE_CORNERS = (33, 263)


def nme(
    found: ArrayLike, actual: ArrayLike, *, eyes: tuple[int, int] = IRISES
) -> NDArray[np.float64]:
    r"""Return the mean distance of each face's points from the actual ones, over its inter-ocular distance.

    .. math:: \mathrm{mean}_l \|p_l - q_l\| / \|q_r - q_s\|

    Parameters
    ----------
    found, actual : array_like of shape (N, L, 2) or (L, 2), px
        Points; a third coordinate is left out of account.
    eyes : tuple of int
        The two points whose distance in `actual` is the unit: the irises' middles. 300-W's unit is `OUTER_EYE_CORNERS`.

    Returns
    -------
    ndarray of shape (N,), float64
        0 upwards; 0.04 is four per cent. Take the mean for a set.

    Raises
    ------
    BadShape
        If the points are not alike, not finite, or a face's eyes fall together.

    Notes
    -----
    Faces turned far away have eyes that come close to each other, which enlarges their error: give the range of yaw
    beside the figure.

    References
    ----------
    Sagonas et al., 300 Faces In-The-Wild Challenge, 2016, section 3.

    Examples
    --------
    >>> actual = [[0.0, 0.0], [10.0, 0.0], [5.0, 5.0]]
    >>> found = [[0.0, 1.0], [10.0, 1.0], [5.0, 6.0]]
    >>> nme(found, actual, eyes=(0, 1)).tolist()
    [0.1]
    """
    x, y = (np.asarray(p, np.float64)[..., :2] for p in (found, actual))
    if x.shape != y.shape or x.ndim not in (2, 3) or x.shape[-1] != 2:
        raise BadShape(f"The points have shapes {x.shape} and {y.shape}; wanted (N, L, 2) twice.")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise BadShape("The points hold values that are not finite numbers.")
    x, y = x.reshape(-1, *x.shape[-2:]), y.reshape(-1, *y.shape[-2:])
    if max(eyes) >= y.shape[1]:
        raise BadShape(f"There are {y.shape[1]} points; the eyes are said to be points {eyes}.")
    unit = np.linalg.norm(y[:, eyes[0]] - y[:, eyes[1]], axis=-1)
    if not (unit > 0).all():
        raise BadShape("The eyes of a face fall together, so there is no distance to measure by.")
    errors: NDArray[np.float64] = np.linalg.norm(x - y, axis=-1).mean(axis=-1) / unit
    return errors
