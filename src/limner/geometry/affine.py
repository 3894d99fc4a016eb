"""Affine maps of the plane: (2, 3) matrices and points in → matrices and points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["apply", "compose", "invert", "scale", "similarity"]

#: Below this area factor, a matrix maps the plane onto a line and has no inverse.
_FLAT = 1e-12


def invert(matrix: ArrayLike) -> NDArray[np.float64]:
    """Return the map that undoes `matrix`.

    Parameters
    ----------
    matrix : array_like of shape (2, 3)
        ``b_from_a``.

    Returns
    -------
    ndarray of shape (2, 3), float64
        ``a_from_b``.

    Raises
    ------
    BadShape
        If the matrix is not (2, 3), not finite, or flattens the plane.

    Examples
    --------
    >>> invert([[2, 0, 10], [0, 4, 0]]).tolist()
    [[0.5, 0.0, -5.0], [0.0, 0.25, 0.0]]
    """
    m = _matrix(matrix)
    det = float(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])
    if abs(det) < _FLAT:
        raise BadShape(
            f"An affine matrix with area factor {det:g} has no inverse; check its points."
        )
    linear = np.array([[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]]) / det
    # Adding zero turns -0.0 into 0.0, so that matrices print plainly.
    return np.column_stack([linear, -linear @ m[:, 2]]) + 0.0


def compose(a_from_b: ArrayLike, b_from_c: ArrayLike) -> NDArray[np.float64]:
    """Return ``a_from_c``: first `b_from_c`, then `a_from_b`.

    Parameters
    ----------
    a_from_b, b_from_c : array_like of shape (2, 3)
        The two maps, named so that the inner letters meet.

    Returns
    -------
    ndarray of shape (2, 3), float64
        Their product.

    Examples
    --------
    >>> compose([[1, 0, 5], [0, 1, 0]], [[2, 0, 0], [0, 2, 1]]).tolist()
    [[2.0, 0.0, 5.0], [0.0, 2.0, 1.0]]
    """
    a, b = _matrix(a_from_b), _matrix(b_from_c)
    return np.column_stack([a[:, :2] @ b[:, :2], a[:, :2] @ b[:, 2] + a[:, 2]])


def apply(matrix: ArrayLike, points_xy: ArrayLike) -> NDArray[np.float64]:
    """Move points by a map.

    Parameters
    ----------
    matrix : array_like of shape (2, 3)
        ``b_from_a``.
    points_xy : array_like of shape (N, 2)
        Points in a's frame, x then y.

    Returns
    -------
    ndarray of shape (N, 2), float64
        The same points in b's frame.

    Raises
    ------
    BadShape
        If a shape is wrong.

    Examples
    --------
    >>> apply([[0, -1, 0], [1, 0, 0]], [[3, 0], [0, 2]]).tolist()
    [[0.0, 3.0], [-2.0, 0.0]]
    """
    m, points = _matrix(matrix), np.asarray(points_xy, np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise BadShape(f"Points have shape {points.shape}, wanted (n, 2).")
    return points @ m[:, :2].T + m[:, 2]


def scale(matrix: ArrayLike) -> float:
    """Return by how much the map enlarges lengths, on average over directions.

    Parameters
    ----------
    matrix : array_like of shape (2, 3)
        ``b_from_a``.

    Returns
    -------
    float
        The root of the area factor; 1 keeps sizes.

    Examples
    --------
    >>> scale([[0, -3, 7], [3, 0, 1]])
    3.0
    """
    m = _matrix(matrix)
    return math.sqrt(abs(float(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])))


def similarity(
    source: NDArray[np.float64],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the turn, scale and shift that best takes points to others (weighted least squares).

    Parameters
    ----------
    source, target : ndarray of shape (N, 2), float64
        At least two different points.
    weight : ndarray of shape (N,), float64, optional
        How much each counts.

    Returns
    -------
    ndarray of shape (2, 3), float64

    Examples
    --------
    >>> points = np.array([[0.0, 0], [1, 0], [1, 1]])
    >>> (similarity(points, 2 * points + [3, 4]).round(6) + 0.0).tolist()
    [[2.0, 0.0, 3.0], [0.0, 2.0, 4.0]]
    """
    w = np.ones(len(source)) if weight is None else weight
    w = w / w.sum()
    mean_s, mean_t = w @ source, w @ target
    s, t = (source - mean_s) @ [1, 1j], (target - mean_t) @ [1, 1j]
    k = (w * t * s.conj()).sum() / (w * np.abs(s) ** 2).sum()
    turn = np.array([[k.real, -k.imag], [k.imag, k.real]])
    # Adding zero turns -0.0 into 0.0, so that matrices print plainly.
    matrix: NDArray[np.float64] = np.c_[turn, mean_t - turn @ mean_s] + 0.0
    return matrix


def _matrix(matrix: ArrayLike) -> NDArray[np.float64]:
    m = np.asarray(matrix, np.float64)
    if m.shape != (2, 3):
        raise BadShape(f"An affine matrix has shape {m.shape}, wanted (2, 3).")
    if not np.isfinite(m).all():
        raise BadShape("An affine matrix holds values that are not finite numbers.")
    return m
