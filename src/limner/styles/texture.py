"""Grain and fine strokes: a seed and a direction for each place in → textures that any window of a sheet agrees on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["strands", "tooth"]

#: Side of a texture that repeats, px; how many directions there are; length of a strand, px.
_SIDE_PX = 256
_DIRECTIONS = 16
_LENGTH_PX = 21


def tooth(
    origin_yx: tuple[int, int], shape: tuple[int, int], *, grain_px: float, seed: int
) -> NDArray[np.float32]:
    """Return the height of rough paper in a window of the sheet.

    Parameters
    ----------
    origin_yx, shape : tuple of int
        The window's first row and column, its height and width.
    grain_px : float
        Size of a grain.
    seed : int
        Of the sheet.

    Returns
    -------
    ndarray of shape `shape`, float32
        Mean 0, standard deviation 1.
    """
    tile = _tooth(round(grain_px, 2), seed)
    return _window(tile, origin_yx, shape)


@lru_cache(maxsize=4)
def _tooth(grain_px: float, seed: int) -> NDArray[np.float32]:
    side = 4 * _SIDE_PX
    rng = np.random.default_rng((seed, 1))
    noise = rng.standard_normal((side, side), np.float32)
    # Fine grains on a slowly changing felt.
    fine = _wrapped_blur(noise, grain_px)
    felt = _wrapped_blur(rng.standard_normal((side, side), np.float32), 4 * grain_px)
    return _normed(_normed(fine) + np.float32(0.45) * _normed(felt))


def strands(
    across_rad: NDArray[np.float32],
    where: NDArray[np.bool_],
    origin_yx: tuple[int, int],
    *,
    width_px: float,
    seed: int,
) -> NDArray[np.float32]:
    """Return fine parallel strokes that run as they are told.

    Parameters
    ----------
    across_rad : ndarray of shape (H, W), float32
        Direction in which strokes run, as an angle from x towards y, any sign.
    where : ndarray of shape (H, W), bool
        Places that are needed; the others stay 0.
    origin_yx : tuple of int
        First row and column of the window in its sheet.
    width_px : float
        Width of a strand.
    seed : int
        Of the strands.

    Returns
    -------
    ndarray of shape (H, W), float32
        Mean 0, standard deviation about 1.

    Notes
    -----
    Noise smeared in sixteen directions; each pixel takes from the two nearest of them.
    """
    bank = _strands(round(width_px, 2), seed)
    out = np.zeros(across_rad.shape, np.float32)
    turn = across_rad[where] % np.float32(np.pi) * np.float32(_DIRECTIONS / np.pi)
    first = turn.astype(np.int32)
    share = turn - first.astype(np.float32)
    side = bank.shape[1]
    height, width = where.shape
    y = (np.arange(height, dtype=np.int32) + origin_yx[0]) % side
    x = (np.arange(width, dtype=np.int32) + origin_yx[1]) % side
    place = (y[:, None] * np.int32(side) + x[None, :])[where]
    flat, plane = bank.ravel(), np.int32(side * side)
    low = flat.take(first % _DIRECTIONS * plane + place)
    high = flat.take((first + 1) % _DIRECTIONS * plane + place)
    out[where] = low * np.sqrt(1 - share) + high * np.sqrt(share)
    return out


@lru_cache(maxsize=4)
def _strands(width_px: float, seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng((seed, 2))
    noise = rng.standard_normal((_SIDE_PX, _SIDE_PX), np.float32)
    length = max(3, round(_LENGTH_PX * width_px))
    reach = length + 2
    bank = np.empty((_DIRECTIONS, _SIDE_PX, _SIDE_PX), np.float32)
    wide = cv2.copyMakeBorder(noise, reach, reach, reach, reach, cv2.BORDER_WRAP)
    for k in range(_DIRECTIONS):
        angle = np.pi * k / _DIRECTIONS
        step = np.rint(length * 16 * np.array([np.cos(angle), np.sin(angle)])).astype(int)
        middle = reach * 16
        line = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
        ends = ((middle - step[0], middle - step[1]), (middle + step[0], middle + step[1]))
        cv2.line(line, *ends, 255, 1, cv2.LINE_AA, 4)
        kernel = cv2.GaussianBlur(line.astype(np.float32), (0, 0), max(0.5, width_px / 2))
        smeared = cv2.filter2D(wide, -1, kernel)
        bank[k] = _normed(np.asarray(smeared[reach:-reach, reach:-reach], np.float32))
    return bank


def _wrapped_blur(noise: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    reach = int(4 * sigma_px) + 1
    wide = cv2.copyMakeBorder(noise, reach, reach, reach, reach, cv2.BORDER_WRAP)
    return np.asarray(
        cv2.GaussianBlur(wide, (0, 0), sigma_px)[reach:-reach, reach:-reach], np.float32
    )


def _normed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((values - values.mean()) / values.std(), np.float32)


def _window(
    tile: NDArray[np.float32], origin_yx: tuple[int, int], shape: tuple[int, int]
) -> NDArray[np.float32]:
    y = (np.arange(shape[0]) + origin_yx[0]) % tile.shape[0]
    x = (np.arange(shape[1]) + origin_yx[1]) % tile.shape[1]
    return np.asarray(tile[y[:, None], x[None, :]], np.float32)
