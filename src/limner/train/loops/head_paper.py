"""The published system's own training: photographs with human classes in → random portraits, from noise alone.

For comparison and for those who have the machines: nothing that ships comes from here. Losses are SemanticStyleGAN's:
logistic, R1 10 on pictures and 1000 on classes every 16 steps, 100 × the distance of coarse and fine masks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.data.head_pairs import look
from limner.train.data.heads import OUTSIDE, build_real
from limner.train.loops import _head_views as views
from limner.train.loops.task import ExportSpec
from limner.train.nets.head_critic import logistic_critic, logistic_maker
from limner.train.nets.head_paper import PAPER_PARTS, DualCritic, PaperHead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.data.heads import HeadViews
    from limner.train.recipe import Recipe

__all__ = ["HeadPaperTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of the picture, up to 256: the packs hold no more.
    style, width, channels, critic_width : int
        Sizes of the nets.
    side : int
        Of maps and rays.
    r1_picture, r1_classes, r1_every : float, float, int
        Gradient penalties.
    mask : float
        Weight of the distance between rendered and decoded masks.
    cache : str
        Folder of the arrays built from the packs.
    """

    size_px: int = 256
    style: int = 512
    width: int = 64
    channels: int = 512
    critic_width: int = 512
    side: int = 64
    r1_picture: float = 10.0
    r1_classes: float = 1000.0
    r1_every: int = 16
    mask: float = 100.0
    cache: str = "runs/cache"


def make(recipe: Recipe, data: Path) -> HeadPaperTask:
    """Return the task."""
    return HeadPaperTask(recipe, recipe.settings(Settings), data)


class Photographs:
    """Batches of photographs, classes and cameras."""

    def __init__(self, real: HeadViews, batch: int) -> None:
        self.real, self.count = real, batch

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return photo (N, 3, 256, 256) uint8, labels (N, 256, 256) uint8, pose (N, 2)."""
        rows = [look(self.real, int(i)) for i in rng.integers(0, len(self.real), self.count)]
        return {
            "photo": np.stack([r["photo"].transpose(2, 0, 1) for r in rows]),
            "labels": np.stack([r["labels"] & (OUTSIDE - 1) for r in rows]).astype(np.uint8),
            "pose": np.stack([r["pose"] for r in rows]),
        }


class HeadPaperTask:
    """Portraits and part maps from noise."""

    ships = "head"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        self.sampler = Photographs(build_real(data, Path(settings.cache), "train"), recipe.batch)
        s = settings
        self.nets = nn.ModuleDict(
            {
                "head": PaperHead(
                    style=s.style,
                    width=s.width,
                    channels=s.channels,
                    side=s.side,
                    size_px=s.size_px,
                ),
                "critic": DualCritic(s.size_px, s.critic_width),
            }
        )

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return Adam for both sides, betas as the lazy penalty asks."""
        lr, k = self.recipe.lr, self.settings.r1_every / (self.settings.r1_every + 1)
        return {
            "head": torch.optim.Adam(self.nets["head"].parameters(), lr, betas=(0.0, 0.99)),
            "critic": torch.optim.Adam(
                self.nets["critic"].parameters(), lr * k, betas=(0.0, 0.99**k)
            ),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the maker's turn, then the critic's."""
        s, head, critic = self.settings, self.nets["head"], self.nets["critic"]
        photo, classes = self._real(batch)
        pose = batch["pose"][torch.randperm(len(photo), device=photo.device)]
        z = torch.randn(2, len(photo), s.style, device=photo.device)
        made = head(head.codes(z[0], z[1]), pose)  # type: ignore[operator]
        shares = made["labels"].float().softmax(1)
        coarse = functional.adaptive_avg_pool2d(shares, s.side)
        opinion = logistic_maker(critic(made["photo"], shares * 2 - 1))
        mask = (coarse - made["masks"].float()).square().mean()
        log = {"opinion": float(opinion.detach()), "mask": float(mask.detach())}
        yield "head", opinion + s.mask * mask, log
        scores = critic(made["photo"].detach(), shares.detach() * 2 - 1)
        loss = logistic_critic(critic(photo, classes), scores)
        log = {"critic": float(loss.detach())}
        if step % s.r1_every == 0:
            slopes = self._slopes(critic, photo, classes)
            loss = loss + 0.5 * s.r1_every * slopes
            log["r1"] = float(slopes.detach())
        yield "critic", loss, log

    def _real(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        factor = batch["photo"].shape[-1] // self.settings.size_px
        table = torch.zeros(19, dtype=torch.long, device=batch["photo"].device)
        for number, classes in enumerate(PAPER_PARTS):
            table[list(classes)] = number
        parts = functional.one_hot(table[batch["labels"].long()], len(PAPER_PARTS)).movedim(-1, 1)
        photo = batch["photo"].float() / 127.5 - 1
        if factor > 1:
            photo = functional.avg_pool2d(photo, factor)
            return photo, functional.avg_pool2d(parts.float(), factor) * 2 - 1
        return photo, parts.float() * 2 - 1

    def _slopes(self, critic: nn.Module, photo: Tensor, classes: Tensor) -> Tensor:
        with torch.autocast(photo.device.type, enabled=False):
            both = [x.detach().float().requires_grad_() for x in (photo, classes)]
            first, second = torch.autograd.grad(critic(*both).sum(), both, create_graph=True)
        s = self.settings
        sums = [x.square().sum((1, 2, 3)).mean() for x in (first, second)]
        return s.r1_picture * sums[0] + s.r1_classes * sums[1]

    def _portraits(self, ema: nn.Module, count: int) -> dict[str, Tensor]:
        device = next(ema.parameters()).device
        normal = np.random.default_rng(0).standard_normal((count, self.settings.style))
        z = torch.from_numpy(normal.astype(np.float32)).to(device)
        pose = torch.zeros(count, 2, device=device)
        pose[:, 0] = torch.linspace(-30, 30, count, device=device)
        made: dict[str, Tensor] = ema(ema.codes(z), pose)  # type: ignore[operator]
        return made

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return how far rendered and decoded masks agree; quality is judged by the evaluation, not here."""
        made = self._portraits(ema, 4)
        coarse = functional.adaptive_avg_pool2d(made["labels"].softmax(1), self.settings.side)
        return {"agree": float((coarse.argmax(1) == made["masks"].argmax(1)).float().mean())}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return eight random portraits, turned from −30° to 30°."""
        photo = self._portraits(ema, 8)["photo"]
        return np.concatenate([views.pixels(p[None]) for p in photo], 1)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph: codes and a camera → portrait."""
        codes = torch.zeros(1, 1 + 2 * len(PAPER_PARTS), self.settings.style)
        return ExportSpec(
            name="heads-paper",
            module=PaperGraph(ema).eval(),
            inputs={"codes": codes, "pose_deg": torch.zeros(1, 2)},
            outputs=("photo", "labels", "masks", "depth"),
            ranges={"codes": (-1, 1), "pose_deg": (-30, 30)},
            purpose="The published system's shapes, for comparison.",
            limits="Trained for two steps only.",
            data=(("CelebAMask-HQ", "LicenseRef-research-only"),),
        )


class PaperGraph(nn.Module):
    """The reconstruction as it is exported."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, codes: Tensor, pose_deg: Tensor) -> tuple[Tensor, ...]:
        """Return photo, labels, masks, depth."""
        made = self.head(codes, pose_deg)
        return made["photo"], made["labels"], made["masks"], made["depth"]
