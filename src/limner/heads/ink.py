"""A head and somebody who draws single views in → drawings of its views in which strokes move with the surface.

Drawn one by one, neighbouring views disagree: every stroke is planned anew, and a film of them boils. Here a few key
views are drawn once; their ink is carried over the surface to every other view that sees the same surface, and only
what no key view shows (outlines, what turned into sight) is drawn anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.camera import Camera
from limner.geometry.carry import carry, facing, surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from limner.heads.render import HeadRenderer
    from limner.records import View

    Floats = NDArray[np.float32]
    Picture = NDArray[np.uint8]

__all__ = ["InkHolder"]

#: Where the key views beside the first stand, degrees of yaw.
_SIDES_DEG = (-42.0, 42.0)
#: From so far to a key's own side on, its ink is looked for.
_TURNED_DEG = 8.0
#: A surface seen flatter than this lends no ink, steeper than that lends all.
_FLAT, _STEEP = 0.38, 0.62
#: Ink nearer to an outline than this share of the side is the outline's, which every view has anew.
_OUTLINE = 0.014
#: A view no farther from a key's, degrees, is the key's: nobody sees a twentieth of a pixel, and it costs no drawing.
_SAME_DEG = 0.06


class InkHolder:
    """Draws the views of one head in one manner so that neighbours agree.

    Parameters
    ----------
    turn : HeadRenderer
        Shows the head.
    draw : callable
        View → drawing of the view by itself, (S, S) or (S, S, 3) uint8.
    size_px : int
        Side of all views.

    Notes
    -----
    The keys are the view that the photograph's own camera had (from the front, for a head without a photograph) and one
    from either side, itself held by the first. They do not depend on which views are asked for, nor in which order: one
    view has one drawing. Each key costs a view and a drawing, when it is first needed.
    """

    def __init__(
        self, turn: HeadRenderer, draw: Callable[[View], Picture], *, size_px: int
    ) -> None:
        self._turn, self._draw, self._side = turn, draw, size_px
        source = turn.head.source
        first = (0.0, 0.0) if source is None else (source.yaw_deg, source.pitch_deg)
        self._first = Camera(*first, size_px)
        self._keys: dict[tuple[float, float], _Key] = {}

    def drawn(self, view: View) -> Picture:
        """Return a view as drawn, (S, S) or (S, S, 3) uint8.

        Parameters
        ----------
        view : View
            Of the holder's head and side.
        """
        first = self._first.yaw_deg, self._first.pitch_deg
        if max(abs(view.yaw_deg - first[0]), abs(view.pitch_deg - first[1])) <= _SAME_DEG:
            return self._key(first).drawn
        wanted = [
            (yaw, self._first.pitch_deg)
            for yaw in _SIDES_DEG
            if (view.yaw_deg - self._first.yaw_deg) * np.sign(yaw) > _TURNED_DEG
        ]
        return self._held(view, [*wanted, first])

    def alone(self, view: View) -> Picture:
        """Return a view drawn by itself."""
        return self._draw(view)

    def _held(self, view: View, keys: list[tuple[float, float]]) -> Picture:
        """Return a view's own drawing under the ink of some keys, the last on top."""
        out = self._draw(view)
        for place in keys:
            out = self._key(place).laid_on(out, view)
        return out

    def _key(self, place: tuple[float, float]) -> _Key:
        if place not in self._keys:
            first = (self._first.yaw_deg, self._first.pitch_deg)
            view = self._turn.view(yaw_deg=place[0], pitch_deg=place[1], size_px=self._side)
            drawn = self._held(view, [] if place == first else [first])
            self._keys[place] = _Key(view, drawn)
        return self._keys[place]


class _Key:
    """One view whose ink others take."""

    def __init__(self, view: View, drawn: Picture) -> None:
        self._camera = Camera(view.yaw_deg, view.pitch_deg, view.size_px)
        self.drawn, self._depth = drawn, view.depth_m
        self._ink = drawn.astype(np.float32).reshape(view.size_px, view.size_px, -1)
        self._known = _lent(view.depth_m, self._camera)

    def laid_on(self, below: Picture, view: View) -> Picture:
        """Return a view's drawing with this key's ink wherever the key saw the same surface."""
        camera = Camera(view.yaw_deg, view.pitch_deg, view.size_px)
        carried, visible = carry(
            self._ink, (self._depth, view.depth_m), (self._camera, camera), self._known, sharp=True
        )
        # the outline that this view has is its own: what it hides must not be drawn over it
        share = _soft(visible) * _lent(view.depth_m, camera)
        share = share[..., None] if below.ndim == 3 else share
        mixed = carried.reshape(below.shape) * share + below.astype(np.float32) * (1 - share)
        return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def _lent(depth_m: Floats, camera: Camera) -> Floats:
    """Return where ink lies on a surface rather than along an outline, (S, S), 0 to 1."""
    steep = np.clip((facing(depth_m, camera) - _FLAT) / (_STEEP - _FLAT), 0, 1)
    inside = cv2.distanceTransform(surface(depth_m).astype(np.uint8), cv2.DIST_L2, 3)
    reach = _OUTLINE * depth_m.shape[0]
    return np.asarray(steep * np.clip(np.asarray(inside) / reach - 0.5, 0, 1), np.float32)


def _soft(visible: Floats) -> Floats:
    """Return where ink came from, without crumbs, its rim soft to the inside."""
    reach = max(1, round(visible.shape[0] / 128))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inner = cv2.erode((visible > 0.02).astype(np.uint8), kernel).astype(np.float32)
    soft = np.clip(cv2.GaussianBlur(inner, (0, 0), reach) * 2 - 1, 0, 1)
    return np.asarray(np.minimum(visible, soft), np.float32)
