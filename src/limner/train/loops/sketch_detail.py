"""Teach the last stage: photographs of 512 px and a trained synthesis in → `sketches-detail`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.sketches.parts import NAMES
from limner.train.data.sketch_faces import build_faces, chosen
from limner.train.loops import _sketches as shared
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
from limner.train.nets.sketch_parts import Parts
from limner.train.nets.sketch_synthesis import Detail, Synthesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.nets.sketch_synthesis import Made
    from limner.train.recipe import Recipe

__all__ = ["DetailTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    parts, synthesis : str
        Weights of the earlier stages: a run's folder, a file, or ``shipped``; "" only for tests.
    cache, frozen : str
        Folders of the arrays built, and of ``lite1.npz`` and ``vgg.npz``.
    perceptual_net : str
        ``vgg``, ``lite1`` or, for tests, ``random``.
    crop_px : int
        Side of the crops of 512 px that are judged.
    critic_width : int
        Of the patch critic.
    critic_rate : float
        Learning rate of the critics as a multiple of the recipe's.
    keep, coarse, perceptual, patch, projected, matching : float
        Weights: of the half-size photograph it starts from; of the real one; of features; of the critics.
    held_out, build_workers : int
        People in a validation; processes that build arrays.
    """

    parts: str = ""
    synthesis: str = ""
    cache: str = "runs/cache"
    frozen: str = ""
    perceptual_net: str = "vgg"
    crop_px: int = 256
    critic_width: int = 40
    critic_rate: float = 2.0
    keep: float = 10.0
    coarse: float = 1.0
    perceptual: float = 0.7
    patch: float = 0.7
    projected: float = 0.3
    matching: float = 2.0
    held_out: int = 12
    build_workers: int = 0


@dataclass(frozen=True, slots=True)
class _Crop:
    """What one turn looks at: the real crop, what stands before it, the ink over it."""

    real: Tensor
    half: Tensor
    features: Tensor
    ink: Tensor
    bound: Tensor


def make(recipe: Recipe, data: Path) -> DetailTask:
    """Return the task."""
    return DetailTask(recipe, recipe.settings(Settings), data)


class DetailTask:
    """The last stage against critics that see crops; everything before it stays as it is.

    Notes
    -----
    What the synthesis painted is not the photograph: hair falls otherwise, light differs. So the last stage must keep
    the half-size picture it is given and only make it look like one of 512 px; the real photograph binds weakly.
    """

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        s = settings
        found = chosen(data, "train", 0.0, size=512)
        faces = build_faces(found, Path(s.cache), "sketch-train", size=512, workers=s.build_workers)
        self.sampler = shared.open_sampler(
            data, faces, recipe.batch, (0.0, 0.3, 0.1), cache=s.cache, sketch_px=512
        )
        self.held_out = shared.open_faces(data, s.cache, "val", 0.0, workers=s.build_workers)
        self.before = nn.ModuleDict({"parts": Parts(), "synthesis": Synthesis()})
        shared.fill(self.before["parts"], s.parts, "sketches-parts")
        shared.fill(self.before["synthesis"], s.synthesis, "sketches-synthesis")
        self.before.eval().requires_grad_(requires_grad=False)
        self.nets = nn.ModuleDict(
            {
                "net": Detail(),
                "patch": MultiScaleCritic(1, s.critic_width),
                "projected": ProjectedCritic(),
            }
        )
        folder = Path(s.frozen) if s.frozen else None
        quick = "random" if s.perceptual_net == "random" else "lite1"
        self.seen = open_frozen(quick, folder)
        same = s.perceptual_net == quick
        self.looks = self.seen if same else open_frozen(s.perceptual_net, folder)
        self.gates = shared.gates_of(512)

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the maker's and the critics' optimiser."""
        critics = [
            p for k in ("patch", "projected") for p in self.nets[k].parameters() if p.requires_grad
        ]
        lr, betas = self.recipe.lr, (0.0, 0.99)
        return {
            "critics": torch.optim.Adam(critics, lr=lr * self.settings.critic_rate, betas=betas),
            "net": torch.optim.Adam(self.nets["net"].parameters(), lr=lr, betas=betas),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critics' turn, then the maker's."""
        del step
        self._follow(batch["rough"].device)
        with torch.no_grad():
            x = self._crop(batch)
        net, patch, projected = (self.nets[k] for k in ("net", "patch", "projected"))
        grain = torch.randn_like(x.ink[:, :1])
        made = net(x.features, x.half, x.ink, grain).float()
        drawn = x.ink[:, :1]
        real_maps, fake_maps = patch(x.real, drawn), patch(made.detach(), drawn)
        by_patch = critic_loss([m[-1] for m in real_maps], [m[-1] for m in fake_maps])
        with torch.no_grad():
            real_seen, fake_seen = self.seen(x.real), self.seen(made.detach())
        by_features = hinge_critic(projected(real_seen), projected(fake_seen))
        yield (
            "critics",
            by_patch + by_features,
            {
                "d_patch": float(by_patch.detach()),
                "d_projected": float(by_features.detach()),
            },
        )
        yield self._maker(x, made)

    def _maker(self, x: _Crop, made: Tensor) -> tuple[str, Tensor, dict[str, float]]:
        s, drawn = self.settings, x.ink[:, :1]
        patch, projected = self.nets["patch"], self.nets["projected"]
        with torch.no_grad():
            real_maps, real_look = patch(x.real, drawn), self.looks(x.real)
        fake_maps = patch(made, drawn)
        parts = {
            "keep": s.keep * pooled_l1(made, functional.interpolate(x.half, scale_factor=2), (2,)),
            "coarse": s.coarse * pooled_l1(made, x.real, (8,), x.bound),
            "perceptual": s.perceptual * feature_distance(self.looks(made), real_look, x.bound),
            "matching": s.matching * feature_matching(fake_maps, real_maps, x.bound),
            "g_patch": s.patch * maker_loss([m[-1] for m in fake_maps]),
            "g_projected": s.projected * hinge_maker(projected(self.seen(made))),
        }
        loss = torch.stack(list(parts.values())).sum()
        return "net", loss, {k: float(v.detach()) for k, v in parts.items()}

    def _follow(self, device: torch.device) -> None:
        if self.gates.device != device:
            for net in (self.before, self.seen, self.looks):
                net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
            self.gates = self.gates.to(device)

    def _whole(
        self, rough: Tensor, confidence: Tensor, palette: Tensor, grain: Tensor
    ) -> tuple[Made, Tensor]:
        """Return what the earlier stages make of sketches (N, 1, 512, 512), and the gated ink."""
        trusted = torch.einsum("np,phw->nhw", confidence, self.gates)[:, None]
        ink = torch.cat([rough * trusted, trusted], 1)
        parts = self.before["parts"]
        assert isinstance(parts, Parts)  # noqa: S101
        codes = parts.encode(functional.avg_pool2d(rough, 2))
        made: Made = self.before["synthesis"](codes, functional.avg_pool2d(ink, 2), palette, grain)
        return made, ink

    def _crop(self, batch: dict[str, Tensor]) -> _Crop:
        """Return one crop a picture, at the same random place for all: eyes and mouth twice as often."""
        photo = batch["photo"].permute(0, 3, 1, 2).float() / 127.5 - 1
        rough = batch["rough"][:, None].float() / 255
        grain = torch.randn(len(photo), 1, 256, 256, device=photo.device)
        made, ink = self._whole(rough, batch["confidence"], batch["palette"], grain)
        side = self.settings.crop_px
        places = torch.randint(0, (512 - side) // 2 + 1, (2,))
        if float(torch.rand(())) < 0.5 and side < 320:
            # a crop whose middle lies among the features
            middle = torch.tensor([256 - side // 2, 270 - side // 2])
            places = (middle + torch.randint(-60, 61, (2,))).clamp(0, 512 - side) // 2
        x, y = (int(v) for v in places)
        half = slice(y, y + side // 2), slice(x, x + side // 2)
        full = slice(2 * y, 2 * y + side), slice(2 * x, 2 * x + side)
        return _Crop(
            real=photo[..., full[0], full[1]],
            half=made.photo.float()[..., half[0], half[1]],
            features=made.features[..., half[0], half[1]],
            ink=ink[..., full[0], full[1]],
            bound=batch["own"] * batch["confidence"].mean(1),
        )

    @torch.no_grad()
    def _made(
        self, ema: nn.Module, count: int
    ) -> tuple[dict[str, NDArray[np.uint8]], Tensor, Tensor]:
        """Return held-out people, their photographs of 256 px and of 512 px."""
        batch = shared.fixed_batch(self.held_out, count, 0.0, 1.0)
        device = next(ema.parameters()).device
        self._follow(device)
        rough = torch.from_numpy(batch["rough"]).to(device)[:, None].float() / 255
        rough = functional.interpolate(rough, scale_factor=2.0, mode="bilinear")
        palette = torch.from_numpy(batch["palette"]).to(device)
        source = torch.Generator().manual_seed(0)
        small, large = (torch.randn(1, 1, k, k, generator=source).to(device) for k in (256, 512))
        half, full = [], []
        for k in range(len(rough)):
            trust = torch.ones(1, len(NAMES), device=device)
            made, ink = self._whole(rough[k : k + 1], trust, palette[k : k + 1], small)
            half.append(made.photo.float())
            full.append(ema(made.features, made.photo, ink, large).float())
        return batch, torch.cat(half), torch.cat(full)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return how sharp the result is beside its enlarged half, and how well the half is kept."""
        _, half, full = self._made(ema, self.settings.held_out)
        enlarged = functional.interpolate(half, scale_factor=2.0, mode="bicubic")
        return {
            "sharpness": float(_edges(full) / _edges(enlarged).clamp(min=1e-6)),
            "kept": float((functional.avg_pool2d(full, 2) - half).abs().mean()),
        }

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return people: the real photograph, 256 px enlarged, 512 px, and the face of both at full size."""
        batch, half, full = self._made(ema, 4)
        enlarged = functional.interpolate(half, scale_factor=2.0, mode="bicubic")
        rows = []
        for k in range(len(full)):
            real = torch.from_numpy(batch["photo"][k]).permute(2, 0, 1).float() / 127.5 - 1
            tiles = [shared.photo_tile(t, 320) for t in (real, full[k])]
            tiles += [shared.photo_tile(t[k, :, 140:460, 96:416], 320) for t in (enlarged, full)]
            rows.append(np.concatenate(tiles, 1))
        return np.concatenate(rows)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs."""
        return ExportSpec(
            name="sketches-detail",
            module=ema,
            inputs={
                "features": torch.zeros(1, 24, 256, 256),
                "half": torch.zeros(1, 3, 256, 256),
                "ink": torch.zeros(1, 2, 512, 512),
                "grain": torch.zeros(1, 1, 512, 512),
            },
            outputs=("photo",),
            ranges={"half": (-1.0, 1.0), "ink": (0.0, 1.0), "photo": (-1.5, 1.5)},
            purpose="Adds detail to a synthesised photograph: 256 px to 512 px.",
            limits="Sharpens what is there; strands and pores are invented, and a face that was painted wrongly "
            "becomes a sharp wrong face. In plain grounds it drew wisps and bright contours, so the ground is "
            "taken from the stage before.",
            data=(("CelebAMask-HQ", "LicenseRef-noncommercial-research"),),
            tolerance=0.02,
        )


def _edges(photo: Tensor) -> Tensor:
    """Return the mean size of the Laplacian."""
    grey = photo.mean(1, keepdim=True)
    return (
        (grey - functional.avg_pool2d(functional.pad(grey, (1, 1, 1, 1), "replicate"), 3, 1))
        .abs()
        .mean()
    )
