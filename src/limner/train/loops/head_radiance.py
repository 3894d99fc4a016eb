"""Teach SAGE's radiance field, stage I: photographs with human classes in → random heads that turn.

As published: logistic critics of photograph and classes that also read the camera off, R1, stereo mixup and its
photometric loss. The camera, and classes that are shares rather than ±1, are Limner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.errors import RecipeError
from limner.records import CLASS_COLORS, CLASSES
from limner.train.data.heads import OUTSIDE, build_real
from limner.train.loops.head_paper import Photographs
from limner.train.loops.task import ExportSpec
from limner.train.nets.head_critic import HeadCritic, logistic_critic, logistic_maker, r1
from limner.train.nets.radiance import RadianceHead, photometric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["HeadRadianceTask", "Settings", "load_head", "make", "shares_of"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px, side : int
        Of the picture, up to 256; of the square of rays.
    code, width, layers : int
        Sizes of the generator.
    critic_width : int
        Channels of the critics at full size.
    r1, r1_every : float, int
        Gradient penalty, and how often it is taken (then as many times as strong).
    pose, pose_steps : float, int
        Weight of the camera that the critics read off, in the first steps only.
    photometric, mixup : float
        Weight of the difference of two cameras' colours, largest share of the second camera's features.
    noise_steps : int
        Steps over which the noise on densities dies away.
    cache : str
        Folder of the arrays built from the packs.
    """

    size_px: int = 128
    side: int = 32
    code: int = 128
    width: int = 96
    layers: int = 5
    critic_width: int = 24
    r1: float = 0.2
    r1_every: int = 4
    pose: float = 15.0
    pose_steps: int = 50000
    photometric: float = 1.0
    mixup: float = 0.1
    noise_steps: int = 5000
    cache: str = "runs/cache"


def make(recipe: Recipe, data: Path) -> HeadRadianceTask:
    """Return the task."""
    return HeadRadianceTask(recipe, recipe.settings(Settings), data)


def load_head(path: Path) -> RadianceHead:
    """Return a trained field; its sizes are read off its recipe.

    Parameters
    ----------
    path : Path
        A run's folder.

    Raises
    ------
    RecipeError
        If it holds none.
    """
    from safetensors.torch import load

    from limner.train import recipe as recipes

    weights = path / "best.safetensors"
    if not weights.is_file():
        raise RecipeError(
            f"{path} holds no trained field: best.safetensors is wanted. Train head-radiance first, or name its "
            "run in the recipe's `field`."
        )
    s = recipes.read(path / "recipe.toml").settings(Settings)
    head = _net(s)
    head.load_state_dict(load(weights.read_bytes()))
    return head


def _net(s: Settings) -> RadianceHead:
    return RadianceHead(code=s.code, width=s.width, layers=s.layers, side=s.side, size_px=s.size_px)


def shares_of(labels: Tensor, side: int) -> Tensor:
    """Return shares (N, 19, side, side) of class ids (N, H, W)."""
    hot = functional.one_hot(labels.long() & (OUTSIDE - 1), len(CLASSES)).movedim(-1, 1).float()
    return functional.adaptive_avg_pool2d(hot, side)


class HeadRadianceTask:
    """Portraits and their classes from noise, by a radiance field."""

    ships = "head"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        self.sampler = Photographs(build_real(data, Path(settings.cache), "train"), recipe.batch)
        s = settings
        self.nets = nn.ModuleDict(
            {
                "head": _net(s),
                "picture": HeadCritic(3, s.size_px, s.critic_width),
                "classes": HeadCritic(len(CLASSES), s.size_px, s.critic_width),
            }
        )

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return one for the generator, one for both critics, three times as quick."""
        lr = self.recipe.lr
        critics = [p for k in ("picture", "classes") for p in self.nets[k].parameters()]
        return {
            "head": torch.optim.Adam(self.nets["head"].parameters(), lr, betas=(0.0, 0.9)),
            "critics": torch.optim.Adam(critics, lr * 3.3, betas=(0.0, 0.9)),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the generator's turn, then the critics'."""
        s = self.settings
        photo = functional.adaptive_avg_pool2d(batch["photo"].float() / 127.5 - 1, s.size_px)
        shares = shares_of(batch["labels"], s.size_px)
        pose = batch["pose"][torch.randperm(len(photo), device=photo.device)]
        made, alike = self._made(pose, step)
        weigh = s.pose if step < s.pose_steps else 0.0
        parts = {"photometric": alike * s.photometric}
        for name in ("picture", "classes"):
            score, read = self.nets[name](made[name])
            parts[name] = logistic_maker(score)
            parts[f"pose_{name}"] = weigh * functional.mse_loss(read, pose / 45)
        loss = torch.stack(list(parts.values())).sum()
        yield "head", loss, {k: float(v.detach()) for k, v in parts.items()}
        log = {}
        for name, real in (("picture", photo), ("classes", shares)):
            critic = self.nets[name]
            true, read = critic(real)
            false, guess = critic(made[name].detach())
            log[f"d_{name}"] = logistic_critic(true, false)
            seen = functional.mse_loss(guess, pose / 45) + functional.mse_loss(
                read, batch["pose"] / 45
            )
            log[f"d_pose_{name}"] = 0.5 * weigh * seen
            if step % s.r1_every == 0:
                log[f"r1_{name}"] = 0.5 * s.r1 * s.r1_every * r1(critic, real)
        loss = torch.stack(list(log.values())).sum()
        yield "critics", loss, {k: float(v.detach()) for k, v in log.items()}

    def _made(self, pose: Tensor, step: int) -> tuple[dict[str, Tensor], Tensor]:
        """Return random heads with another camera mixed in, and how much the two cameras' colours differ."""
        s, head = self.settings, self.nets["head"]
        assert isinstance(head, RadianceHead)  # noqa: S101
        film = head.mapping(torch.randn(len(pose), s.code, device=pose.device))
        noise = max(0.0, 1 - step / max(s.noise_steps, 1))
        second = pose.roll(1, 0)
        seen = head.render(film, pose, jitter=True, noise=noise)
        other = head.render(film, second, jitter=True, noise=noise)
        moved = head.warped(other, (pose, second), seen.depth)
        share = torch.rand(len(pose), 1, 1, 1, device=pose.device) * s.mixup
        out = head.decode(seen.mixed(moved, share), film)
        made = {"picture": out["photo"], "classes": out["labels"].softmax(1)}
        return made, photometric(seen.colour, moved.colour)

    def _portraits(self, ema: nn.Module, count: int) -> dict[str, Tensor]:
        device = next(ema.parameters()).device
        normal = np.random.default_rng(0).standard_normal((1, self.settings.code)) * 0.5
        z = torch.from_numpy(normal.astype(np.float32)).to(device).expand(count, -1)
        pose = torch.zeros(count, 2, device=device)
        pose[:, 0] = torch.linspace(-30, 30, count, device=device)
        made: dict[str, Tensor] = ema(z, pose)
        return made

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return how far the colours of cameras 12° apart agree by depth; quality is judged by the evaluation."""
        head = ema
        assert isinstance(head, RadianceHead)  # noqa: S101
        device = next(head.parameters()).device
        normal = np.random.default_rng(1).standard_normal((4, self.settings.code))
        film = head.mapping(torch.from_numpy(normal.astype(np.float32)).to(device))
        poses = torch.zeros(4, 2, device=device), torch.full((4, 2), 0.0, device=device)
        poses[1][:, 0] = 12
        one, other = (head.render(film, p) for p in poses)
        moved = head.warped(other, poses, one.depth)
        return {"agree": 1 - float(photometric(one.colour, moved.colour))}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return one random head from seven sides, with its classes."""
        made = self._portraits(ema, 7)
        photo = ((made["photo"].clamp(-1, 1) + 1) * 127.5).byte().permute(0, 2, 3, 1).cpu().numpy()
        ids = made["labels"].argmax(1).cpu().numpy()
        rows: list[Any] = [photo, np.array(CLASS_COLORS, np.uint8)[ids]]
        return np.concatenate([np.concatenate(list(row), 1) for row in rows])

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph: a code and a camera → photograph, classes, depth, features."""
        return ExportSpec(
            name="heads-radiance",
            module=RadianceGraph(ema).eval(),
            inputs={"code": torch.zeros(1, self.settings.code), "pose_deg": torch.zeros(1, 2)},
            outputs=("photo", "labels", "depth", "rendered"),
            ranges={"code": (-1, 1), "pose_deg": (-30, 30)},
            purpose="SAGE's radiance field: random heads from any near-frontal side.",
            limits="Nobody's own photograph; near-frontal; what ships is the part field.",
            data=(("CelebAMask-HQ", "LicenseRef-research-only"),),
            tolerance=0.02,
            jumps=True,
        )


class RadianceGraph(nn.Module):
    """The generator as it is exported."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = head

    def forward(self, code: Tensor, pose_deg: Tensor) -> tuple[Tensor, ...]:
        """Return photo, shares of the classes, depth, features."""
        made = self.head(code, pose_deg)
        return made["photo"], made["labels"].softmax(1), made["depth"], made["features"]
