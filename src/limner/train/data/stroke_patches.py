"""Patches of drawings with the stroke that each should show: sheets in → balanced batches for the classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from limner.metrics.strokes import PATCH_PX, STROKE_TYPES, cut, stroke_types

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PatchSampler", "patches_of"]

#: Sheets that a batch is gathered from.
_SHEETS = 6


class Sheets(Protocol):
    """What holds sheets: `limner.train.data.drawings.Sheets`, or a shelf."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Names."""

    def sheet(self, i: int) -> NDArray[np.uint8]:
        """Return sheet `i`."""


def patches_of(
    drawn: NDArray[np.uint8], classes: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return a drawing's patches on which a stroke is judged, (N, 1, 16, 16) 0–1, and their types (N,)."""
    types = stroke_types(classes)
    asked = types >= 0
    patches = np.asarray(cut(drawn)[asked], np.float32)[:, None] / np.float32(255)
    return patches, types[asked].astype(np.int64)


class PatchSampler:
    """Batches in which the seven strokes are about equally frequent.

    Parameters
    ----------
    sheets : Sheets
        Grey, drawing, ink, class; only drawing and class are looked at.
    batch : int
        Patches.

    Notes
    -----
    Sheets are scaled by 0.6 to 1.1 and shifted by less than a patch, so that the classifier serves drawings at the
    artists' scale and at the 256² of the protocols alike.
    """

    def __init__(self, sheets: Sheets, *, batch: int = 512) -> None:
        self.sheets, self.count = sheets, batch

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return patch (N, 1, 16, 16) float32, 0 ink to 1 paper, and type (N,) int64."""
        found = [self._of(int(i), rng) for i in rng.integers(len(self.sheets.ids), size=_SHEETS)]
        patches = np.concatenate([p for p, _ in found])
        types = np.concatenate([t for _, t in found])
        count = np.bincount(types, minlength=len(STROKE_TYPES))
        chance = 1.0 / count[types]
        picked = rng.choice(len(types), self.count, p=chance / chance.sum())
        return {"patch": patches[picked], "type": types[picked]}

    def _of(
        self, i: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        sheet = self.sheets.sheet(i)
        drawn, classes = (np.ascontiguousarray(sheet[..., k]) for k in (1, 3))
        k = float(rng.uniform(0.6, 1.1))
        size = tuple(max(2 * PATCH_PX, round(n * k)) for n in drawn.shape[::-1])
        kernel = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
        drawn = np.asarray(cv2.resize(drawn, size, interpolation=kernel), np.uint8)
        classes = np.asarray(cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        y, x = rng.integers(0, PATCH_PX, 2)
        drawn, classes = drawn[y:, x:], classes[y:, x:]
        if rng.random() < 0.5:
            drawn, classes = drawn[:, ::-1], classes[:, ::-1]
        return patches_of(drawn, classes)
