"""Batches for the portrait: photographs beside what their codes alone render, and renderings of nobody.

What the codes of a photographed person render is soft, and the photograph says what it should have been. Of a random
head nothing says that: there critics judge alone. Renderings are those of the graphs that ship, built once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.geometry.camera import Camera
from limner.heads.ground import PAPER
from limner.records import Head, HeadPart, SemanticMap
from limner.train.data.head_pairs import look, mirrored
from limner.train.data.heads import OUTSIDE, kept_rows, mirrored_mesh, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.train.data.heads import HeadViews

__all__ = ["PortraitCrops", "of_codes", "of_seeds"]

_SIDE = 256
#: How often a photograph's codes are helped by some of what they miss: random heads are never, their look varies more.
_HELPED = 0.3


def of_codes(views: HeadViews, chosen: NDArray[np.int64], folder: Path) -> NDArray[np.uint8]:
    """Return what the codes of some photographs render from the photographs' own cameras.

    Returns
    -------
    ndarray of shape (N, 256, 256, 3), uint8
        On the ground that heads without a photograph have.
    """

    def row(k: int) -> NDArray[np.uint8]:
        from limner.heads.encode import from_source

        i = int(chosen[k])
        source = source_of(views, i)
        chance = np.random.default_rng(i)
        share = float(chance.uniform(0, 0.7)) if chance.random() < _HELPED else 0.0
        camera = Camera(source.yaw_deg, source.pitch_deg, _SIDE)
        return _rendered(_helped(from_source(source), share), camera)[..., :3]

    shape = (len(chosen), _SIDE, _SIDE, 3)
    return kept_rows(folder, f"portrait-codes-{len(chosen)}", shape, np.uint8, row)


def of_seeds(seeds: range, folder: Path, *, turn_deg: float) -> NDArray[np.uint8]:
    """Return random heads seen from near the front: rendering and classes, (N, 256, 256, 4) uint8."""

    def row(k: int) -> NDArray[np.uint8]:
        from limner.heads.sample import sample_head

        seed = seeds[k]
        chance = np.random.default_rng((seed, 1))
        yaw, pitch = chance.normal(0, 1, 2) * turn_deg * np.array([1.0, 0.5])
        camera = Camera(float(np.clip(yaw, -40, 40)), float(np.clip(pitch, -15, 15)), _SIDE)
        return _rendered(sample_head(seed, truncation_psi=float(chance.uniform(0.5, 1))), camera)

    kind = f"portrait-seeds-{seeds.start}-{seeds.stop}-{turn_deg:g}"
    return kept_rows(folder, kind, (len(seeds), _SIDE, _SIDE, 4), np.uint8, row)


def _helped(head: Head, share: float) -> Head:
    """Return a head with only a share of what its codes miss."""
    parts = {
        name: HeadPart(part.codes, (part.residual * np.float16(share)).astype(np.float16))
        for name, part in head.parts.items()
    }
    return Head(head.base, parts, weights=head.weights)


def _rendered(head: Head, camera: Camera) -> NDArray[np.uint8]:
    """Return what a camera sees of a head: three channels of picture, one of classes."""
    from limner.heads import HeadRenderer
    from limner.heads.portrait import told_by

    coarse, labels = told_by(HeadRenderer(head, own_pixels=False, refine=False).render(camera))
    return np.concatenate([coarse, labels[..., None]], -1)


class PortraitCrops:
    """Photographs with the rendering of their codes, and renderings of random heads.

    Parameters
    ----------
    real : HeadViews
        Photographs with human labels.
    chosen : ndarray of shape (N,), int64
        Which of them are used.
    codes : ndarray of shape (N, 256, 256, 3), uint8
        From `of_codes`, of those.
    seeds : ndarray of shape (M, 256, 256, 4), uint8
        From `of_seeds`.
    batch : int
        Photographs in a batch.
    nobody : int
        Random heads beside them.
    """

    def __init__(
        self,
        real: HeadViews,
        chosen: NDArray[np.int64],
        codes: NDArray[np.uint8],
        seeds: NDArray[np.uint8],
        *,
        batch: int,
        nobody: int,
    ) -> None:
        self.real, self.chosen, self.codes, self.seeds = real, chosen, codes, seeds
        self.count, self.nobody = batch, nobody
        self.swap = mirrored_mesh()

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return photo, coarse, labels, known of photographs; nobody and nobody_labels of random heads.

        Pictures (N, 3, 256, 256), labels and known (N, 256, 256), all uint8; known is 1 where the photograph reaches.
        """
        rows = [self.person(int(rng.integers(len(self.chosen))), rng) for _ in range(self.count)]
        found = {k: np.stack([r[k] for r in rows]) for k in rows[0]}
        others = [self.other(int(rng.integers(len(self.seeds))), rng) for _ in range(self.nobody)]
        found |= {k: np.stack([r[k] for r in others]) for k in others[0]}
        return {k: np.ascontiguousarray(v) for k, v in found.items()}

    def person(self, k: int, rng: np.random.Generator | None) -> dict[str, NDArray[Any]]:
        """Return one photograph, without the batch's axis; `rng` None mirrors nothing."""
        view = look(self.real, int(self.chosen[k]))
        coarse = np.asarray(self.codes[k])
        if rng is not None and rng.random() < 0.5:
            view, coarse = mirrored(view, self.swap), coarse[:, ::-1]
        classes = view["labels"] & np.uint8(OUTSIDE - 1)
        return {
            "photo": alone(view["photo"], classes).transpose(2, 0, 1),
            "coarse": coarse.transpose(2, 0, 1),
            "labels": classes,
            "known": (view["labels"] < OUTSIDE).astype(np.uint8),
        }

    def other(self, k: int, rng: np.random.Generator | None) -> dict[str, NDArray[Any]]:
        """Return one random head, without the batch's axis."""
        row = np.asarray(self.seeds[k])
        picture, labels = row[..., :3], row[..., 3]
        if rng is not None and rng.random() < 0.5:
            picture, labels = picture[:, ::-1], SemanticMap(labels).mirrored().labels
        return {"nobody": picture.transpose(2, 0, 1), "nobody_labels": labels}


def alone(photo: NDArray[np.uint8], classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the head of a photograph (S, S, 3) on the ground of heads without one."""
    share = cv2.GaussianBlur((classes > 0).astype(np.float32), (0, 0), 0.7)[..., None]
    return np.asarray(np.rint(photo * share + PAPER * (1 - share)), np.uint8)
