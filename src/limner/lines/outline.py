"""The shapes of the lines: `LineDrawing` in → closed rings to be filled, a part each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.contour import area, rings
from limner.geometry.simplify import simplify
from limner.lines.belong import Belonging
from limner.records import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import LineDrawing

__all__ = ["outline"]


def outline(
    drawing: LineDrawing, *, simplify_px: float | None = None, min_area_px: float | None = None
) -> dict[str, tuple[NDArray[np.float64], ...]]:
    """Find the outlines of all ink.

    Parameters
    ----------
    drawing : LineDrawing
        Ink, and what lies under it.
    simplify_px : float, optional
        How far a ring may lie beside the ink's edge; None takes a 4000th of the picture's
        diagonal, 0.2 px at least.
    min_area_px : float, optional
        Smaller rings are left out; None takes the square of ten times that.

    Returns
    -------
    dict of str to tuple of ndarray of shape (N, 2), float64
        Part, in the order of ``records.PARTS`` → its rings, x and y in px, the last point being
        the first; to be filled by the even-odd rule, which leaves holes. The part is "" where
        nothing is known.

    Notes
    -----
    Where a line passes from one part to another, the shapes overlap by a pixel, so that no seam
    shows between them.
    """
    height, width = drawing.ink.shape
    tolerance = max(0.2, math.hypot(width, height) / 4000) if simplify_px is None else simplify_px
    smallest = max(1.0, (5 * tolerance) ** 2) if min_area_px is None else min_area_px
    if drawing.semantic is None:
        found = _rings(drawing.ink, tolerance, smallest)
        return {"": found} if found else {}
    owner = Belonging(drawing.semantic).raster((width, height))
    shapes = {}
    for number, part in enumerate(PARTS):
        found = _of_part(drawing.ink, owner == number, tolerance, smallest)
        if found:
            shapes[part] = found
    return shapes


def _of_part(
    ink: NDArray[np.float32], mask: NDArray[np.bool_], tolerance: float, smallest: float
) -> tuple[NDArray[np.float64], ...]:
    """Return the rings of the ink within a mask, looked for only where the mask is."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if not width:
        return ()
    left, top = max(0, x - 2), max(0, y - 2)
    window = np.s_[top : y + height + 2, left : x + width + 2]
    wide = cv2.dilate(mask[window].astype(np.uint8), np.ones((3, 3), np.uint8))
    own = np.asarray(ink[window] * wide, np.float32)
    shift = np.array([left, top], np.float64)
    return tuple(ring + shift for ring in _rings(own, tolerance, smallest))


def _rings(
    ink: NDArray[np.float32], tolerance: float, smallest: float
) -> tuple[NDArray[np.float64], ...]:
    return tuple(_plain(ring, tolerance) for ring in rings(ink) if area(ring) >= smallest)


def _plain(ring: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Simplify a ring in two halves, as the whole has no two different ends."""
    far = int(np.argmax(np.hypot(*(ring - ring[0]).T)))
    first, second = simplify(ring[: far + 1], tolerance), simplify(ring[far:], tolerance)
    return np.asarray(ring[np.concatenate([first, far + second[1:]])], np.float64)
