"""Teach the face detector: composed scenes in → `faces-detect`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn

from limner.train.data.composites import SceneSampler, facefree
from limner.train.data.own_faces import Terms, terms_of
from limner.train.data.sitters import sitters_of
from limner.train.loops.task import ExportSpec
from limner.train.losses.detection import boxes_of, detection_loss, recall
from limner.train.nets.detector import STRIDES, Detector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["OWN_TOLERANCE", "TURNHEADS", "DetectTask", "Settings", "face_terms", "make"]

TURNHEADS = ("turnheads: synthetic heads, skin maps likely CC0", "CC0-1.0")
_FACE_FREE = ("face-free pictures from Debian", "LicenseRef-Debian-free")
_PACKS = (
    ("CelebAMask-HQ", "LicenseRef-noncommercial-research"),
    ("FS2K: photographs and drawings", "LicenseRef-noncommercial-research"),
    ("CUFS and CUFSF", "LicenseRef-noncommercial-research"),
    ("FFHQ and StyleGAN2 faces", "CC-BY-NC-SA-4.0"),
    ("Face Research Lab London Set", "CC-BY-4.0"),
    ("portraits of US officials", "LicenseRef-mostly-US-public-domain"),
    ("Titian's heads", "LicenseRef-public-domain"),
)
#: What keeping the second set in eight bits may change, so that it adds little to what ships.
OWN_TOLERANCE = 0.1


def face_terms(photos: Path | None) -> Terms:
    """Return who taught the face networks, under which terms: the packs, or photographs of one's own."""
    taught = Terms("LicenseRef-research-only", commercial=False, data=_PACKS)
    found = taught if photos is None else terms_of(photos)
    return replace(found, data=(*found.data, TURNHEADS, _FACE_FREE))


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of a scene.
    width : int
        Channels at stride 8.
    box, points : float
        Weights of the losses of box and points beside the score's.
    labels, cache : str
        Folders of the labelling script's points and of the arrays built from the packs.
    photos : str
        Folder of photographs that may be taught with for any use, labelled by `limner train label` into `labels`. They
        and the synthetic heads take the packs' place, and the network that comes of it is `faces-detect-clean`.
    scenes : int
        Held-out scenes in a validation.
    """

    size_px: int = 320
    width: int = 64
    box: float = 2.0
    points: float = 2.0
    labels: str = "labels"
    photos: str = ""
    cache: str = "runs/cache"
    scenes: int = 160


def make(recipe: Recipe, data: Path) -> DetectTask:
    """Return the task."""
    return DetectTask(recipe, recipe.settings(Settings), data)


class DetectTask:
    """Score, box and points of every face of a scene."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        self.nets = nn.ModuleDict({"net": Detector(settings.width)})
        self.sampler = SceneSampler(
            sitters_of(data, settings, "train"),
            facefree(data, "train"),
            batch=recipe.batch,
            size_px=settings.size_px,
        )
        self.held_out = SceneSampler(
            sitters_of(data, settings, "val"),
            facefree(data, "test"),
            batch=min(16, settings.scenes),
            size_px=settings.size_px,
        )

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser."""
        net = self.nets["net"]
        return {"net": torch.optim.AdamW(net.parameters(), lr=self.recipe.lr, weight_decay=1e-4)}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        side, weights = self.settings.size_px, self.settings
        grids = self.nets["net"]((batch["pictures"].float() - 127) / 128)
        parts = detection_loss(
            grids, batch["boxes"], batch["fives"], batch["counts"], size_px=(side, side)
        )
        loss = parts["score"] + weights.box * parts["box"] + weights.points * parts["points"]
        yield "net", loss, {k: float(v.detach()) for k, v in parts.items()}

    def _look(
        self, ema: nn.Module, number: int
    ) -> tuple[dict[str, NDArray[np.generic]], list[NDArray[np.float32]]]:
        batch = self.held_out.batch(np.random.default_rng((99, number)))
        device = next(ema.parameters()).device
        pictures = torch.from_numpy(batch["pictures"]).to(device)
        with torch.no_grad():
            grids = ema((pictures.float() - 127) / 128)
        side = self.settings.size_px
        return batch, boxes_of(grids, STRIDES, size_px=(side, side))

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return recall at IoU 0.5 and false finds a scene, on held-out people and grounds."""
        hits = faces = false = scenes = 0
        for number in range(max(1, self.settings.scenes // self.held_out.count)):
            batch, found = self._look(ema, number)
            for i, boxes in enumerate(found):
                true = batch["boxes"][i, : int(batch["counts"][i])]
                matched = recall(boxes[:, 1:5], true.astype(np.float32))
                hits, faces = hits + matched, faces + len(true)
                false, scenes = false + len(boxes) - matched, scenes + 1
        return {"recall": hits / max(faces, 1), "false_per_scene": false / max(scenes, 1)}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out scenes with the boxes found."""
        batch, found = self._look(ema, 0)
        tiles = []
        for picture, boxes in zip(batch["pictures"][:8], found, strict=False):
            tile = np.ascontiguousarray(picture.transpose(1, 2, 0))
            for row in boxes:
                low, high = tuple(map(int, row[1:3])), tuple(map(int, row[3:5]))
                cv2.rectangle(tile, low, high, (0, 255, 0), 1)
            tiles.append(tile)
        while len(tiles) % 4:
            tiles.append(np.zeros_like(tiles[0]))
        rows = [np.concatenate(tiles[i : i + 4], 1) for i in range(0, len(tiles), 4)]
        return np.concatenate(rows).astype(np.uint8)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; the picture's sides may be any multiple of 32."""
        free = {2: "height", 3: "width"}
        terms = face_terms(self.data / self.settings.photos if self.settings.photos else None)
        return ExportSpec(
            name="faces-detect-clean" if self.settings.photos else "faces-detect",
            module=ema,
            inputs={"picture": torch.zeros(1, 3, 320, 320)},
            outputs=tuple(f"grid{s}" for s in STRIDES),
            dynamic={"picture": free, **{f"grid{s}": {1: f"cells{s}"} for s in STRIDES}},
            ranges={"picture": (-1.0, 1.0)},
            purpose="Finds every face in a photograph, drawing or painting, upright or turned.",
            limits="Profiles beyond 60 degrees, faces under 12 px of the network's own input, and "
            "faces drawn with a few strokes are missed; animals and masks may be taken for faces.",
            commercial=terms.commercial,
            license=terms.license,
            eight_bits=bool(self.settings.photos),
            tolerance=OWN_TOLERANCE if self.settings.photos else 0.01,
            data=terms.data,
        )
