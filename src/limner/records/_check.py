"""Arrays that a record may hold: anything array-like in → a read-only array of the wanted form, or `BadShape`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray


def frozen(
    name: str,
    value: object,
    *,
    dtype: DTypeLike,
    shape: tuple[int | None, ...],
    low: float | None = None,
    high: float | None = None,
) -> NDArray[Any]:
    """Return `value` as a read-only array, or say why it cannot be one.

    Parameters
    ----------
    name : str
        How the message calls it, for example ``"Photo.pixels"``.
    value : array_like
        Must already have `dtype` if that is an integer type: a silent cast would hide a mistake.
    dtype : dtype_like
        The wanted type.
    shape : tuple
        The wanted shape; None stands for any positive length.
    low, high : float, optional
        Inclusive bounds of the values.

    Returns
    -------
    ndarray
        A copy where `value` could still be written to by its owner, else `value` itself.

    Raises
    ------
    BadShape
        If shape, dtype or range differ, or a float is not finite.
    """
    wanted = np.dtype(dtype)
    try:
        array = np.asarray(value)
    except ValueError:
        raise BadShape(f"{name} has rows of unequal length, wanted a {wanted} array.") from None
    if wanted.kind in "ui" and array.dtype != wanted:
        raise BadShape(f"{name} has dtype {array.dtype}, wanted {wanted}; convert it first.")
    if wanted.kind == "f" and array.dtype.kind not in "fiu":
        raise BadShape(f"{name} has dtype {array.dtype}, wanted {wanted}; convert it first.")
    _check_shape(name, array, shape)
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as such
        array = array.astype(wanted, copy=False)
    _check_range(name, array, low, high)
    if _can_change(array):
        array = array.copy()
        array.flags.writeable = False
    return array


def _can_change(array: NDArray[Any]) -> bool:
    """Say whether somebody can write to `array`: through itself, or through what it is a view of."""
    seen: object = array
    while isinstance(seen, np.ndarray):
        if seen.flags.writeable:
            return True
        seen = seen.base
    return False


def _check_shape(name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        (n > 0 if want is None else n == want) for n, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        text = "(" + ", ".join("n" if n is None else str(n) for n in shape) + ")"
        raise BadShape(f"{name} has shape {array.shape}, wanted {text}.")


def _check_range(name: str, array: NDArray[Any], low: float | None, high: float | None) -> None:
    if array.size == 0:
        return
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise BadShape(f"{name} holds values that are not finite numbers.")
    if low is not None and array.min() < low:
        raise BadShape(f"{name} goes down to {array.min():g}, wanted at least {low:g}.")
    if high is not None and array.max() > high:
        raise BadShape(f"{name} goes up to {array.max():g}, wanted at most {high:g}.")
