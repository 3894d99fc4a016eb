"""Pure black pen lines: a network's drawing and the picture in → strokes, and the sheet that they leave.

The drawing is traced into strokes whose width swells and tapers; shade is hatched beside them. What is on the sheet is
strokes alone, so that it can be traced, scaled and plotted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner import lines
from limner.geometry.simplify import resample
from limner.lines.care import face_height_px
from limner.records import LineDrawing, Photo, SemanticMap, Stroke
from limner.styles.reink import Hand, enlarge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.styles.network import Guide

__all__ = ["draw_pen", "pen_strokes"]

#: Strokes are traced on a sheet of this area; a line there is about three px wide.
_TRACED_PX = 1_050_000
#: Parts that are hatched: hair has its strands, clothes and features their lines.
_HATCHED = ("skin", "nose", "neck", "left-ear", "right-ear", "hat")
#: Hatching is a little lighter than the tone, as paper between lines is seen as light.
_DARKNESS = -0.1
#: Distance of its lines in face heights; their width in widths of a contour; the least width on a sheet, px.
_SPACING, _HAIRLINE, _LEAST_PX = 1 / 68, 0.32, 0.9
_CUT = Hand(cut=1.0, black=0.9, strand=0.04)


def pen_strokes(
    drawn: NDArray[np.float32], guide: Guide, *, scale: float = 1.0, seed: int = 0
) -> tuple[tuple[Stroke, ...], NDArray[np.bool_]]:
    """Find the strokes that draw a picture in pen.

    Parameters
    ----------
    drawn : ndarray of shape (h, w), float32
        The network's drawing, 0 ink to 1 paper.
    guide : Guide
        What it was drawn from.
    scale : float
        Distance of hatching lines; 1 is the usual one.
    seed : int
        Of the strokes' unevenness.

    Returns
    -------
    strokes : tuple of Stroke
        In px of the guide.
    solids : ndarray of shape (T, T'), bool
        Darks too broad for strokes, such as pupils, on the sheet that was traced.
    """
    width, height = guide.size_px
    zoom = (_TRACED_PX / (width * height)) ** 0.5
    sheet_wh = max(1, round(width * zoom)), max(1, round(height * zoom))
    ink = 1 - enlarge(drawn, sheet_wh, _CUT, seed=seed).astype(np.float32) / np.float32(255)
    labels = cv2.resize(guide.labels, sheet_wh, interpolation=cv2.INTER_NEAREST_EXACT)
    traced = lines.trace(LineDrawing(np.clip(ink, 0, 1), SemanticMap(np.asarray(labels, np.uint8))))
    typical = float(np.median([s.width for s in traced])) if traced else 3.0
    strokes = [_scaled(s, 1 / zoom) for s in traced]
    semantic = SemanticMap(guide.labels)
    spacing = _SPACING * scale * face_height_px(semantic, guide.size_px)
    shade = lines.hatch(Photo(guide.pixels), semantic, spacing_px=spacing, darkness=_DARKNESS)
    strokes += [_hairline(s, typical / zoom) for s in shade if s.part in _HATCHED]
    side = max(3, round(1.6 * typical)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    solids = cv2.morphologyEx((ink > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc)
    return tuple(strokes), np.asarray(solids) > 0


def draw_pen(
    drawn: NDArray[np.float32],
    guide: Guide,
    size_wh: tuple[int, int],
    *,
    where: NDArray[np.bool_] | None = None,
    scale: float = 1.0,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Draw a picture in pen on a sheet of any size.

    Parameters
    ----------
    drawn, guide, scale, seed
        As for `pen_strokes`.
    size_wh : tuple of int
        Width and height of the sheet.
    where : ndarray of bool, optional
        Where strokes may go, at the guide's size: they end there, and do not fade.

    Returns
    -------
    ndarray of shape (H, W), uint8
        255 paper, 0 ink; grey at the edges of lines alone, one px wide.
    """
    strokes, solids = pen_strokes(drawn, guide, scale=scale, seed=seed)
    width, height = size_wh
    zoom = width / guide.size_px[0]
    # Twice as fine and smoothed by OpenCV itself: a fifth of the memory of a finer sheet.
    sheet = np.zeros((2 * height, 2 * width), np.uint8)
    for stroke in strokes:
        for piece in _pieces(stroke, where):
            _ink(sheet, piece, 2 * zoom)
    ink = np.asarray(cv2.resize(sheet, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    del sheet
    if where is not None:
        allowed = cv2.resize(where.astype(np.uint8), solids.shape[1::-1]) > 0
        solids = solids & np.asarray(allowed)
    solid = cv2.resize(solids.astype(np.float32), size_wh, interpolation=cv2.INTER_CUBIC)
    steep = max(1.0, 0.6 * width / solids.shape[1])
    full = np.clip(0.5 + (np.asarray(solid, np.float32) - 0.5) * np.float32(3 * steep), 0, 1)
    return np.asarray(255 - np.maximum(ink, np.rint(255 * full).astype(np.uint8)), np.uint8)


def _scaled(stroke: Stroke, zoom: float) -> Stroke:
    points = stroke.points.copy()
    points[:, :2] = (points[:, :2] + np.float32(0.5)) * np.float32(zoom) - np.float32(0.5)
    # Ends taper, as a nib leaves the paper.
    if len(points) > 2:
        points[[0, -1], 2] *= np.float32(0.45)
    return Stroke(points, width=stroke.width * zoom, part=stroke.part)


def _pieces(stroke: Stroke, where: NDArray[np.bool_] | None) -> list[Stroke]:
    """Return what of a stroke lies where it may."""
    if where is None:
        return [stroke]
    line = resample(stroke.points.astype(np.float64), 2.0)
    limit = np.array(where.shape[::-1]) - 1
    x, y = np.clip(np.rint(line[:, :2]), 0, limit).astype(int).T
    allowed = where[y, x]
    if allowed.all():
        return [stroke]
    edges = np.flatnonzero(np.diff(allowed.astype(np.int8), prepend=0, append=0))
    return [
        Stroke(line[start:stop].astype(np.float32), width=stroke.width, part=stroke.part)
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
        if stop - start > 1
    ]


def _hairline(stroke: Stroke, typical_px: float) -> Stroke:
    return Stroke(stroke.points, width=_HAIRLINE * typical_px, part=stroke.part)


def _ink(sheet: NDArray[np.uint8], stroke: Stroke, zoom: float) -> None:
    xy = (stroke.points[:, :2] + 0.5) * zoom - 0.5
    points = np.rint(xy * 16).astype(np.int32).reshape(-1, 1, 2)
    pens = np.maximum(stroke.points[:, 2] * stroke.width * zoom, 2 * _LEAST_PX)
    if len(points) == 1:
        points, pens = points.repeat(2, 0), pens.repeat(2)
    between = np.maximum(1, np.rint((pens[1:] + pens[:-1]) / 2)).astype(int)
    starts = np.flatnonzero(np.diff(between, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(between)], strict=True):
        piece = points[start : stop + 1]
        thickness = int(between[start])
        cv2.polylines(sheet, [piece], False, 255, thickness, cv2.LINE_AA, 4)  # noqa: FBT003
