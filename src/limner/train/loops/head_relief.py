"""Teach the relief: photographs, classes and the shell's depth in → how far the surface truly is.

The shell is one smooth sheet a part: it stands too far in front where hair leaves a neck free, and too far behind where
hair hangs before shoulders. What one photograph shows of that, a network that sees its pixels can say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.data.head_relief import ReliefCrops, shell_depths
from limner.train.data.heads import build_real, build_synthetic
from limner.train.loops import _head_views as pictures
from limner.train.loops.task import ExportSpec
from limner.train.nets.head_decoders import smooth_labels
from limner.train.nets.head_relief import HeadRelief

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.data.heads import HeadViews
    from limner.train.recipe import Recipe

__all__ = ["HeadReliefTask", "Settings", "make"]

_SIDE = 128


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    width : int
        Channels at full size.
    real_share : float
        How many of the pictures are photographs, judged by their mesh.
    photographs : int
        How many photographs there are to choose from: the shell's depth of each is computed once.
    slope : float
        Weight of the loss on the depth's steps between neighbours.
    mesh : float
        Weight of the loss on photographs' mesh points.
    cache : str
        Folder of the arrays built.
    people : int
        Held-out heads in a validation.
    """

    width: int = 20
    real_share: float = 0.3
    photographs: int = 800
    slope: float = 0.5
    mesh: float = 1.0
    cache: str = "runs/cache"
    people: int = 36


def make(recipe: Recipe, data: Path) -> HeadReliefTask:
    """Return the task."""
    return HeadReliefTask(recipe, recipe.settings(Settings), data)


class HeadReliefTask:
    """Depth of what a photograph shows."""

    ships = "relief"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        cache = Path(settings.cache)

        def opened(split: str, count: int) -> tuple[HeadViews, HeadViews]:
            real = build_real(data, cache, split)
            chosen = np.linspace(0, len(real) - 1, min(count, len(real))).astype(int)
            return build_synthetic(data, cache, split), _some(real, chosen)

        def depths(
            split: str, both: tuple[HeadViews, HeadViews]
        ) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
            kinds = (f"heads-synthetic-{split}", f"heads-real-{split}-{len(both[1])}")
            synthetic, real = (
                shell_depths(v, cache / kind) for v, kind in zip(both, kinds, strict=True)
            )
            return synthetic, real

        train, held = opened("train", settings.photographs), opened("val", settings.people)
        self.sampler = ReliefCrops(
            *train,
            depths("train", train),
            batch=recipe.batch,
            real_share=settings.real_share,
        )
        self.held = ReliefCrops(*held, depths("val", held), batch=1)
        self.nets = nn.ModuleDict({"relief": HeadRelief(settings.width)})

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser."""
        weights = self.nets["relief"].parameters()
        return {"relief": torch.optim.AdamW(weights, self.recipe.lr, weight_decay=1e-4)}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn: cm that the surface is off, its steps, and the mesh of photographs."""
        del step
        found = _seen(self.nets["relief"], batch)
        true = batch["depth"]
        known = ((true > 0) & (batch["labels"][:, None, ::2, ::2] > 0)).float()
        off, slope = _off(found, true, known)
        mesh = _mesh_off(found, batch["points"], batch["known"])
        s = self.settings
        loss = 100 * (off + s.slope * slope + s.mesh * mesh)
        told = {"mm": off, "slope_mm": slope, "mesh_mm": mesh}
        yield "relief", loss, {k: 1000 * float(v.detach()) for k, v in told.items()}

    def _held_out(self, device: torch.device) -> Iterator[dict[str, Tensor]]:
        """Yield held-out views, one a batch: the first of each synthetic head, then photographs."""
        for kind, (views, shells) in enumerate(zip(self.held.views, self.held.shells, strict=True)):
            firsts = np.unique(views.head, return_index=True)[1][: self.settings.people]
            for i in firsts.tolist():
                row = self.held.pack(i, kind, shells[i], None)
                yield {
                    k: torch.from_numpy(np.ascontiguousarray(v))[None].to(device)
                    for k, v in row.items()
                }

    @torch.no_grad()
    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return mm that surface and mesh are off, of the relief and of the shell."""
        device = next(ema.parameters()).device
        sums: dict[str, list[float]] = {}
        for batch in self._held_out(device):
            true, shell = batch["depth"], batch["shell"]
            found = _seen(ema, batch)
            for name, depth in (("", found), ("_shell", shell)):
                if (true > 0).any():
                    known = ((true > 0) & (shell > 0)).float()
                    off = float((depth - true).abs().mul(known).sum() / known.sum())
                    sums.setdefault(f"mm{name}", []).append(1000 * off)
                elif batch["known"].any():
                    mesh = float(_mesh_off(depth, batch["points"], batch["known"]))
                    sums.setdefault(f"mesh_mm{name}", []).append(1000 * mesh)
        return {k: float(np.mean(v)) for k, v in sums.items()}

    @torch.no_grad()
    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out people: photograph, the shell's depth, the relief, the true depth."""
        device = next(ema.parameters()).device
        rows = []
        for k, batch in enumerate(self._held_out(device)):
            if k % 9 == 0:
                photo = batch["photo"].float() / 127.5 - 1
                found = _seen(ema, batch)
                depths = (batch["shell"], found * (batch["labels"][:, None, ::2, ::2] > 0))
                row = [photo, *(_grey(d) for d in (*depths, batch["depth"]))]
                rows.append(np.concatenate([pictures.pixels(x) for x in row], 1))
        return pictures.stacked(rows)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph."""
        shell = torch.full((1, 1, _SIDE, _SIDE), 1.1)
        shell[..., :20, :] = 0
        return ExportSpec(
            name="heads-relief",
            module=ema.eval(),
            inputs={
                "photo": torch.zeros(1, 3, _SIDE, _SIDE),
                "shares": torch.full((1, 19, _SIDE, _SIDE), 1 / 19),
                "shell": shell,
            },
            outputs=("depth",),
            ranges={"photo": (-1, 1), "shares": (0, 1), "shell": (0, 4), "depth": (0, 4)},
            purpose="A photograph, its classes and the shell's depth → the depth of the surface that it shows.",
            limits="Hair of photographs was never measured: it is as deep as that of synthetic heads.",
            data=(("synthetic heads", "CC0-1.0"), ("CelebAMask-HQ", "LicenseRef-research-only")),
            license="LicenseRef-research-only",
            commercial=False,
            tolerance=0.01,
        )


def _some(views: HeadViews, chosen: NDArray[np.int64]) -> HeadViews:
    """Return some of the views; what is on disk is read."""
    points = None if views.points is None else views.points[chosen]
    return replace(
        views,
        photos=views.photos[chosen],
        labels=views.labels[chosen],
        pose_deg=views.pose_deg[chosen],
        head=views.head[chosen],
        points=points,
    )


def _seen(relief: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    photo = batch["photo"].float() / 127.5 - 1
    found: Tensor = relief(photo, smooth_labels(batch["labels"], _SIDE), batch["shell"])
    return found


def _off(found: Tensor, true: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Return m that a depth is off where it is known, and that its steps to the right and down are off."""
    count = known.sum().clamp(min=1)
    gap = (found - true) * known
    steps = []
    for axis in (2, 3):
        far, near = (known.narrow(axis, k, known.shape[axis] - 1) for k in (1, 0))
        step = gap.narrow(axis, 1, gap.shape[axis] - 1) - gap.narrow(axis, 0, gap.shape[axis] - 1)
        steps.append((step.abs() * far * near).sum() / count)
    return gap.abs().sum() / count, torch.stack(steps).sum()


def _mesh_off(found: Tensor, points: Tensor, known: Tensor) -> Tensor:
    """Return m that a depth is off at mesh points, the face's own distance taken out."""
    side = found.shape[-1]
    at = (points[:, :, None, :2] + 0.5) / side * 2 - 1
    here = functional.grid_sample(found, at, "bilinear", "border", align_corners=False)[:, 0, :, 0]
    count = known.sum(1, keepdim=True).clamp(min=1)
    gap = here - points[..., 2]
    gap = (gap - (gap * known).sum(1, keepdim=True) / count) * known
    return gap.abs().sum() / known.sum().clamp(min=1)


def _grey(depth: Tensor) -> Tensor:
    """Return depth as a picture (N, 3, S, S), −1 far to 1 near; 0 is white, everywhere if nothing is known."""
    there = depth > 0
    if not there.any():
        return torch.ones_like(depth).expand(-1, 3, -1, -1)
    low, high = depth[there].quantile(0.02), depth[there].quantile(0.98)
    shade = 1 - 2 * ((depth - low) / (high - low).clamp(min=1e-3)).clamp(0, 1)
    return torch.where(there, shade, torch.ones_like(shade)).expand(-1, 3, -1, -1)
