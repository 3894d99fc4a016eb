"""Arrays at other sizes and smoothness: values in → values resized or blurred, cheaply at any width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["blur", "resize"]

#: Gaussians wider than this, in px, are made at half the size or less: as good, and cheaper.
_WIDE_PX = 4.0


def resize(values: NDArray[np.float32], size_wh: tuple[int, int]) -> NDArray[np.float32]:
    """Bring an array to another size: averaged where it shrinks, smoothly bent where it grows.

    Parameters
    ----------
    values : ndarray of shape (H, W) or (H, W, C), float32
        What to resize.
    size_wh : tuple of int
        Width and height wanted.

    Returns
    -------
    ndarray of shape (h, w) or (h, w, C), float32
        May overshoot a little where it grows, as cubic splines do.

    Examples
    --------
    >>> import numpy as np
    >>> resize(np.array([[0, 2], [4, 6]], np.float32), (1, 1)).tolist()
    [[3.0]]
    """
    height, width = values.shape[:2]
    if (width, height) == size_wh:
        return values
    shrinks = size_wh[0] <= width and size_wh[1] <= height
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(values, size_wh, interpolation=way), np.float32)


def blur(values: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Blur by a Gaussian of any width.

    Parameters
    ----------
    values : ndarray of shape (H, W) or (H, W, C), float32
        What to blur.
    sigma_px : float
        Standard deviation.

    Returns
    -------
    ndarray of the shape of `values`, float32
        The mean of the surroundings; mirrored at the edges.

    Notes
    -----
    A wide Gaussian is made at a size at which it is narrow; what averaging and interpolation blur
    themselves is taken off its width.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(blur(np.ones((50, 60), np.float32), 12)[3, 4]), 5)
    1.0
    """
    height, width = values.shape[:2]
    step = int(max(1, min(sigma_px / _WIDE_PX * 2, min(height, width) / 4)))
    if sigma_px <= _WIDE_PX or step == 1:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), max(0.1, sigma_px)), np.float32)
    small_wh = max(1, round(width / step)), max(1, round(height / step))
    small = resize(values, small_wh)
    # A box of `step` px and linear interpolation have variances of step²/12 and step²/6.
    rest = max(0.1, sigma_px**2 - step**2 / 4) ** 0.5 / step
    small = np.asarray(cv2.GaussianBlur(small, (0, 0), rest), np.float32)
    out = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(out, np.float32)
