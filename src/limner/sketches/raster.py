"""Strokes in → ink on the canvas, and which part of it changed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.records import Sketch, Stroke
from limner.sketches.scan import SIZE_PX

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Box", "draw_sketch", "draw_stroke", "touched"]

#: Fractional bits of OpenCV's coordinates.
_SHIFT = 4
_OPEN = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels, its right and lower edges not included; empty where x0 = x1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)


def touched(stroke: Stroke, size_px: int = SIZE_PX) -> Box:
    """Return the box in which a stroke may leave ink, cut to the canvas."""
    low = np.floor(stroke.points[:, :2].min(0) - stroke.width / 2 - 2)
    high = np.ceil(stroke.points[:, :2].max(0) + stroke.width / 2 + 3)
    x0, y0 = np.clip(low, 0, size_px).astype(int)
    x1, y1 = np.clip(high, 0, size_px).astype(int)
    return Box(int(x0), int(y0), int(max(x0, x1)), int(max(y0, y1)))


def draw_stroke(ink: NDArray[np.uint8], stroke: Stroke) -> Box:
    """Draw one stroke into `ink` (S, S) uint8, 0 paper to 255, and return the box it may have changed.

    Ink never fades: where strokes cross, the darker stays. Pressure makes the line thinner, down to a third.
    """
    box = touched(stroke, ink.shape[0])
    if box.x0 == box.x1 or box.y0 == box.y1:
        return box
    rows, columns = box.slices
    patch = np.zeros((box.y1 - box.y0, box.x1 - box.x0), np.uint8)
    points = stroke.points[:, :2] - np.array([box.x0, box.y0], np.float32)
    # far points would overflow OpenCV's fixed point
    points = np.clip(points, -2048, 4096)
    fixed = np.rint(points * 2**_SHIFT).astype(np.int32)
    widths = np.maximum(1, np.rint(stroke.width * (0.33 + 0.67 * stroke.points[:, 2]))).astype(int)
    # a pen under a pixel wide leaves paler ink
    shade = int(255 * np.clip(stroke.width, 0.35, 1.0))
    if len(fixed) == 1:
        center = (int(fixed[0, 0]), int(fixed[0, 1]))
        radius = max(1, round(float(widths[0]) * 2**_SHIFT / 2))
        cv2.circle(patch, center, radius, shade, -1, cv2.LINE_AA, _SHIFT)
    else:
        for first, last in _runs(widths[1:]):
            line = fixed[first : last + 1]
            cv2.polylines(patch, [line], _OPEN, shade, int(widths[first + 1]), cv2.LINE_AA, _SHIFT)
    np.maximum(ink[rows, columns], patch, out=ink[rows, columns])
    return box


def _runs(widths: NDArray[np.int_]) -> list[tuple[int, int]]:
    """Return (first point, last point) of stretches of one width; neighbours share a point."""
    cuts = np.flatnonzero(np.diff(widths)) + 1
    edges = [0, *cuts.tolist(), len(widths)]
    return list(itertools.pairwise(edges))


def draw_sketch(sketch: Sketch, size_px: int = SIZE_PX) -> NDArray[np.uint8]:
    """Return the ink of a whole sketch at another size, (size_px, size_px) uint8."""
    scale = np.float32(size_px / sketch.size_px)
    ink = np.zeros((size_px, size_px), np.uint8)
    if sketch.scan is not None:
        scan = np.rint(255 * sketch.scan).astype(np.uint8)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        ink = np.asarray(cv2.resize(scan, (size_px, size_px), interpolation=how), np.uint8)
    for stroke in sketch.strokes:
        points = stroke.points.copy()
        points[:, :2] = (points[:, :2] + 0.5) * scale - 0.5
        draw_stroke(ink, Stroke(points, stroke.width * float(scale), stroke.part))
    return ink
