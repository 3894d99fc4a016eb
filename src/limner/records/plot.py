"""A sheet for a plotter: strokes in millimetres in → `Plot`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape

if TYPE_CHECKING:
    from limner.records.stroke import Stroke

__all__ = ["Plot"]


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """Strokes in the order in which the pen draws them.

    Parameters
    ----------
    strokes : tuple of Stroke
        In mm from the page's upper left corner, y down; consecutive strokes of one part form a layer.
    page_mm : tuple of float
        Width and height of the page.
    pen_mm : float
        Width of the pen's line.

    Raises
    ------
    BadShape
        If the page or the pen has no size.
    """

    strokes: tuple[Stroke, ...]
    page_mm: tuple[float, float]
    pen_mm: float

    def __post_init__(self) -> None:
        """Validate the sizes."""
        if not all(np.isfinite(v) and v > 0 for v in (*self.page_mm, self.pen_mm)):
            raise BadShape(
                f"Plot has a page of {self.page_mm} mm and a pen of {self.pen_mm} mm; both must be positive."
            )
        object.__setattr__(self, "strokes", tuple(self.strokes))

    @property
    def drawn_mm(self) -> float:
        """Length drawn with the pen down."""
        return float(sum(s.length for s in self.strokes))

    @property
    def travel_mm(self) -> float:
        """Length moved with the pen up, from the page's corner through every stroke."""
        at, total = np.zeros(2), 0.0
        for stroke in self.strokes:
            total += float(np.hypot(*(stroke.points[0, :2] - at)))
            at = stroke.points[-1, :2].astype(np.float64)
        return total

    @property
    def layers(self) -> tuple[str, ...]:
        """Parts in the order in which they are drawn."""
        return tuple(dict.fromkeys(s.part for s in self.strokes))
