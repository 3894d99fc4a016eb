"""How well pictures were parsed: maps of labels in → IoU and F1 of each class over a whole set."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limner.errors import BadShape

__all__ = ["confusion", "f1", "iou", "mean_f1", "miou"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def confusion(found: ArrayLike, actual: ArrayLike, *, classes: int = 19) -> Counts:
    """Count the pixels of every pair of classes; add up the counts of all pictures of a set before taking a score.

    Parameters
    ----------
    found, actual : array_like of shape (H, W), unsigned integers
        What the parser says, and what a person says.
    classes : int
        How many classes there are.

    Returns
    -------
    ndarray of shape (classes, classes), int64
        Row: the actual class; column: the one found.

    Raises
    ------
    BadShape
        If the maps differ in size or hold a class that does not exist.

    Examples
    --------
    >>> confusion([[0, 1, 1]], [[0, 1, 0]], classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    x, y = np.asarray(found), np.asarray(actual)
    if x.shape != y.shape or x.dtype.kind not in "ui" or y.dtype.kind not in "ui":
        raise BadShape(
            f"The maps are {x.dtype} {x.shape} and {y.dtype} {y.shape}; wanted class ids of one shape."
        )
    if x.size and not (min(x.min(), y.min()) >= 0 and max(x.max(), y.max()) < classes):
        raise BadShape(f"A map holds ids outside 0 to {classes - 1}.")
    pairs = y.astype(np.int64).ravel() * classes + x.ravel()
    counts: Counts = np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    return counts


def iou(counts: ArrayLike) -> Floats:
    """Return intersection over union of each class: TP / (TP + FP + FN).

    Parameters
    ----------
    counts : array_like of shape (C, C)
        From `confusion`, summed over the set.

    Returns
    -------
    ndarray of shape (C,), float64
        0 to 1; NaN for a class that no picture of the set actually shows.

    References
    ----------
    Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 2010, section 4.

    Examples
    --------
    >>> iou([[1, 1], [0, 1]]).tolist()
    [0.5, 0.5]
    """
    right, found, actual = _sums(counts)
    return _share(right, found + actual - right, actual)


def f1(counts: ArrayLike) -> Floats:
    """Return F1 of each class, the harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

    Parameters and result as for `iou`.

    Examples
    --------
    >>> f1([[3, 0, 0], [1, 2, 0], [0, 0, 0]]).round(3).tolist()
    [0.857, 0.8, nan]
    """
    right, found, actual = _sums(counts)
    return _share(2 * right, found + actual, actual)


def miou(counts: ArrayLike) -> float:
    """Return the mean of `iou` over the classes that the set shows, background among them; NaN if there are none.

    Examples
    --------
    >>> miou([[1, 1], [0, 1]])
    0.5
    """
    return _mean(iou(counts))


def mean_f1(counts: ArrayLike) -> float:
    """Return the mean of `f1` over the parts that the set shows, background left out; NaN if there are none.

    Examples
    --------
    >>> mean_f1([[9, 1], [0, 1]]).__round__(3)
    0.667
    """
    return _mean(f1(counts)[1:])


def _sums(counts: ArrayLike) -> tuple[Floats, Floats, Floats]:
    table = np.asarray(counts, np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise BadShape(
            f"The counts have shape {table.shape}; wanted a square table from `confusion`."
        )
    return np.diagonal(table), table.sum(axis=0), table.sum(axis=1)


def _share(part: Floats, whole: Floats, actual: Floats) -> Floats:
    result = np.full(len(part), np.nan)
    np.divide(part, whole, out=result, where=actual > 0)
    return result


def _mean(values: Floats) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else float("nan")
