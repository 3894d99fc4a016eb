"""One movement of a pen: points in → `Stroke`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Stroke"]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A polyline that a pen draws without lifting.

    Parameters
    ----------
    points : ndarray of shape (N, 3), float32
        x, y in the unit of whatever holds the stroke (px in a sketch, mm in a plot), and pressure 0 to 1.
    width : float
        Width of the line at full pressure, in the same unit as x and y.
    part : str
        One of ``limner.records.PARTS``, or "" where no part is known.

    Raises
    ------
    BadShape
        If there are no points, one is not finite, or a pressure leaves 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> s = Stroke(np.array([[0, 0, 1], [3, 4, 1]], np.float32), width=1.0)
    >>> s.length
    5.0
    """

    points: NDArray[np.float32]
    width: float = 1.0
    part: str = ""

    def __post_init__(self) -> None:
        """Validate the points and make them read-only."""
        points = frozen("Stroke.points", self.points, dtype=np.float32, shape=(None, 3))
        frozen("Stroke pressure", points[:, 2], dtype=np.float32, shape=(None,), low=0, high=1)
        if not (np.isfinite(self.width) and self.width > 0):
            raise BadShape(f"Stroke.width is {self.width}, wanted a positive number.")
        object.__setattr__(self, "points", points)

    @property
    def length(self) -> float:
        """Length of the polyline."""
        return float(np.hypot(*np.diff(self.points[:, :2], axis=0).T).sum())

    def reversed(self) -> Stroke:
        """Return the stroke drawn from its other end."""
        return Stroke(self.points[::-1], self.width, self.part)
