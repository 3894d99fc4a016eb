"""Teach the landmark network: upright crops in → `faces-landmarks`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn

from limner.train.data.composites import SceneSampler, facefree
from limner.train.data.face_crops import CROP_PX, CropSampler, upright
from limner.train.data.sitters import Sitters, sitters_of
from limner.train.loops.detect import OWN_TOLERANCE, face_terms
from limner.train.loops.task import ExportSpec
from limner.train.losses.landmarks import landmark_loss, point_weights
from limner.train.nets.landmarker import Landmarker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["LandmarksTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    pose, presence : float
        Weights of these losses beside the points'.
    trunk_lr : float
        Share of the learning rate that the ImageNet trunk takes.
    imagenet : bool
        Start the trunk from ImageNet.
    absent : float
        Share of crops without a face.
    labels, photos, cache : str
        As in the detector's recipe; with `photos` the network is `faces-landmarks-clean`.
    people : int
        Held-out faces of each kind in a validation.
    """

    pose: float = 0.5
    presence: float = 0.5
    trunk_lr: float = 0.4
    imagenet: bool = True
    absent: float = 0.15
    labels: str = "labels"
    photos: str = ""
    cache: str = "runs/cache"
    people: int = 160


def make(recipe: Recipe, data: Path) -> LandmarksTask:
    """Return the task."""
    return LandmarksTask(recipe, recipe.settings(Settings), data)


class LandmarksTask:
    """Points, pose and presence of one face."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        sitters = sitters_of(data, settings, "train")
        scenes = SceneSampler(sitters, facefree(data, "train"), batch=1)
        self.sampler = CropSampler(sitters, scenes, batch=recipe.batch, absent=settings.absent)
        self.held_out: Sitters = sitters_of(data, settings, "val")
        net = Landmarker(self._mean_shape())
        if settings.imagenet:
            net.trunk.load_imagenet()
        self.nets = nn.ModuleDict({"net": net})
        self.weights = point_weights()

    def _mean_shape(self) -> Tensor:
        rows = [self.sampler.one(np.random.default_rng((1, i))) for i in range(300)]
        return torch.from_numpy(np.mean([r[1] for r in rows if r[3]], 0)).float()

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser, slower for the trunk."""
        net, lr = self.nets["net"], self.recipe.lr
        assert isinstance(net, Landmarker)  # noqa: S101  (for type checkers)
        trunk = {id(p) for p in net.trunk.parameters()}
        groups = [
            {
                "params": [p for p in net.parameters() if id(p) in trunk],
                "lr": lr * self.settings.trunk_lr,
            },
            {"params": [p for p in net.parameters() if id(p) not in trunk], "lr": lr},
        ]
        return {"net": torch.optim.AdamW(groups, lr=lr, weight_decay=1e-4)}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        found = self.nets["net"]((batch["pictures"].float() - 127) / 128)
        parts = landmark_loss(found, batch, self.weights.to(batch["pictures"].device))
        loss = (
            parts["points"]
            + self.settings.pose * parts["pose"]
            + self.settings.presence * parts["presence"]
        )
        yield "net", loss, {k: float(v.detach()) for k, v in parts.items()}

    def _crops(
        self, kind: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
        """Return held-out crops as a detector would place them, their points and their yaw."""
        people, rng = self.held_out, np.random.default_rng(5)
        ids = np.flatnonzero(people.kind == kind)
        ids = ids[np.linspace(0, len(ids) - 1, min(len(ids), self.settings.people)).astype(int)]
        crops, points = [], []
        for i in ids:
            w, h = people.sizes[i]
            shift = (float(rng.normal(0, 0.03)), float(rng.normal(0, 0.03)))
            m = upright(people.points[i], roll_deg=float(rng.normal(0, 5)), shift=shift)
            picture = np.ascontiguousarray(people.pictures[i, :h, :w])
            crops.append(cv2.warpAffine(picture, m, (CROP_PX, CROP_PX), flags=cv2.INTER_AREA))
            points.append(people.points[i, :, :2] @ m[:, :2].T + m[:, 2])
        return np.stack(crops), np.stack(points).astype(np.float32), people.pose_deg[ids, 0]

    def _run(
        self, ema: nn.Module, crops: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        device, points, yaw = next(ema.parameters()).device, [], []
        for first in range(0, len(crops), 32):
            x = torch.from_numpy(crops[first : first + 32].transpose(0, 3, 1, 2).copy()).to(device)
            with torch.no_grad():
                p, pose, _ = ema((x.float() - 127) / 128)
            points.append(p[..., :2].float().cpu().numpy() * CROP_PX - 0.5)
            yaw.append(pose[:, 0].float().cpu().numpy())
        return np.concatenate(points), np.concatenate(yaw)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return mean error over inter-ocular distance (%) and yaw error (degrees) of each kind."""
        scores = {}
        for kind, name in ((0, "photo"), (1, "drawing"), (2, "head")):
            if not (self.held_out.kind == kind).any():
                continue
            crops, true, turn = self._crops(kind)
            points, yaw = self._run(ema, crops)
            eyes = np.linalg.norm(true[:, 468] - true[:, 473], axis=1)
            error = np.linalg.norm(points - true, axis=2).mean(1) / np.maximum(eyes, 1)
            scores[f"nme_{name}"] = float(100 * error.mean())
            scores[f"yaw_{name}"] = float(np.nanmean(np.abs(yaw - turn)))
        return scores

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out crops with the points found."""
        tiles = []
        for kind in np.unique(self.held_out.kind):
            crops = self._crops(int(kind))[0][:8]
            for crop, points in zip(crops, self._run(ema, crops)[0], strict=True):
                tile = np.ascontiguousarray(crop)
                for x, y in points:
                    cv2.circle(tile, (round(float(x)), round(float(y))), 1, (0, 255, 0), -1)
                tiles.append(tile)
        while len(tiles) % 8:
            tiles.append(np.zeros_like(tiles[0]))
        rows = [np.concatenate(tiles[i : i + 8], 1) for i in range(0, len(tiles), 8)]
        return np.concatenate(rows).astype(np.uint8)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs."""
        terms = face_terms(self.data / self.settings.photos if self.settings.photos else None)
        return ExportSpec(
            name="faces-landmarks-clean" if self.settings.photos else "faces-landmarks",
            module=ema,
            inputs={"crop": torch.zeros(1, 3, CROP_PX, CROP_PX)},
            outputs=("points", "pose", "presence"),
            ranges={"crop": (-1.0, 1.0), "points": (0.0, 1.0), "pose": (-90.0, 90.0)},
            purpose="478 points of the face mesh with irises, yaw, pitch, and whether there is a face.",
            limits="Taught by another network's points: where that one errs (behind hair, in deep "
            "shadow, beyond 60 degrees of yaw) so does this one. Depth is rough.",
            commercial=terms.commercial,
            license=terms.license,
            eight_bits=bool(self.settings.photos),
            # on pictures without a face, which probes are, the pose spans few degrees
            tolerance=2 * OWN_TOLERANCE if self.settings.photos else 0.01,
            data=terms.data,
        )
