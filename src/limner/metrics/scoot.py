"""Whether two drawings have the same strokes and tones: two grey pictures in → Scoot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.metrics._check import drawing_pair

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["scoot"]

_BLOCKS = 4
_TONES = 6
#: Row and column steps to the neighbour: right, up right, up, up left.
_STEPS = ((0, 1), (-1, 1), (-1, 0), (-1, -1))


def scoot(a: ArrayLike, b: ArrayLike) -> float:
    r"""Return Scoot of two grey pictures of one size.

    .. math:: Q = 1 / (1 + \|f(a) - f(b)\|₂)

    where f holds Contrast Σ(i − j)² p and Energy Σ p² of the tones' co-occurrence p in each of 4 × 4 blocks.

    Parameters
    ----------
    a, b : array_like of shape (H, W), uint8
        Drawings of the same sitter, prepared alike (`metrics.prepare`).

    Returns
    -------
    float
        Above 0 to 1, the higher the better; 1 for the same picture.

    Raises
    ------
    BadShape
        If a picture is not grey uint8, the sizes differ, or a picture is of one tone only.

    Notes
    -----
    Tones are quantised to 6; the four co-occurrence matrices (neighbours at distance 1, not made symmetric) are
    averaged, rounded half up to whole counts, then normalised, as in the authors' program. Scoot barely sees inversion
    (0.986 for a test picture and its negative) and separates little between sitters: use it beside the Fréchet
    distance, never alone. 5 ms for 256².

    References
    ----------
    Fan et al., Scoot: A Perceptual Metric for Facial Sketches, ICCV 2019, equations 2 to 6.

    Examples
    --------
    >>> rows, columns = np.mgrid[0:64, 0:64]
    >>> a = ((7 * rows + 13 * columns) % 256).astype(np.uint8)
    >>> scoot(a, a), round(scoot(a, (4 * rows).astype(np.uint8)), 6)
    (1.0, 0.152903)
    """
    x, y = drawing_pair(a, b)
    if min(x.shape) < 2 * _BLOCKS:
        raise BadShape(
            f"The pictures are {x.shape[1]} × {x.shape[0]} px; Scoot wants 8 × 8 or more."
        )
    return float(1 / (1 + np.linalg.norm(_texture(x) - _texture(y))))


def _texture(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return contrast and energy of every block, (32,)."""
    if picture.min() == picture.max():
        raise BadShape(f"A picture is all of tone {picture.flat[0]}; Scoot wants a drawing.")
    tones = np.clip(picture.astype(np.int64) * _TONES // 255, 0, _TONES - 1)
    height, width = tones.shape
    rows = [height * k // _BLOCKS for k in range(_BLOCKS + 1)]
    columns = [width * k // _BLOCKS for k in range(_BLOCKS + 1)]
    levels = np.arange(_TONES)
    gap = (levels[:, None] - levels) ** 2
    values = []
    for i in range(_BLOCKS):
        for j in range(_BLOCKS):
            p = _together(tones[rows[i] : rows[i + 1], columns[j] : columns[j + 1]])
            values += [(gap * p).sum(), (p**2).sum()]
    return np.array(values)


def _together(tones: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how often each tone has each other as its neighbour, a share of all, (6, 6)."""
    height, width = tones.shape
    counts = np.zeros(_TONES * _TONES)
    for down, right in _STEPS:
        rows = slice(max(0, -down), height)
        here = tones[rows, max(0, -right) : width - max(0, right)]
        there = tones[: height + down, max(0, right) : width + min(0, right)]
        counts += np.bincount((here * _TONES + there).ravel(), minlength=_TONES * _TONES)
    whole = np.floor(counts / len(_STEPS) + 0.5)
    shares: NDArray[np.float64] = (whole / whole.sum()).reshape(_TONES, _TONES)
    return shares
