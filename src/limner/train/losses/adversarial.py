"""Critics of whole patches: a picture and what it should show in → score maps at several scales, and their losses.

References
----------
Wang et al., "pix2pixHD", CVPR 2018, sec. 3.2 (several scales, feature matching); Miyato et al., "Spectral
Normalization", ICLR 2018; Mao et al., "LSGAN", ICCV 2017; Zhao et al., "Differentiable Augmentation", NeurIPS 2020.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from limner.train.losses.perceptual import weighted_mean

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "MultiScaleCritic",
    "augmented",
    "critic_loss",
    "feature_matching",
    "maker_loss",
]


class _Patch(nn.Module):
    """One scale: strided convolutions, a score a patch; returns every layer."""

    def __init__(self, before: int, width: int, layers: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        for i in range(layers):
            after = min(width * 2**i, 4 * width)
            stride = 2 if i < layers - 1 else 1
            kernel = 4 if stride == 2 else 3
            conv = spectral_norm(nn.Conv2d(before, after, kernel, stride, 1))
            self.stages.append(nn.Sequential(conv, nn.LeakyReLU(0.2)))
            before = after
        self.score = spectral_norm(nn.Conv2d(before, 1, 3, 1, 1))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the layers' maps, the scores last."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return [*maps, self.score(x)]


class MultiScaleCritic(nn.Module):
    """Patch critics on the picture and on its halves.

    Parameters
    ----------
    condition : int
        Channels of what the picture should show (labels, lines); 0 for none.
    width : int
        Channels of the first layer; at most four times as many later.
    layers : int
        Layers before the score; all but the last halve the size.
    scales : int
        How often the picture is judged, each time at half the size before.
    channels : int
        Of the picture.
    """

    def __init__(
        self,
        condition: int = 0,
        width: int = 48,
        layers: int = 4,
        scales: int = 2,
        channels: int = 3,
    ) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            _Patch(channels + condition, width, layers) for _ in range(scales)
        )

    def forward(self, picture: Tensor, condition: Tensor | None = None) -> list[list[Tensor]]:
        """Return each scale's layers; the last of each are scores.

        Parameters
        ----------
        picture : Tensor of shape (N, C, H, W)
            Real or made.
        condition : Tensor of shape (N, K, H, W), optional
            At the picture's size.
        """
        x = picture if condition is None else torch.cat([picture, condition.to(picture.dtype)], 1)
        out = []
        for number, scale in enumerate(self.scales):
            if number:
                x = functional.avg_pool2d(x, 2)
            out.append(scale(x))
        return out


def critic_loss(
    real: list[Tensor], made: list[Tensor], *, kind: str = "hinge", weight: Tensor | None = None
) -> Tensor:
    """Return the critic's loss over score maps.

    Parameters
    ----------
    real, made : list of Tensor, (N, 1, H, W)
        Scores of real and of made pictures.
    kind : str
        ``hinge`` or ``lsgan`` (targets 1 and 0).
    weight : Tensor of shape (N,), optional
        How much each picture counts.
    """
    parts = []
    for r, m in zip(real, made, strict=True):
        r, m = r.float(), m.float()
        pair = (
            (functional.relu(1 - r), functional.relu(1 + m))
            if kind == "hinge"
            else ((r - 1) ** 2, m**2)
        )
        parts.append(weighted_mean(pair[0], weight) + weighted_mean(pair[1], weight))
    return torch.stack(parts).mean()


def maker_loss(made: list[Tensor], *, kind: str = "hinge", weight: Tensor | None = None) -> Tensor:
    """Return the maker's loss; parameters as in `critic_loss`."""
    parts = [
        weighted_mean(-m.float() if kind == "hinge" else (m.float() - 1) ** 2, weight) for m in made
    ]
    return torch.stack(parts).mean()


def feature_matching(
    made: list[list[Tensor]], real: list[list[Tensor]], weight: Tensor | None = None
) -> Tensor:
    """Return the mean L1 between a critic's layers for made and real pictures, the scores left out."""
    parts = [
        weighted_mean((a.float() - b.detach().float()).abs(), weight)
        for m, r in zip(made, real, strict=True)
        for a, b in zip(m[:-1], r[:-1], strict=True)
    ]
    return torch.stack(parts).mean()


def augmented(pictures: list[Tensor], *, strength: float = 1.0) -> list[Tensor]:
    """Return pictures changed alike: brightness, saturation, contrast, a shift and a blank square.

    A critic that sees only changed pictures, real and made, can't learn few real ones by heart. Row n of every tensor
    is changed in the same way. Uses torch's own random numbers.
    """
    n, device = pictures[0].shape[0], pictures[0].device
    bright, color, contrast = (torch.rand(3, n, 1, 1, 1, device=device) - 0.5) * strength
    side = pictures[0].shape[-1]
    reach = int(side * strength / 10)
    dx, dy = torch.randint(-reach, reach + 1, (2, n, 1), device=device)
    hole = torch.randint(0, side, (2, n, 1), device=device)
    grid = torch.arange(side, device=device)[None]
    half = side * strength / 8
    blank = ((grid - hole[0]).abs() < half)[:, None, :, None] & ((grid - hole[1]).abs() < half)[
        :, None, None, :
    ]
    rows, columns = grid + dy, grid + dx
    inside = ((rows >= 0) & (rows < side))[:, None, :, None] & ((columns >= 0) & (columns < side))[
        :, None, None, :
    ]
    keep = (inside & ~blank).float()
    batch = torch.arange(n, device=device)[:, None, None]
    rows, columns = rows.clamp(0, side - 1)[:, :, None], columns.clamp(0, side - 1)[:, None, :]
    out = []
    for x in pictures:
        y = x.float() + 0.5 * bright
        mean = y.mean(1, keepdim=True)
        y = (y - mean) * (1 + 2 * color) + mean
        mean = y.mean((1, 2, 3), keepdim=True)
        y = (y - mean) * (1 + contrast) + mean
        out.append(y.permute(0, 2, 3, 1)[batch, rows, columns].permute(0, 3, 1, 2) * keep)
    return out
