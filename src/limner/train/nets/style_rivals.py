"""Networks that styles are compared with: the statistics of a drawing laid over a photograph's features, and a decoder.

References
----------
Huang and Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization", ICCV 2017, eq. 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["AdaInDecoder", "adain", "moments"]


def moments(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation over a map's pixels, (N, C, 1, 1) each, of maps (N, C, H, W)."""
    maps = maps.float()
    spread = (maps.var((2, 3), keepdim=True) + 1e-8).sqrt()
    return maps.mean((2, 3), keepdim=True), spread


def adain(content: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """Return the content's maps (N, C, H, W) with other means and standard deviations, (N or 1, C, 1, 1) (eq. 8)."""
    own_mean, own_spread = moments(content)
    return (content.float() - own_mean) / own_spread * spread + mean


class AdaInDecoder(nn.Module):
    """Features back to a drawing: reflecting convolutions, the nearest neighbour enlarged, no norms, as published.

    Parameters
    ----------
    channels : int
        Of the features.
    halvings : int
        How often the features' net halved the picture.
    """

    def __init__(self, channels: int = 256, halvings: int = 2) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width = channels
        for _ in range(halvings):
            after = max(width // 2, 8)
            layers += [*_conv(width, width), *_conv(width, after), nn.Upsample(scale_factor=2.0)]
            width = after
        self.body = nn.Sequential(*layers, *_conv(width, width))
        self.paint = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(width, 1, 3))

    def forward(self, maps: Tensor) -> Tensor:
        """Return the drawing (N, 1, k·H, k·W), −1 ink to 1 paper."""
        # frozen nets speak in thousands or in thousandths
        size = maps.square().mean((1, 2, 3), keepdim=True).sqrt().clamp(min=1e-6)
        out: Tensor = torch.tanh(self.paint(self.body(maps / size)))
        return out


def _conv(before: int, after: int) -> list[nn.Module]:
    return [nn.ReflectionPad2d(1), nn.Conv2d(before, after, 3), nn.ReLU()]
