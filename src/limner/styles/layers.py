"""A drawing taken apart: the finished ink and its classes in → one layer a part, on clear ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.lines.belong import Belonging
from limner.records import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import SemanticMap

__all__ = ["split"]

_BAND_PX = 512


def split(
    drawing: NDArray[np.uint8], semantic: SemanticMap | None, paper: NDArray[np.uint8] | None = None
) -> dict[str, NDArray[np.uint8]]:
    """Give each part of a drawing its own layer.

    Parameters
    ----------
    drawing : ndarray of shape (H, W, 3), uint8
        On white.
    semantic : SemanticMap, optional
        What it shows, at its size; without it all is one layer.
    paper : ndarray of shape (H, W, 3), uint8, optional
        The sheet, which becomes the lowest layer.

    Returns
    -------
    dict of str to ndarray of shape (H, W, 4), uint8
        From back to front: ``"paper"`` where one is given, then parts that have ink. Each pixel's ink is in one layer
        alone, so that all layers over white give the drawing back.
    """
    ink = _ink_alone(drawing)
    height, width = drawing.shape[:2]
    layers: dict[str, NDArray[np.uint8]] = {}
    if paper is not None:
        layers["paper"] = np.dstack([paper, np.full((height, width), 255, np.uint8)])
    if semantic is None:
        return layers | {"drawing": ink}
    owner = Belonging(semantic).raster((width, height))
    for number, part in enumerate(PARTS):
        own = owner == number
        if ink[..., 3][own].any():
            layers[part] = ink * own[..., None].astype(np.uint8)
    return layers


def _ink_alone(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W, 4): the clearest ink that, laid on white, gives `pixels` back."""
    out = np.empty((*pixels.shape[:2], 4), np.uint8)
    for start in range(0, len(pixels), _BAND_PX):
        band = pixels[start : start + _BAND_PX]
        alpha = 255 - band.min(axis=2)
        cover = np.maximum(alpha, 1)[..., None].astype(np.float32)
        color = (band.astype(np.float32) - (255 - alpha[..., None])) * (255 / cover)
        out[start : start + _BAND_PX, :, :3] = np.rint(color.clip(0, 255))
        out[start : start + _BAND_PX, :, 3] = alpha
    return out
