"""A crop put back: picture, crop and matrix in → the picture with the crop in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape
from limner.geometry.affine import apply, compose, invert
from limner.geometry.align import warp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

__all__ = ["paste"]

_TILE_PX = 256


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
    shown = None
    if alpha is not None:
        shown = warp(np.asarray(alpha, np.float32), window_from_crop, size_wh)
    new = warp(patch, window_from_crop, size_wh, interpolation="cubic")
    # A cubic kernel rings; a float picture of 0 to 1 must stay there where both its sources do.
    within = base.dtype.kind not in "ui" and patch.size and patch.min() >= 0 and patch.max() <= 1
    limits = (0.0, 1.0) if within else None
    crop_from_window = invert(window_from_crop).astype(np.float32)
    window = out[low[1] : high[1], low[0] : high[0]]
    for tile in _tiles(size_wh):
        weight = _feather(crop_from_window, tile, (width, height), feather_px)
        if shown is not None:
            weight *= shown[tile]
        weight = weight.reshape(weight.shape + (1,) * (base.ndim - 2))
        below = window[tile]
        below[...] = _as_type(below + weight * (new[tile].astype(np.float32) - below), base, limits)
    return out


def _tiles(size_wh: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    """Yield the pieces of a window, small enough for what is computed of one to stay in the processor's cache."""
    for top in range(0, size_wh[1], _TILE_PX):
        for left in range(0, size_wh[0], _TILE_PX):
            yield (
                slice(top, min(top + _TILE_PX, size_wh[1])),
                slice(left, min(left + _TILE_PX, size_wh[0])),
            )


def _feather(
    crop_from_window: NDArray[np.float32],
    tile: tuple[slice, slice],
    crop_wh: tuple[int, int],
    feather_px: float,
) -> NDArray[np.float32]:
    """Weight 0 to 1 of each pixel of a tile, from its distance to the crop's nearest edge in crop px."""
    x = np.arange(tile[1].start, tile[1].stop, dtype=np.float32)[None, :]
    y = np.arange(tile[0].start, tile[0].stop, dtype=np.float32)[:, None]
    # Along a row or a column the distance has no dip: it is least at a corner.
    corners = _inside(crop_from_window, x[:, [0, -1]], y[[0, -1]], crop_wh)
    if corners.min() > max(feather_px, 0):
        return np.ones((y.size, x.size), np.float32)
    inside = _inside(crop_from_window, x, y, crop_wh)
    if feather_px <= 0:
        return (inside > 0).astype(np.float32)
    t = np.clip(inside / np.float32(feather_px), 0, 1)
    # Smoothstep: no crease where the fade begins and ends.
    return t * t * (3 - 2 * t)  # type: ignore[no-any-return]


def _inside(
    crop_from_window: NDArray[np.float32],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    crop_wh: tuple[int, int],
) -> NDArray[np.float32]:
    """Return how far columns `x` of rows `y` lie within the crop, in crop px; negative outside."""
    inside = np.full((y.size, x.size), np.inf, np.float32)
    for row, length in zip(crop_from_window, crop_wh, strict=True):
        along = row[0] * x + row[1] * y + (row[2] + np.float32(0.5))
        inside = np.minimum(inside, np.minimum(along, np.float32(length) - along))
    return inside


def _as_type(
    mixed: NDArray[Any], base: NDArray[Any], limits: tuple[float, float] | None
) -> NDArray[Any]:
    if base.dtype.kind in "ui":
        whole = np.iinfo(base.dtype)
        mixed = np.clip(np.rint(mixed), whole.min, whole.max)
    elif limits:
        mixed = np.clip(mixed, *limits)
    return np.asarray(mixed, base.dtype)


def _check(base: NDArray[Any], patch: NDArray[Any], alpha: NDArray[Any] | None) -> None:
    if base.ndim not in (2, 3) or base.shape[2:] != patch.shape[2:] or base.ndim != patch.ndim:
        raise BadShape(f"A crop of shape {patch.shape} does not fit a picture of {base.shape}.")
    if base.dtype != patch.dtype:
        raise BadShape(
            f"A crop of {patch.dtype} does not fit a picture of {base.dtype}; convert it."
        )
    if alpha is not None and alpha.shape != patch.shape[:2]:
        raise BadShape(f"Alpha has shape {alpha.shape}, wanted the crop's {patch.shape[:2]}.")
