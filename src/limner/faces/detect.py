"""Where the faces are: pixels in → boxes, scores and five points, from 24 px to the full frame.

The picture is looked at up to four times, shrunk to 200 px with room around it, to 320 px, to 768 px and (in tiles) to
2,304 px, so that one small network, taught on faces of 10 to 300 px, meets every size; the room is for faces that the
picture's edge cuts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.weights import each, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["WEIGHT", "Found", "detect_boxes"]

WEIGHT = "faces-detect"

_STRIDES = (8, 16, 32)
_COARSE_PX, _TILE_PX, _FINE_PX, _OVERLAP_PX = 320, 768, 2304, 192
#: Longest side in the look that leaves room on all sides.
_ROOMY_PX = 200
#: Faces above this side in a tile are left to the coarser look: a tile may show only a part of them.
_MOST_IN_TILE_PX = 320
_KEEP = 0.2


@dataclass(frozen=True, slots=True)
class Found:
    """A face as the detector sees it, in picture px.

    Parameters
    ----------
    box : ndarray of shape (4,)
        x0, y0, x1, y1: the extent of the face's surface from forehead to chin.
    score : float
        0 to 1.
    five : ndarray of shape (5, 2)
        Right eye, left eye, nose, right and left mouth corner (the sitter's sides).
    """

    box: NDArray[np.float32]
    score: float
    five: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Look:
    """A square of the picture at some scale: where it begins, px of that scale, and the scale of each axis."""

    tile: NDArray[np.uint8]
    offset: tuple[int, int]
    shrunk: tuple[float, float]
    many: bool


def _levels(width: int, height: int) -> Iterator[tuple[int, float, int]]:
    """Yield (side of a tile, scale, room left at the top and on the left) of each look."""
    longest = max(width, height)
    yield _COARSE_PX, min(1.0, _ROOMY_PX / longest), (_COARSE_PX - _ROOMY_PX) // 2
    yield _COARSE_PX, min(2.0, _COARSE_PX / longest), 0
    if longest > 400:
        yield _TILE_PX, min(1.0, _TILE_PX / longest), 0
    if longest > 960:
        yield _TILE_PX, min(1.0, _FINE_PX / longest), 0


def _tiles(width: int, height: int, side: int) -> Iterator[tuple[int, int]]:
    """Yield upper left corners of overlapping tiles that cover a picture."""

    def starts(length: int) -> list[int]:
        if length <= side:
            return [0]
        count = 1 + int(np.ceil((length - side) / (side - _OVERLAP_PX)))
        return [round(k * (length - side) / (count - 1)) for k in range(count)]

    for y in starts(height):
        for x in starts(width):
            yield x, y


def _decode(grid: NDArray[np.float32], stride: int, side: int) -> NDArray[np.float32]:
    """Return (n, 15) score, box and points of the cells above the threshold, in tile px."""
    score = 0.5 + 0.5 * np.tanh(0.5 * grid[:, 0])
    keep = np.flatnonzero(score >= _KEEP)
    cells = grid[keep]
    columns = side // stride
    center = np.stack([keep % columns, keep // columns], 1) + 0.5
    center = (center * stride - 0.5).astype(np.float32)
    low, high = center - cells[:, 1:3] * stride, center + cells[:, 3:5] * stride
    points = center[:, None] + cells[:, 5:].reshape(-1, 5, 2) * stride
    return np.concatenate([score[keep, None], low, high, points.reshape(-1, 10)], 1)


def _look(tile: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (n, 15) of one square tile."""
    x = (tile.astype(np.float32).transpose(2, 0, 1)[None] - 127) / 128
    out = session().run(WEIGHT, {"picture": x})
    rows = [_decode(out[f"grid{s}"][0], s, tile.shape[0]) for s in _STRIDES]
    return np.concatenate(rows)


def _iou(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the larger of IoU and (a little less of) the share of the smaller box that is covered."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    inter = np.prod(np.maximum(high - low, 0), 1)
    mine, theirs = np.prod(box[2:] - box[:2]), np.prod(others[:, 2:] - others[:, :2], 1)
    iou = inter / np.maximum(mine + theirs - inter, 1e-6)
    inside = inter / np.maximum(np.minimum(mine, theirs), 1e-6)
    return np.asarray(np.maximum(iou, 0.6 * inside), np.float32)


def _suppress(rows: NDArray[np.float32], most: float = 0.4) -> NDArray[np.float32]:
    """Keep the best of rows that show one head."""
    # ties are broken by place and shape, so that the answer never depends on the order of the tiles
    order = np.lexsort((*rows[:, :0:-1].T, -rows[:, 0]))
    rows, kept = rows[order], []
    while len(rows):
        kept.append(rows[0])
        rows = rows[1:][_iou(rows[0, 1:5], rows[1:, 1:5]) < most]
    return np.array(kept, np.float32).reshape(-1, 15)


def detect_boxes(pixels: NDArray[np.uint8]) -> tuple[Found, ...]:
    """Find every face.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        sRGB, upright.

    Returns
    -------
    tuple of Found
        Best score first.

    Notes
    -----
    About 10 ms for a small picture; a picture of 12 megapixels takes a dozen tiles.
    """
    best = _suppress(np.concatenate(each(_found, _looks(pixels))))
    return tuple(Found(r[1:5], float(r[0]), r[5:].reshape(5, 2)) for r in best)


def _looks(pixels: NDArray[np.uint8]) -> Iterator[_Look]:
    """Yield every tile of a picture that is looked at."""
    height, width = pixels.shape[:2]
    source = pixels
    for side, scale, room in sorted(_levels(width, height), key=lambda level: -level[1]):
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        # each level shrinks the one before: the whole of a large picture is read once
        kernel = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        level = source
        if scale != 1:
            level = np.asarray(cv2.resize(source, size, interpolation=kernel), np.uint8)
        if scale < 1:
            source = level
        # sides are rounded to whole px, so that the two axes shrink a little differently
        shrunk = size[0] / width, size[1] / height
        for x, y in _tiles(*size, side):
            tile = np.full((side, side, 3), 127, np.uint8)
            part = level[y : y + side, x : x + side]
            tile[room : room + part.shape[0], room : room + part.shape[1]] = part
            yield _Look(tile, (x - room, y - room), shrunk, many=max(size) > side)


def _found(look: _Look) -> NDArray[np.float32]:
    """Return (n, 15) of one look, in picture px."""
    found = _look(look.tile)
    if look.many:
        extent = (found[:, 3:5] - found[:, 1:3]).max(1, initial=0)
        found = found[extent < _MOST_IN_TILE_PX]
    offset, shrunk = (np.tile(np.array(v, np.float32), 7) for v in (look.offset, look.shrunk))
    found[:, 1:] = (found[:, 1:] + offset + 0.5) / shrunk - 0.5
    return found
