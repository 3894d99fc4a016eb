"""Teach the stroke classifier ψ: artists' drawings with classes in → `metrics-strokes`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.metrics.strokes import PATCH_PX, STROKE_TYPES, WEIGHT
from limner.train.data.drawings import build_sheets
from limner.train.data.stroke_patches import PatchSampler, patches_of
from limner.train.loops.task import ExportSpec
from limner.train.nets.strokes import StrokeNet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.data.drawings import Sheets
    from limner.train.recipe import Recipe

__all__ = ["Settings", "StrokeTask", "confusion_of", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    labels, cache : str
        Folders of the classes of FS2K's photographs and of the arrays built.
    judged : int
        Held-out drawings that a validation looks at, spread over all.
    """

    labels: str = "labels"
    cache: str = "runs/cache"
    judged: int = 200


def make(recipe: Recipe, data: Path) -> StrokeTask:
    """Return the task."""
    return StrokeTask(recipe, recipe.settings(Settings), data)


class StrokeTask:
    """Cross-entropy on balanced patches."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        labels, cache = data / settings.labels, Path(settings.cache)
        self.sampler = PatchSampler(build_sheets(data, labels, cache, "train"), batch=recipe.batch)
        self.held_out = build_sheets(data, labels, cache, "test")
        self.nets = nn.ModuleDict({"net": StrokeNet()})

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser."""
        net = self.nets["net"].parameters()
        return {"net": torch.optim.AdamW(net, lr=self.recipe.lr, weight_decay=1e-4)}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        scores = self.nets["net"](batch["patch"]).float()
        loss = functional.nll_loss(scores, batch["type"])
        right = (scores.argmax(1) == batch["type"]).float().mean()
        yield "net", loss, {"loss": float(loss.detach()), "right": float(right)}

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return accuracy over all patches, and each type's recall, on people who never train."""
        table = confusion_of(ema, self.held_out, self.settings.judged)
        recall = table.diagonal() / np.maximum(table.sum(1), 1)
        scores = {
            "accuracy": float(table.trace() / max(table.sum(), 1)),
            "recall": float(recall[table.sum(1) > 0].mean()),
        }
        return scores | {f"recall_{n}": float(v) for n, v in zip(STROKE_TYPES, recall, strict=True)}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return the confusion matrix on held-out people as a picture, a row a true type, dark = many."""
        table = confusion_of(ema, self.held_out, self.settings.judged)
        share = table / np.maximum(table.sum(1, keepdims=True), 1)
        cell, edge = 56, 90
        out = np.full((edge + cell * len(share), edge + cell * len(share), 3), 255, np.uint8)
        for i, row in enumerate(share):
            write(out, STROKE_TYPES[i], (4, edge + cell * i + 32))
            write(out, STROKE_TYPES[i][:7], (edge + cell * i + 2, 80))
            for j, value in enumerate(row):
                y, x = edge + cell * i, edge + cell * j
                tone = round(255 * (1 - 0.8 * value))
                out[y : y + cell, x : x + cell] = tone
                write(out, f"{value:.2f}", (x + 10, y + 32), 255 if tone < 128 else 0)
        return out

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; any number of patches."""
        return ExportSpec(
            name=WEIGHT,
            module=ema,
            inputs={"patch": torch.zeros(2, 1, PATCH_PX, PATCH_PX)},
            outputs=("type",),
            dynamic={"patch": {0: "n"}, "type": {0: "n"}},
            ranges={"patch": (0.0, 1.0)},
            purpose="Tells seven strokes apart on 16 × 16 px patches of drawings, for the stroke loss and the stroke "
            "accuracy.",
            limits="Types follow the photographs' classes, from which drawings drift by 1–3 px: patches at the border "
            "of two types are often called by the other's name. Taught on three artists.",
            data=(("FS2K: drawings", "LicenseRef-noncommercial-research"),),
        )


def write(out: NDArray[np.uint8], text: str, at: tuple[int, int], tone: int = 0) -> None:
    """Write a word into a picture."""
    cv2.putText(out, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (tone,) * 3, 1, cv2.LINE_AA)


def confusion_of(net: nn.Module, sheets: Sheets, most: int) -> NDArray[np.int64]:
    """Return how often each type (row) was taken for each (column), (7, 7), on up to `most` sheets."""
    table = np.zeros((len(STROKE_TYPES),) * 2, np.int64)
    device = next(net.parameters()).device
    for i in np.unique(np.linspace(0, len(sheets.ids) - 1, min(most, len(sheets.ids))).astype(int)):
        sheet = sheets.sheet(int(i))
        patches, types = patches_of(sheet[..., 1], sheet[..., 3])
        if not len(types):
            continue
        with torch.no_grad():
            found = net(torch.from_numpy(patches).to(device)).argmax(1).cpu().numpy()
        np.add.at(table, (types, found), 1)
    return table
