"""Photographs beside drawings of them, for the line network: a shelf in → crops of both with inks and quiet places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.lines import extract
from limner.records import CLASSES, Photo, SemanticMap
from limner.train.data.drawings import FREE, STYLES, PairSampler, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.train.data.style_sheets import Shelf

__all__ = ["LineSampler", "common_lines", "quiet_of", "seen_by_liner"]

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
        for k in np.unique(classes):
            # soft borders, as a larger map has when it is brought to this size
            planes[1 + k] = cv2.blur((classes == k).astype(np.float32), (3, 3))
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


def common_lines(
    own: NDArray[np.float32],
    other: NDArray[np.float32],
    classes: NDArray[np.uint8],
    reach_px: int = 3,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the lines of one picture that the other has too, and how much each pixel of that counts.

    Parameters
    ----------
    own, other : ndarray of shape (H, W), float32
        Inks of the classical engine, 0 paper to 1 ink, of a photograph and of a drawing of it, or the other way round.
    classes : ndarray of shape (H, W), uint8
        Class ids of both.
    reach_px : int
        How far a hand may stray.

    Returns
    -------
    wanted : ndarray of shape (H, W), float32
        Own ink where the other has ink within reach; of eyes, brows, nose, lips and glasses all own ink, for these
        must never be missing; of hair without a partner a third, so that only clear strands are drawn.
    weight : ndarray of shape (H, W), float32
        1; less where own ink has no partner, for there the artist may simply have stopped.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach_px + 1,) * 2)
    near = (cv2.dilate(other, disc) > 0.5).astype(np.float32)
    alone = np.where(np.isin(classes, _HAIR), 0.35, 0.0).astype(np.float32)
    share = np.where(np.isin(classes, _FEATURES), 1.0, near + (1 - near) * alone)
    weight = np.where((own > 0.3) & (share < 1), 0.4, 1.0)
    return np.asarray(own * share, np.float32), np.asarray(weight, np.float32)


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
        self.known: dict[int, NDArray[np.uint8]] = {}

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return a batch.

        ``photo`` and ``sketch`` (N, 20, S, S) as the network sees them; ``photo_lines`` and ``sketch_lines``
        (N, 2, S, S), what `common_lines` wants of each and how much it counts; ``drawn`` (N, 1, S, S), the drawing's
        own darkness; ``quiet`` and ``hair`` (N, 1, S, S); ``croquis`` (N,), 1 where the drawing is lines already. All
        float32, 0–1.
        """
        rows = [self._pair(rng) for _ in range(self.count)]
        return {k: np.stack([r[k] for r in rows]) for k in rows[0]}

    def _pair(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        i = int(rng.choice(self.of_style[int(rng.integers(len(self.of_style)))]))
        crop = self.crops.cut(rng, self._five(i, float(rng.uniform(0.85, 1.7))))
        ink, lines = (np.asarray(crop[..., k] / np.float32(255), np.float32) for k in (2, 4))
        both = np.ascontiguousarray(crop[..., 3])
        classes = None if rng.random() < self.blind else crop[..., 3]
        drawn = 1 - crop[..., 1].astype(np.float32) / 255
        return {
            "photo": seen_by_liner(crop[..., 0], classes),
            "sketch": seen_by_liner(crop[..., 1], classes),
            "photo_lines": np.stack(common_lines(ink, lines, both)),
            "sketch_lines": np.stack(common_lines(lines, ink, both)),
            "drawn": np.clip((drawn[None] - 0.25) / 0.35, 0, 1).astype(np.float32),
            "quiet": quiet_of(both)[None],
            "hair": np.isin(both, _HAIR)[None].astype(np.float32),
            "croquis": np.array(self.style[i] == STYLES.index("croquis"), np.float32),
        }

    def _five(self, i: int, k: float) -> NDArray[np.uint8]:
        """Return sheet `i`, `k` times as large, with the classical lines of its drawing as a fifth plane."""
        sheet = self.crops.sheets.sheet(i)
        if i not in self.known:
            drawing = np.repeat(np.ascontiguousarray(sheet[..., 1])[..., None], 3, 2)
            semantic = SemanticMap(np.ascontiguousarray(sheet[..., 3]))
            self.known[i] = (255 * extract(Photo(drawing), semantic).ink).astype(np.uint8)
        sheet = scaled(sheet, k)
        kernel = cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR
        lines = cv2.resize(self.known[i], sheet.shape[1::-1], interpolation=kernel)
        return np.dstack([sheet, lines])
