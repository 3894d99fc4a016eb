"""Teach the shell of heads: synthetic heads from every side and real photographs in → encoder, field and decoder.

Stage 0: any view of a synthetic head in, any other out, with exact labels and depth; photographs with human labels
beside them, each foretelling itself, their depth known from the face mesh.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from limner.heads.encode import template
from limner.train.data.head_pairs import HeadPairs
from limner.train.data.head_template import measured_template
from limner.train.data.heads import build_real, build_synthetic
from limner.train.loops import _head_graphs as graphs
from limner.train.loops import _head_views as views
from limner.train.loops._head_labels import with_adjusted_labels
from limner.train.losses import heads as losses
from limner.train.losses.perceptual import feature_distance
from limner.train.nets.frozen import open_frozen
from limner.train.nets.head_chart import camera_points
from limner.train.nets.head_decoders import smooth_labels
from limner.train.nets.head_shell import RAYS, HeadShell

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.loops.task import ExportSpec
    from limner.train.nets.head_field import Codes
    from limner.train.recipe import Recipe

__all__ = ["HeadShellTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    encoder_width, field_width, decoder_width, channels : int
        Sizes of the nets.
    rays : int
        Side of the square of rays that is rendered in a step, up to 64 (the whole picture).
    real_share : float
        How many of the pictures are photographs.
    drop_residual : float
        How often a head must be shown from its codes alone.
    code_noise : float
        Normal noise on the codes, so that their neighbours are heads too.
    look, gradient, feature, labels, alpha, masks, depth, surface, mesh, smooth, code : float
        Weights of the losses; `feature` compares frozen features (Lite1) and costs a third more time on a CPU.
    frozen : str
        Folder with ``lite1.npz``, where its package is not installed.
    cache : str
        Folder of the arrays built from the packs.
    people : int
        Held-out heads in a validation.
    """

    encoder_width: int = 32
    field_width: int = 32
    decoder_width: int = 64
    channels: int = 24
    rays: int = 64
    real_share: float = 0.25
    drop_residual: float = 0.35
    code_noise: float = 0.05
    look: float = 4.0
    gradient: float = 2.0
    feature: float = 0.0
    labels: float = 1.0
    alpha: float = 0.5
    masks: float = 0.5
    depth: float = 0.4
    surface: float = 0.3
    mesh: float = 0.3
    smooth: float = 0.02
    code: float = 1e-2
    frozen: str = ""
    cache: str = "runs/cache"
    people: int = 36


#: Photographs whose codes' axes random heads begin from; taught heads that say how readily each class should be told.
_PEOPLE, _HEADS = 1000, 60


def make(recipe: Recipe, data: Path) -> HeadShellTask:
    """Return the task."""
    return HeadShellTask(recipe, recipe.settings(Settings), data)


class HeadShellTask:
    """A photograph in, the same head from elsewhere out."""

    ships = "shell"
    pieces = ("encoder", "field", "renderer", "sampler")

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        self.piece = self.pieces[0]
        cache = Path(settings.cache)
        synthetic = build_synthetic(data, cache, "train")
        real = build_real(data, cache, "train") if settings.real_share > 0 else None
        self.sampler = HeadPairs(
            synthetic, real, batch=recipe.batch, real_share=settings.real_share
        )
        shell = HeadShell(
            encoder_width=settings.encoder_width,
            field_width=settings.field_width,
            decoder_width=settings.decoder_width,
            channels=settings.channels,
        )
        shell.field.set_template(measured_template(synthetic))
        self.nets = nn.ModuleDict({"shell": shell})
        self.mesh = torch.from_numpy(template()[0])
        self.features: nn.Module | None = None

    def begin_shipped(self) -> None:
        """Take the weights that ship, out of their four graphs."""
        graphs.fill_shipped(views.as_shell(self.nets["shell"]))

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser; the sampler learns later, in the adversarial stage."""
        shell = views.as_shell(self.nets["shell"])
        theirs = [p for n, p in shell.named_parameters() if not n.startswith("sampler.")]
        return {
            "shell": torch.optim.AdamW(theirs, self.recipe.lr, betas=(0.9, 0.99), weight_decay=1e-4)
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        shell = views.as_shell(self.nets["shell"])
        photo = batch["photo"].float() / 127.5 - 1
        codes = shell.encode(photo, smooth_labels(batch["labels"], 128), batch["pose"])
        parts = self.parts(shell, self._tired(codes), batch)
        parts["code"] = (codes.base.square().mean() + codes.parts.square().mean()) / 2
        loss = torch.stack([getattr(self.settings, k) * v for k, v in parts.items()]).sum()
        yield "shell", loss, {k: float(v.detach()) for k, v in parts.items()}

    def _tired(self, codes: Codes) -> Codes:
        """Return the codes with noise, and without residual for some heads."""
        s = self.settings
        drop = (torch.rand(len(codes.base), device=codes.base.device) < s.drop_residual).float()
        noisy = type(codes)(
            codes.base + s.code_noise * torch.randn_like(codes.base),
            codes.parts + s.code_noise * torch.randn_like(codes.parts),
            codes.residual,
        )
        return noisy.without_residual(drop)

    def parts(self, shell: HeadShell, codes: Codes, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the unweighted losses of one batch's out views."""
        s = self.settings
        truth = views.truth(batch, s.rays)
        maps = shell.field.maps(codes)
        rendered, seen = shell.view(maps, truth.pose, truth.where if s.rays < RAYS else None)
        look, gradient, laid = losses.look_loss(seen, truth)
        label, alpha = losses.label_loss(seen, truth)
        coarse, fine = losses.depth_loss(rendered, seen, truth)
        found = {
            "look": look,
            "gradient": gradient,
            "labels": label,
            "alpha": alpha,
            "masks": losses.mask_loss(rendered, truth),
            "depth": coarse + fine,
            "surface": losses.surface_loss(maps, truth),
            "smooth": losses.smoothness(maps),
        }
        if s.feature > 0:
            found["feature"] = self._feature(laid, truth.photo)
        real = batch["real"] > 0
        if s.mesh > 0 and bool(real.any()):
            found["mesh"] = self._mesh(maps, batch, real)
        return found

    def _feature(self, a: Tensor, b: Tensor) -> Tensor:
        """Return how far apart frozen features of two pictures are."""
        if self.features is None:
            folder = Path(self.settings.frozen) if self.settings.frozen else None
            self.features = open_frozen("lite1", folder)
        net = self.features.to(a.device)
        return feature_distance(net(a), net(b))

    def _mesh(self, maps: views.Maps, batch: dict[str, Tensor], real: Tensor) -> Tensor:
        chosen = views.Maps(maps.radius[real], maps.density[real], maps.features[real])
        pose = batch["out_pose"][real]
        mesh = self.mesh.to(pose.device)
        middle = camera_points(mesh.expand(len(pose), -1, 3), pose)[..., 2].mean(1)
        labels = (batch["out_labels"][real] & 0x7F).long()
        return losses.mesh_loss(chosen, batch["points"][real], labels, pose, middle)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return PSNR, mIoU and depth error of other views of synthetic heads, and how photographs come back."""
        cache, shell = Path(self.settings.cache), views.as_shell(ema)
        scores = views.score_turned(
            shell, build_synthetic(self.data, cache, "val"), self.settings.people
        )
        if self.settings.real_share > 0:
            real = build_real(self.data, cache, "val")
            scores |= views.score_again(shell, real, self.settings.people)
        return scores

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out people, synthetic and real: seen, again, from codes alone, turned, labels, depth."""
        cache, shell = Path(self.settings.cache), views.as_shell(ema)
        rows = [views.rows(shell, build_synthetic(self.data, cache, "val"), (0, 40, 80, 120))]
        if self.settings.real_share > 0:
            rows.append(views.rows(shell, build_real(self.data, cache, "val"), (3, 60, 130, 200)))
        return views.stacked(rows)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph named by `piece`.

        The sampler, which this stage does not teach, begins from the principal axes of real people's codes; the
        renderer tells each class as readily as serves taught heads best.
        """
        shell, cache = views.as_shell(ema), Path(self.settings.cache)
        if self.piece == "sampler" and self.settings.real_share > 0:
            real = build_real(self.data, cache, "train")
            shell.sampler.set_people(views.people_codes(shell, real, _PEOPLE))
        if self.piece == "renderer":
            shell = with_adjusted_labels(shell, build_synthetic(self.data, cache, "train"), _HEADS)
        return graphs.spec(shell, self.piece, real=self.settings.real_share > 0)
