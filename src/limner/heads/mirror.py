"""A head's photograph in → the same, mirrored: what the far side of a turned face most likely looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.heads.classes import mixed, total
from limner.heads.project import fill
from limner.records import CLASSES, MIRRORED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["LEAST_YAW_DEG", "borrow", "mirrored"]

#: A face turned less than this shows both of its sides itself.
LEAST_YAW_DEG = 8.0
#: What one side may lend the other. Hair, too, where the photograph shows none of it: a parting on the wrong side is
#: nearer to the truth than a smear. Clothes, hats and glasses stay as they are.
_ALIKE = tuple(
    k
    for k, name in enumerate(CLASSES)
    if name not in ("background", "eye_g", "hat", "ear_r", "neck_l", "cloth")
)
#: Share of the picture that both sides must show before their light can be compared, and over which it is compared.
_ENOUGH, _BROAD = 0.01, 24
#: Share of the picture over which it is seen whether pixels lie close.
_FINE = 100


def mirrored(planes: Floats) -> Floats:
    """Return planes (S, S, 3 + 19), picture and classes, as a looking glass shows them; left and right change names."""
    flipped = planes[:, ::-1]
    return np.concatenate([flipped[..., :3], flipped[..., 3:][..., list(MIRRORED)]], -1)


def borrow(
    own: tuple[Floats, Floats], other: tuple[Floats, Floats], labels: Floats
) -> tuple[Floats, Floats]:
    """Fill what the photograph hid of a face from its other side.

    Parameters
    ----------
    own : tuple of ndarray
        Planes (S, S, C) that survived of the photograph, −1 to 1, its picture first; and where, (S, S), 0 to 1.
    other : tuple of ndarray
        The same of the mirrored photograph.
    labels : ndarray of shape (S, S, 19), float32
        What the shell shows there.

    Returns
    -------
    planes : ndarray of shape (S, S, C), float32
    visible : ndarray of shape (S, S), float32

    Notes
    -----
    The two sides stand in different light. What the photograph has over its mirror image where both are seen is spread
    softly to where only the mirror image is.
    """
    planes, visible = own
    there, seen = other
    face = total(labels, _ALIKE)
    told = total(there, [3 + k for k in _ALIKE])
    usable = _eased(seen) * np.clip(2 * face - 1, 0, 1) * (told > 0.5)
    # where own pixels thin out they stand alone, as specks: there the mirror image takes over as a whole
    kept = visible * (1 - usable * (1 - _eased(visible)))
    take = usable * (1 - kept)
    both = (visible > 0.5) & (seen > 0.5) & (face > 0.5) & (told > 0.5)
    if both.mean() < _ENOUGH:
        return planes, visible
    light = _blurred(fill((planes - there)[..., :3], both.astype(np.float32)), _BROAD)
    there = there.copy()
    there[..., :3] = np.clip(there[..., :3] + light, -1, 1)
    whole = kept + take
    share = take / np.maximum(whole, 1e-3)
    return mixed(there, planes, share), np.asarray(np.clip(whole, 0, 1), np.float32)


def _blurred(picture: Floats, share: int) -> Floats:
    """Return the picture blurred over 1/share of its side."""
    wide = cv2.GaussianBlur(picture, (0, 0), max(1.0, picture.shape[0] / share))
    return np.asarray(wide, np.float32)


def _eased(visible: Floats) -> Floats:
    """Return 1 well inside of where pixels are, falling to 0 where they thin out."""
    return np.asarray(visible * np.clip(2.5 * _blurred(visible, _FINE) - 1.25, 0, 1), np.float32)
