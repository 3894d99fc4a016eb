"""Teach the drawing styles: photographs beside artists' drawings in → `styles-draw`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.data.drawings import STYLES, PairSampler, build_sheets, picture_of
from limner.train.loops.task import ExportSpec
from limner.train.losses.projected import (
    FrozenFeatures,
    ProjectedCritic,
    hinge_critic,
    hinge_maker,
)
from limner.train.nets.stylist import LINES_CLASSES_GREY, PatchCritic, Stylist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.data.drawings import Sheets
    from limner.train.recipe import Recipe

__all__ = ["Settings", "StyleTask", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of a crop of the artists' own sheets.
    width, blocks : int
        Of the generator.
    critic_width : int
        Of the patch critic.
    coarse : float
        Weight of L1 at a quarter of the size: drawings drift 1–3 px from their photographs, so a
        comparison at full size teaches blur and pallor.
    matching : float
        Weight of feature matching in the patch critic.
    perceptual : float
        Weight of L1 between frozen features at strides 8 and 16.
    patch, projected : float
        Weights of the two critics.
    labels, cache : str
        Folders of the classes of FS2K's photographs and of the arrays built.
    judged : int
        Drawings a style in a validation.
    """

    size_px: int = 192
    width: int = 24
    blocks: int = 6
    critic_width: int = 32
    coarse: float = 15.0
    matching: float = 4.0
    perceptual: float = 1.0
    patch: float = 1.0
    projected: float = 1.0
    labels: str = "labels"
    cache: str = "runs/cache"
    judged: int = 120


def make(recipe: Recipe, data: Path) -> StyleTask:
    """Return the task."""
    return StyleTask(recipe, recipe.settings(Settings), data)


class StyleTask:
    """One generator for all styles, a patch critic and a projected critic."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        labels, cache = data / settings.labels, Path(settings.cache)
        self.sampler = PairSampler(
            build_sheets(data, labels, cache, "train"), batch=recipe.batch, size_px=settings.size_px
        )
        self.held_out: Sheets = build_sheets(data, labels, cache, "test")
        count = len(STYLES)
        self.nets = nn.ModuleDict(
            {
                "net": Stylist(count, settings.width, settings.blocks),
                "patch": PatchCritic(count, settings.critic_width),
                "projected": ProjectedCritic(count),
            }
        )
        self.features = FrozenFeatures()

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the maker's and the critics' optimiser."""
        critics = [
            p for k in ("patch", "projected") for p in self.nets[k].parameters() if p.requires_grad
        ]
        lr = self.recipe.lr
        return {
            "critics": torch.optim.Adam(critics, lr=lr, betas=(0.5, 0.99)),
            "net": torch.optim.Adam(self.nets["net"].parameters(), lr=lr, betas=(0.5, 0.99)),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critics' turn, then the maker's."""
        del step
        picture, real, style = batch["picture"], batch["drawing"], batch["style"]
        net, patch, projected = (self.nets[k] for k in ("net", "patch", "projected"))
        features = self.features.to(picture.device)
        noise = torch.randn_like(real)
        made = net(picture, style, noise)
        with torch.no_grad():
            real_features = features(real)
            made_features = features(made.detach())
        seen, real_layers = patch(real, picture, style)
        faked, _ = patch(made.detach(), picture, style)
        by_patch = hinge_critic(seen, faked)
        by_features = hinge_critic(projected(real_features, style), projected(made_features, style))
        yield (
            "critics",
            by_patch + by_features,
            {"d_patch": float(by_patch.detach()), "d_features": float(by_features.detach())},
        )
        yield self._maker(made, real, (real_features, real_layers), picture, style)

    def _maker(
        self,
        made: Tensor,
        real: Tensor,
        truth: tuple[list[Tensor], list[Tensor]],
        picture: Tensor,
        style: Tensor,
    ) -> tuple[str, Tensor, dict[str, float]]:
        weights, (real_features, real_layers) = self.settings, truth
        judged, layers = self.nets["patch"](made, picture, style)
        made_features = self.features(made)
        coarse = functional.l1_loss(
            functional.avg_pool2d(made.float(), 4), functional.avg_pool2d(real, 4)
        )
        matching = torch.stack(
            [
                functional.l1_loss(a.float(), b.detach().float())
                for a, b in zip(layers, real_layers, strict=True)
            ]
        ).mean()
        perceptual = torch.stack(
            [
                functional.l1_loss(a.float(), b.float()) / b.float().abs().mean().clamp(min=1e-3)
                for a, b in zip(made_features[1:3], real_features[1:3], strict=True)
            ]
        ).mean()
        adversarial = weights.patch * hinge_maker(judged) + weights.projected * hinge_maker(
            self.nets["projected"](made_features, style)
        )
        loss = (
            adversarial
            + weights.coarse * coarse
            + weights.matching * matching
            + weights.perceptual * perceptual
        )
        numbers = {
            "coarse": coarse,
            "matching": matching,
            "perceptual": perceptual,
            "g": adversarial,
        }
        return "net", loss, {k: float(v.detach()) for k, v in numbers.items()}

    def draw(self, ema: nn.Module, sheet: NDArray[np.uint8], style: int) -> NDArray[np.uint8]:
        """Return one sheet's photograph drawn in a style, (H, W) uint8; sides cut to multiples of 4."""
        h, w = (4 * (n // 4) for n in sheet.shape[:2])
        device = next(ema.parameters()).device
        picture = torch.from_numpy(picture_of(sheet[:h, :w]))[None].to(device)
        chosen = functional.one_hot(torch.tensor([style]), len(STYLES)).float().to(device)
        noise = torch.randn(1, 1, h, w, generator=torch.Generator().manual_seed(0)).to(device)
        with torch.no_grad():
            out = ema(picture, chosen, noise)[0, 0].float().cpu().numpy()
        return np.asarray(np.rint(out * 255), np.uint8)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return FD of each style's drawings of test people to the artist's train drawings."""
        from limner.metrics.drawing import prepare
        from limner.metrics.fd import fd
        from limner.metrics.features import features

        scores = {}
        train = self.sampler.sheets
        for k, name in enumerate(STYLES):
            mine = np.flatnonzero(self.held_out.style == k)[: self.settings.judged]
            theirs = np.flatnonzero(train.style == k)[: len(mine)]
            if len(mine) < 2:
                continue
            made = [prepare(self.draw(ema, self.held_out.sheet(int(i)), k)) for i in mine]
            real = [prepare(np.ascontiguousarray(train.sheet(int(i))[..., 1])) for i in theirs]
            scores[f"fd_{name}"] = float(fd(features(real), features(made)))
        if scores:
            scores["fd"] = float(np.mean(list(scores.values())))
        return scores

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return test people: photograph, ink, three styles, the artist's own."""
        rows = []
        for k in range(len(STYLES)):
            for i in np.flatnonzero(self.held_out.style == k)[:40:14]:
                sheet = self.held_out.sheet(int(i))
                tiles = [sheet[..., 0], 255 - sheet[..., 2]]
                tiles += [self.draw(ema, sheet, s) for s in range(len(STYLES))]
                tiles.append(sheet[..., 1])
                rows.append(np.concatenate([_fit(t) for t in tiles], 1))
        return np.repeat(np.concatenate(rows)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; a picture's sides may be any multiple of 4."""
        free = {2: "height", 3: "width"}
        return ExportSpec(
            name="styles-draw",
            module=ema,
            inputs={
                "picture": torch.zeros(1, LINES_CLASSES_GREY, 256, 256),
                "style": torch.eye(len(STYLES))[:1],
                "noise": torch.zeros(1, 1, 256, 256),
            },
            outputs=("drawing",),
            dynamic={"picture": free, "noise": free, "drawing": free},
            ranges={"picture": (0.0, 1.0), "style": (0.0, 1.0), "drawing": (0.0, 1.0)},
            # the probes include noise, where halves of weights move single pixels most
            tolerance=0.06,
            purpose="Draws a face in the manner of FS2K's three artists: croquis, hatch, pencil.",
            limits="Taught on adults mostly in frontal view; glasses come out faint, dark skin may be "
            "drawn as light, long hair ends early.",
            data=(("FS2K: photographs and drawings", "LicenseRef-noncommercial-research"),),
        )


def _fit(tile: NDArray[np.uint8], side: int = 250) -> NDArray[np.uint8]:
    """Return the tile's middle on a white square."""
    out = np.full((side, side), 255, np.uint8)
    h, w = (min(n, side) for n in tile.shape)
    y, x = (tile.shape[0] - h) // 2, (tile.shape[1] - w) // 2
    out[:h, :w] = tile[y : y + h, x : x + w]
    return out
