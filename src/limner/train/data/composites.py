"""Pictures for the detector: faces, masks and face-free pictures in → a scene and the exact box of each face.

People are cut out by their masks, or taken with their whole picture, and set at random size, place and roll; a box is
the extent of the turned mesh points, so it is exact whatever the turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.train.data.augment import photograph
from limner.train.data.packs import Pack

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.train.data.sitters import Sitters

__all__ = ["FIVE", "SceneSampler", "facefree"]

#: Mesh points whose means are right eye, left eye, nose, right and left mouth corner.
FIVE = ((33, 133), (362, 263), (1, 1), (61, 61), (291, 291))
_MOST = 12


def facefree(folder: Path, split: str) -> list[NDArray[np.uint8]]:
    """Return pictures without a face: every third trains, the others test."""
    pack = Pack(folder / "facefree.tar")
    ids = pack.ids("photo")
    return [pack.rgb("photo", i) for n, i in enumerate(ids) if (n % 3 == 0) == (split == "train")]


@dataclass(slots=True)
class _Scene:
    picture: NDArray[np.uint8]
    boxes: list[NDArray[np.float32]] = field(default_factory=list)
    fives: list[NDArray[np.float32]] = field(default_factory=list)


class SceneSampler:
    """Batches of scenes.

    Parameters
    ----------
    sitters : Sitters
        Whom to set in.
    grounds : list of ndarray
        Face-free pictures.
    batch : int
        Scenes a batch.
    size_px : int
        Side of a scene.
    """

    def __init__(
        self,
        sitters: Sitters,
        grounds: list[NDArray[np.uint8]],
        *,
        batch: int = 16,
        size_px: int = 320,
    ) -> None:
        self.sitters, self.grounds, self.count, self.size = sitters, grounds, batch, size_px
        masked = sitters.masks[:, 128, 128] > 0
        self.cut_out = np.flatnonzero(masked)
        weights = np.where(sitters.kind == 1, 2.0, np.where(sitters.kind == 2, 0.6, 1.0))
        self.weights = np.cumsum(weights / weights.sum())
        cut = weights[self.cut_out]
        self.cut_weights = np.cumsum(cut / cut.sum())

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """Return pictures (N, 3, S, S) uint8, boxes (N, 12, 4), points (N, 12, 5, 2), counts (N,)."""
        scenes = [self.scene(rng) for _ in range(self.count)]
        boxes = np.zeros((self.count, _MOST, 4), np.float32)
        fives = np.zeros((self.count, _MOST, 5, 2), np.float32)
        counts = np.zeros(self.count, np.int64)
        for i, s in enumerate(scenes):
            counts[i] = n = min(len(s.boxes), _MOST)
            if n:
                boxes[i, :n], fives[i, :n] = s.boxes[:n], s.fives[:n]
        pictures = np.stack([s.picture for s in scenes]).transpose(0, 3, 1, 2)
        return {
            "pictures": np.ascontiguousarray(pictures),
            "boxes": boxes,
            "fives": fives,
            "counts": counts,
        }

    def scene(self, rng: np.random.Generator) -> _Scene:
        """Return one scene: many cut-out people, one whole picture, a grid of pictures, or nobody."""
        kind = rng.random()
        if kind < 0.10:
            scene = _Scene(self.ground(rng))
        elif kind < 0.50:
            scene = self.crowd(rng)
        elif kind < 0.80:
            scene = self._single(rng)
        else:
            scene = self._grid(rng)
        scene.picture = photograph(scene.picture, rng)
        return scene

    def ground(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Return a square without a face: a picture's crop, plain colour clouds, or a person's rest."""
        choice = rng.random()
        if choice < 0.12:
            low = rng.uniform(0, 255, (int(rng.integers(2, 24)), int(rng.integers(2, 24)), 3))
            clouds = cv2.resize(
                low.astype(np.uint8), (self.size, self.size), interpolation=cv2.INTER_CUBIC
            )
            return np.asarray(clouds, np.uint8)
        if choice < 0.40:
            return self._faceless(rng)
        picture = self.grounds[int(rng.integers(len(self.grounds)))]
        return self._random_crop(picture, rng)

    def _random_crop(
        self, picture: NDArray[np.uint8], rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        h, w = picture.shape[:2]
        side = int(min(h, w) * rng.uniform(0.25, 1.0))
        y, x = int(rng.integers(0, h - side + 1)), int(rng.integers(0, w - side + 1))
        crop = cv2.resize(
            picture[y : y + side, x : x + side],
            (self.size, self.size),
            interpolation=cv2.INTER_AREA,
        )
        crop = np.rot90(crop, int(rng.integers(4)))
        return np.ascontiguousarray(crop[:, ::-1] if rng.random() < 0.5 else crop)

    def _faceless(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Return hair, ears, shirts and hands without the face: its hull is filled from around it."""
        i = int(rng.integers(len(self.sitters.sizes)))
        w, h = self.sitters.sizes[i]
        picture = np.array(self.sitters.pictures[i, :h, :w])
        points = self.sitters.points[i, :468, :2]
        middle = points.mean(0)
        hull = cv2.convexHull((middle + (points - middle) * 1.25).astype(np.int32))
        hole = cv2.fillConvexPoly(np.zeros((h, w), np.uint8), hull, 255)
        small = cv2.resize(picture, (w // 4, h // 4), interpolation=cv2.INTER_AREA)
        small_hole = cv2.resize(hole, (w // 4, h // 4), interpolation=cv2.INTER_NEAREST)
        fill = cv2.resize(cv2.inpaint(small, small_hole, 5, cv2.INPAINT_TELEA), (int(w), int(h)))
        noise = rng.normal(0, rng.uniform(0, 14), fill.shape)
        fill = np.clip(fill + noise, 0, 255).astype(np.uint8)
        soft = cv2.GaussianBlur(hole, (0, 0), rng.uniform(1, 6))[..., None] / 255.0
        mixed = (picture * (1 - soft) + fill * soft).astype(np.uint8)
        return self._random_crop(mixed, rng)

    def _pick(self, rng: np.random.Generator, *, cut: bool) -> int:
        weights = self.cut_weights if cut else self.weights
        place = min(int(np.searchsorted(weights, rng.random())), len(weights) - 1)
        return int(self.cut_out[place]) if cut else place

    @staticmethod
    def _roll(rng: np.random.Generator) -> float:
        return float(rng.uniform(0, 360)) if rng.random() < 0.3 else float(rng.normal(0, 15))

    def _place(
        self,
        scene: _Scene,
        i: int,
        *,
        matrix: NDArray[np.float64],
        mirror: bool,
        cut: bool = False,
        bleed: bool = False,
        region: NDArray[np.bool_] | None = None,
    ) -> bool:
        """Set person `i` into the scene by `matrix`; say whether there was room."""
        w, h = (int(v) for v in self.sitters.sizes[i])
        picture = self.sitters.pictures[i, :h, :w]
        mask = self.sitters.masks[i, :h, :w] if cut else np.full((h, w), 255, np.uint8)
        points = self.sitters.points[i, :, :2].astype(np.float64)
        if mirror:
            picture, mask = picture[:, ::-1], mask[:, ::-1]
            points = points * [-1, 1] + [w - 1, 0]
        turned = points @ matrix[:, :2].T + matrix[:, 2]
        low, high = turned[:468].min(0), turned[:468].max(0)
        box = np.r_[low, high].astype(np.float32)
        if not self._has_room(scene, box):
            return False
        frame = (0, 0, self.size, self.size) if bleed else self._frame(matrix, w, h)
        patch, alpha = _warped(picture, mask, matrix, frame, bleed=bleed)
        x0, y0, x1, y1 = frame
        if region is not None:
            alpha = np.where(region[y0:y1, x0:x1], alpha, 0).astype(np.uint8)
        if any(_covered(b - np.array([x0, y0, x0, y0]), alpha) > 0.25 for b in scene.boxes):
            return False
        a = cv2.GaussianBlur(alpha, (0, 0), 0.8)[..., None].astype(np.float32) / 255
        part = scene.picture[y0:y1, x0:x1]
        scene.picture[y0:y1, x0:x1] = (part * (1 - a) + patch * a).astype(np.uint8)
        five = turned[np.array(FIVE)].mean(1).astype(np.float32)
        if mirror:
            five = five[[1, 0, 2, 4, 3]]
        scene.boxes.append(box)
        scene.fives.append(five)
        return True

    def _has_room(self, scene: _Scene, box: NDArray[np.float32]) -> bool:
        """Say whether most of a box lies in the scene and no other box is in its way."""
        clipped = np.clip(box, 0, self.size - 1)
        area = float(np.prod(box[2:] - box[:2]))
        return not (
            np.prod(clipped[2:] - clipped[:2]) < 0.6 * area
            or any(_overlap(box, b) > 0.05 for b in scene.boxes)
        )

    def _frame(self, matrix: NDArray[np.float64], w: int, h: int) -> tuple[int, int, int, int]:
        """Return the part of the scene, x0, y0, x1, y1, that a picture of w × h px may reach."""
        corners = (
            np.array([[0, 0], [w, 0], [0, h], [w, h]], np.float64) @ matrix[:, :2].T + matrix[:, 2]
        )
        x0, y0 = np.clip(np.floor(corners.min(0)) - 2, 0, self.size).astype(int)
        x1, y1 = np.clip(np.ceil(corners.max(0)) + 3, 0, self.size).astype(int)
        return int(x0), int(y0), int(x1), int(y1)

    def _matrix(
        self, i: int, *, height: float, centre: NDArray[np.float64], roll_deg: float, mirror: bool
    ) -> NDArray[np.float64]:
        points = self.sitters.points[i, :468, :2]
        low, high = points.min(0), points.max(0)
        middle = ((low + high) / 2).astype(np.float64)
        if mirror:
            middle[0] = self.sitters.sizes[i, 0] - 1 - middle[0]
        k, t = height / float((high - low).max()), np.radians(roll_deg)
        a = k * np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
        return np.column_stack([a, centre - a @ middle])

    def crowd(self, rng: np.random.Generator) -> _Scene:
        """Return up to seven people on a ground, any size, place and roll."""
        scene = _Scene(self.ground(rng))
        for _ in range(int(rng.integers(1, 8))):
            i, mirror, cut = self._pick(rng, cut=True), rng.random() < 0.5, True
            if rng.random() < 0.35:
                i, cut = self._pick(rng, cut=False), False
            height = float(np.exp(rng.uniform(np.log(10), np.log(0.7 * self.size))))
            centre = rng.uniform(0.05, 0.95, 2) * self.size
            matrix = self._matrix(
                i, height=height, centre=centre, roll_deg=self._roll(rng), mirror=mirror
            )
            self._place(scene, i, matrix=matrix, mirror=mirror, cut=cut)
        return scene

    def _single(self, rng: np.random.Generator) -> _Scene:
        ground = np.full(
            (self.size, self.size, 3),
            rng.integers(0, 256, 3 if rng.random() < 0.5 else 1),
            np.uint8,
        )
        scene = _Scene(self.ground(rng) if rng.random() < 0.3 else ground)
        i, mirror = self._pick(rng, cut=False), rng.random() < 0.5
        height = float(np.exp(rng.uniform(np.log(0.12), np.log(0.95)))) * self.size
        centre = rng.uniform(0.3, 0.7, 2) * self.size
        matrix = self._matrix(
            i, height=height, centre=centre, roll_deg=self._roll(rng), mirror=mirror
        )
        self._place(scene, i, matrix=matrix, mirror=mirror, bleed=rng.random() < 0.6)
        return scene

    def _grid(self, rng: np.random.Generator) -> _Scene:
        scene = _Scene(self.ground(rng))
        n = int(rng.integers(2, 5))
        cell = self.size / n
        for k in range(n * n):
            if rng.random() < 0.2:
                continue
            i, mirror = self._pick(rng, cut=False), rng.random() < 0.5
            corner = np.array([k % n, k // n]) * cell
            region = np.zeros((self.size, self.size), bool)
            x, y = (int(v) for v in corner)
            region[y : int(y + cell), x : int(x + cell)] = True
            height = cell * rng.uniform(0.35, 0.75)
            centre = corner + cell / 2 + rng.normal(0, 0.05 * cell, 2)
            matrix = self._matrix(
                i, height=height, centre=centre, roll_deg=self._roll(rng), mirror=mirror
            )
            self._place(scene, i, matrix=matrix, mirror=mirror, region=region)
        return scene


def _warped(
    picture: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    frame: tuple[int, int, int, int],
    *,
    bleed: bool,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a picture and its mask as they lie in a frame of the scene; mirrored outwards if they `bleed`."""
    x0, y0, x1, y1 = frame
    local, size = matrix - [[0, 0, x0], [0, 0, y0]], (x1 - x0, y1 - y0)
    flags = cv2.INTER_AREA if abs(np.linalg.det(matrix[:, :2])) < 0.5 else cv2.INTER_LINEAR
    border = cv2.BORDER_REFLECT if bleed else cv2.BORDER_CONSTANT
    patch = cv2.warpAffine(
        np.ascontiguousarray(picture), local, size, flags=flags, borderMode=border
    )
    soft = cv2.warpAffine(
        np.ascontiguousarray(mask), local, size, flags=cv2.INTER_LINEAR, borderMode=border
    )
    return np.asarray(patch, np.uint8), np.asarray(soft, np.uint8)


def _overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the share of the smaller box that the other covers."""
    side = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if side.min() <= 0:
        return 0.0
    return float(np.prod(side) / max(1.0, min(np.prod(a[2:] - a[:2]), np.prod(b[2:] - b[:2]))))


def _covered(box: NDArray[np.float32], alpha: NDArray[np.uint8]) -> float:
    (x0, y0), (x1, y1) = np.maximum(box[:2], 0).astype(int), np.maximum(box[2:], 0).astype(int)
    inside = alpha[y0 : y1 + 1, x0 : x1 + 1] > 127
    return float(inside.sum() / max(1.0, np.prod(box[2:] - box[:2])))
