"""A crop put back: picture, crop and matrix in → the picture with the crop in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape
from limner.geometry.affine import apply, compose, invert
from limner.geometry.align import warp

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["paste"]


def paste(
    base: NDArray[Any],
    patch: NDArray[Any],
    crop_from_photo: ArrayLike,
    alpha: NDArray[np.floating[Any]] | None = None,
    feather_px: float = 24.0,
) -> NDArray[Any]:
    """Put a crop back where it was cut out, at the picture's resolution.

    Parameters
    ----------
    base : ndarray of shape (H, W) or (H, W, C), uint8 or float32
        The picture; not changed.
    patch : ndarray of shape (h, w) or (h, w, C), dtype of `base`
        The crop; as many channels as `base`.
    crop_from_photo : array_like of shape (2, 3)
        The matrix that cut the crop out.
    alpha : ndarray of shape (h, w), float32, optional
        0 to 1: how much of the crop shows; all of it when absent.
    feather_px : float
        Width in crop px over which the crop fades in from its edges; 0 for a hard edge.

    Returns
    -------
    ndarray, shape and dtype of `base`
        The picture with the crop blended in; what reaches beyond the picture is dropped.

    Raises
    ------
    BadShape
        If channels or dtypes differ, or `alpha` does not fit the crop.

    Examples
    --------
    >>> import numpy as np
    >>> page, spot = np.zeros((3, 4), np.uint8), np.full((2, 2), 9, np.uint8)
    >>> paste(page, spot, [[1, 0, -2], [0, 1, -1]], feather_px=0).tolist()
    [[0, 0, 0, 0], [0, 0, 9, 9], [0, 0, 9, 9]]
    """
    _check(base, patch, alpha)
    height, width = patch.shape[:2]
    out = base.copy()
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64) - 0.5
    photo_from_crop = invert(crop_from_photo)
    seen = apply(photo_from_crop, corners)
    limit = np.array(base.shape[1::-1])
    low = np.clip(np.floor(seen.min(axis=0)), 0, limit).astype(int)
    high = np.clip(np.ceil(seen.max(axis=0)) + 1, 0, limit).astype(int)
    if (high <= low).any():
        return out
    size_wh = int(high[0] - low[0]), int(high[1] - low[1])
    window_from_photo = np.array([[1, 0, -low[0]], [0, 1, -low[1]]], np.float64)
    window_from_crop = compose(window_from_photo, photo_from_crop)
    weight = _feather(window_from_crop, size_wh, (width, height), feather_px)
    if alpha is not None:
        weight *= warp(np.asarray(alpha, np.float32), window_from_crop, size_wh)
    new = warp(patch, window_from_crop, size_wh, interpolation="cubic")
    window = out[low[1] : high[1], low[0] : high[0]]
    weight = weight.reshape(weight.shape + (1,) * (base.ndim - 2))
    mixed = window + weight * (new.astype(np.float32) - window)
    window[...] = _as_type(mixed, base.dtype, patch)
    return out


def _feather(
    window_from_crop: NDArray[np.float64],
    size_wh: tuple[int, int],
    crop_wh: tuple[int, int],
    feather_px: float,
) -> NDArray[np.float32]:
    """Weight 0 to 1 of each pixel of the window, from its distance to the crop's nearest edge in crop px."""
    m = invert(window_from_crop).astype(np.float32)
    x = np.arange(size_wh[0], dtype=np.float32)[None, :]
    y = np.arange(size_wh[1], dtype=np.float32)[:, None]
    inside = np.full((size_wh[1], size_wh[0]), np.inf, np.float32)
    for row, length in zip(m, crop_wh, strict=True):
        along = row[0] * x + row[1] * y + (row[2] + np.float32(0.5))
        inside = np.minimum(inside, np.minimum(along, np.float32(length) - along))
    if feather_px <= 0:
        return (inside > 0).astype(np.float32)
    t = np.clip(inside / np.float32(feather_px), 0, 1)
    # Smoothstep: no crease where the fade begins and ends.
    return t * t * (3 - 2 * t)  # type: ignore[no-any-return]


def _as_type(mixed: NDArray[Any], dtype: np.dtype[Any], patch: NDArray[Any]) -> NDArray[Any]:
    if dtype.kind in "ui":
        limits = np.iinfo(dtype)
        mixed = np.clip(np.rint(mixed), limits.min, limits.max)
        return np.asarray(mixed, dtype)
    # A cubic kernel rings; a float picture of 0 to 1 must stay there where both its sources do.
    if patch.size and patch.min() >= 0 and patch.max() <= 1:
        mixed = np.clip(mixed, 0, 1)
    return np.asarray(mixed, dtype)


def _check(base: NDArray[Any], patch: NDArray[Any], alpha: NDArray[Any] | None) -> None:
    if base.ndim not in (2, 3) or base.shape[2:] != patch.shape[2:] or base.ndim != patch.ndim:
        raise BadShape(f"A crop of shape {patch.shape} does not fit a picture of {base.shape}.")
    if base.dtype != patch.dtype:
        raise BadShape(
            f"A crop of {patch.dtype} does not fit a picture of {base.dtype}; convert it."
        )
    if alpha is not None and alpha.shape != patch.shape[:2]:
        raise BadShape(f"Alpha has shape {alpha.shape}, wanted the crop's {patch.shape[:2]}.")
