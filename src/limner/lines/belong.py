"""Whose line it is: a semantic map and points in → the part that each stretch of a line belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.lines.care import face_height_px
from limner.records import CLASSES, PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.records import SemanticMap

__all__ = ["Belonging"]

#: Side of the raster on which parts grow, as the height of the face on it.
_FACE_ON_RASTER_PX = 200.0

#: How far each part takes lines beyond its label, in face heights; the first that reaches a place
#: has it. Lids lie outside the eyes, the wing of the nose on the cheek, the outline on the wall.
_GROWS = (
    ("left-eye", 0.03),
    ("right-eye", 0.03),
    ("glasses", 0.01),
    ("left-brow", 0.015),
    ("right-brow", 0.015),
    ("mouth", 0.02),
    ("nose", 0.02),
    ("earrings", 0.01),
    ("left-ear", 0.015),
    ("right-ear", 0.015),
    ("hair", 0.01),
    ("hat", 0.01),
    ("skin", 0.02),
)
#: The wall gives its lines to whatever is within this distance.
_WALL = 0.05
#: A stretch shorter than this belongs to its neighbours.
_SHORTEST = 0.05

_NAMES = tuple(PARTS)


class Belonging:
    """Which part takes a line at each place of a picture.

    Parameters
    ----------
    semantic : SemanticMap
        What the picture shows.
    """

    def __init__(self, semantic: SemanticMap) -> None:
        height, width = semantic.labels.shape
        face_px = face_height_px(semantic, (width, height))
        self._zoom = min(1.0, _FACE_ON_RASTER_PX / face_px)
        small_wh = max(1, round(width * self._zoom)), max(1, round(height * self._zoom))
        labels = cv2.resize(semantic.labels, small_wh, interpolation=cv2.INTER_NEAREST_EXACT)
        self._parts = _grown(np.asarray(labels, np.uint8), face_px * self._zoom)
        self._shortest_px = _SHORTEST * face_px

    def raster(self, size_px: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the index in ``records.PARTS`` of the part that has each place.

        Parameters
        ----------
        size_px : tuple of int
            Width and height wanted.

        Returns
        -------
        ndarray of shape (H, W), uint8
            The parts, grown so that lines about a part are its own.
        """
        out = cv2.resize(self._parts, size_px, interpolation=cv2.INTER_NEAREST_EXACT)
        return np.asarray(out, np.uint8)

    def split(
        self, points: NDArray[np.float64], step_px: float
    ) -> list[tuple[str, NDArray[np.intp]]]:
        """Cut a line where it passes from one part to another.

        Parameters
        ----------
        points : ndarray of shape (N, D), float64
            x, y first, in px of the picture, evenly spaced.
        step_px : float
            Distance between two points.

        Returns
        -------
        list of (str, ndarray of intp)
            Name of the part and the indices of its points, in order; neighbours share the point
            at the cut, so that the line does not break.
        """
        rows, columns = self._parts.shape
        x = np.clip(np.rint((points[:, 0] + 0.5) * self._zoom - 0.5), 0, columns - 1).astype(int)
        y = np.clip(np.rint((points[:, 1] + 0.5) * self._zoom - 0.5), 0, rows - 1).astype(int)
        part = self._parts[y, x]
        shortest = max(1, round(self._shortest_px / step_px))
        starts = _runs(part, shortest)
        stops = [*starts[1:], len(part)]
        return [
            (_NAMES[_commonest(part[a:b])], np.arange(a, min(b + 1, len(part))))
            for a, b in zip(starts, stops, strict=True)
        ]


def _grown(labels: NDArray[np.uint8], face_px: float) -> NDArray[np.uint8]:
    """Return the index in ``PARTS`` of the part that takes each place."""
    part_of = np.zeros(len(CLASSES), np.uint8)
    for i, classes in enumerate(PARTS.values()):
        part_of[list(classes)] = i
    own = part_of[labels]
    wall = (own == _NAMES.index("background")).astype(np.uint8)
    out = own.copy()
    if 0 < wall.sum() < wall.size:
        distance, nearest = cv2.distanceTransformWithLabels(
            wall, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        # Labels number the pixels that are not wall; the table turns them back into parts.
        table = np.zeros(int(nearest.max()) + 1, np.uint8)
        table[nearest[wall == 0]] = own[wall == 0]
        out = np.where((wall > 0) & (distance < _WALL * face_px), table[nearest], out)
    for name, reach in reversed(_GROWS):
        mask = (own == _NAMES.index(name)).astype(np.uint8)
        if mask.any():
            near = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_5) <= reach * face_px
            out[near] = _NAMES.index(name)
    return np.asarray(out, np.uint8)


def _runs(part: NDArray[np.uint8], shortest: int) -> list[int]:
    """Return where runs of one part start, short runs given to their neighbours."""
    starts = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist()]
    while len(starts) > 1:
        lengths = np.diff([*starts, len(part)])
        shortest_run = int(np.argmin(lengths))
        if lengths[shortest_run] >= shortest:
            break
        # The longer neighbour takes it: its start moves, or the run's own start goes.
        left = lengths[shortest_run - 1] if shortest_run else -1
        right = lengths[shortest_run + 1] if shortest_run + 1 < len(starts) else -1
        del starts[shortest_run if left >= right else shortest_run + 1]
        if starts[0] != 0:
            starts[0] = 0
    return starts


def _commonest(part: NDArray[np.uint8]) -> int:
    return int(np.bincount(part).argmax())
