"""Tone laid under lines: a network's drawing and the picture in → the same drawing as soft graphite or as charcoal.

These are first forms of two manners until the network is taught them: the lines are the network's, the masses of tone
are derived from the picture, seen against the sitter's own light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.resample import blur
from limner.lines.flow import smooth_along, tangents
from limner.records import CLASSES
from limner.styles.texture import strands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.styles.network import Guide

__all__ = ["lay_charcoal", "lay_graphite"]

_SKIN = tuple(CLASSES.index(n) for n in ("skin", "nose", "neck", "l_ear", "r_ear"))
_FACE = (*_SKIN, *(CLASSES.index(n) for n in ("l_eye", "r_eye", "l_brow", "r_brow", "mouth")))
_FEATURES = tuple(CLASSES.index(n) for n in ("l_eye", "r_eye", "mouth", "u_lip", "l_lip", "eye_g"))
_DARKEST = {"hair": 0.8, "hat": 0.75, "cloth": 0.6}
#: Direction in which a right hand lays tone, in radians from x towards y.
_HAND_RAD = np.float32(np.radians(-52))


def lay_graphite(drawn: NDArray[np.float32], guide: Guide, *, seed: int) -> NDArray[np.float32]:
    """Lay smooth tone under a pencil drawing, as with the side of a soft pencil, rubbed.

    Parameters
    ----------
    drawn : ndarray of shape (h, w), float32
        The network's pencil drawing, 0 ink to 1 paper.
    guide : Guide
        What it was drawn from.
    seed : int
        Of the strokes.

    Returns
    -------
    ndarray of shape (h, w), float32
        The drawing with tone, 0 ink to 1 paper.
    """
    shade = _Shade(guide, drawn.shape)
    mass = blur(shade.dark, 0.006 * shade.side_px)
    mass = mass * (1 + np.float32(0.10) * shade.strokes(seed, 1.0))
    mass = np.clip(0.62 * np.clip(mass, 0, 1), 0, 0.72) * shade.fade
    lines = np.clip(1 - drawn, 0, 1)
    return np.asarray(np.clip((1 - mass) * (1 - 0.92 * lines), 0, 1), np.float32)


def lay_charcoal(drawn: NDArray[np.float32], guide: Guide, *, seed: int) -> NDArray[np.float32]:
    """Lay broad, smudged masses under broadened lines, and lift the lights with a putty rubber.

    Parameters
    ----------
    drawn, guide, seed
        As for `lay_graphite`.

    Returns
    -------
    ndarray of shape (h, w), float32
        The drawing, 0 ink to 1 paper.
    """
    shade = _Shade(guide, drawn.shape)
    side = shade.side_px
    broad = blur(shade.dark, 0.010 * side)
    # A finger smudges along the form, and what it leaves is soft.
    flow = tangents(broad, 0.02 * side)
    (smudged,) = smooth_along(broad, flow, (0.018 * side,), broad > 0.02)
    streaks = shade.strokes(seed, 2.6) * np.float32(0.09) + shade.strokes(
        seed + 1, 1.2
    ) * np.float32(0.07)
    # The darker, the less a further stroke shows; hair keeps room for its strands.
    mass = np.clip(smudged * (1 + streaks), 0, 1)
    mass = mass * np.float32(1.12) - np.float32(0.3) * mass * mass
    lights = np.clip(blur(shade.light, 0.004 * side) - blur(shade.light, 0.04 * side), 0, 0.2)
    mass = np.clip(mass - np.float32(0.9) * lights, 0, 0.86) * shade.fade
    lines = 1 - drawn
    soft = np.maximum(blur(lines, 0.9), np.float32(0.8) * lines)
    thick = np.clip(np.float32(1.35) * blur(soft, 0.8), 0, 1)
    # Broad lines would run together where they stand close: in hair, and in eyes and mouth.
    fine = np.maximum(shade.hair * np.float32(0.8), shade.features)
    thick = thick - fine * (thick - np.float32(0.8) * lines)
    return np.asarray(np.clip((1 - mass) * (1 - np.float32(0.95) * thick), 0, 1), np.float32)


class _Shade:
    """How dark each place of a sitter shall be, on the drawing's raster."""

    def __init__(self, guide: Guide, shape: tuple[int, ...]) -> None:
        size_wh = (shape[1], shape[0])
        grey = cv2.cvtColor(guide.pixels, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(np.asarray(grey), size_wh, interpolation=cv2.INTER_AREA)
        self.side_px = float(min(shape))
        self.labels = np.asarray(
            cv2.resize(guide.labels, size_wh, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8
        )
        kept = cv2.bilateralFilter(np.asarray(small), 0, 24, max(1.0, 0.008 * self.side_px))
        self.light = np.asarray(kept, np.float32) / np.float32(255)
        self._flow = tangents(blur(self.light, 1.2), 0.012 * self.side_px)
        self.dark = self._dark()
        self.fade = self._fade()
        self.hair = blur((self.labels == CLASSES.index("hair")).astype(np.float32), 2.0)
        near = np.isin(self.labels, _FEATURES).astype(np.uint8)
        side = 2 * round(0.014 * self.side_px) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        self.features = blur(np.asarray(cv2.dilate(near, disc), np.float32), 0.008 * self.side_px)

    def _dark(self) -> NDArray[np.float32]:
        """Return 0 to 1: skin against the sitter's own light skin, all else as it is."""
        light = self.light.copy()
        skin = np.isin(self.labels, _SKIN)
        if skin.any():
            white = float(np.percentile(light[skin], 92))
            # Half way to paper: dark skin stays darker than light skin, but is modelled as fully.
            white = max(0.12, 0.72 * white + 0.28)
            share = blur(np.isin(self.labels, _FACE).astype(np.float32), 0.006 * self.side_px)
            light = light + share * (np.clip(light / np.float32(white), 0, 1) - light)
        dark = np.clip(1 - light ** np.float32(0.75), 0, 1) * np.float32(1.25)
        for name, most in _DARKEST.items():
            own = blur((self.labels == CLASSES.index(name)).astype(np.float32), 1.0)
            dark = dark * (1 - own) + own * np.minimum(dark, np.float32(most))
        inside = blur((self.labels > 0).astype(np.float32), 0.005 * self.side_px)
        return np.asarray(np.clip(dark, 0, 1) * inside, np.float32)

    def _fade(self) -> NDArray[np.float32]:
        """Return 1 on the head and less on clothes the further they are from it: an artist hints at a coat."""
        head = ((self.labels > 0) & (self.labels != CLASSES.index("cloth"))).astype(np.uint8)
        if not head.any() or head.all():
            return np.ones(self.labels.shape, np.float32)
        away = cv2.distanceTransform(1 - head, cv2.DIST_L2, cv2.DIST_MASK_5) / self.side_px
        return blur(np.clip(1.05 - np.asarray(away, np.float32) / 0.28, 0, 1), 0.02 * self.side_px)

    def strokes(self, seed: int, width_px: float) -> NDArray[np.float32]:
        """Return strokes that follow hair and cloth, and on skin run as the hand does."""
        x, y = self._flow[..., 0], self._flow[..., 1]
        along = np.arctan2(y, x)
        body = [CLASSES.index(n) for n in ("hair", "cloth", "hat")]
        form = np.isin(self.labels, body)
        along = np.where(form, along, _HAND_RAD).astype(np.float32)
        return strands(along, self.dark > 0.01, (0, 0), width_px=width_px, seed=seed)
