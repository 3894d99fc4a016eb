"""Ink on paper before it becomes strokes: coverage in → `LineDrawing`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records.semantic import SemanticMap

__all__ = ["LineDrawing"]


@dataclass(frozen=True, slots=True, eq=False)
class LineDrawing:
    """Lines as a raster.

    Parameters
    ----------
    ink : ndarray of shape (H, W), float32
        0 paper to 1 ink.
    semantic : SemanticMap, optional
        What lies under the lines, at the same size: tracing groups strokes by it.

    Raises
    ------
    BadShape
        If the ink has the wrong shape or leaves 0 to 1.
    """

    ink: NDArray[np.float32]
    semantic: SemanticMap | None = None

    def __post_init__(self) -> None:
        """Validate the ink and make it read-only."""
        ink = frozen(
            "LineDrawing.ink", self.ink, dtype=np.float32, shape=(None, None), low=0, high=1
        )
        object.__setattr__(self, "ink", ink)
        if self.semantic is not None:
            frozen("LineDrawing.semantic", self.semantic.labels, dtype=np.uint8, shape=ink.shape)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.ink.shape[1], self.ink.shape[0]
