"""Depth in metres in → the bytes of a 16-bit PNG of tenths of millimetres."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from limner.errors import BadShape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DEPTH_UNIT_M", "encode_depth"]

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
