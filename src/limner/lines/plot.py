"""A sheet for the plotter: strokes in px in → `Plot` in millimetres, in an order that wastes no way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.geometry.simplify import arc_length
from limner.geometry.tour import tour
from limner.lines.swell import beside
from limner.records import PARTS, Plot, Stroke

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["plot"]

#: A line is filled where it is wider than this many pens, by lines so many pens apart.
_WIDE, _SPACING = 3.3, 1.25


def plot(
    strokes: Iterable[Stroke],
    size_px: tuple[int, int],
    *,
    page_mm: tuple[float, float] = (210, 297),
    margin_mm: float = 15,
    pen_mm: float = 0.3,
    sort: bool = True,
    fill: bool = True,
) -> Plot:
    """Lay strokes out on a page for a pen.

    Parameters
    ----------
    strokes : iterable of Stroke
        In px of the drawing.
    size_px : tuple of int
        The drawing's width and height: it is this frame that fills the page between its margins,
        so that two plots of one picture lie over each other.
    page_mm : tuple of float
        Width and height of the page.
    margin_mm : float
        Kept free on every side.
    pen_mm : float
        Width of the pen: nothing shorter is drawn, and nearer ends are joined.
    sort : bool
        Order the strokes of each part for little travel; False keeps the order given.
    fill : bool
        Draw lines that are much wider than the pen (pupils, brows, deep shadows) several times,
        side by side.

    Returns
    -------
    Plot
        Strokes in mm from the page's upper left corner, a part after the other in the order of
        ``records.PARTS``; ``Plot.travel_mm`` tells the way of the lifted pen.

    Raises
    ------
    BadShape
        If nothing is left between the margins, or a length is no length.

    Examples
    --------
    >>> import numpy as np
    >>> line = Stroke(np.array([[-0.5, 49.5, 1], [99.5, 49.5, 1]], np.float32), width=0.5)
    >>> sheet = plot([line], (100, 100), page_mm=(120, 200), margin_mm=10)
    >>> sheet.strokes[0].points[:, :2].tolist()
    [[10.0, 100.0], [110.0, 100.0]]
    """
    scale, shift = _fit(size_px, page_mm, margin_mm, pen_mm)
    sheet = []
    for stroke in strokes:
        line = stroke.points.astype(np.float64)
        # An edge of the frame, half a pixel outside the outermost centres, meets the margin.
        line[:, :2] = (line[:, :2] + 0.5) * scale + shift
        line[:, 2] *= stroke.width * scale
        sheet.append((stroke.part, line))
    parts: dict[str, list[NDArray[np.float64]]] = {}
    for part, line in sheet:
        more = beside(line, _SPACING * pen_mm, _WIDE * pen_mm) if fill else []
        drawable = (_drawable(each, pen_mm) for each in (line, *more))
        parts.setdefault(part, []).extend(each for each in drawable if each is not None)
    order = {name: i for i, name in enumerate(PARTS)}
    at, drawn = np.zeros(2), []
    for part in sorted(parts, key=lambda name: order.get(name, -1)):
        lines = parts[part]
        if sort and lines:
            lines = _joined(_sorted(lines, at), pen_mm)
        drawn += [_stroke(line, pen_mm, part) for line in lines]
        at = lines[-1][-1, :2] if lines else at
    return Plot(tuple(drawn), (float(page_mm[0]), float(page_mm[1])), float(pen_mm))


def _stroke(line: NDArray[np.float64], pen_mm: float, part: str) -> Stroke:
    """Make a stroke of the pen's width; a swelling line is pressed harder, for pens that feel it."""
    points = line.copy()
    points[:, 2] = np.clip(line[:, 2] / (_WIDE * pen_mm), 0.05, 1)
    return Stroke(points.astype(np.float32), pen_mm, part)


def _fit(
    size_px: tuple[int, int], page_mm: tuple[float, float], margin_mm: float, pen_mm: float
) -> tuple[float, NDArray[np.float64]]:
    """Return mm per px and where the frame's upper left corner lies."""
    lengths = (*size_px, *page_mm, pen_mm)
    if not all(0 < n < math.inf for n in lengths) or not 0 <= margin_mm < math.inf:
        raise BadShape(
            f"A picture of {size_px} px, a page of {page_mm} mm, a margin of {margin_mm} mm and a"
            f" pen of {pen_mm} mm were given; all must be positive."
        )
    room = np.array(page_mm, np.float64) - 2 * margin_mm
    if room.min() <= pen_mm:
        raise BadShape(
            f"Nothing is left of a page of {page_mm[0]:g} × {page_mm[1]:g} mm between margins of"
            f" {margin_mm:g} mm; take a larger page or a smaller margin."
        )
    size = np.array(size_px, np.float64)
    scale = float((room / size).min())
    return scale, (np.array(page_mm, np.float64) - size * scale) / 2


def _drawable(points: NDArray[np.float64], pen_mm: float) -> NDArray[np.float64] | None:
    """Drop points nearer to each other than the pen is wide; None if nothing is left to draw."""
    if arc_length(points)[-1] < pen_mm:
        return None
    kept = [0]
    for i in range(1, len(points)):
        if math.dist(points[i, :2], points[kept[-1], :2]) >= pen_mm:
            kept.append(i)
    last = len(points) - 1
    if kept[-1] != last:
        # The end of the line matters more than the point just before it.
        while len(kept) > 1 and math.dist(points[kept[-1], :2], points[last, :2]) < pen_mm:
            kept.pop()
        if math.dist(points[kept[-1], :2], points[last, :2]) >= pen_mm:
            kept.append(last)
    return points[kept] if len(kept) > 1 else None


def _sorted(
    lines: Sequence[NDArray[np.float64]], at: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    starts = np.array([line[0, :2] for line in lines])
    stops = np.array([line[-1, :2] for line in lines])
    order, turned = tour(starts, stops, at)
    return [lines[i][::-1] if flip else lines[i] for i, flip in zip(order, turned, strict=True)]


def _joined(lines: Sequence[NDArray[np.float64]], pen_mm: float) -> list[NDArray[np.float64]]:
    """Leave the pen down where the next line starts within its width."""
    out: list[list[NDArray[np.float64]]] = []
    for line in lines:
        if out and math.dist(out[-1][-1][-1, :2], line[0, :2]) < pen_mm and len(line) > 1:
            # The first point of the next line lies under the pen already.
            rest = line[1:]
            if math.dist(out[-1][-1][-1, :2], rest[0, :2]) >= pen_mm:
                out[-1].append(rest)
                continue
        out.append([line])
    return [np.concatenate(pieces) for pieces in out]
