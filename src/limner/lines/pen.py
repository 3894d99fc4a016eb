"""The pen: pixels and care in → ink of crisp, coherent lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.resample import blur, resize
from limner.lines.flow import smooth_along, tangents

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from limner.lines.care import Care

__all__ = ["pen"]

#: Standard deviation of the finest line as a part of the face's height.
_FINE = 1 / 330
#: The same in px of the raster on which the filter runs: just enough to resolve the line.
_FINE_PX = 1.2
#: The raster has no more pixels than this, and is at most twice as fine as the picture.
_MOST_PX = 6_000_000
_FINEST = 2.0

#: Added to the tone before its logarithm: strands in black hair count, camera noise does not.
_BLACK = 0.12
#: Ratio of the two Gaussians of a line, and of a filled dark, which is this much larger.
_RATIO, _SOLID_RATIO, _SOLID_SIZE = 1.6, 2.2, 2.4
#: How far lines are smoothed along themselves, in line widths: all of them, and hair.
_ALONG, _ALONG_HAIR = 3.0, 6.0
#: Response at which ink begins; the response's floor; how much unevenness is taken out.
_INK, _FLOOR, _EVEN = 0.42, 0.03, 0.5
#: Log tone by which a filled dark is darker than its surroundings.
_SOLID = 0.22
#: Texture of skin from which it counts as bearded, and by how much more it is then drawn.
_STUBBLE, _BEARD = 0.006, 0.45
#: Change of log tone across the silhouette from which it is drawn in full.
_CHANGE = 0.1
#: What is shorter, in face heights, is a speck; features may have small marks.
_SPECK, _SPECK_IN_FEATURES = 0.04, 0.012


@dataclass(frozen=True, slots=True)
class _Scale:
    """Lengths on the raster, and what `detail` changes."""

    face_px: float
    fine_px: float
    ink: float
    floor: float
    speck: float


def pen(
    pixels: NDArray[np.uint8],
    care_for: Callable[[tuple[int, int]], Care],
    face_px: float,
    thickness: float,
    detail: float,
) -> NDArray[np.float32]:
    """Draw crisp lines along the flow of a picture.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB.
    care_for : callable
        Takes the width and height of the raster, returns what each place of it deserves.
    face_px : float
        Height of the face in the picture.
    thickness : float
        Width of the lines; 1 is a fine pen.
    detail : float
        0 few lines to 1 many.

    Returns
    -------
    ndarray of shape (H, W), float32
        0 paper to 1 ink.
    """
    size_px = pixels.shape[1], pixels.shape[0]
    fine_px = face_px * _FINE * thickness
    zoom = min(_FINE_PX / fine_px, _FINEST, math.sqrt(_MOST_PX / (size_px[0] * size_px[1])))
    raster_wh = max(1, round(size_px[0] * zoom)), max(1, round(size_px[1] * zoom))
    fewer = 2.0 ** (0.5 - detail)
    scale = _Scale(
        face_px=face_px * zoom,
        fine_px=max(0.7, fine_px * zoom),
        ink=_INK * fewer**1.4,
        floor=_FLOOR * fewer**0.8,
        speck=_SPECK * fewer**2,
    )
    tone = _log_tone(pixels, raster_wh)
    care = care_for(raster_wh)
    drawn, beard = _lines(tone, care, scale)
    solid = _darker(tone, _SOLID_SIZE * scale.fine_px, _SOLID_RATIO) * np.float32(
        scale.ink / _SOLID
    )
    drawn = np.maximum(drawn, care.solid * solid)
    small = np.maximum(care.solid, beard)
    drawn, lines = _without_specks(drawn, small, scale)
    drawn = _with_outlines(drawn, lines, tone, care, scale)
    drawn, _ = _without_specks(drawn, small, scale)
    return _cut(drawn, scale.ink, size_px)


def _log_tone(pixels: NDArray[np.uint8], raster_wh: tuple[int, int]) -> NDArray[np.float32]:
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    if raster_wh[0] < grey.shape[1]:
        # Averaging bytes is faster than averaging floats, and the many pixels round it away.
        grey = np.asarray(cv2.resize(grey, raster_wh, interpolation=cv2.INTER_AREA), np.uint8)
    log = np.log(np.arange(256, dtype=np.float32) / 255 + np.float32(_BLACK))
    return resize(log[grey], raster_wh)


def _darker(tone: NDArray[np.float32], sigma_px: float, ratio: float) -> NDArray[np.float32]:
    """Return by how much each place is darker than its surroundings: two Gaussians' difference."""
    return blur(tone, ratio * sigma_px) - blur(tone, sigma_px)


def _lines(
    tone: NDArray[np.float32], care: Care, scale: _Scale
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the response to lines, ink above ``scale.ink``; and where there is a beard, 0 to 1."""
    fine = scale.fine_px
    flow = tangents(blur(tone, 0.8 * fine), 3 * fine)
    raw = _darker(tone, fine, _RATIO)
    # Where there is nothing near a line, walking along the flow would only cost time.
    hope = blur(np.abs(raw), 1.5 * fine) * care.gain
    where = hope > 0.15 * scale.ink * scale.floor
    short, long = smooth_along(raw, flow, (_ALONG * fine, _ALONG_HAIR * fine), where)
    beard = _beard(short, care, scale)
    line = short + (long - short) * np.maximum(care.hair, beard)
    clipped = np.clip(line, -2 * scale.floor, 2 * scale.floor)
    uneven = blur(clipped * clipped, 0.05 * scale.face_px)
    gain = care.gain + np.float32(_BEARD) * beard * (care.gain > 0)
    even = np.sqrt(np.float32(scale.floor**2) + np.float32(_EVEN**2) * uneven)
    return np.asarray(gain * line / even, np.float32), beard


def _beard(line: NDArray[np.float32], care: Care, scale: _Scale) -> NDArray[np.float32]:
    """Return 0 to 1: skin below the eyes that is as rough as stubble or a beard."""
    if not care.beardable.any():
        return care.beardable
    reach = 0.035 * scale.face_px
    rough = np.minimum(np.abs(line), np.float32(0.05)) ** 2
    share = blur(care.beardable, reach)
    texture = np.sqrt(blur(care.beardable * rough, reach) / (share + np.float32(0.03)))
    stubble = np.clip((texture / np.float32(_STUBBLE) - 1) * 2, 0, 1) * np.clip(3 * share, 0, 1)
    return np.asarray(stubble, np.float32)


def _without_specks(
    drawn: NDArray[np.float32], small: NDArray[np.float32], scale: _Scale
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Take away what is short or nowhere strong; return the rest and its mask."""
    ink = (drawn > scale.ink).astype(np.uint8)
    count, name, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) / scale.face_px
    strong = np.bincount(name[drawn > 1.35 * scale.ink], minlength=count) > 0
    feature = np.bincount(name[(small > 0.5) & (ink > 0)], minlength=count) > 0
    keep = ((extent > scale.speck) & strong) | (extent > 2.5 * scale.speck)
    keep |= feature & (extent > _SPECK_IN_FEATURES)
    keep[0] = False
    kept = keep.astype(np.uint8)[name]
    # Lines keep their soft rims; everywhere else nothing comes near to being ink.
    rim = cv2.dilate(kept, np.ones((5, 5), np.uint8))
    paper = np.minimum(drawn, np.float32(0.3 * scale.ink))
    return np.asarray(np.where(rim > 0, drawn, paper), np.float32), np.asarray(kept, np.uint8)


def _with_outlines(
    drawn: NDArray[np.float32],
    lines: NDArray[np.uint8],
    tone: NDArray[np.float32],
    care: Care,
    scale: _Scale,
) -> NDArray[np.float32]:
    """Add the outlines of the parts where the photograph gave no line nearby."""
    near = blur(lines.astype(np.float32), 0.012 * scale.face_px)
    room = np.clip(2 - near / np.float32(0.05), 0, 1) * np.float32(scale.ink)
    # The map may end where nothing does, at the rim of what was looked at: the silhouette needs a
    # change of tone across it.
    reach = 0.012 * scale.face_px
    normal = _slope(care.silhouette) * np.float32(scale.face_px)
    change = np.abs((_slope(blur(tone, reach)) * normal).sum(axis=2)) * np.float32(2.5 * reach)
    change = blur(np.minimum(change, np.float32(2 * _CHANGE)), reach)
    supported = np.clip(change / np.float32(_CHANGE), 0, 1)
    thin = np.float32(scale.face_px / (0.8 * scale.fine_px))
    drawn = np.maximum(drawn, (2 - np.abs(care.silhouette) * thin) * room * supported)
    for signed in care.outlines:
        drawn = np.maximum(drawn, (2 - np.abs(signed) * thin) * room * care.inside)
    return np.asarray(drawn, np.float32)


def _slope(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the gradient (x, y) per px, (H, W, 2)."""
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=1 / 8)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.dstack([np.asarray(gx, np.float32), np.asarray(gy, np.float32)])


def _cut(drawn: NDArray[np.float32], ink: float, size_px: tuple[int, int]) -> NDArray[np.float32]:
    """Cut the response into ink whose edge is one pixel wide at the picture's own size."""
    if drawn.shape[1] > size_px[0]:
        return resize(_edge(drawn, ink), size_px)
    return _edge(resize(drawn, size_px), ink)


def _edge(drawn: NDArray[np.float32], ink: float) -> NDArray[np.float32]:
    # Distance to the level line is about the excess over its slope; the floor lets weak lines fade.
    gx, gy = np.moveaxis(_slope(drawn), 2, 0)
    slope = np.sqrt(gx * gx + gy * gy + np.float32(0.07 * ink) ** 2)
    return np.asarray(np.clip(0.5 + (drawn - np.float32(ink)) / slope, 0, 1), np.float32)
