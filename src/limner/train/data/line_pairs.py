"""Photographs beside drawings of them, for the line network: a shelf in → crops of both with inks and quiet places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.records import CLASSES
from limner.train.data.drawings import FREE, STYLES, PairSampler, scaled
from limner.train.data.parse_crops import shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.train.data.style_sheets import Shelf

__all__ = ["LineSampler", "quiet_of", "seen_by_liner"]

_FEATURES = [
    CLASSES.index(n)
    for n in ("nose", "eye_g", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")
]
_CALM = [CLASSES.index(n) for n in ("skin", "neck", "cloth")]
_HAIR = [CLASSES.index(n) for n in ("hair", "hat")]


def seen_by_liner(
    grey: NDArray[np.uint8], classes: NDArray[np.uint8] | None
) -> NDArray[np.float32]:
    """Return what the line network sees, (20, H, W) float32 0–1: grey and shares; no share where nothing is known."""
    planes = np.zeros((1 + len(CLASSES), *grey.shape), np.float32)
    planes[0] = grey.astype(np.float32) / 255
    if classes is not None:
        quarters = shares(np.ascontiguousarray(classes)).astype(np.float32) / 4
        planes[1:] = quarters.repeat(2, 1).repeat(2, 2)
    return planes


def quiet_of(classes: NDArray[np.uint8], near_px: int = 5) -> NDArray[np.float32]:
    """Return where no line is wanted, (H, W) float32: wall fully, skin, neck and clothes half, far from any border.

    Parameters
    ----------
    classes : ndarray of shape (H, W), uint8
        Class ids.
    near_px : int
        What lies so near to a feature, to hair or to another class may have lines.
    """
    reach = np.ones((2 * near_px + 1,) * 2, np.uint8)
    edge = cv2.morphologyEx(classes, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    busy = edge | np.isin(classes, _FEATURES) | np.isin(classes, _HAIR)
    far = 1 - cv2.dilate(busy.astype(np.uint8), reach).astype(np.float32)
    calm = np.isin(classes, _CALM).astype(np.float32)
    return np.asarray(far * (0.5 * calm + (classes == 0)), np.float32)


class LineSampler:
    """Batches of pairs.

    Parameters
    ----------
    shelf : Shelf
        Only pairs of a photograph and a drawing are taken from it.
    batch, size_px : int
        Pairs a batch; side of a crop.
    blind : float
        How often a pair is shown without its classes, as a sketch comes that no parser understood.
    """

    def __init__(
        self, shelf: Shelf, *, batch: int = 4, size_px: int = 192, blind: float = 0.25
    ) -> None:
        self.crops = PairSampler(shelf, size_px=size_px)
        style = np.asarray(shelf.style)
        alone = [STYLES.index("charcoal"), FREE]
        self.of_style = [
            np.flatnonzero(style == k) for k in sorted(set(style.tolist()) - set(alone))
        ]
        self.style, self.count, self.blind = style, batch, blind

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return a batch.

        ``photo`` and ``sketch`` (N, 20, S, S) as the network sees them; ``ink`` (N, 1, S, S), the lines of the
        photograph by the classical engine; ``drawn`` (N, 1, S, S), the drawing's own darkness; ``quiet`` (N, 1, S, S);
        ``croquis`` (N,), 1 where the drawing is lines already. All float32, 0–1.
        """
        rows = [self._pair(rng) for _ in range(self.count)]
        return {k: np.stack([r[k] for r in rows]) for k in rows[0]}

    def _pair(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        i = int(rng.choice(self.of_style[int(rng.integers(len(self.of_style)))]))
        sheet = scaled(self.crops.sheets.sheet(i), float(rng.uniform(0.85, 1.7)))
        crop = self.crops.cut(rng, sheet)
        classes = None if rng.random() < self.blind else crop[..., 3]
        drawn = 1 - crop[..., 1].astype(np.float32) / 255
        return {
            "photo": seen_by_liner(crop[..., 0], classes),
            "sketch": seen_by_liner(crop[..., 1], classes),
            "ink": crop[None, ..., 2].astype(np.float32) / 255,
            "drawn": np.clip((drawn[None] - 0.25) / 0.35, 0, 1).astype(np.float32),
            "quiet": quiet_of(np.ascontiguousarray(crop[..., 3]))[None],
            "croquis": np.array(self.style[i] == STYLES.index("croquis"), np.float32),
        }
