"""Tone by parallel lines: `Photo` and `SemanticMap` in → hatching strokes, denser where it is darker."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape
from limner.geometry.resample import blur, resize
from limner.lines.belong import Belonging
from limner.lines.care import face_height_px
from limner.records import PARTS, Stroke

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from limner.records import Photo, SemanticMap

__all__ = ["hatch"]

#: Direction of the first layer in degrees, counter-clockwise from the page's x axis as seen.
_DIRECTIONS = {
    "clothes": 20.0,
    "neck": 30.0,
    "hair": 65.0,
    "hat": 75.0,
    "nose": 60.0,
}
_DIRECTION = 45.0
#: Each further layer lies across the first: added degrees, and the darkness from which it begins.
_LAYERS = ((0.0, 0.36), (55.0, 0.56), (-30.0, 0.74), (90.0, 0.88))
#: Eyes, brows and mouth are drawn by lines; hatching would blur them. The wall stays white.
_BARE = (
    "background",
    "left-eye",
    "right-eye",
    "left-brow",
    "right-brow",
    "glasses",
    "mouth",
    "earrings",
)
#: Skin is measured against the sitter's own light skin, half way: hatching models the form first.
_OF_SKIN = ("skin", "nose", "neck", "left-ear", "right-ear")
#: Strands show only if hatching leaves them room.
_LIGHTER = {"hair": 0.12}
#: Spacing in face heights; hatching is worked out at this many px between two lines.
_SPACING, _STEP_PX = 1 / 55, 4.0
#: In spacings: shorter lines are left out, shorter gaps are drawn over.
_SHORTEST, _GAP = 1.5, 0.75


def hatch(
    photo: Photo,
    semantic: SemanticMap | None = None,
    *,
    spacing_px: float | None = None,
    darkness: float = 0.0,
) -> tuple[Stroke, ...]:
    """Lay tone by layers of parallel lines.

    Parameters
    ----------
    photo : Photo
        The picture.
    semantic : SemanticMap, optional
        What it shows, at its size: gives each part its direction, keeps wall, eyes, brows and
        mouth bare.
    spacing_px : float, optional
        Distance of two lines of a layer; None takes a 55th of the face's height.
    darkness : float
        −0.5 to 0.5: added to the picture's darkness; more of it means more layers.

    Returns
    -------
    tuple of Stroke
        In px, a part after the other in the order of ``records.PARTS``.

    Raises
    ------
    BadShape
        If the map has another size, or a number is out of range.

    Notes
    -----
    One layer where the tone is middling, up to four across each other where it is black; each is a
    set of equidistant straight lines, cut where the smoothed tone passes the layer's threshold.
    """
    _check(photo, semantic, spacing_px, darkness)
    face_px = face_height_px(semantic, photo.size_px)
    spacing = face_px * _SPACING if spacing_px is None else spacing_px
    zoom = _STEP_PX / spacing
    size_wh = tuple(max(1, round(n * zoom)) for n in photo.size_px)
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
    light = blur(resize(grey, (size_wh[0], size_wh[1])), _STEP_PX / 2)
    owner = None if semantic is None else _owners(semantic, (size_wh[0], size_wh[1]))
    strokes = []
    for part, mask in _areas(owner, light.shape):
        dark = 1 - light / np.float32(_white(light, mask, part)) + np.float32(darkness)
        dark -= np.float32(_LIGHTER.get(part, 0.0))
        for turn, threshold in _LAYERS:
            angle = _DIRECTIONS.get(part, _DIRECTION) + turn
            for line in _parallels(mask & (dark > threshold), angle):
                points = np.column_stack([(line + 0.5) / zoom - 0.5, [1, 1]]).astype(np.float32)
                strokes.append(Stroke(points, width=spacing / 6, part=part))
    return tuple(strokes)


def _check(
    photo: Photo, semantic: SemanticMap | None, spacing_px: float | None, darkness: float
) -> None:
    if semantic is not None and semantic.labels.shape != photo.pixels.shape[:2]:
        raise BadShape(
            f"The semantic map has shape {semantic.labels.shape}, wanted the photo's"
            f" {photo.pixels.shape[:2]}; parse the same picture."
        )
    if spacing_px is not None and not 1 <= spacing_px < math.inf:
        raise BadShape(f"spacing_px is {spacing_px}, wanted 1 or more.")
    if not -0.5 <= darkness <= 0.5:
        raise BadShape(f"darkness is {darkness}, wanted -0.5 to 0.5.")


def _owners(semantic: SemanticMap, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """Return which part is hatched at each place: lids go with the eyes, but the wall stays wall."""
    owner = Belonging(semantic).raster(size_wh)
    labels = cv2.resize(semantic.labels, size_wh, interpolation=cv2.INTER_NEAREST_EXACT)
    wall = tuple(PARTS).index("background")
    return np.asarray(np.where(np.asarray(labels) == 0, wall, owner), np.uint8)


def _areas(
    owner: NDArray[np.uint8] | None, shape: tuple[int, ...]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    if owner is None:
        yield "", np.ones(shape, bool)
        return
    for number, part in enumerate(PARTS):
        mask = owner == number
        if part not in _BARE and mask.any():
            yield part, mask


def _white(light: NDArray[np.float32], mask: NDArray[np.bool_], part: str) -> float:
    if part not in _OF_SKIN:
        return 1.0
    return max(0.1, 0.5 + 0.5 * float(np.percentile(light[mask], 90)))


def _parallels(mask: NDArray[np.bool_], angle_deg: float) -> list[NDArray[np.float64]]:
    """Cut equidistant lines of one direction by a mask; each is two points (x, y)."""
    if not mask.any():
        return []
    height, width = mask.shape
    a = math.radians(angle_deg)
    along, across = np.array([math.cos(a), -math.sin(a)]), np.array([math.sin(a), math.cos(a)])
    reach = math.hypot(width, height) / 2
    # The lattice starts at the picture's centre, so neighbouring parts of one direction meet.
    lines = np.arange(-math.floor(reach / _STEP_PX), math.floor(reach / _STEP_PX) + 1) * _STEP_PX
    steps = np.arange(-math.floor(reach), math.floor(reach) + 1)
    center = np.array([(width - 1) / 2, (height - 1) / 2])
    x = center[0] + lines[:, None] * across[0] + steps * along[0]
    y = center[1] + lines[:, None] * across[1] + steps * along[1]
    column, row = np.rint(x).astype(int), np.rint(y).astype(int)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    inked = inside & mask[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    found = []
    for n in np.flatnonzero(inked.any(axis=1)):
        for start, stop in _stretches(inked[n]):
            found.append(np.array([[x[n, start], y[n, start]], [x[n, stop], y[n, stop]]]))
    return found


def _stretches(inked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last step of every stretch, small gaps closed, short ones dropped."""
    edges = np.flatnonzero(np.diff(inked.astype(np.int8), prepend=0, append=0))
    starts, stops = edges[::2], edges[1::2] - 1
    wide = (starts[1:] - stops[:-1]) > _GAP * _STEP_PX
    starts, stops = starts[np.r_[True, wide]], stops[np.r_[wide, True]]
    long = (stops - starts) >= _SHORTEST * _STEP_PX
    return list(zip(starts[long].tolist(), stops[long].tolist(), strict=True))
