"""Teach the line network F: photographs beside drawings of them in → `lines-ink`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from skimage.morphology import skeletonize
from torch import nn
from torch.nn import functional

from limner.metrics.drawing import prepare
from limner.metrics.ink import ink_agreement
from limner.train.data.line_pairs import LineSampler, seen_by_liner
from limner.train.data.style_sheets import build_shelf
from limner.train.loops._judged import fitted
from limner.train.loops.task import ExportSpec
from limner.train.losses.lines import ink_gap, manner, stray_ink
from limner.train.nets.frozen import open_frozen
from limner.train.nets.liner import GREY_CLASSES, Liner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["LinesTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of a crop.
    width, blocks : int
        Of the network.
    teacher : float
        Weight of the cross-entropy with the classical lines that photograph and drawing have in common.
    ink : float
        How much more a line that is missing costs there than one too many.
    itself : float
        Weight of the cross-entropy between the lines of a croquis and the croquis: what is lines stays as it is.
    gap : float
        Weight of the gap between the lines of the photograph and those of the drawing; hair counts a fifth, for there
        the gap would close by filling it with lines.
    sparse : float
        Weight of ink on skin, clothes and wall, away from all borders.
    manner : float
        Weight of AdaIN's style loss to the croquis, on frozen features.
    features : str
        Frozen net of that loss: ``lite1``, ``vgg``, ``random`` for tests; "" leaves it out.
    labels, cache : str
        Folders of the labels and of the arrays built.
    judged : int
        Held-out pairs in a validation.
    """

    size_px: int = 192
    width: int = 16
    blocks: int = 6
    teacher: float = 1.0
    ink: float = 1.0
    itself: float = 0.2
    gap: float = 0.3
    sparse: float = 0.5
    manner: float = 0.05
    features: str = "lite1"
    labels: str = "labels"
    cache: str = "runs/cache"
    judged: int = 100


def make(recipe: Recipe, data: Path) -> LinesTask:
    """Return the task."""
    return LinesTask(recipe, recipe.settings(Settings), data)


class LinesTask:
    """One network for photographs and drawings."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        labels, cache = data / settings.labels, Path(settings.cache)
        shelf = build_shelf(data, labels, cache, "train", photographs=False)
        self.sampler = LineSampler(shelf, batch=recipe.batch, size_px=settings.size_px)
        self.held_out = build_shelf(data, labels, cache, "test", photographs=False)
        self.nets = nn.ModuleDict({"net": Liner(settings.width, settings.blocks)})
        self.features = open_frozen(settings.features) if settings.features else None

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser."""
        net = self.nets["net"].parameters()
        return {"net": torch.optim.Adam(net, lr=self.recipe.lr, betas=(0.9, 0.99))}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        weights = self.settings
        net: Any = self.nets["net"]
        both = net.logits(torch.cat([batch["photo"], batch["sketch"]])).float()
        of_photo, of_sketch = both.chunk(2)
        photo, sketch = of_photo.sigmoid(), of_sketch.sigmoid()
        bald = 1 - 0.8 * batch["hair"]
        terms = {
            "teacher": (
                weights.teacher,
                0.5 * _common(of_photo, batch["photo_lines"], weights.ink)
                + 0.5 * _common(of_sketch, batch["sketch_lines"], weights.ink),
            ),
            "itself": (weights.itself, _itself(of_sketch, batch["drawn"], batch["croquis"])),
            "gap": (weights.gap, ink_gap(photo * bald, sketch * bald)),
            "sparse": (
                weights.sparse,
                stray_ink(torch.cat([photo, sketch]), batch["quiet"].repeat(2, 1, 1, 1)),
            ),
        }
        if self.features is not None and batch["croquis"].any():
            net = self.features.to(photo.device)
            lines = batch["drawn"][batch["croquis"] > 0]
            with torch.no_grad():
                truth = net(_as_picture(lines))
            terms["manner"] = (weights.manner, manner(net(_as_picture(photo)), truth))
        loss = torch.stack([k * value for k, value in terms.values()]).sum()
        yield "net", loss, {name: float(v.detach()) for name, (_, v) in terms.items()}

    def draw(
        self, ema: nn.Module, grey: NDArray[np.uint8], classes: NDArray[np.uint8] | None
    ) -> NDArray[np.uint8]:
        """Return the lines of a picture, (H, W) uint8, 255 paper to 0 ink; sides cut to multiples of 4."""
        h, w = (4 * (n // 4) for n in grey.shape)
        seen = seen_by_liner(grey[:h, :w], None if classes is None else classes[:h, :w])
        device = next(ema.parameters()).device
        with torch.no_grad():
            ink = ema(torch.from_numpy(seen)[None].to(device))[0, 0].float().cpu().numpy()
        return np.asarray(np.rint(255 - 255 * ink), np.uint8)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return the line gap on pairs of people who never train, of centre lines too, and how much ink each side has.

        Centre lines choose the best: broad lines and filled hair agree with anything.
        """
        count = len(self.held_out.ids)
        chosen = np.unique(np.linspace(0, count - 1, min(count, self.settings.judged)).astype(int))
        agreed, thin, ink = [], [], []
        for i in chosen:
            a, b = (prepare(x) for x in self._both(ema, self.held_out.sheet(int(i))))
            agreed.append(ink_agreement(a, b))
            thin.append(ink_agreement(_thinned(a), _thinned(b)))
            ink.append([float((x < 128).mean()) for x in (a, b)])
        of_photo, of_sketch = np.mean(ink, 0)
        return {
            "gap": 1 - float(np.mean(agreed)),
            "gap_thinned": 1 - float(np.mean(thin)),
            "ink_photo": float(of_photo),
            "ink_sketch": float(of_sketch),
        }

    def _both(
        self, ema: nn.Module, sheet: NDArray[np.uint8]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        grey, drawn, _, classes = (sheet[..., k] for k in range(4))
        return self.draw(ema, grey, classes), self.draw(ema, drawn, classes)

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return test people: photograph, classical ink, lines of the photograph, lines of the drawing, the drawing."""
        rows = []
        style = np.asarray(self.held_out.style)
        for k in sorted(set(style.tolist())):
            for i in np.flatnonzero(style == k)[:40:20]:
                sheet = self.held_out.sheet(int(i))
                tiles = [sheet[..., 0], 255 - sheet[..., 2], *self._both(ema, sheet), sheet[..., 1]]
                rows.append(np.concatenate([fitted(t) for t in tiles], 1))
        return np.repeat(np.concatenate(rows)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; a picture's sides may be any multiple of 4."""
        free = {2: "height", 3: "width"}
        return ExportSpec(
            name="lines-ink",
            module=ema,
            inputs={"picture": torch.zeros(1, GREY_CLASSES, 256, 256)},
            outputs=("ink",),
            dynamic={"picture": free, "ink": free},
            ranges={"picture": (0.0, 1.0), "ink": (0.0, 1.0)},
            tolerance=0.03,
            purpose="Draws a photograph or a drawing of a face as lines that look alike for both.",
            limits="Taught on faces of 130 to 220 px; far larger pictures are shrunk for it. Stubble and short beards "
            "are mostly left out and hair is an outline with few strands, for the artists' drawings and the "
            "photographs seldom agree there; lower lips and lids may be dotted.",
            data=(
                ("FS2K: photographs and drawings", "LicenseRef-noncommercial-research"),
                ("CUFS: photographs and drawings", "LicenseRef-noncommercial-research"),
            ),
        )


def _thinned(drawing: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a drawing's centre lines, 255 paper."""
    lines = skeletonize(drawing < 128)  # type: ignore[no-untyped-call]
    return np.asarray(np.where(lines, 0, 255), np.uint8)


def _common(logits: Tensor, lines: Tensor, ink: float) -> Tensor:
    """Return the cross-entropy with the lines in common; their weights are the second plane."""
    wanted, weight = lines.chunk(2, 1)
    counts = torch.full((1,), ink, device=logits.device)
    return functional.binary_cross_entropy_with_logits(logits, wanted, weight, pos_weight=counts)


def _itself(logits: Tensor, drawn: Tensor, croquis: Tensor) -> Tensor:
    """Return the cross-entropy of a croquis' lines with the croquis."""
    each = functional.binary_cross_entropy_with_logits(logits, drawn, reduction="none")
    return (each.mean((1, 2, 3)) * croquis).sum() / croquis.sum().clamp(min=1)


def _as_picture(ink: Tensor) -> Tensor:
    """Return ink as a frozen net sees pictures, (N, 3, H, W), −1 ink to 1 paper."""
    return (1 - 2 * ink).expand(-1, 3, -1, -1)
