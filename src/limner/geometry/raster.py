"""Pens on paper: polylines with width in → the ink they leave, as a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from limner.records import Stroke

__all__ = ["draw_lines", "draw_strokes"]

#: OpenCV takes coordinates with this many binary places.
_SHIFT = 4


def draw_strokes(
    strokes: Iterable[Stroke], size_px: tuple[int, int], *, fine: int = 5
) -> NDArray[np.float32]:
    """Draw strokes with round ends, as wide as pressure makes them.

    Parameters
    ----------
    strokes : iterable of Stroke
        x, y and width in px, pixel centres at integers.
    size_px : tuple of int
        Width and height of the sheet.
    fine : int
        Each pixel is drawn as so many squared, in bytes; odd numbers draw a line of one px exactly.

    Returns
    -------
    ndarray of shape (H, W), float32
        0 paper to 1 ink.

    Examples
    --------
    >>> import numpy as np
    >>> from limner.records import Stroke
    >>> line = Stroke(np.array([[2, 3, 1], [12, 3, 1]], np.float32), width=1.0)
    >>> draw_strokes([line], (15, 7))[:, 7].tolist()
    [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    """
    lines = (
        np.column_stack([s.points[:, :2], s.points[:, 2] * s.width]).astype(np.float64)
        for s in strokes
    )
    return draw_lines(lines, size_px, fine=fine)


def draw_lines(
    lines: Iterable[NDArray[np.float64]], size_px: tuple[int, int], *, fine: int = 5
) -> NDArray[np.float32]:
    """Draw polylines whose every point has a width.

    Parameters
    ----------
    lines : iterable of ndarray of shape (N, 3), float64
        x, y, width in px, pixel centres at integers.
    size_px : tuple of int
        Width and height of the sheet.
    fine : int
        Each pixel is drawn as so many squared.

    Returns
    -------
    ndarray of shape (H, W), float32
        0 paper to 1 ink.

    Raises
    ------
    BadShape
        If the sheet has no size.
    """
    width, height = size_px
    if width < 1 or height < 1 or fine < 1:
        raise BadShape(f"A sheet of {width} × {height} px, {fine} fine, has no size.")
    sheet = np.zeros((height * fine, width * fine), np.uint8)
    for line in lines:
        _draw(sheet, line, fine)
    if fine == 1:
        return sheet.astype(np.float32)
    ink = cv2.resize(sheet.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(ink, np.float32)


def _draw(sheet: NDArray[np.uint8], line: NDArray[np.float64], fine: int) -> None:
    xy = (line[:, :2] + 0.5) * fine - 0.5
    points = np.rint(xy * (1 << _SHIFT)).astype(np.int32).reshape(-1, 1, 2)
    if len(points) == 1:
        points = np.concatenate([points, points])
        pens = line[:, 2] * fine
    else:
        pens = (line[1:, 2] + line[:-1, 2]) / 2 * fine
    # OpenCV draws odd widths only: a thickness of 2 or 4 covers 3 or 5 px.
    odd = 2 * np.rint((pens - 1) / 2) + 1
    levels = np.maximum(odd - 1, 1).astype(int)
    starts = np.flatnonzero(np.diff(levels, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(levels)], strict=True):
        cv2.polylines(
            sheet,
            [points[start : stop + 1]],
            isClosed=False,
            color=1,
            thickness=int(levels[start]),
            lineType=cv2.LINE_8,
            shift=_SHIFT,
        )
