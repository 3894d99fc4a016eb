"""A shadow that guides the hand: codes and their neighbours in → where a face's lines would go.

References
----------
Chen et al., "DeepFaceDrawing", SIGGRAPH 2020, §4.2: neighbours drawn over each other, as faint as their shares.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.sketches.parts import NAMES, WINDOWS, soft_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.sketches.bank import Bank
    from limner.sketches.project import Projection
    from limner.sketches.synthesize import Engine

__all__ = ["Guide", "merge", "shade"]

#: No neighbour darkens the paper more than this.
_MOST_SHARE = 0.5
#: Drawings kept: neighbours come back while the pen moves.
_KEPT = 600
#: A window fades in over so many px of the merged side.
_FEATHER_PX = 11.0
#: Shadows are soft: they are merged at this side and enlarged.
_MERGED_PX = 256
#: The remainder's drawing pales so many px before the blank windows.
_RIM = 3
#: Strips and notches between windows narrower than this are left to what lies around them.
_NARROW = 25


def shade(drawn: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the neighbours' drawings over each other.

    Parameters
    ----------
    drawn : ndarray of shape (K, h, w), float32
        Each neighbour's ink, 0 to 1.
    weights : ndarray of shape (K,), float32
        Their shares; negative ones draw nothing, large ones are cut at a half.

    Returns
    -------
    ndarray of shape (h, w), float32
        0 paper to 1; where all neighbours agree the shadow is dark.
    """
    share = np.clip(weights, 0, _MOST_SHARE)
    total = float(share.sum())
    if total <= 0:
        return np.zeros(drawn.shape[1:], np.float32)
    return np.asarray(np.tensordot(share / np.float32(total), drawn, 1), np.float32)


def merge(parts: dict[str, NDArray[np.float32]], size_px: int) -> NDArray[np.float32]:
    """Return components' drawings on one canvas, (size_px, size_px) float32, without a seam.

    The remainder was never shown what lies in the other windows: under them it goes on as it is around them, and each
    window fades in over that, eyes over nose over mouth.
    """
    tiles = np.zeros((_MERGED_PX, _MERGED_PX), np.float32)
    cover = np.zeros_like(tiles)
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(_MERGED_PX)
        alpha = soft_window(name, _MERGED_PX, _FEATHER_PX)
        tile = cv2.resize(parts[name], (side, side), interpolation=cv2.INTER_LINEAR)
        for layer, value in ((tiles, tile), (cover, np.float32(1))):
            view = layer[y : y + side, x : x + side]
            view += alpha * (value - view)
    canvas = tiles + (1 - cover) * _continued(parts["rest"], tiles, cover)
    if size_px != _MERGED_PX:
        canvas = cv2.resize(canvas, (size_px, size_px), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(canvas, 0, 1), np.float32)


def _continued(
    rest: NDArray[np.float32], tiles: NDArray[np.float32], cover: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the remainder, (256, 256), its blank windows filled by what surrounds them, else by the features' tone."""
    side = (_MERGED_PX, _MERGED_PX)
    large = np.asarray(cv2.resize(rest, side, interpolation=cv2.INTER_LINEAR), np.float32)
    known = _known()
    filled = _near(tiles, cover, 6.0)[0]
    # the narrow reach keeps lines at the border, the wide one has something to say farther in
    for sigma in (5.0, 2.0):
        near, weight = _near(large * known, known, sigma)
        filled = filled + np.clip(weight * 16, 0, 1) * (near - filled)
    return np.asarray(filled + known * (large - filled), np.float32)


def _near(
    sums: NDArray[np.float32], weights: NDArray[np.float32], sigma: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the weighted mean around each pixel, and its weight."""
    weight = np.asarray(cv2.GaussianBlur(weights, (0, 0), sigma), np.float32)
    total = cv2.GaussianBlur(sums, (0, 0), sigma)
    return np.asarray(total / np.maximum(weight, 1e-6), np.float32), weight


@lru_cache(maxsize=1)
def _known() -> NDArray[np.float32]:
    """Return where the remainder's drawing means something: outside the other windows and their blurred borders."""
    mask = np.ones((_MERGED_PX, _MERGED_PX), np.float32)
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(_MERGED_PX)
        mask[y - _RIM : y + side + _RIM, x - _RIM : x + side + _RIM] = 0
    # strips and corners between windows are too narrow for the remainder to know them
    hole = cv2.morphologyEx(1 - mask, cv2.MORPH_CLOSE, np.ones((_NARROW, _NARROW), np.uint8))
    known = np.asarray(1 - hole, np.float32)
    known.flags.writeable = False
    return known


class Guide:
    """Shadows of components, decoding each neighbour once.

    Parameters
    ----------
    engine : Engine
        Decodes codes.
    bank : Bank
        Whose people the neighbours are.
    """

    def __init__(self, engine: Engine, bank: Bank) -> None:
        self._engine, self._bank = engine, bank
        self._drawn: OrderedDict[tuple[str, int], NDArray[np.uint8]] = OrderedDict()

    def shadows(self, projections: dict[str, Projection]) -> dict[str, NDArray[np.float32]]:
        """Return each component's shadow at its decoder's own size, 0 to 1."""
        wanted = {
            name: [int(p) for p in found.people if (name, int(p)) not in self._drawn]
            for name, found in projections.items()
        }
        codes = {n: self._bank.matrices[n][rows] for n, rows in wanted.items() if rows}
        if codes:
            for name, inks in self._engine.decode(codes).items():
                for row, ink in zip(wanted[name], inks, strict=True):
                    self._drawn[name, row] = np.rint(255 * ink).astype(np.uint8)
        out = {}
        for name, found in projections.items():
            stack = [self._recall(name, int(p)) for p in found.people]
            out[name] = shade(np.stack(stack).astype(np.float32) / np.float32(255), found.weights)
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return out

    def _recall(self, name: str, person: int) -> NDArray[np.uint8]:
        self._drawn.move_to_end((name, person))
        return self._drawn[name, person]
