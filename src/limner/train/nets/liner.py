"""The line network F: a photograph or a drawing with its classes in → the ink that both have in common.

References
----------
AiSketcher (Gao et al., IROS 2020) and sRender (ICASSP 2021) call it F, an AdaIN network around VGG's encoder; this one
is small enough to ship, and sees one pixel's channels in its norms, so that tiles have no seams.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["GREY_CLASSES", "Liner"]

#: Channels that go in: grey, shares of the 19 classes.
GREY_CLASSES = 20


class _Norm(nn.Module):
    """Norm over a pixel's channels, then a scale for each."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W)."""
        out: Tensor = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-4) * self.scale
        return out


class _Block(nn.Module):
    """Two convolutions with a shortcut; begins as the shortcut alone."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = _Norm(channels), _Norm(channels)
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W)."""
        y = self.conv1(functional.leaky_relu(self.norm1(x), 0.2))
        out: Tensor = x + self.conv2(functional.leaky_relu(self.norm2(y), 0.2))
        return out


class Liner(nn.Module):
    """Draws lines.

    Parameters
    ----------
    width : int
        Channels at the picture's own size; twice and four times as many at half and a quarter.
    blocks : int
        Residual blocks at a quarter of the size.

    Notes
    -----
    Input (N, 20, H, W), grey 0–1 and shares of the 19 classes (all zero where nothing is known); sides multiples of 4.
    Output (N, 1, H, W), 0 paper to 1 ink.
    """

    def __init__(self, width: int = 16, blocks: int = 6) -> None:
        super().__init__()
        a, b, c = width, 2 * width, 4 * width
        self.enter = nn.Conv2d(GREY_CLASSES, a, 5, padding=2)
        self.fine = _Block(a)
        self.down1, self.middle = nn.Conv2d(a, b, 4, 2, 1), _Block(b)
        self.down2 = nn.Conv2d(b, c, 4, 2, 1)
        self.deep = nn.Sequential(*(_Block(c) for _ in range(blocks)))
        self.up1, self.join1 = nn.Conv2d(c, b, 1), _Block(b)
        self.up2, self.join2 = nn.Conv2d(b, a, 1), _Block(a)
        self.norm, self.leave = _Norm(a), nn.Conv2d(a, 1, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        """Return the ink."""
        return torch.sigmoid(self.logits(picture))

    def logits(self, picture: Tensor) -> Tensor:
        """Return the ink before the sigmoid, which a cross-entropy wants."""
        fine = self.fine(self.enter(picture * 2 - 1))
        middle = self.middle(self.down1(fine))
        x = self.up1(self.deep(self.down2(middle)))
        x = self.join1(middle + functional.interpolate(x, scale_factor=2.0, mode="bilinear"))
        x = functional.interpolate(self.up2(x), scale_factor=2.0, mode="bilinear")
        x = self.join2(fine + x)
        out: Tensor = self.leave(functional.leaky_relu(self.norm(x), 0.2)) - 2
        return out
