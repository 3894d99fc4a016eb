"""A photograph and its map in → what lies behind the head, filled, and where it shows through the hair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.heads.project import fill
from limner.records import CLASSES, HEAD_PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import HeadSource

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

__all__ = ["PAPER", "around", "behind", "beside", "through"]

#: Ground of "none" and of heads without a photograph.
PAPER = np.array([232, 230, 226], np.float32)
#: Levels by which a wisp of hair differs from the ground behind it: on plain ground, on ground with texture.
_ODD = (8, 22)
#: Share of the picture that is a head's edge.
_EDGE = 40
#: A pixel of hair this much (of its distance to the hair's colour) from the ground's colour is ground between strands.
_THROUGH = 0.6


def behind(source: HeadSource, side: int) -> Floats:
    """Return the photograph's ground, filled in where the head is."""
    size = (side, side)
    small = cv2.resize(source.photo.pixels, size, interpolation=cv2.INTER_AREA)
    photo = np.asarray(small, np.uint8)
    is_head = (source.semantic.labels > 0).astype(np.uint8)
    head = np.asarray(cv2.resize(is_head, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    near = around(head, side // 12)
    known = 1 - np.clip(cv2.GaussianBlur(near.astype(np.float32), (0, 0), side / 48) * 2, 0, 1)
    if known.mean() < 0.01:  # the head fills the picture: there is no ground to keep
        return np.broadcast_to(PAPER, (side, side, 3)).astype(np.float32)
    known = known * _plain(photo, known.astype(np.float32), around(head, side // 3))
    filled = fill(photo.astype(np.float32), known.astype(np.float32))
    return np.asarray(photo * known[..., None] + filled * (1 - known[..., None]), np.float32)


def beside(
    source: HeadSource, ground: Floats, share: float, edited: tuple[str, ...] = ()
) -> Floats:
    """Return the filled ground with what the photograph shows there: wisps of hair, and the head's very edge.

    Parameters
    ----------
    source : HeadSource
        The photograph.
    ground : ndarray of shape (S, S, 3), float32
        From `behind`.
    share : float
        How much of the photograph, 0 to 1.
    edited : tuple of str
        Names of `HEAD_PARTS` that are not the photograph's any more: around them the ground stays filled.
    """
    size = ground.shape[1::-1]
    side = size[0]

    def sized(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
        small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(small, np.uint8)

    labels = source.semantic.labels
    photo = cv2.resize(source.photo.pixels, size, interpolation=cv2.INTER_AREA)
    free = around(1 - sized(labels > 0), side // _EDGE)
    gone = sized(np.isin(labels, [c for name in edited for c in HEAD_PARTS[name]]))
    if gone.any():
        free = free * (1 - around(gone, side // 8))
    weight = (share * free.astype(np.float32))[..., None]
    return np.asarray(ground * (1 - weight) + photo * weight, np.float32)


def around(mask: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """Return a mask grown by `reach` px."""
    far = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3)
    return (far <= reach).astype(np.uint8)


def _plain(photo: NDArray[np.uint8], known: Floats, near: NDArray[np.uint8]) -> Floats:
    """Return 0 on wisps of hair and the like that no label covers: near the head, and unlike what is around them."""
    side = photo.shape[0]
    ground = np.clip(fill(photo.astype(np.float32), known), 0, 255).astype(np.uint8)
    usual = cv2.medianBlur(ground, (side // 12) | 1).astype(np.float32)
    unlike = np.abs(photo.astype(np.float32) - usual).max(-1)
    texture = 4 * float(np.median(unlike[known >= known.max()]))
    odd = (unlike > np.clip(texture, *_ODD)) & (near > 0)
    wide = cv2.dilate(odd.astype(np.uint8), np.ones((side // 48, side // 48), np.uint8))
    soft = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), side / 128)
    return np.asarray(np.clip(1 - 2 * soft, 0, 1), np.float32)


def through(photo: Pixels, hot: Floats, ground: Floats) -> Floats:
    """Return 0 where ground shows through hair: like the ground, unlike the hair, and near the head's edge."""
    hair = hot[..., CLASSES.index("hair")] > 0.5
    if not hair.any():
        return np.ones(hair.shape, np.float32)
    side = photo.shape[0]
    seen = photo.astype(np.float32)
    own = np.median(seen[hair], axis=0)
    unlike_ground, unlike_hair = (np.abs(seen - other).max(-1) for other in (ground, own))
    near = around((hot[..., 0] > 0.5).astype(np.uint8), side // 8) > 0
    gaps = hair & near & (unlike_ground < unlike_hair * _THROUGH)
    wide = cv2.dilate(gaps.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(1 - wide, np.float32)
