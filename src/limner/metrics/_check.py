"""What the metrics take: anything array-like in → an array of the wanted form, or `BadShape`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limner.errors import BadShape

__all__ = ["drawing_pair", "feature_pair"]

Floats = NDArray[np.float64]


def feature_pair(a: object, b: object) -> tuple[Floats, Floats]:
    """Return two sets of features as (N, D) and (M, D) float64, or say why they cannot be compared.

    Raises
    ------
    BadShape
        If one is no table of finite numbers, has under two rows, or the widths differ.
    """
    x, y = _table("The first set", a), _table("The second set", b)
    if x.shape[1] != y.shape[1]:
        raise BadShape(
            f"The sets have {x.shape[1]} and {y.shape[1]} features a row; both must come from one network."
        )
    return x, y


def _table(name: str, value: object) -> Floats:
    array = np.asarray(value)
    if array.ndim != 2 or len(array) < 2 or array.shape[1] < 1 or array.dtype.kind not in "fiu":
        raise BadShape(
            f"{name} of features is {array.dtype} of shape {array.shape}; "
            "wanted numbers of shape (N, D), two rows or more."
        )
    array = array.astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        raise BadShape(f"{name} of features holds values that are not finite numbers.")
    return array


def drawing_pair(a: object, b: object) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return two grey pictures as (H, W) uint8, or say why they cannot be compared.

    Raises
    ------
    BadShape
        If one is not (H, W) uint8, or the sizes differ.
    """
    x, y = np.asarray(a), np.asarray(b)
    for name, array in (("first", x), ("second", y)):
        if array.ndim != 2 or array.dtype != np.uint8:
            raise BadShape(
                f"The {name} picture is {array.dtype} of shape {array.shape}; wanted grey uint8 of shape (H, W)."
            )
    if x.shape != y.shape:
        raise BadShape(
            f"The pictures are {x.shape[1]} × {x.shape[0]} and {y.shape[1]} × {y.shape[0]} px; "
            "bring both to one size first, for example by metrics.prepare."
        )
    return x, y
