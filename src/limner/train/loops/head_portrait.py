"""Teach the portrait: soft renderings of heads and their classes in → `heads-portrait`, photographs of nobody.

Photographed people have a photograph to be compared with; random heads, the ones that the painter is for, are judged by
critics alone, which see their pictures with their classes, and held to their rendering's colours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn

from limner.records import CLASSES
from limner.train.data.head_portrait import PortraitCrops, of_codes, of_seeds
from limner.train.data.heads import build_real
from limner.train.loops import _head_views as pictures
from limner.train.loops._head_random import fd_to_photographs
from limner.train.loops.start import from_graph
from limner.train.loops.task import ExportSpec
from limner.train.losses.adversarial import (
    MultiScaleCritic,
    critic_loss,
    feature_matching,
    maker_loss,
)
from limner.train.losses.perceptual import feature_distance, pooled_l1
from limner.train.losses.projected import ProjectedCritic, hinge_critic, hinge_maker
from limner.train.nets.frozen import open_frozen
from limner.train.nets.head_decoders import smooth_labels
from limner.train.nets.head_portrait import HeadPortrait
from limner.weights import ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["HeadPortraitTask", "Settings", "make"]

_SIDE = 256
_LIMITS = (
    "From the front, 256 px; glasses, hats and earrings of random heads are rare and poor. Marks lie where they lie "
    "whatever is shown, so the library takes what most of six moved and mirrored looks agree on; hair comes of two. "
    "Irises of eyes exchanged into much darker or lighter skin are lost, lips are redder than they were. Begun from "
    "the sketches' painter (1.08 hours); taught on, the critics lay wrinkles."
)
#: Seeds from here on are of validation: no training sees them.
_HELD_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    painter : str
        First weights of the painter: ``shipped`` takes the sketches' painter, "" none.
    photographs, seeds : int
        How many photographs, and random heads, there are to choose from: each is rendered once.
    nobody : int
        Random heads in a step, beside the batch's photographs.
    turn_deg : float
        How far random heads are turned (standard deviation of yaw; half of it is pitch's).
    coarse, perceptual, matching : float
        Weights of the losses against the photograph: shrunk, by features, by the patch critic's layers.
    colors : float
        Weight of random heads' difference from their rendering at a sixteenth of the size.
    patch, projected : float
        Weights of the critics' opinions.
    critic_width : int
        Channels of the patch critic.
    perceptual_net : str
        ``lite1``, or ``random`` for tests.
    frozen : str
        Folder with ``lite1.npz``, where its package is not installed.
    cache : str
        Folder of the arrays built.
    people : int
        Held-out people, and random heads, in a validation.
    """

    painter: str = "shipped"
    photographs: int = 1600
    seeds: int = 600
    nobody: int = 2
    turn_deg: float = 8.0
    coarse: float = 6.0
    perceptual: float = 1.5
    matching: float = 4.0
    colors: float = 3.0
    patch: float = 0.5
    projected: float = 1.0
    critic_width: int = 24
    perceptual_net: str = "lite1"
    frozen: str = ""
    cache: str = "runs/cache"
    people: int = 96


def make(recipe: Recipe, data: Path) -> HeadPortraitTask:
    """Return the task."""
    return HeadPortraitTask(recipe, recipe.settings(Settings), data)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Photographs first, then random heads: all as floats, −1 to 1.

    Parameters
    ----------
    photo : Tensor of shape (N, 3, 256, 256)
        Of photographs alone.
    coarse, classes : Tensor of shape (N + M, 3 or 19, 256, 256)
        Renderings and shares of classes.
    known : Tensor of shape (N, 1, 256, 256)
        1 where the photograph reaches.
    """

    photo: Tensor
    coarse: Tensor
    classes: Tensor
    known: Tensor

    @classmethod
    def of(cls, batch: dict[str, Tensor]) -> _Batch:
        """Return a sampler's batch."""
        coarse = torch.cat([batch["coarse"], batch["nobody"]])
        labels = torch.cat([batch["labels"], batch["nobody_labels"]])
        return cls(
            batch["photo"].float() / 127.5 - 1,
            coarse.float() / 127.5 - 1,
            smooth_labels(labels, _SIDE),
            batch["known"][:, None].float(),
        )


class HeadPortraitTask:
    """The painter against a patch critic, a critic on frozen features and the photograph itself."""

    ships = "portrait"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        s = settings
        self.sampler = self._crops(data, "train", s.photographs, range(s.seeds))
        seeds = range(_HELD_SEEDS, _HELD_SEEDS + s.people)
        self.held = self._crops(data, "val", s.people, seeds)
        portrait = HeadPortrait()
        if s.painter == "shipped":
            from_graph(ledger.row("sketches-synthesis").path, portrait)
        critic = MultiScaleCritic(len(CLASSES), s.critic_width)
        self.nets = nn.ModuleDict(
            {"portrait": portrait, "patch": critic, "projected": ProjectedCritic()}
        )
        folder = Path(s.frozen) if s.frozen else None
        self.features: nn.Module = open_frozen(s.perceptual_net, folder)

    def _crops(self, data: Path, split: str, count: int, seeds: range) -> PortraitCrops:
        s, cache = self.settings, Path(self.settings.cache)
        real = build_real(data, cache, split)
        chosen = np.unique(np.linspace(0, len(real) - 1, min(count, len(real))).astype(np.int64))
        folder = cache / f"portrait-{split}"
        return PortraitCrops(
            real,
            chosen,
            of_codes(real, chosen, folder),
            # the product paints from the front alone
            of_seeds(seeds, folder, turn_deg=s.turn_deg if split == "train" else 0.0),
            batch=self.recipe.batch,
            nobody=s.nobody,
        )

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the painter's and the critics' optimiser."""
        lr, betas = self.recipe.lr, (0.0, 0.99)
        critics = [
            p for k in ("patch", "projected") for p in self.nets[k].parameters() if p.requires_grad
        ]
        return {
            "critics": torch.optim.Adam(critics, lr, betas=betas),
            "portrait": torch.optim.Adam(self.nets["portrait"].parameters(), lr, betas=betas),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critics' turn, then the painter's."""
        del step
        s, x = self.settings, _Batch.of(batch)
        n = len(x.photo)
        grain = torch.randn(len(x.coarse), 1, _SIDE, _SIDE, device=x.coarse.device)
        made = self.nets["portrait"](x.coarse, x.classes, grain).float()
        # beyond a photograph's edge nothing is known, so nothing there is judged
        laid = torch.cat([made[:n] * x.known + x.photo * (1 - x.known), made[n:]])
        net = self.features.to(laid.device)
        with torch.no_grad():
            real_seen = net(x.photo)
        seen = net(laid)
        patch, projected = self.nets["patch"], self.nets["projected"]
        real_maps = patch(x.photo, x.classes[:n])
        fake_maps = patch(laid.detach(), x.classes)
        by_patch = critic_loss([m[-1] for m in real_maps], [m[-1] for m in fake_maps])
        by_features = hinge_critic(projected(real_seen), projected([f.detach() for f in seen]))
        told = {"d_patch": by_patch, "d_projected": by_features}
        yield "critics", by_patch + by_features, _numbers(told)
        with torch.no_grad():
            real_maps = patch(x.photo, x.classes[:n])
        fake_maps = patch(laid, x.classes)
        own_maps = [[m[:n] for m in scale] for scale in fake_maps]
        parts = {
            "coarse": s.coarse * pooled_l1(laid[:n], x.photo, (4, 8)),
            "perceptual": s.perceptual * feature_distance([f[:n] for f in seen], real_seen),
            "matching": s.matching * feature_matching(own_maps, real_maps),
            "colors": s.colors * pooled_l1(laid[n:], x.coarse[n:], (16,)),
            "g_patch": s.patch * maker_loss([m[-1] for m in fake_maps]),
            "g_projected": s.projected * hinge_maker(projected(seen)),
        }
        yield "portrait", torch.stack(list(parts.values())).sum(), _numbers(parts)

    @torch.no_grad()
    def _painted(self, ema: nn.Module, row: dict[str, NDArray[np.uint8]], *keys: str) -> Tensor:
        """Return the picture of the rendering and the classes that a row holds under two keys, always of one grain."""
        device = next(ema.parameters()).device
        coarse, labels = (torch.from_numpy(np.ascontiguousarray(row[k]))[None] for k in keys)
        grain = torch.randn(1, 1, _SIDE, _SIDE, generator=torch.Generator().manual_seed(0))
        soft = coarse.to(device).float() / 127.5 - 1
        out: Tensor = ema(soft, smooth_labels(labels.to(device), _SIDE), grain.to(device))
        return out.float().clamp(-1, 1)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return the distance to photographs, and the FD of random heads to photographs of people never seen.

        Beside it that of their bare renderings, and of one half of the photographs to the other; 128².
        """
        real, made, bare, l1 = [], [], [], []
        for k in range(len(self.held.chosen)):
            row = self.held.person(k, None)
            real.append(_small(row["photo"].transpose(1, 2, 0)))
            if k % 4 == 0:
                out = self._painted(ema, row, "coarse", "labels").cpu()
                true = torch.from_numpy(np.ascontiguousarray(row["photo"]))[None].float()
                l1.append(float(pooled_l1(out, true / 127.5 - 1, (4,))))
        for k in range(len(self.held.seeds)):
            row = self.held.other(k, None)
            out = self._painted(ema, row, "nobody", "nobody_labels")
            made.append(_small(pictures.pixels(out)))
            bare.append(_small(row["nobody"].transpose(1, 2, 0)))
        scores = {"l1": float(np.mean(l1))}
        return scores | fd_to_photographs(real, {"fd": made, "fd_bare": bare})

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out people (photograph, rendering, painted) beside random heads (rendering, painted)."""
        rows = []
        for k in range(min(8, len(self.held.chosen), len(self.held.seeds) // 2)):
            step = len(self.held.chosen) // 8 or 1
            person = self.held.person(k * step % len(self.held.chosen), None)
            tiles = [person["photo"].transpose(1, 2, 0), person["coarse"].transpose(1, 2, 0)]
            tiles += [pictures.pixels(self._painted(ema, person, "coarse", "labels"))]
            for seed in (2 * k, 2 * k + 1):
                other = self.held.other(seed, None)
                tiles += [other["nobody"].transpose(1, 2, 0)]
                out = self._painted(ema, other, "nobody", "nobody_labels")
                tiles += [pictures.pixels(out)]
            rows.append(np.concatenate(tiles, 1))
        return np.concatenate(rows).astype(np.uint8)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph."""
        classes = torch.zeros(1, len(CLASSES), _SIDE, _SIDE)
        classes[:, 0] = 1
        classes[:, :2, 60:, 60:200] = torch.tensor([0.0, 1.0])[:, None, None]
        return ExportSpec(
            name="heads-portrait",
            module=ema.eval(),
            inputs={
                "coarse": torch.full((1, 3, _SIDE, _SIDE), 0.3),
                "classes": classes,
                "grain": torch.randn(
                    1, 1, _SIDE, _SIDE, generator=torch.Generator().manual_seed(0)
                ),
            },
            outputs=("photo",),
            ranges={"coarse": (-1, 1), "classes": (0, 1)},
            purpose="A random head's rendering and classes → its photograph, to turn with its own pixels.",
            limits=_LIMITS,
            data=(("CelebAMask-HQ", "LicenseRef-research-only"), ("synthetic heads", "CC0-1.0")),
            license="LicenseRef-research-only",
            commercial=False,
            tolerance=0.06,
            eight_bits=True,
        )


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (_SIDE // 2, _SIDE // 2)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _numbers(parts: dict[str, Tensor]) -> dict[str, float]:
    return {k: float(v.detach()) for k, v in parts.items()}
