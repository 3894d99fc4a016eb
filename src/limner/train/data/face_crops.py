"""Crops for the landmark network: faces of the packs in → crops with points, pose and presence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from limner.train.data.augment import photograph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.train.data.composites import SceneSampler
    from limner.train.data.sitters import Sitters

__all__ = ["CROP_PX", "CropSampler", "mirror_order", "upright"]

CROP_PX = 192
_EYES = (33, 263)


def mirror_order(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return which point takes each point's place in a mirrored face.

    Parameters
    ----------
    points : ndarray of shape (N, 478, 3), float32
        Near-frontal faces, x, y, z px; their mean is symmetric enough to match left and right.
    """
    aligned = []
    for face in points[:400]:
        middle = face[:468].mean(0)
        eye = face[263] - face[33]
        angle = np.arctan2(eye[1], eye[0])
        c, s = np.cos(angle), np.sin(angle)
        turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        aligned.append((face - middle) @ turn.T / np.linalg.norm(eye))
    mean = np.mean(aligned, 0)[:468]
    mean[:, 0] -= (mean[33, 0] + mean[263, 0]) / 2
    cost = np.linalg.norm(mean[:, None] - (mean * [-1, 1, 1])[None], axis=2)
    order = linear_sum_assignment(cost**2)[1]
    return np.concatenate([order, np.arange(473, 478), np.arange(468, 473)])


def upright(
    points: NDArray[np.float32],
    *,
    grow: float = 1.5,
    roll_deg: float = 0.0,
    shift: tuple[float, float] = (0, 0),
) -> NDArray[np.float64]:
    """Return the (2, 3) matrix from picture px to the upright square crop around a face.

    Parameters
    ----------
    points : ndarray of shape (478, 2), float32
        Mesh points, px.
    grow : float
        Side of the crop over the longer side of the points' box.
    roll_deg : float
        Turn added to upright.
    shift : tuple of float
        Move of the centre, in shares of the side.
    """
    eye = points[_EYES[1], :2] - points[_EYES[0], :2]
    angle = float(np.arctan2(eye[1], eye[0])) + np.radians(roll_deg)
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, s], [-s, c]])
    turned = points[:468, :2] @ turn.T
    low, high = turned.min(0), turned.max(0)
    side = grow * float((high - low).max())
    middle = (low + high) / 2 + np.array(shift) * side
    k = CROP_PX / side
    return np.column_stack([turn * k, CROP_PX / 2 - 0.5 - k * middle])


def _resized(
    picture: NDArray[np.uint8], side: int, kernel: int = cv2.INTER_AREA
) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=kernel), np.uint8)


class CropSampler:
    """Batches of upright crops.

    Parameters
    ----------
    sitters : Sitters
        Faces.
    scenes : SceneSampler
        Where crops without a face come from.
    batch : int
        Crops a batch.
    absent : float
        Share of crops without a face.
    """

    def __init__(
        self, sitters: Sitters, scenes: SceneSampler, *, batch: int = 32, absent: float = 0.15
    ) -> None:
        self.sitters, self.scenes, self.count, self.absent = sitters, scenes, batch, absent
        frontal = np.flatnonzero((sitters.kind == 0) & (np.abs(sitters.pose_deg[:, 0]) < 8))
        self.mirror = mirror_order(sitters.points[frontal])
        weights = np.where(sitters.kind == 1, 1.5, np.where(sitters.kind == 2, 1.0, 1.0))
        turned = np.abs(np.nan_to_num(sitters.pose_deg[:, 0])) > 25
        weights = weights * np.where(turned, 2.0, 1.0)
        self.weights = np.cumsum(weights / weights.sum())

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return pictures (N, 3, 192, 192) uint8, points (N, 478, 3), pose (N, 2), present (N,), depth (N,)."""
        rows = [self.one(rng) for _ in range(self.count)]
        pictures, points, pose, present, depth = zip(*rows, strict=True)
        return {
            "pictures": np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2)),
            "points": np.stack(points).astype(np.float32),
            "pose": np.stack(pose).astype(np.float32),
            "present": np.array(present, np.float32),
            "depth": np.array(depth, np.float32),
        }

    def one(self, rng: np.random.Generator) -> tuple[Any, ...]:
        """Return one crop and its truth; points are shares of the crop's side."""
        if rng.random() < self.absent:
            picture = _resized(self.scenes.ground(rng), CROP_PX)
            none = np.zeros((len(self.mirror), 3))
            return photograph(picture, rng), none, np.full(2, np.nan), 0.0, 0.0
        i = min(int(np.searchsorted(self.weights, rng.random())), len(self.weights) - 1)
        w, h = (int(v) for v in self.sitters.sizes[i])
        picture, points = self.sitters.pictures[i, :h, :w], self.sitters.points[i]
        yaw, pitch = self.sitters.pose_deg[i, :2]
        if rng.random() < 0.5:
            picture = np.ascontiguousarray(picture[:, ::-1])
            points = (points * [-1, 1, 1] + [w - 1, 0, 0])[self.mirror]
            yaw = -yaw
        far = rng.random() < 0.2
        matrix = upright(
            points,
            grow=float(rng.uniform(1.3, 1.75)),
            roll_deg=float(rng.normal(0, 25 if far else 6)),
            shift=(float(rng.normal(0, 0.04)), float(rng.normal(0, 0.04))),
        )
        border = cv2.BORDER_CONSTANT if rng.random() < 0.5 else cv2.BORDER_REPLICATE
        warped = cv2.warpAffine(
            picture, matrix, (CROP_PX, CROP_PX), flags=cv2.INTER_AREA, borderMode=border
        )
        crop = np.asarray(warped, np.uint8)
        if rng.random() < 0.12:
            small = _resized(crop, int(rng.integers(20, 96)))
            crop = _resized(small, CROP_PX, cv2.INTER_LINEAR)
        crop = self._cover(photograph(crop, rng), rng)
        k = float(np.hypot(matrix[0, 0], matrix[0, 1])) / CROP_PX
        xy = (points[:, :2] @ matrix[:, :2].T + matrix[:, 2] + 0.5) / CROP_PX
        z = points[:, 2:] * k
        known = float(np.abs(points[:, 2]).max() > 0)
        return crop, np.c_[xy, z], np.array([yaw, pitch]), 1.0, known

    @staticmethod
    def _cover(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        """Hide a piece now and then, as hands, hair and microphones do."""
        if rng.random() < 0.15:
            x, y = rng.integers(0, CROP_PX, 2)
            a, b = rng.integers(12, 60, 2)
            color = tuple(int(v) for v in rng.integers(0, 256, 3))
            crop = np.ascontiguousarray(crop)
            cv2.ellipse(
                crop,
                (int(x), int(y)),
                (int(a), int(b)),
                float(rng.uniform(0, 180)),
                0,
                360,
                color,
                -1,
            )
        return crop
