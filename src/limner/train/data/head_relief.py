"""Batches for the relief: head crops and the shell's depth of them in → what the true surface is, where it is known.

Synthetic heads know their depth everywhere. Photographs know it where their mesh points lie on skin, up to where the
face as a whole stands; without them the network would learn the look of synthetic hair alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.geometry.camera import Camera
from limner.train.data.head_pairs import HeadPairs, look, mirrored
from limner.train.data.heads import OUTSIDE, kept_rows, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.train.data.heads import HeadViews

__all__ = ["ReliefCrops", "shell_depths"]

_SIDE = 128
#: Mesh points of the surface; the irises' follow.
_SURFACE = 468


def shell_depths(views: HeadViews, folder: Path) -> NDArray[np.uint16]:
    """Return the depth of each view's shell from the view's own camera, built in `folder` the first time.

    Parameters
    ----------
    views : HeadViews
        Any.
    folder : Path
        Where the array is kept; the hashes of the networks that made it are part of its name.

    Returns
    -------
    ndarray of shape (N, 128, 128), uint16
        mm; 0 where there is no head.
    """
    shape = (len(views), _SIDE, _SIDE)
    return kept_rows(folder, "shell", shape, np.uint16, lambda i: _shell_of(views, i))


def _shell_of(views: HeadViews, i: int) -> NDArray[np.uint16]:
    from limner.heads import HeadRenderer
    from limner.heads.encode import from_source

    source = source_of(views, i)
    turn = HeadRenderer(from_source(source), own_pixels=False, refine=False)
    depth = turn.render(Camera(source.yaw_deg, source.pitch_deg, _SIDE)).depth
    return np.asarray(np.rint(1000 * depth), np.uint16)


class ReliefCrops:
    """Views with the shell's depth and the true one.

    Parameters
    ----------
    synthetic, real : HeadViews
        Heads with depth; photographs with mesh points.
    shells : two ndarrays of shape (N, 128, 128), uint16
        Of either, from `shell_depths`.
    batch : int
        Views in a batch.
    real_share : float
        How many of them are photographs.
    """

    def __init__(
        self,
        synthetic: HeadViews,
        real: HeadViews,
        shells: tuple[NDArray[np.uint16], NDArray[np.uint16]],
        *,
        batch: int = 16,
        real_share: float = 0.3,
    ) -> None:
        self.views, self.shells = (synthetic, real), shells
        self.count, self.real_share = batch, real_share
        self.pairs = HeadPairs(synthetic, real, batch=batch)

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return photo, labels, shell, depth, points and known.

        Photo (N, 3, 128, 128) and labels (N, 256, 256), uint8; shell and depth (N, 1, 128, 128), m; points (N, 468, 3)
        in px of 128² and m; known (N, 468), 1 where a point lies on skin that is seen.
        """
        rows = [self._one(rng) for _ in range(self.count)]
        return {k: np.ascontiguousarray(np.stack([r[k] for r in rows])) for k in rows[0]}

    def _one(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        kind = int(rng.random() < self.real_share)
        views, shells = self.views[kind], self.shells[kind]
        i = int(rng.integers(len(views)))
        return self.pack(i, kind, shells[i], rng)

    def pack(
        self, i: int, kind: int, shell: NDArray[np.uint16], rng: np.random.Generator | None
    ) -> dict[str, NDArray[Any]]:
        """Return one view, without the batch's axis; `rng` None changes nothing."""
        view = look(self.views[kind], i) | {"shell": shell.astype(np.float32) / 1000}
        if rng is not None and rng.random() < 0.5:
            view = mirrored(view, self.pairs.swap) | {"shell": view["shell"][:, ::-1]}
        if rng is not None:
            view = self.pairs.recoloured(view, rng, synthetic=kind == 0)
        labels = np.where(view["labels"] >= OUTSIDE, 0, view["labels"]).astype(np.uint8)
        small = cv2.resize(
            np.ascontiguousarray(view["photo"]), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA
        )
        points = view["points"][:_SURFACE].astype(np.float32)
        known = _on_skin(points, labels) if kind else np.zeros(_SURFACE, np.float32)
        return {
            "photo": small.transpose(2, 0, 1),
            "labels": labels,
            "shell": view["shell"][None],
            "depth": view["depth"][None],
            "points": points * np.array([0.5, 0.5, 1], np.float32) - np.array([0.25, 0.25, 0], np.float32),
            "known": known,
        }  # fmt: skip


def _on_skin(points: NDArray[np.float32], labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return 1 for the points that lie well inside the face as it is seen: hair and glasses lie in front of others."""
    face = np.isin(labels, (1, 2, 4, 5, 6, 7, 10, 11, 12)).astype(np.uint8)
    inner = cv2.erode(face, np.ones((9, 9), np.uint8))
    at = np.clip(np.rint(points[:, :2]).astype(int), 0, labels.shape[0] - 1)
    return np.asarray(inner[at[:, 1], at[:, 0]], np.float32)
