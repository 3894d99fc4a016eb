"""A head seen from somewhere: photograph, classes and depth in → `View`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records.drawing import Drawing
    from limner.records.photo import Photo
    from limner.records.semantic import SemanticMap

__all__ = ["View"]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one camera sees of a head.

    Parameters
    ----------
    yaw_deg, pitch_deg : float
        Positive: the camera has moved to the sitter's left; up.
    photo : Photo
        Square; its `alpha` says where the head is.
    semantic : SemanticMap
        The classes, at the same size.
    depth_m : ndarray of shape (H, W), float32
        Along the camera's z, metres; 0 where there is no head.
    drawing : Drawing, optional
        The view as drawn.

    Raises
    ------
    BadShape
        If the picture is not square, the sizes differ or an angle is not finite.
    """

    yaw_deg: float
    pitch_deg: float
    photo: Photo
    semantic: SemanticMap
    depth_m: NDArray[np.float32]
    drawing: Drawing | None = None

    def __post_init__(self) -> None:
        """Validate sizes and angles and make the depth read-only."""
        if not (np.isfinite(self.yaw_deg) and np.isfinite(self.pitch_deg)):
            raise BadShape(
                f"View's camera is at yaw {self.yaw_deg}°, pitch {self.pitch_deg}°: no angles."
            )
        shape = self.photo.pixels.shape[:2]
        if shape[0] != shape[1]:
            raise BadShape(f"View.photo is {shape[1]} × {shape[0]} px, wanted a square.")
        if self.semantic.labels.shape != shape:
            raise BadShape(
                f"View.semantic is {self.semantic.labels.shape}, its photograph {shape}."
            )
        depth = frozen("View.depth_m", self.depth_m, dtype=np.float32, shape=shape, low=0)
        object.__setattr__(self, "depth_m", depth)

    @property
    def size_px(self) -> int:
        """Side of the picture."""
        return int(self.depth_m.shape[0])
