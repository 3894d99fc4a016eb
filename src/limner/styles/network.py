"""The generator at work: picture, classes and ink in → a drawing at the scale that its artist taught."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from limner.records import CLASSES
from limner.styles.names import blend, find
from limner.weights import session
from limner.weights.ledger import read_rows, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from limner.records import Style
    from limner.weights import Row

__all__ = ["Guide", "draw"]

#: Pictures of a longer side are drawn in tiles of this many px, each with so much of its surroundings as the
#: network looks at (its reach is 74 px) and a little more. Norms look at single pixels, so nothing else is needed.
_TILE_PX, _MARGIN_PX = 512, 96


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """What a drawing is made from.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        The picture.
    labels : ndarray of shape (H, W), uint8
        Its classes.
    ink : ndarray of shape (h, w), float32
        Its lines, 0 paper to 1 ink; of the same sides' ratio, at any size.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    ink: NDArray[np.float32]

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


def draw(guide: Guide, style: str, *, scale: float, seed: int) -> NDArray[np.float32]:
    """Draw at the artist's own scale.

    Parameters
    ----------
    guide : Guide
        What to draw.
    style : str
        A name, a blend or a style file.
    scale : float
        Px of the drawing per px of the guide.
    seed : int
        Of the grain.

    Returns
    -------
    ndarray of shape (h, w), float32
        0 ink to 1 paper; sides are multiples of 4.
    """
    weight = _weight(find(style))
    width, height = (max(32, 4 * round(side * scale / 4)) for side in guide.size_px)
    shares = _shares(style, int(weight.inputs["style"]["shape"][1]))
    noise = np.random.default_rng(seed).standard_normal((1, 1, height, width), np.float32)
    small = _Small(guide, (width, height))
    out = np.empty((height, width), np.float32)
    for core, seen in _tiles(height, width):
        inputs = {
            "picture": small.picture(seen),
            "style": shares,
            "noise": np.ascontiguousarray(noise[:, :, seen[0], seen[1]]),
        }
        drawn = np.asarray(session().run(weight, inputs)["drawing"][0, 0], np.float32)
        top, left = core[0].start - seen[0].start, core[1].start - seen[1].start
        rows, columns = core[0].stop - core[0].start, core[1].stop - core[1].start
        out[core] = drawn[top : top + rows, left : left + columns]
    return out


def _weight(style: Style) -> Row:
    if style.ledger:
        ledger = Path(style.ledger)
        for found in read_rows(ledger, ledger.parent / "graphs"):
            if found.name == style.weight:
                return found
    return row(style.weight)


def _shares(style: str, count: int) -> NDArray[np.float32]:
    """Return (1, count): how much of each of the network's styles; a derived style draws through others."""
    shares = np.zeros((1, count), np.float32)
    for name, share in blend(style).items():
        one = find(name)
        if one.through:
            shares += np.float32(share) * _shares(one.through, count)
        else:
            shares[0, one.index] += share
    return shares


class _Small:
    """A guide at the drawing's size, whose 21 channels are made for a tile at a time."""

    def __init__(self, guide: Guide, size: tuple[int, int]) -> None:
        shrink = size[0] < guide.size_px[0]
        self._kernel = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
        self._size = size
        grey = cv2.cvtColor(guide.pixels, cv2.COLOR_RGB2GRAY)
        self._grey = self._brought(grey.astype(np.float32)) / 255
        self._ink = self._brought(np.ascontiguousarray(guide.ink, np.float32))
        self._masks = {
            int(k): self._brought(np.asarray(guide.labels == k, np.uint8) * np.uint8(255))
            for k in np.unique(guide.labels)
        }

    def _brought(self, values: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        return cast(
            "NDArray[np.float32]", cv2.resize(values, self._size, interpolation=self._kernel)
        )

    def picture(self, seen: tuple[slice, slice]) -> NDArray[np.float32]:
        """Return (1, 21, h, w) float32: ink, shares of the classes, grey."""
        ink = self._ink[seen]
        planes = np.zeros((len(CLASSES) + 2, *ink.shape), np.float32)
        planes[0] = ink
        for k, mask in self._masks.items():
            planes[1 + k] = mask[seen] / np.float32(255)
        planes[-1] = self._grey[seen]
        return np.clip(planes, 0, 1)[None]


def _tiles(height: int, width: int) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Yield what each tile draws and what it looks at; one tile where the picture is small."""
    rows, columns = _cuts(height), _cuts(width)
    for core_y, seen_y in rows:
        for core_x, seen_x in columns:
            yield (core_y, core_x), (seen_y, seen_x)


def _cuts(length: int) -> list[tuple[slice, slice]]:
    if length <= _TILE_PX + 2 * _MARGIN_PX:
        return [(slice(0, length), slice(0, length))]
    return [
        (
            slice(start, min(start + _TILE_PX, length)),
            slice(max(0, start - _MARGIN_PX), min(length, start + _TILE_PX + _MARGIN_PX)),
        )
        for start in range(0, length, _TILE_PX)
    ]
