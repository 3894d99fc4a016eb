"""A head and somebody who draws single views in → drawings of its views in which strokes move with the surface.

Drawn one by one, neighbouring views disagree: every stroke is planned anew, and a film of them boils. Here a few key
views are drawn once; their ink is carried over the surface to every other view that sees the same surface, and only
what no key view shows (outlines, what turned into sight) is drawn anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.camera import MOST_YAW_DEG, Camera
from limner.geometry.carry import carry, facing, surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from limner.heads.render import HeadRenderer
    from limner.records import View

    Floats = NDArray[np.float32]
    Picture = NDArray[np.uint8]

__all__ = ["InkHolder", "KeyViews"]

#: How far to either side of the first the other key views stand, degrees of yaw. Nearer to each other they would cost
#: more drawings, farther apart a surface that turns into sight would be drawn anew for longer.
_SIDES_DEG = (14.0, 28.0, 42.0)
#: A key to the side lends from the moment on when a view has come so near to it, and ever after.
_AHEAD_DEG = 10.0
#: What a key saw flatter than this, as the cosine to its ray, it does not lend: turned to the camera, strokes would be
#: smears there. Steeper than the second it lends all; a narrow ramp, since two drawings in one place are ghosts.
_KEY_FLAT, _KEY_STEEP = 0.30, 0.38
#: A view takes ink on surfaces up to its very rim, which strokes only get denser towards.
_VIEW_FLAT, _VIEW_STEEP = 0.08, 0.20
#: Ink nearer to an outline than this share of the side is the outline's, which every view has anew.
_KEY_OUTLINE, _VIEW_OUTLINE = 0.010, 0.005
#: A view no farther from a key's, degrees, is the key's: nobody sees a twentieth of a pixel, and it costs no drawing.
_SAME_DEG = 0.06


class KeyViews:
    """The views of a head whose ink others take, shown when first needed, once for everybody who draws them.

    Parameters
    ----------
    turn : HeadRenderer
        Shows the head.
    size_px : int
        Side of all views.
    """

    def __init__(self, turn: HeadRenderer, *, size_px: int) -> None:
        self._turn, self.size_px = turn, size_px
        source = turn.head.source
        first = (0.0, 0.0) if source is None else (source.yaw_deg, source.pitch_deg)
        self.first = Camera(*first, size_px)
        self._shown: dict[float, _Shown] = {}

    def at(self, aside_deg: float) -> _Shown:
        """Return the key view so far to the side of the first."""
        if aside_deg not in self._shown:
            yaw = np.clip(self.first.yaw_deg + aside_deg, -MOST_YAW_DEG, MOST_YAW_DEG)
            pitch = self.first.pitch_deg
            view = self._turn.view(yaw_deg=float(yaw), pitch_deg=pitch, size_px=self.size_px)
            lent = _surely(view, steep=(_KEY_FLAT, _KEY_STEEP), rim_px=_KEY_OUTLINE * view.size_px)
            self._shown[aside_deg] = _Shown(view, lent)
        return self._shown[aside_deg]


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A key view, and where it lends its ink, (S, S), 0 to 1."""

    view: View
    lent: Floats


class InkHolder:
    """Draws the views of one head in one manner so that neighbours agree.

    Parameters
    ----------
    keys : KeyViews
        Of the head. Holders of several manners may share them.
    draw : callable
        View → drawing of the view by itself, (S, S) or (S, S, 3) uint8.

    Notes
    -----
    The keys are the view that the photograph's own camera had (from the front, for a head without a photograph) and
    three to either side, each drawn by itself. Of two that know a place the one nearer to the photograph lends its ink,
    to every view alike: a place keeps its strokes as long as it is seen. Keys do not depend on which views are asked
    for, nor in which order: one view has one drawing. Each costs a view and a drawing, when it is first needed.
    """

    def __init__(self, keys: KeyViews, draw: Callable[[View], Picture]) -> None:
        self._keys, self._draw = keys, draw
        self._drawn: dict[float, Picture] = {}

    def drawn(self, view: View) -> Picture:
        """Return a view as drawn, (S, S) or (S, S, 3) uint8.

        Parameters
        ----------
        view : View
            Of the holder's head and side.
        """
        first = self._keys.first
        aside = view.yaw_deg - first.yaw_deg
        if max(abs(aside), abs(view.pitch_deg - first.pitch_deg)) <= _SAME_DEG:
            return self._key(0.0)
        out = self._draw(view)
        # the outline that this view has is its own: what it hides must not be drawn over it
        free = _surely(view, steep=(_VIEW_FLAT, _VIEW_STEEP), rim_px=_VIEW_OUTLINE * view.size_px)
        near = [float(np.copysign(s, aside)) for s in _SIDES_DEG if s < abs(aside) + _AHEAD_DEG]
        for place in (*reversed(near), 0.0):
            out = _laid(self._keys.at(place), self._key(place), below=out, view=view, free=free)
        return out

    def alone(self, view: View) -> Picture:
        """Return a view drawn by itself."""
        return self._draw(view)

    def _key(self, aside_deg: float) -> Picture:
        if aside_deg not in self._drawn:
            self._drawn[aside_deg] = self._draw(self._keys.at(aside_deg).view)
        return self._drawn[aside_deg]


def _laid(key: _Shown, drawn: Picture, *, below: Picture, view: View, free: Floats) -> Picture:
    """Return a view's drawing with a key's ink wherever the key saw the same surface and the view is free for it."""
    there, here = (Camera(v.yaw_deg, v.pitch_deg, v.size_px) for v in (key.view, view))
    ink = drawn.astype(np.float32).reshape(*drawn.shape[:2], -1)
    depths = (key.view.depth_m, view.depth_m)
    carried, visible = carry(ink, depths, (there, here), key.lent, sharp=True)
    share = _soft(visible) * free
    share = share[..., None] if below.ndim == 3 else share
    mixed = carried.reshape(below.shape) * share + below.astype(np.float32) * (1 - share)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def _surely(view: View, *, steep: tuple[float, float], rim_px: float) -> Floats:
    """Return where ink lies on a surface rather than along an outline, (S, S), 0 to 1."""
    depth_m, camera = view.depth_m, Camera(view.yaw_deg, view.pitch_deg, view.size_px)
    straight = np.clip((facing(depth_m, camera) - steep[0]) / (steep[1] - steep[0]), 0, 1)
    inside = cv2.distanceTransform(surface(depth_m).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(straight * np.clip(np.asarray(inside) / rim_px - 0.5, 0, 1), np.float32)


def _soft(visible: Floats) -> Floats:
    """Return where ink came from, without crumbs, its rim soft to the inside."""
    reach = max(1, round(visible.shape[0] / 256))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inner = cv2.erode((visible > 0.02).astype(np.uint8), kernel).astype(np.float32)
    soft = np.clip(cv2.GaussianBlur(inner, (0, 0), reach) * 2 - 1, 0, 1)
    return np.asarray(np.minimum(visible, soft), np.float32)
