"""A shadow that guides the hand: codes and their neighbours in → where a face's lines would go.

References
----------
Chen et al., "DeepFaceDrawing", SIGGRAPH 2020, §4.2: neighbours drawn over each other, as faint as their shares.
"""

from __future__ import annotations

from collections import OrderedDict
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
_FEATHER = 1 / 16


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
    """Return components' drawings on one canvas, (size_px, size_px) float32, windows softly over each other."""
    rest = cv2.resize(parts["rest"], (size_px, size_px), interpolation=cv2.INTER_LINEAR)
    canvas = rest.astype(np.float32, copy=True)
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(size_px)
        alpha = soft_window(name, size_px, side * _FEATHER * 2)
        tile = cv2.resize(parts[name], (side, side), interpolation=cv2.INTER_LINEAR)
        view = canvas[y : y + side, x : x + side]
        # the remainder is drawn around the features, never through them: the darker shows
        np.maximum(view, tile * alpha, out=view)
    return np.clip(canvas, 0, 1)


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
