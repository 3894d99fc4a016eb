"""The parsing network: an aligned face crop in → 19 class scores for every second pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from limner.train.nets.backbone import CHANNELS, Trunk

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Parser"]

_WIDTHS = (32, 48, 64, 96, 128)  # at strides 2, 4, 8, 16, 32


class Fuse(nn.Module):
    """Join a coarse map with a finer one: upsample, add, filter."""

    def __init__(self, coarse: int, skip: int, width: int) -> None:
        super().__init__()
        self.from_coarse = nn.Conv2d(coarse, width, 1, bias=False)
        self.from_skip = nn.Conv2d(skip, width, 1, bias=False)
        self.norm = nn.BatchNorm2d(width, momentum=0.05)
        self.filter = nn.Sequential(
            nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False),
            nn.BatchNorm2d(width, momentum=0.05),
            nn.Conv2d(width, width, 1, bias=False),
            nn.BatchNorm2d(width, momentum=0.05),
        )

    def forward(self, coarse: Tensor, skip: Tensor) -> Tensor:
        """Return (N, width, H, W) at the finer map's size."""
        up = functional.interpolate(
            self.from_coarse(coarse), scale_factor=2.0, mode="bilinear", align_corners=False
        )
        x = functional.relu(self.norm(up + self.from_skip(skip)))
        return functional.relu(x + self.filter(x))


class Parser(nn.Module):
    """EfficientNet-Lite0 with a light top-down decoder.

    Parameters
    ----------
    classes : int
        How many classes.

    Notes
    -----
    Input (N, 3, H, W), multiples of 32, (pixel − 127) / 128. Output (N, classes, H / 2, W / 2) logits.
    A picture-wide mean is added at the coarsest map, so that left and right are told apart.
    """

    def __init__(self, classes: int = 19) -> None:
        super().__init__()
        self.trunk = Trunk(stages=7)
        top = _WIDTHS[4]
        self.top = nn.Sequential(
            nn.Conv2d(CHANNELS[4], top, 1, bias=False),
            nn.BatchNorm2d(top, momentum=0.05),
            nn.ReLU(),
        )
        self.wide = nn.Linear(CHANNELS[4], top)
        self.context = nn.Sequential(
            nn.Conv2d(top, top, 5, padding=2, groups=top, bias=False),
            nn.Conv2d(top, top, 1, bias=False),
            nn.BatchNorm2d(top, momentum=0.05),
            nn.ReLU(),
        )
        self.fuse = nn.ModuleList(
            Fuse(_WIDTHS[i + 1], CHANNELS[i], _WIDTHS[i]) for i in (3, 2, 1, 0)
        )
        self.head = nn.Conv2d(_WIDTHS[0], classes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits at half the input's size."""
        maps = self.trunk(x)
        y = self.top(maps[4])
        y = y + self.wide(maps[4].mean((2, 3)))[:, :, None, None]
        y = y + self.context(y)
        for fuse, skip in zip(self.fuse, reversed(maps[:4]), strict=True):
            y = fuse(y, skip)
        out: Tensor = self.head(y)
        return out


def full_size(logits: Tensor, size_px: tuple[int, int]) -> Tensor:
    """Return class ids (N, H, W) uint8 of logits raised to `size_px` before the choice."""
    up = functional.interpolate(logits, size=size_px, mode="bilinear", align_corners=False)
    return up.argmax(1).to(torch.uint8)
