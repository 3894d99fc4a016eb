"""Teach the published networks as published: sketches of 512 px in → component auto-encoders, then the painter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.data.sketch_faces import build_faces, chosen
from limner.train.loops import _sketches as shared
from limner.train.loops.task import ExportSpec
from limner.train.losses.adversarial import MultiScaleCritic, critic_loss, maker_loss
from limner.train.losses.perceptual import feature_distance
from limner.train.nets.frozen import open_frozen
from limner.train.nets.sketch_paper import (
    ORDER,
    PAPER_WINDOWS,
    PaperEncoder,
    PaperFeatures,
    PaperImage,
    PaperPainter,
    merge,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["PaperNet", "PaperTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    stage : {"parts", "synthesis"}
        First the five auto-encoders, by squared error; then, encoders fixed, feature mapping and painter.
    width, painter_width, blocks : int
        32, 56 and 9 as published.
    encoders : str
        For the second stage: the first stage's run or file.
    cache, frozen, perceptual_net : str
        As in `sketch_synthesis`.
    l1, perceptual, adversarial : float
        Weights of the second stage; the paper does not print its own.
    held_out, build_workers : int
        People in a validation; processes that build arrays.
    """

    stage: Literal["parts", "synthesis"] = "parts"
    width: int = 32
    painter_width: int = 56
    blocks: int = 9
    encoders: str = ""
    cache: str = "runs/cache"
    frozen: str = ""
    perceptual_net: str = "vgg"
    l1: float = 10.0
    perceptual: float = 1.0
    adversarial: float = 1.0
    held_out: int = 8
    build_workers: int = 0


def make(recipe: Recipe, data: Path) -> PaperTask:
    """Return the task."""
    return PaperTask(recipe, recipe.settings(Settings), data)


class PaperNet(nn.Module):
    """All that one stage trains; the other stage's half is left out.

    Parameters
    ----------
    settings : Settings
        Sizes and stage.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        w = settings.width
        first = settings.stage == "parts"
        sides = {n.replace("-", "_"): window[2] for n, window in PAPER_WINDOWS.items()}
        self.encoders = nn.ModuleDict({n: PaperEncoder(s, w) for n, s in sides.items()})
        kind = PaperImage if first else PaperFeatures
        self.decoders = nn.ModuleDict({n: kind(s, w) for n, s in sides.items()})
        self.painter = None if first else PaperPainter(32, settings.painter_width, settings.blocks)

    def drawn(self, sketch: Tensor, name: str) -> Tensor:
        """Return what a component's auto-encoder makes of its crop."""
        key = name.replace("-", "_")
        out: Tensor = self.decoders[key](self.encoders[key](crop(sketch, name)))
        return out

    def forward(self, sketch: Tensor) -> Tensor:
        """Return the photograph of sketches (N, 1, 512, 512), or in the first stage the drawing again."""
        maps = {n: self.drawn(sketch, n) for n in ORDER}
        merged = merge(maps)
        if self.painter is None:
            return merged
        out: Tensor = self.painter(merged)
        return out

    def train(self, mode: bool = True) -> PaperNet:  # noqa: FBT001, FBT002
        """Set the mode; in the second stage the encoders stay fixed, statistics included."""
        super().train(mode)
        if self.painter is not None:
            self.encoders.eval()
        return self


def crop(sketch: Tensor, name: str) -> Tensor:
    """Return a component's window of (N, 1, 512, 512), −1 ink to 1 paper; the others white in the remainder."""
    x, y, side = PAPER_WINDOWS[name]
    if name != "rest":
        return sketch[..., y : y + side, x : x + side]
    rest = sketch.clone()
    for other in ORDER[1:]:
        u, v, s = PAPER_WINDOWS[other]
        rest[..., v : v + s, u : u + s] = 1
    return rest


class PaperTask:
    """Either stage of the published training."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        s = settings
        found = chosen(data, "train", 80.0, size=512)
        faces = build_faces(found, Path(s.cache), "sketch-train", size=512, workers=s.build_workers)
        shares = 0.0, 0.3, 0.0
        self.sampler = shared.open_sampler(
            data, faces, recipe.batch, shares, cache=s.cache, sketch_px=512
        )
        self.held_out = shared.open_faces(data, s.cache, "val", 80.0, workers=s.build_workers)
        net = PaperNet(s)
        if s.encoders:
            shared.fill(net.encoders, s.encoders, "", prefix="encoders.")
        self.nets = nn.ModuleDict({"net": net})
        if s.stage == "synthesis":
            net.encoders.requires_grad_(requires_grad=False)
            self.nets["critic"] = MultiScaleCritic(1, 64, layers=4, scales=3)
            self.looks = open_frozen(s.perceptual_net, Path(s.frozen) if s.frozen else None)

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return Adam at 2e-4 (0.5, 0.999) by the recipe, one for each side."""
        lr, betas = self.recipe.lr, (0.5, 0.999)
        return {
            k: torch.optim.Adam([p for p in n.parameters() if p.requires_grad], lr=lr, betas=betas)
            for k, n in self.nets.items()
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the stage's turns."""
        del step
        sketch = 1 - batch["rough"][:, None].float() / 127.5
        net = self.nets["net"]
        if self.settings.stage == "parts":
            assert isinstance(net, PaperNet)  # noqa: S101
            errors = [
                functional.mse_loss(net.drawn(sketch, n).float(), crop(sketch, n)) for n in ORDER
            ]
            loss = torch.stack(errors).sum()
            yield "net", loss, {"mse": float(loss.detach())}
            return
        photo = batch["photo"].permute(0, 3, 1, 2).float() / 127.5 - 1
        critic, s = self.nets["critic"], self.settings
        made = net(sketch).float()
        real, fake = critic(photo, sketch), critic(made.detach(), sketch)
        loss = critic_loss([m[-1] for m in real], [m[-1] for m in fake], kind="lsgan")
        yield "critic", loss, {"d": float(loss.detach())}
        self.looks.to(photo.device)
        fooled = maker_loss([m[-1] for m in critic(made, sketch)], kind="lsgan")
        l1 = functional.l1_loss(made, photo)
        look = feature_distance(self.looks(made), self.looks(photo))
        loss = s.adversarial * fooled + s.l1 * l1 + s.perceptual * look
        yield "net", loss, {"g": float(fooled.detach()), "l1": float(l1.detach())}

    @torch.no_grad()
    def _made(self, ema: nn.Module, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return held-out sketches, what comes out, and what should."""
        batch = shared.fixed_batch(self.held_out, count, 0.0, 0.0)
        device = next(ema.parameters()).device
        sketch = torch.from_numpy(batch["rough"]).to(device)[:, None].float()
        sketch = 1 - functional.interpolate(sketch, scale_factor=2.0, mode="bilinear") / 127.5
        made = torch.cat([ema(sketch[k : k + 1]).float() for k in range(len(sketch))])
        if self.settings.stage == "parts":
            return sketch, made, sketch
        photo = torch.from_numpy(batch["photo"]).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        return sketch, made, functional.interpolate(photo, scale_factor=2.0, mode="bilinear")

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return the mean distance to what should come out."""
        _, made, wanted = self._made(ema, self.settings.held_out)
        return {"l1": float((made - wanted).abs().mean())}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return sketch, result and truth of four people."""
        columns = self._made(ema, 4)
        rows = [
            np.concatenate([shared.photo_tile(c[k].expand(3, -1, -1)) for c in columns], 1)
            for k in range(len(columns[0]))
        ]
        return np.concatenate(rows)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; it is far too large to ship and exists to be compared with."""
        return ExportSpec(
            name="sketches-paper",
            module=ema,
            inputs={"sketch": torch.ones(1, 1, 512, 512)},
            outputs=("photo",),
            ranges={"sketch": (-1.0, 1.0)},
            purpose="The published networks, for comparison.",
            limits="Not shipped.",
            data=(("CelebAMask-HQ", "LicenseRef-noncommercial-research"),),
        )
