"""A photograph: upright sRGB pixels in → `Photo`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Photo"]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture as people see it: upright, sRGB, eight bits.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB, upright, row 0 on top.
    alpha : ndarray of shape (H, W), uint8, optional
        The source's own transparency, 0 clear to 255 solid; `pixels` are already on a ground.
    notes : tuple of str
        What the reader did that a user may want to know (first frame of 12, broken profile ignored).

    Raises
    ------
    BadShape
        If an array has the wrong shape or dtype.

    Examples
    --------
    >>> import numpy as np
    >>> Photo(np.zeros((4, 6, 3), np.uint8)).size_px
    (6, 4)
    """

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Validate the arrays and make them read-only."""
        pixels = frozen("Photo.pixels", self.pixels, dtype=np.uint8, shape=(None, None, 3))
        object.__setattr__(self, "pixels", pixels)
        if self.alpha is not None:
            alpha = frozen("Photo.alpha", self.alpha, dtype=np.uint8, shape=pixels.shape[:2])
            object.__setattr__(self, "alpha", alpha)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]
