"""SAGE's domain translator: a photograph, the shares of its classes and a style → the drawing.

A U-Net whose two deepest decoding stages take scale and shift of every pixel from the classes (SPADE): what is drawn
follows from what a place is. No gradient flows into the classes. One net draws all styles: the style's own vector is
added at the bottom, which the published net, one a style, does not have.

References
----------
SAGE, IJCAI 2023, arXiv 2305.02618; Park et al., "Semantic Image Synthesis with Spatially-Adaptive Normalization",
CVPR 2019.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.records import CLASSES

__all__ = ["Translator"]


def _normed(x: Tensor) -> Tensor:
    """Return channels of mean 0 and deviation 1 over the picture; flat ones stay flat, in every engine alike."""
    middle = x.mean((2, 3), keepdim=True)
    spread = (x - middle).square().mean((2, 3), keepdim=True)
    out: Tensor = (x - middle) * (spread + 1e-3).rsqrt()
    return out


class _Norm(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return _normed(x)


def _two(before: int, after: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for a in (before, after):
        layers += [nn.Conv2d(a, after, 3, 1, 1), _Norm(), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers)


class _Spade(nn.Module):
    """Instance norm whose scale and shift the classes decide, pixel by pixel."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.read = nn.Sequential(nn.Conv2d(len(CLASSES), hidden, 3, 1, 1), nn.ReLU())
        self.scale = nn.Conv2d(hidden, channels, 3, 1, 1)
        self.shift = nn.Conv2d(hidden, channels, 3, 1, 1)

    def forward(self, x: Tensor, shares: Tensor) -> Tensor:
        """Return (N, C, H, W)."""
        read = self.read(functional.interpolate(shares, size=x.shape[2:]))
        plain = _normed(x)
        out: Tensor = plain * (1 + self.scale(read)) + self.shift(read)
        return out


class _SpadeRes(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(_Spade(channels, hidden) for _ in range(2))
        self.convs = nn.ModuleList(nn.Conv2d(channels, channels, 3, 1, 1) for _ in range(2))

    def forward(self, x: Tensor, shares: Tensor) -> Tensor:
        y = x
        for norm, conv in zip(self.norms, self.convs, strict=True):
            y = conv(functional.leaky_relu(norm(y, shares), 0.2))
        return x + y


class _SpadeStage(nn.Module):
    """What `_two` is elsewhere, led by the classes."""

    def __init__(self, before: int, after: int, hidden: int) -> None:
        super().__init__()
        self.first, self.last = _SpadeRes(before, hidden), _SpadeRes(after, hidden)
        self.conv = nn.Conv2d(before, after, 3, 1, 1)

    def forward(self, x: Tensor, shares: Tensor) -> Tensor:
        x = self.conv(functional.leaky_relu(self.first(x, shares), 0.2))
        y: Tensor = self.last(x, shares)
        return functional.leaky_relu(y, 0.2)


class Translator(nn.Module):
    """The translator.

    Parameters
    ----------
    styles : int
        How many it draws.
    width : int
        Channels at full size; they double four times (32 as published).
    hidden : int
        Channels that read the classes (128 as published).
    spade : bool
        Led by the classes; without, the ablation's plain U-Net.
    """

    def __init__(
        self, styles: int, *, width: int = 32, hidden: int = 128, spade: bool = True
    ) -> None:
        super().__init__()
        wide = [width * 2**k for k in range(5)]
        self.down = nn.ModuleList(_two(3 if k == 0 else wide[k - 1], wide[k]) for k in range(5))
        self.style = nn.Linear(styles, wide[-1])
        pairs = list(zip(wide[:0:-1], wide[-2::-1], strict=True))
        self.narrow = nn.ModuleList(
            nn.Sequential(nn.Conv2d(a, b, 3, 1, 1), _Norm(), nn.LeakyReLU(0.2)) for a, b in pairs
        )
        self.led = 2 if spade else 0
        self.up = nn.ModuleList(
            _SpadeStage(2 * b, b, hidden) if k < self.led else _two(2 * b, b)
            for k, (_, b) in enumerate(pairs)
        )
        self.last = nn.Conv2d(width, 1, 1)

    def forward(self, photo: Tensor, shares: Tensor, style: Tensor) -> Tensor:
        """Return drawings (N, 1, S, S), 0 ink to 1 paper.

        Parameters
        ----------
        photo : Tensor of shape (N, 3, S, S)
            −1 to 1; S a multiple of 16.
        shares : Tensor of shape (N, 19, S, S)
            Of the classes, 0 to 1.
        style : Tensor of shape (N, styles)
            One-hot, or a blend that sums to one.
        """
        shares = shares.detach()
        kept: list[Tensor] = []
        x = photo
        for k, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if k else x)
            kept.append(x)
        x = x + self.style(style)[..., None, None]
        for k, (narrow, up) in enumerate(zip(self.narrow, self.up, strict=True)):
            x = narrow(functional.interpolate(x, scale_factor=2.0))
            x = torch.cat([x, kept[-2 - k]], 1)
            x = up(x, shares) if k < self.led else up(x)
        out: Tensor = self.last(x)
        return out.sigmoid()
