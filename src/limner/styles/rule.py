"""Drawing by rule: picture, classes and lines in → a pencil or pen drawing that no network had a hand in.

This is what takes the networks' place where their terms forbid them. Nobody was looked for then, so all of the picture
is one part: tone is seen against the picture's own lights and darks, and thins out towards the edges of the sheet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.resample import blur, resize
from limner.lines.flow import tangents
from limner.styles.texture import strands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.styles.network import Guide

__all__ = ["draw_lines", "draw_pencil"]

#: Direction in which a right hand lays tone, in radians from x towards y; the second layer crosses it.
_HAND_RAD, _CROSS_RAD = np.float32(np.radians(-52)), np.float32(np.radians(-14))
#: Lights and darks of a picture, %: what lies beyond is paper, or as dark as pencil goes.
_DARKS, _LIGHTS = 2.0, 82.0
#: Part of the longer side over which tone fades at the edges.
_EDGE = 0.13


def draw_lines(guide: Guide, *, scale: float) -> NDArray[np.float32]:
    """Return a guide's lines alone, at the size of a drawing.

    Parameters
    ----------
    guide : Guide
        What to draw.
    scale : float
        Px of the drawing per px of the guide.

    Returns
    -------
    ndarray of shape (h, w), float32
        0 ink to 1 paper; sides are multiples of 4.
    """
    width, height = (max(32, 4 * round(side * scale / 4)) for side in guide.size_px)
    ink = resize(np.ascontiguousarray(guide.ink, np.float32), (width, height))
    return np.asarray(1 - np.clip(ink, 0, 1), np.float32)


def draw_pencil(guide: Guide, *, scale: float, seed: int) -> NDArray[np.float32]:
    """Draw in pencil: lines, and tone laid in strokes, a second layer across the first where it is dark.

    Parameters
    ----------
    guide, scale
        As for `draw_lines`.
    seed : int
        Of the strokes.

    Returns
    -------
    ndarray of shape (h, w), float32
        0 ink to 1 paper.
    """
    lines = 1 - draw_lines(guide, scale=scale)
    dark, along = _seen(guide, lines.shape)
    first = strands(along, dark > 0.01, (0, 0), width_px=1.1, seed=seed)
    second = strands(
        np.full_like(along, _CROSS_RAD), dark > 0.3, (0, 0), width_px=1.3, seed=seed + 1
    )
    # A stroke is there or not, and the more of them the darker it is: light tone shows paper between them.
    laid = np.clip(dark * np.float32(0.62) + np.float32(0.16) * first * np.sqrt(dark), 0, 1)
    laid = laid * np.clip(dark * 6, 0, 1)
    crossed = np.clip((dark - np.float32(0.34)) * np.float32(0.55), 0, 1)
    crossed = crossed * np.clip(1 + np.float32(0.55) * second, 0, 2)
    tone = np.clip(laid + crossed * (1 - laid), 0, np.float32(0.8))
    drawn = (1 - tone) * (1 - np.float32(0.86) * np.clip(lines, 0, 1))
    return np.asarray(np.clip(drawn, 0, 1), np.float32)


def _seen(guide: Guide, shape: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return how dark each place shall be, 0 to 1, and the direction of its strokes."""
    side = float(min(shape))
    grey = np.asarray(cv2.cvtColor(guide.pixels, cv2.COLOR_RGB2GRAY), np.float32)
    small = resize(grey, (shape[1], shape[0])) / np.float32(255)
    soft = cv2.bilateralFilter(np.asarray(small, np.float32), 0, 0.1, max(1.0, 0.008 * side))
    kept = np.asarray(soft, np.float32)
    low, high = np.percentile(kept, (_DARKS, _LIGHTS))
    light = np.clip((kept - low) / max(0.2, high - low), 0, 1).astype(np.float32)
    # Artists model forms and leave grounds: what differs from its surroundings counts more than mere darkness.
    around = blur(light, 0.09 * side)
    form = np.clip(np.float32(0.5) * (1 - light) + np.float32(0.9) * (around - light), 0, 1)
    dark = np.maximum(form, np.float32(0.72) * (1 - light) ** np.float32(1.5)) * _sheet(shape)
    flow = tangents(blur(kept, 1.2), 0.012 * side)
    own = np.arctan2(flow[..., 1], flow[..., 0])
    busy = blur(
        np.abs(kept - blur(kept, 0.012 * side)).astype(np.float32), 0.02 * side
    ) > np.float32(0.028)
    return np.asarray(dark, np.float32), np.where(busy, own, _HAND_RAD).astype(np.float32)


def _sheet(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return 1 in the middle of a sheet, less towards its edges."""
    fade = _EDGE * max(shape)
    y, x = (np.minimum(np.arange(n), np.arange(n)[::-1]) / fade for n in shape)
    near = np.minimum(1, x)[None, :] * np.minimum(1, y)[:, None]
    return np.asarray(near * near * (3 - 2 * near), np.float32)
