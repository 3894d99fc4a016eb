"""A task of a few hundred weights with two turns a step: a painter and its critic, noise included."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from limner.train.loops.task import ExportSpec, Sampler
from limner.train.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Settings:
    width: int = 4
    norm: bool = True
    poison_step: int = -1
    poison: str = "loss"
    term_step: int = -1


@dataclass(frozen=True)
class Pictures:
    """Random pictures and their halves; step 7 of a seed is as good as any."""

    batch_size: int
    fail: bool = False

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        if self.fail:
            raise OSError("the disk is gone")
        x = rng.random((self.batch_size, 3, 8, 8), np.float32)
        return {"x": x, "y": x.mean(1, keepdims=True) * 2 - 0.5}


class Painter(nn.Module):
    def __init__(self, width: int, *, norm: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.last = nn.Conv2d(width, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(torch.relu(self.norm(self.first(x))))
        return y


class Ship(nn.Module):
    """What is exported: the painter behind a change of range, as real tasks do it."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, photo: Tensor) -> Tensor:
        return torch.sigmoid(self.net(photo / 255.0))


class ToyTask:
    ships = "net"

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.settings = recipe.settings(Settings)
        self.sampler: Sampler = Pictures(recipe.batch)
        self.nets = nn.ModuleDict(
            {
                "net": Painter(self.settings.width, norm=self.settings.norm),
                "critic": nn.Sequential(
                    nn.Conv2d(1, 4, 3, 2), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3)
                ),
            }
        )

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        lr = self.recipe.lr
        return {
            "net": torch.optim.AdamW(self.nets["net"].parameters(), lr),
            "critic": torch.optim.SGD(self.nets["critic"].parameters(), lr, momentum=0.9),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        poisoned = step == self.settings.poison_step
        if step == self.settings.term_step:
            os.kill(os.getpid(), signal.SIGTERM)
        x, y = batch["x"], batch["y"]
        if poisoned and self.settings.poison == "batch":
            x = x * float("nan")
        made = self.nets["net"](x + 0.1 * torch.randn_like(x))
        near = (made.float() - y.float()).abs().mean()
        loss = near - 0.1 * self.nets["critic"](made).float().mean()
        if poisoned and self.settings.poison == "loss":
            loss = loss * float("nan")
        yield "net", loss, {"near": float(near.detach())}
        fake = self.nets["critic"](made.detach()).float()
        real = self.nets["critic"](y).float()
        yield "critic", torch.relu(1 - real).mean() + torch.relu(1 + fake).mean(), {}

    def _held_out(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        batch = Pictures(4).batch(np.random.default_rng(1))
        return torch.from_numpy(batch["x"]).to(dtype), torch.from_numpy(batch["y"]).to(dtype)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        torch.randn(3)  # a careless task: drawing numbers here must not change the training
        x, y = self._held_out(next(ema.parameters()).dtype)
        return {"l1": float((ema(x) - y).abs().mean())}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        x, _ = self._held_out(next(ema.parameters()).dtype)
        grey = (ema(x).clamp(0, 1) * 255).to(torch.uint8).numpy()
        return np.repeat(np.concatenate(list(grey[:, 0]), 1)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        return ExportSpec(
            name="styles-toy",
            module=Ship(ema),
            inputs={"photo": torch.rand(1, 3, 8, 8) * 255},
            outputs=("ink",),
            dynamic={"photo": {2: "height", 3: "width"}, "ink": {2: "height", 3: "width"}},
            ranges={"photo": (0.0, 255.0), "ink": (0.0, 1.0)},
            purpose="Shows that a graph can be written.",
            limits="It draws nothing.",
            data=(("random numbers", "CC0-1.0"),),
            license="CC0-1.0",
            commercial=True,
        )


def recipe(**values: Any) -> Recipe:
    """Return a recipe for the toy, two picture checks included."""
    table = {k: values.pop(k) for k in list(values) if k in Settings.__dataclass_fields__}
    plain: dict[str, Any] = {
        "name": "toy",
        "task": "toy",
        "steps": 6,
        "batch": 2,
        "lr": 0.01,
        "workers": 0,
        "precision": "f32",
        "log_every": 2,
        "validate_every": 3,
        "sample_every": 3,
        "best_metric": "l1",
        "best_goal": "min",
        "ema_half_life_pictures": 20.0,
    }
    return Recipe(**(plain | values), table=table)


def make(recipe: Recipe, data: Path) -> ToyTask:
    del data
    return ToyTask(recipe)
