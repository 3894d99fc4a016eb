"""People as discs: what each pixel and each point of them is, is known exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limner.train.data.sitters import Sitters

#: Colour of skin, and of the dots on the sitter's right and left eye, the nose, the mouth's corners.
SKIN = (200, 40, 40)
DOTS = {
    33: (0, 255, 255),
    263: (255, 255, 0),
    1: (255, 255, 255),
    61: (0, 255, 0),
    291: (0, 0, 255),
}
RADIUS = 70
#: Where the points of the dots lie; corners of an eye share a place, so that means do not move it.
PLACES = {33: (-30, -20), 263: (30, -20), 1: (0, 8), 61: (-18, 34), 291: (18, 34)}
SAME = {133: 33, 362: 263}


def points() -> NDArray[np.float32]:
    """Return a symmetric mesh on the disc: 468 points, most on its rim, then two irises."""
    out = np.zeros((478, 3), np.float32)
    angle = np.arange(468) * (2 * np.pi / 468) - np.pi / 2 + np.pi / 468
    out[:468, :2] = np.column_stack([np.cos(angle), np.sin(angle)]) * RADIUS
    out[:468, 2] = np.cos(2 * angle)
    for k, place in PLACES.items():
        out[k] = (*place, 3.0)
    for k, other in SAME.items():
        out[k] = out[other]
    out[468:473], out[473:478] = out[33], out[263]
    return out


def person(center: tuple[float, float], size: tuple[int, int]) -> tuple[NDArray[np.uint8], ...]:
    """Return the picture and the mask of a disc on a dark ground."""
    y, x = np.mgrid[: size[1], : size[0]]
    mask = np.hypot(x - center[0], y - center[1]) <= RADIUS
    picture = np.full((size[1], size[0], 3), 20, np.uint8)
    picture[mask] = SKIN
    for k, (dx, dy) in PLACES.items():
        picture[np.hypot(x - center[0] - dx, y - center[1] - dy) <= 7] = DOTS[k]
    return picture, mask.astype(np.uint8) * 255


def people(count: int = 3) -> Sitters:
    """Return `count` people in pictures of different sizes; their right eye is on the left, cyan."""
    sizes = np.array([[256, 256], [256, 200], [190, 256]], np.int16)[np.arange(count) % 3]
    pictures = np.zeros((count, 256, 256, 3), np.uint8)
    masks = np.zeros((count, 256, 256), np.uint8)
    meshes = np.zeros((count, 478, 3), np.float32)
    for i, (w, h) in enumerate(sizes.tolist()):
        center = (w * 0.48, h * 0.52)
        pictures[i, :h, :w], masks[i, :h, :w] = person(center, (w, h))
        meshes[i] = points() + np.array([*center, 0], np.float32)
    pose = np.tile(np.array([[5.0, -3.0, 0.0]], np.float32), (count, 1))
    return Sitters(pictures, masks, meshes, sizes, pose, np.zeros(count, np.uint8))


def near(
    picture: NDArray[np.uint8], color: tuple[int, int, int], slack: int = 60
) -> NDArray[np.bool_]:
    """Return where a picture has about this colour."""
    return np.asarray((np.abs(picture.astype(int) - color) < slack).all(-1))
