"""Batches for the shell: head crops in → one view to look at, another to be foretold, with augmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.records import CLASSES, MIRRORED
from limner.train.data.heads import OUTSIDE, mirrored_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.train.data.heads import HeadViews

__all__ = ["HeadPairs", "look"]

_MIRRORED = np.array(MIRRORED, np.uint8)
_HAIR = np.isin(np.arange(256), [13, 6, 7])
_SKIN = np.isin(np.arange(256), [1, 2, 8, 9, 17])
_CLOTH = np.isin(np.arange(256), [14, 18])


def look(views: HeadViews, i: int) -> dict[str, NDArray[Any]]:
    """Return one view: photo (256, 256, 3), labels (256, 256), depth (128, 128) m, pose (2,), points (478, 3)."""
    depth = np.zeros((128, 128), np.float32)
    if views.depth_mm is not None:
        depth = views.depth_mm[i].astype(np.float32) / 1000
    points = np.zeros((478, 3), np.float32)
    if views.points is not None:
        points = views.points[i]
    return {
        "photo": np.asarray(views.photos[i]),
        "labels": np.asarray(views.labels[i]),
        "depth": depth,
        "pose": views.pose_deg[i],
        "points": points,
    }


def mirrored(view: dict[str, NDArray[Any]], swap: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return the view in a mirror: left and right classes, yaw and mesh exchanged."""
    labels = view["labels"][:, ::-1]
    points = view["points"][swap] * np.array([-1, 1, 1], np.float32)
    points[:, 0] += 255 if view["points"].any() else 0
    return {
        "photo": view["photo"][:, ::-1],
        "labels": _MIRRORED[labels & ~np.uint8(OUTSIDE)] | (labels & np.uint8(OUTSIDE)),
        "depth": view["depth"][:, ::-1],
        "pose": view["pose"] * np.array([-1, 1], np.float32),
        "points": points,
    }


class _Tint:
    """One random change of colour, the same for every view of a head: whole picture, hair, skin, clothes."""

    def __init__(self, rng: np.random.Generator, *, synthetic: bool) -> None:
        self.gain = np.exp(rng.normal(0, 0.08, 3) + rng.normal(0, 0.12)).astype(np.float32)
        self.regions: list[tuple[NDArray[np.bool_], NDArray[np.float32], NDArray[np.float32]]] = []
        if not synthetic:
            return
        for mask, spread, lift in ((_HAIR, 0.25, 70.0), (_SKIN, 0.12, 12.0), (_CLOTH, 0.4, 60.0)):
            if rng.random() < 0.6:
                gain = np.exp(rng.normal(0, spread) + rng.normal(0, spread / 2, 3))
                # hair of the synthetic heads is mostly black: lift it, towards yellow and red
                shade = np.array([1.0, rng.uniform(0.6, 1), rng.uniform(0.2, 1)])
                offset = max(0.0, rng.normal(0, 0.6)) * lift * shade
                self.regions.append((mask, gain.astype(np.float32), offset.astype(np.float32)))

    def __call__(self, photo: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        x = photo.astype(np.float32)
        for mask, gain, offset in self.regions:
            soft = cv2.GaussianBlur(mask[labels].astype(np.float32), (0, 0), 0.8)[..., None]
            x += soft * (x * (gain - 1) + offset * (1 - x / 255))
        out: NDArray[np.uint8] = np.clip(x * self.gain, 0, 255).astype(np.uint8)
        return out


def _other_ground(
    photo: NDArray[np.uint8], labels: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the picture before another, blurred ground: synthetic heads stand before plain ones only."""
    cells = rng.uniform(0, 255, (int(rng.integers(1, 7)), int(rng.integers(1, 7)), 3))
    ground = cv2.resize(cells.astype(np.uint8), labels.shape[::-1], interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), 0.7)[..., None]
    mixed: NDArray[np.uint8] = (photo * soft + ground * (1 - soft)).astype(np.uint8)
    return mixed


class HeadPairs:
    """One view in, another out.

    Parameters
    ----------
    synthetic : HeadViews
        Pairs: both views are of one head; either may be any of its views.
    real : HeadViews, optional
        Photographs: the view to foretell is the view itself.
    batch : int
        Pairs in a batch.
    real_share : float
        How many of them are photographs.
    augment : float
        0 none to 1 all.
    """

    def __init__(
        self,
        synthetic: HeadViews,
        real: HeadViews | None = None,
        *,
        batch: int = 8,
        real_share: float = 0.25,
        augment: float = 1.0,
    ) -> None:
        self.synthetic, self.real, self.count = synthetic, real, batch
        self.real_share = real_share if real is not None else 0.0
        self.augment = augment
        self.views_of = [np.flatnonzero(synthetic.head == h) for h in np.unique(synthetic.head)]
        self.swap = mirrored_mesh()
        # pictures that hold glasses, hats, earrings or necklaces come more often
        self.real_odds = np.ones(0) if real is None else _odds(real.labels)

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return photo, labels, pose of the view seen; out_photo, out_labels, out_depth, out_pose, points; real.

        Photographs (N, 3, 256, 256) uint8, labels (N, 256, 256) uint8 (the seen ones clean, the others with
        `OUTSIDE`), depth (N, 128, 128) m, poses (N, 2) degrees, points (N, 478, 3), real (N,) float32 0 or 1.
        """
        rows = [self.pair(rng) for _ in range(self.count)]
        return {k: np.ascontiguousarray(np.stack([r[k] for r in rows])) for k in rows[0]}

    def pair(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return one pair, without the batch's axis."""
        is_real = bool(rng.random() < self.real_share)
        if is_real and self.real is not None:
            seen = out = look(self.real, int(np.searchsorted(self.real_odds, rng.random())))
        else:
            group = self.views_of[int(rng.integers(len(self.views_of)))]
            i, j = rng.choice(group, 2) if rng.random() < 0.85 else [rng.choice(group)] * 2
            seen, out = look(self.synthetic, int(i)), look(self.synthetic, int(j))
        if rng.random() < 0.5:
            seen, out = mirrored(seen, self.swap), mirrored(out, self.swap)
        if self.augment > 0:
            seen, out = self._changed(seen, out, rng, synthetic=not is_real)
        return {
            "photo": seen["photo"].transpose(2, 0, 1),
            # beyond its edge a photograph has no classes, so the encoder sees ground there, as at use
            "labels": np.where(seen["labels"] >= OUTSIDE, 0, seen["labels"]).astype(np.uint8),
            "pose": seen["pose"].astype(np.float32),
            "out_photo": out["photo"].transpose(2, 0, 1),
            "out_labels": out["labels"],
            "out_depth": out["depth"],
            "out_pose": out["pose"].astype(np.float32),
            "points": out["points"],
            "real": np.array(is_real, np.float32),
        }

    def _changed(
        self,
        seen: dict[str, NDArray[Any]],
        out: dict[str, NDArray[Any]],
        rng: np.random.Generator,
        *,
        synthetic: bool,
    ) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
        """Change colours of both views alike, ground, sharpness and place of the seen one alone."""
        tint = _Tint(rng, synthetic=synthetic)
        out = out | {"photo": tint(out["photo"], out["labels"])}
        seen = seen | {"photo": tint(seen["photo"], seen["labels"])}
        if synthetic and rng.random() < 0.6 * self.augment:
            ground = _other_ground(seen["photo"], seen["labels"], rng)
            seen = seen | {"photo": ground}
        if rng.random() < 0.5 * self.augment:
            seen = _shifted(seen, rng)
        return self._taken_worse(seen, rng), out

    def recoloured(
        self, view: dict[str, NDArray[Any]], rng: np.random.Generator, *, synthetic: bool
    ) -> dict[str, NDArray[Any]]:
        """Return one view with other colours, ground and sharpness, every pixel where it was."""
        photo = _Tint(rng, synthetic=synthetic)(view["photo"], view["labels"])
        if synthetic and rng.random() < 0.6 * self.augment:
            photo = _other_ground(photo, view["labels"], rng)
        return self._taken_worse(view | {"photo": photo}, rng)

    def _taken_worse(
        self, seen: dict[str, NDArray[Any]], rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Return the view a little out of focus or noisy."""
        photo = seen["photo"]
        if rng.random() < 0.25 * self.augment:
            photo = cv2.GaussianBlur(np.ascontiguousarray(photo), (0, 0), rng.uniform(0.4, 1.3))
        if rng.random() < 0.25 * self.augment:
            noise = rng.normal(0, rng.uniform(1, 8), photo.shape)
            photo = np.clip(photo + noise, 0, 255).astype(np.uint8)
        return seen | {"photo": photo}


def _shifted(view: dict[str, NDArray[Any]], rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Return the view as a pose that was found a little wrong would cut it."""
    k, t = np.exp(rng.normal(0, 0.015)), np.radians(rng.normal(0, 1.0))
    a = k * np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    m = np.c_[a, 127.5 + rng.normal(0, 1.5, 2) - a @ [127.5, 127.5]]
    border = cv2.BORDER_REPLICATE
    photo, labels = (np.ascontiguousarray(view[k]) for k in ("photo", "labels"))
    return view | {
        "photo": cv2.warpAffine(photo, m, (256, 256), flags=cv2.INTER_LINEAR, borderMode=border),
        "labels": cv2.warpAffine(labels, m, (256, 256), flags=cv2.INTER_NEAREST, borderMode=border),
        "pose": view["pose"] + rng.normal(0, 1.5, 2).astype(np.float32),
    }


def _odds(labels: NDArray[np.uint8]) -> NDArray[np.float64]:
    rare = np.zeros(256, bool)
    rare[[CLASSES.index(n) for n in ("eye_g", "hat", "ear_r", "neck_l")]] = True
    holds = np.array([rare[y[::4, ::4]].any() for y in labels])
    weights = np.where(holds, 2.0, 1.0)
    odds: NDArray[np.float64] = np.cumsum(weights / weights.sum())
    odds[-1] = 1.0
    return odds
