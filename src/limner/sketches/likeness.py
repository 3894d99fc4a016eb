"""A drawing and the photograph made of it in → how much of the ink is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import Photo

__all__ = ["edges_of", "likeness"]

#: Ink counts as found when an edge lies within so many px of a 256 px picture.
_REACH_PX = 2
#: Least contrast of a line and slope of a border, in 255ths.
_LEAST = 8.0


def edges_of(photo: Photo) -> NDArray[np.bool_]:
    """Return where a photograph of any size has lines, (256, 256) bool.

    Both kinds, a pixel or two wide: dark lines on lighter ground, and borders between tones, which a pen draws as a
    line as well.
    """
    small = cv2.resize(photo.pixels, (256, 256), interpolation=cv2.INTER_AREA)
    lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (0, 0), 1.0).astype(np.float32)
    value = lab[..., 0]
    line = cv2.GaussianBlur(value, (0, 0), 3.0) - value
    # only the middle of a line counts, not its slopes: else hair and texture would answer for any ink
    ridge = (line > _LEAST) & (line >= 0.9 * cv2.dilate(line, np.ones((3, 3), np.uint8)))
    result: NDArray[np.bool_] = ridge | _crest(lab)
    return result


def _crest(lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where the steepest channel is steeper than a pixel up and a pixel down its slope."""
    slopes = [
        [cv2.Sobel(lab[..., k], cv2.CV_32F, i, 1 - i, scale=0.25) for i in (1, 0)] for k in range(3)
    ]
    steep = np.stack([np.hypot(x, y) for x, y in slopes])
    best, slope = steep.argmax(0), np.asarray(steep.max(0), np.float32)
    along = [
        np.choose(best, [s[axis] for s in slopes]) / np.maximum(slope, 1e-6) for axis in (0, 1)
    ]
    rows, columns = np.indices(slope.shape, np.float32)
    higher = slope > _LEAST
    for step in (1, -1):
        x = (columns + step * along[0]).astype(np.float32)
        y = (rows + step * along[1]).astype(np.float32)
        higher &= slope >= cv2.remap(slope, x, y, cv2.INTER_LINEAR)
    return np.asarray(higher, bool)


def likeness(ink: NDArray[np.float32], photo: Photo) -> float:
    """Return the share of ink that has a line of the photograph within 2 px at 256 px, 0 to 1.

    Parameters
    ----------
    ink : ndarray of shape (S, S), float32
        0 paper to 1 ink.
    photo : Photo
        The result, in the same frame.

    Examples
    --------
    >>> import numpy as np
    >>> from limner.records import Photo
    >>> pixels = np.full((256, 256, 3), 200, np.uint8)
    >>> pixels[:, 128:] = 60
    >>> ink = np.zeros((256, 256), np.float32)
    >>> ink[:, 127:129] = 1
    >>> likeness(ink, Photo(pixels))
    1.0
    """
    small = cv2.resize(ink, (256, 256), interpolation=cv2.INTER_AREA)
    drawn = small > 0.3
    if not drawn.any():
        return 1.0
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _REACH_PX + 1,) * 2)
    near = cv2.dilate(edges_of(photo).astype(np.uint8), kernel) > 0
    return float((drawn & near).sum() / drawn.sum())
