"""A finished drawing: pixels in → `Drawing`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records.recipe import Recipe

__all__ = ["Drawing"]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture in an artist's manner.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB, on paper.
    style : str
        The style's name.
    recipe : Recipe
        What made it.
    layers : dict of str to ndarray of shape (H, W, 4), uint8
        Part → ink on clear ground, from back to front; empty unless asked for.

    Raises
    ------
    BadShape
        If an array has the wrong shape or dtype.
    """

    pixels: NDArray[np.uint8]
    style: str
    recipe: Recipe
    layers: dict[str, NDArray[np.uint8]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Validate the pixels and make them read-only."""
        pixels = frozen("Drawing.pixels", self.pixels, dtype=np.uint8, shape=(None, None, 3))
        object.__setattr__(self, "pixels", pixels)
        shape = (*pixels.shape[:2], 4)
        frozen_layers = {
            part: frozen(f"Drawing.layers[{part!r}]", layer, dtype=np.uint8, shape=shape)
            for part, layer in self.layers.items()
        }
        object.__setattr__(self, "layers", frozen_layers)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]
