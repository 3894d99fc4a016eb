"""What each pixel shows: class ids in → `SemanticMap`. The one table of the 19 classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import UnknownName
from limner.records._check import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CLASSES", "CLASS_COLORS", "MIRRORED", "PARTS", "SemanticMap"]

#: CelebAMask-HQ's official order; ``l_`` is the sitter's left, on the picture's right.
CLASSES: tuple[str, ...] = (
    "background",
    "skin",
    "nose",
    "eye_g",
    "l_eye",
    "r_eye",
    "l_brow",
    "r_brow",
    "l_ear",
    "r_ear",
    "mouth",
    "u_lip",
    "l_lip",
    "hair",
    "hat",
    "ear_r",
    "neck_l",
    "neck",
    "cloth",
)

#: Where each class goes when the picture is mirrored.
MIRRORED: tuple[int, ...] = (0, 1, 2, 3, 5, 4, 7, 6, 9, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18)

#: sRGB colour of each class in label pictures.
CLASS_COLORS: tuple[tuple[int, int, int], ...] = (
    (255, 255, 255),
    (240, 200, 170),
    (222, 160, 122),
    (70, 90, 120),
    (66, 133, 190),
    (40, 100, 160),
    (120, 80, 50),
    (96, 60, 36),
    (230, 150, 130),
    (210, 130, 112),
    (120, 30, 40),
    (214, 90, 96),
    (190, 66, 76),
    (86, 66, 60),
    (104, 140, 96),
    (226, 190, 60),
    (200, 170, 90),
    (228, 184, 150),
    (130, 150, 176),
)

#: The parts that a user names, from back to front: groups of the 19 classes.
PARTS: dict[str, tuple[int, ...]] = {
    "background": (0,),
    "clothes": (18,),
    "neck": (17, 16),
    "hair": (13,),
    "hat": (14,),
    "left-ear": (8,),
    "right-ear": (9,),
    "skin": (1,),
    "nose": (2,),
    "left-brow": (6,),
    "right-brow": (7,),
    "left-eye": (4,),
    "right-eye": (5,),
    "glasses": (3,),
    "mouth": (10, 11, 12),
    "earrings": (15,),
}


@dataclass(frozen=True, slots=True, eq=False)
class SemanticMap:
    """The 19 classes of a picture or crop.

    Parameters
    ----------
    labels : ndarray of shape (H, W), uint8
        Indices into `CLASSES`, 0 to 18.

    Raises
    ------
    BadShape
        If the array has the wrong shape or dtype, or an id above 18.

    Examples
    --------
    >>> import numpy as np
    >>> m = SemanticMap(np.full((2, 3), 4, np.uint8))
    >>> int(m.mirrored().labels[0, 0])
    5
    >>> m.part("left-eye").all()
    np.True_
    """

    labels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        """Validate the labels and make them read-only."""
        labels = frozen(
            "SemanticMap.labels",
            self.labels,
            dtype=np.uint8,
            shape=(None, None),
            high=len(CLASSES) - 1,
        )
        object.__setattr__(self, "labels", labels)

    def part(self, name: str) -> NDArray[np.bool_]:
        """Return the (H, W) mask of one of `PARTS`.

        Raises
        ------
        UnknownName
            If there is no such part.
        """
        if name not in PARTS:
            raise UnknownName.among("part", name, PARTS)
        return np.isin(self.labels, PARTS[name])

    def mirrored(self) -> SemanticMap:
        """Return the map of the mirrored picture, left and right classes exchanged."""
        return SemanticMap(np.array(MIRRORED, np.uint8)[self.labels[:, ::-1]])

    def colored(self) -> NDArray[np.uint8]:
        """Return an (H, W, 3) uint8 picture in `CLASS_COLORS`."""
        return np.array(CLASS_COLORS, np.uint8)[self.labels]
