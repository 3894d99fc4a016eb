"""How far two sets of pictures lie apart: their features in → the Fréchet distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.metrics._check import feature_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["fd"]


def fd(a: ArrayLike, b: ArrayLike) -> float:
    r"""Return the Fréchet distance of the normal distributions fitted to two sets of features.

    .. math:: \|μ_a - μ_b\|² + \mathrm{tr}(Σ_a + Σ_b - 2 (Σ_a Σ_b)^{1/2})

    Parameters
    ----------
    a : array_like of shape (N, D)
        Features of one set, from `metrics.features`.
    b : array_like of shape (M, D)
        Features of the other.

    Returns
    -------
    float
        0 (the same mean and covariance) upwards, without limit; symmetric.

    Raises
    ------
    BadShape
        If the sets cannot be compared.

    Notes
    -----
    The trace of the root is the sum of the singular values of X Yᵀ, where X and Y are the centred sets divided by
    √(N − 1) and √(M − 1): no matrix root, and exact for sets smaller than D. The figure falls as sets grow, so compare
    only figures of equal N and M. Features are EfficientNet-Lite0's, not Inception's: no figure compares with a
    published FID. About 2 s for two sets of 1,350 × 1,280.

    References
    ----------
    Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium, NeurIPS 2017,
    equation 6.

    Examples
    --------
    >>> square = [[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]]
    >>> moved = [[x + 3.0, y] for x, y in square]
    >>> round(fd(square, moved), 9)
    9.0
    """
    x, y = feature_pair(a, b)
    shift = x.mean(axis=0) - y.mean(axis=0)
    x, y = _centered(x), _centered(y)
    roots = np.linalg.svd(_core(x) @ _core(y).T, compute_uv=False).sum()
    spread = (x**2).sum() + (y**2).sum() - 2 * roots
    return float(shift @ shift + max(spread, 0.0))


def _centered(x: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = (x - x.mean(axis=0)) / np.sqrt(len(x) - 1)
    return scaled


def _core(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a matrix with the same xᵀx in at most D rows."""
    if len(x) <= x.shape[1]:
        return x
    # The root of the small square matrix is twenty times faster than a QR of the tall one.
    squares, axes = np.linalg.eigh(x.T @ x)
    core: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0))[:, None] * axes.T
    return core
