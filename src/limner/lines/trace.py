"""Ink as movements of a pen: `LineDrawing` in → strokes with width, named by part, in order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.raster import draw_lines
from limner.geometry.resample import resize
from limner.geometry.simplify import arc_length, resample, simplify, smooth
from limner.lines.belong import Belonging
from limner.lines.join import join
from limner.lines.skeleton import find_skeleton
from limner.records import PARTS, Stroke

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import LineDrawing

__all__ = ["trace"]

#: Ink is thinned on a raster of at most so many pixels; small pictures are enlarged twice, as a
#: line two pixels wide has no exact middle pixel.
_FEWEST_PX, _MOST_PX = 1_000_000, 4_000_000
#: Coverage from which ink counts.
_INK = 0.4
#: All in widths of the typical line: smoothing, gaps closed, reach of a direction.
_SMOOTH, _GAP, _REACH = 0.8, 2.0, 2.5
#: Strokes wider than this many typical ones are drawn beside each other, in so many passes at most.
_WIDEST, _PASSES = 2.2, 4


def trace(
    drawing: LineDrawing,
    *,
    simplify_px: float | None = None,
    min_length_px: float | None = None,
    gap_px: float | None = None,
) -> tuple[Stroke, ...]:
    """Find the strokes that draw the lines.

    Parameters
    ----------
    drawing : LineDrawing
        Ink, and what lies under it.
    simplify_px : float, optional
        How far a stroke may lie beside its line; None takes a tenth of the typical line's width.
    min_length_px : float, optional
        Shorter strokes are left out; None takes one and a half typical widths.
    gap_px : float, optional
        Ends that face each other over less are joined; None takes two typical widths.

    Returns
    -------
    tuple of Stroke
        In px of the drawing, grouped by part in the order of ``records.PARTS``, long strokes
        first; pressure follows the line's width. The part is "" where nothing is known of it.

    Notes
    -----
    The ink is thinned, the thinned lines are taken apart at junctions and put together again by
    the smoothest way through (`skeleton`, `join`). Darks much wider than a line, such as pupils,
    get further strokes beside the first until they are covered. About 0.3 s for 512 × 512 px.
    """
    zoom = _zoom(drawing.size_px)
    size_wh = tuple(max(1, round(n * zoom)) for n in drawing.size_px)
    ink = resize(drawing.ink, (size_wh[0], size_wh[1])) > _INK
    if not ink.any():
        return ()
    lines = _lines(ink, None if gap_px is None else gap_px * zoom)
    typical = float(np.median(np.concatenate([line[:, 2] for line in lines])))
    belonging = None if drawing.semantic is None else Belonging(drawing.semantic)
    tolerance = typical / 10 if simplify_px is None else simplify_px * zoom
    shortest = 1.5 * typical if min_length_px is None else min_length_px * zoom
    strokes = []
    for line in lines:
        if arc_length(line)[-1] < shortest:
            continue
        # From the raster's px to the drawing's, pixel centres at integers in both.
        line[:, :2] = (line[:, :2] + 0.5) / zoom - 0.5
        line[:, 2] /= zoom
        for part, index in _shares(line, belonging, zoom):
            strokes.append(_stroke(line[index], tolerance / zoom, part))
    order = {name: i for i, name in enumerate(PARTS)}
    strokes.sort(key=lambda s: (order.get(s.part, -1), -s.length))
    return tuple(strokes)


def _zoom(size_px: tuple[int, int]) -> float:
    area = size_px[0] * size_px[1]
    if area > _MOST_PX:
        return math.sqrt(_MOST_PX / area)
    return 2.0 if area <= _FEWEST_PX else 1.0


def _lines(ink: NDArray[np.bool_], gap_px: float | None) -> list[NDArray[np.float64]]:
    """Return lines as x, y, width, one px apart, until all ink is covered."""
    lines: list[NDArray[np.float64]] = []
    typical = 0.0
    for _ in range(_PASSES):
        skeleton = find_skeleton(ink)
        if not skeleton.branches:
            break
        if not typical:
            typical = _typical_width(skeleton.radius)
        gap = _GAP * typical if gap_px is None else gap_px
        found = join(skeleton, gap, _REACH * typical)
        new = [_drawn(*line, skeleton.radius, typical) for line in found]
        new = [line for line in new if len(line) > 1]
        lines += new
        ink = _uncovered(ink, new, typical)
        if not ink.any():
            break
    return lines


def _typical_width(radius: NDArray[np.float32]) -> float:
    # Each ridge of the distance is a line's middle; the area under a line is length × width.
    peak = radius >= cv2.dilate(radius, np.ones((3, 3), np.uint8))
    return max(1.0, float(np.median(2 * radius[peak & (radius > 0)] - 1)))


def _drawn(
    points: NDArray[np.float64],
    closed: bool,  # noqa: FBT001
    radius: NDArray[np.float32],
    typical: float,
) -> NDArray[np.float64]:
    """Return a line's points, one px apart and smooth, with the width of the ink."""
    even = resample(points, 1.0)
    columns, rows = np.rint(even[len(even) // 2]).astype(int)
    across = 2 * float(radius[rows, columns]) - 1
    if len(even) < max(2.0, 0.6 * across):
        return _ring(even.mean(axis=0), max(across, 1.0), typical)
    columns, rows = np.rint(even).astype(int).T
    width = np.clip(2 * radius[rows, columns] - 1, 1.0, _WIDEST * typical)
    line = np.column_stack([even, width])
    return smooth(line, _SMOOTH * typical, closed=closed)


def _ring(center: NDArray[np.float64], across: float, typical: float) -> NDArray[np.float64]:
    """Draw a dot as a round of half its width, which covers it; a pen cannot draw a point."""
    turn = np.linspace(0, 2 * np.pi, max(9, round(across)))
    xy = center + across / 4 * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.column_stack([xy, np.full(len(xy), min(across / 2, _WIDEST * typical))])


def _uncovered(
    ink: NDArray[np.bool_], lines: list[NDArray[np.float64]], typical: float
) -> NDArray[np.bool_]:
    """Return the ink that no line covers, without slivers along the lines' edges."""
    grown = (line + np.array([0, 0, 1.0]) for line in lines)
    covered = draw_lines(grown, (ink.shape[1], ink.shape[0]), fine=1)
    rest = (ink & (covered == 0)).astype(np.uint8)
    size = max(2, round(0.7 * typical))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.morphologyEx(rest, cv2.MORPH_OPEN, disc) > 0)


def _shares(
    line: NDArray[np.float64], belonging: Belonging | None, zoom: float
) -> list[tuple[str, NDArray[np.intp]]]:
    if belonging is None:
        return [("", np.arange(len(line)))]
    return belonging.split(line, 1 / zoom)


def _stroke(line: NDArray[np.float64], tolerance: float, part: str) -> Stroke:
    width = float(np.percentile(line[:, 2], 90))
    # A change of width matters as much as a bend: both keep a point.
    keep = np.union1d(simplify(line, tolerance), _swells(line[:, 2], 0.15 * width))
    kept = line[keep]
    pressure = np.clip(kept[:, 2] / width, 0.05, 1)
    points = np.column_stack([kept[:, :2], pressure]).astype(np.float32)
    return Stroke(points, width=width, part=part)


def _swells(width: NDArray[np.float64], tolerance: float) -> NDArray[np.intp]:
    return simplify(np.column_stack([np.arange(len(width)), width]), tolerance)
