"""A face that was found: box, points and angles in → `Face`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Face"]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in one picture, in that picture's pixels.

    Parameters
    ----------
    box : ndarray of shape (4,), float32
        x0, y0, x1, y1 in px, pixel centres at integers; may reach over the picture's edge.
    score : float
        0 to 1: how sure the detector is.
    landmarks : ndarray of shape (478, 2), float32
        x, y in px, in the order of the canonical face mesh (468 of the surface, then five of each iris:
        468–472 the sitter's right eye, 473–477 the left).
    yaw_deg : float
        Turn of the head; positive: the nose points to the picture's left (the camera moved to the sitter's left).
    pitch_deg : float
        Positive: the camera looks from above the face's own level, as on turned synthetic heads.
    roll_deg : float
        Turn in the picture's plane, −180 to 180; positive: the head leans clockwise as seen.
    crop_from_photo : ndarray of shape (2, 3), float64
        Affine matrix from picture px to the aligned 512 × 512 crop in the FFHQ manner.

    Raises
    ------
    BadShape
        If an array has the wrong shape, the box is empty or a number is out of range.
    """

    box: NDArray[np.float32]
    score: float
    landmarks: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    crop_from_photo: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Validate the arrays and make them read-only."""
        box = frozen("Face.box", self.box, dtype=np.float32, shape=(4,))
        if not (box[2] > box[0] and box[3] > box[1]):
            raise BadShape(f"Face.box is {box.tolist()}, wanted x0 < x1 and y0 < y1.")
        if not 0 <= self.score <= 1:
            raise BadShape(f"Face.score is {self.score}, wanted 0 to 1.")
        angles = (self.yaw_deg, self.pitch_deg, self.roll_deg)
        if not np.isfinite(angles).all():
            raise BadShape(f"Face is turned by {angles}°; wanted finite yaw, pitch and roll.")
        points = frozen("Face.landmarks", self.landmarks, dtype=np.float32, shape=(478, 2))
        crop = frozen("Face.crop_from_photo", self.crop_from_photo, dtype=np.float64, shape=(2, 3))
        object.__setattr__(self, "box", box)
        object.__setattr__(self, "landmarks", points)
        object.__setattr__(self, "crop_from_photo", crop)

    @property
    def height_px(self) -> float:
        """Height of the box in picture pixels."""
        return float(self.box[3] - self.box[1])

    @property
    def area_px(self) -> float:
        """Area of the box in square pixels: of several people, the nearest is the largest."""
        return float((self.box[2] - self.box[0]) * (self.box[3] - self.box[1]))

    def as_json(self) -> dict[str, object]:
        """Return the face as plain numbers, as `--json` prints it."""
        return {
            "box": [round(float(v), 1) for v in self.box],
            "score": round(float(self.score), 3),
            "yaw_deg": round(float(self.yaw_deg), 1),
            "pitch_deg": round(float(self.pitch_deg), 1),
            "roll_deg": round(float(self.roll_deg), 1),
        }
