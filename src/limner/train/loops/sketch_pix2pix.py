"""Teach a plain pix2pix to compare with: sketches of 256 px in → photographs, without components, bank or palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.loops import _sketches as shared
from limner.train.loops.task import ExportSpec
from limner.train.losses.adversarial import MultiScaleCritic, critic_loss, maker_loss
from limner.train.nets.sketch_pix2pix import PlainNet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["PlainTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    width, depth : int
        Of the U-Net.
    critic_width : int
        Of the patch critic.
    l1, adversarial : float
        Weights of the losses: 100 to 1 as published.
    cache : str
        Folder of the arrays built.
    least_sharpness, scan_share : float
        As in `sketch_synthesis`, so that both see the same sketches.
    held_out, build_workers : int
        People in a validation; processes that build arrays.
    """

    width: int = 32
    depth: int = 6
    critic_width: int = 32
    l1: float = 100.0
    adversarial: float = 1.0
    cache: str = "runs/cache"
    least_sharpness: float = 80.0
    scan_share: float = 0.25
    held_out: int = 16
    build_workers: int = 0


def make(recipe: Recipe, data: Path) -> PlainTask:
    """Return the task."""
    return PlainTask(recipe, recipe.settings(Settings), data)


class PlainTask:
    """The U-Net by L1 against one patch critic."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        s = settings
        train, self.held_out = (
            shared.open_faces(data, s.cache, k, s.least_sharpness, workers=s.build_workers)
            for k in ("train", "val")
        )
        shares = 0.0, s.scan_share, 0.0
        self.sampler = shared.open_sampler(data, train, recipe.batch, shares, cache=s.cache)
        critic = MultiScaleCritic(1, s.critic_width, scales=1)
        self.nets = nn.ModuleDict({"net": PlainNet(s.width, s.depth), "critic": critic})

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return Adam for each side."""
        lr, betas = self.recipe.lr, (0.5, 0.999)
        return {
            k: torch.optim.Adam(self.nets[k].parameters(), lr=lr, betas=betas)
            for k in ("critic", "net")
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critic's turn, then the maker's."""
        del step
        ink = batch["rough"][:, None].float() / 255
        photo = batch["photo"].permute(0, 3, 1, 2).float() / 127.5 - 1
        net, critic, s = self.nets["net"], self.nets["critic"], self.settings
        made = net(ink).float()
        real, fake = critic(photo, ink), critic(made.detach(), ink)
        loss = critic_loss([m[-1] for m in real], [m[-1] for m in fake], kind="lsgan")
        yield "critic", loss, {"d": float(loss.detach())}
        fooled = maker_loss([m[-1] for m in critic(made, ink)], kind="lsgan")
        l1 = functional.l1_loss(made, photo)
        loss = s.adversarial * fooled + s.l1 * l1
        yield "net", loss, {"g": float(fooled.detach()), "l1": float(l1.detach())}

    @torch.no_grad()
    def _made(self, ema: nn.Module, count: int, roughness: float) -> tuple[Tensor, Tensor, Tensor]:
        """Return held-out sketches, what comes out, and the photographs."""
        batch = shared.fixed_batch(self.held_out, count, roughness, float(roughness == 0))
        device = next(ema.parameters()).device
        ink = torch.from_numpy(batch["rough"]).to(device)[:, None].float() / 255
        made = torch.cat([ema(part).float() for part in torch.split(ink, 8)])
        photo = torch.from_numpy(batch["photo"]).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        return ink, made, photo

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return the distance to the photographs at an eighth of the size."""
        scores = {}
        for name, roughness in (("faithful", 0.0), ("rough", 0.8)):
            _, made, photo = self._made(ema, self.settings.held_out, roughness)
            gap = functional.avg_pool2d(made - photo, 8).abs()
            scores[f"l1_{name}"] = float(gap.mean())
        return scores

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return sketch, result and photograph of some people, faithful and rough."""
        halves = []
        for roughness in (0.0, 0.8):
            ink, made, photo = self._made(ema, 4, roughness)
            columns = (1 - 2 * ink.expand(-1, 3, -1, -1), made, photo)
            rows = [
                np.concatenate([shared.photo_tile(c[k]) for c in columns], 1)
                for k in range(len(ink))
            ]
            halves.append(np.concatenate(rows))
        return np.concatenate(halves, 1)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; it exists to be compared with."""
        return ExportSpec(
            name="sketches-pix2pix",
            module=ema,
            inputs={"ink": torch.zeros(1, 1, 256, 256)},
            outputs=("photo",),
            ranges={"ink": (0.0, 1.0), "photo": (-1.0, 1.0)},
            purpose="A plain U-Net from lines to a photograph, for comparison.",
            limits="Not shipped.",
            data=(("CelebAMask-HQ", "LicenseRef-noncommercial-research"),),
            tolerance=0.02,
        )
