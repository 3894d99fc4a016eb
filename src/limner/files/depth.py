"""Depth in metres in → the bytes of a 16-bit PNG of tenths of millimetres, and back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from limner.errors import BadShape, UnreadablePhoto

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DEPTH_UNIT_M", "decode_depth", "encode_depth"]

#: One grey level, m.
DEPTH_UNIT_M = 1e-4


def encode_depth(depth_m: NDArray[np.floating]) -> bytes:
    r"""Encode a depth map; 0 stays 0, which means: nothing there.

    Parameters
    ----------
    depth_m : ndarray of shape (H, W)
        Metres, 0 to 6.5.

    Raises
    ------
    BadShape
        If it is no map, or out of range.

    Examples
    --------
    >>> import numpy as np
    >>> encode_depth(np.ones((2, 2)))[:4]
    b'\x89PNG'
    """
    levels = np.rint(np.asarray(depth_m, np.float64) / DEPTH_UNIT_M)
    if (
        levels.ndim != 2
        or not np.isfinite(levels).all()
        or not 0 <= levels.min() <= levels.max() < 65536
    ):
        raise BadShape(
            f"The depth is of shape {levels.shape}; wanted (H, W) of finite metres from 0 to 6.5."
        )
    stream = io.BytesIO()
    Image.fromarray(levels.astype(np.uint16)).save(stream, "PNG", compress_level=3)
    return stream.getvalue()


def decode_depth(data: bytes, name: str = "the depth map") -> NDArray[np.float32]:
    """Return the metres (H, W) in a PNG of `encode_depth`.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        How messages call it.

    Raises
    ------
    UnreadablePhoto
        If it is no grey PNG of at most 2048 px a side.

    Examples
    --------
    >>> import numpy as np
    >>> float(decode_depth(encode_depth(np.full((2, 2), 1.1))).max())
    1.100000023841858
    """
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if max(picture.size) > 2048:
                raise ValueError("too large")
            levels = np.asarray(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadablePhoto(
            f"{name} is no depth map; take one that `limner orbit` wrote."
        ) from error
    if levels.ndim != 2:
        raise UnreadablePhoto(f"{name} has colours, so it is no depth map of `limner orbit`.")
    return (levels * DEPTH_UNIT_M).astype(np.float32)
