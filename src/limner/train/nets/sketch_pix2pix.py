"""A plain U-Net, as a measure: lines in → a photograph of their size, with no idea of a face's components.

References
----------
Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["PlainNet"]


class PlainNet(nn.Module):
    """Strided convolutions down to 4 px and back, each level joined to its twin.

    Parameters
    ----------
    width : int
        Channels of the first level; doubled a level, at most eight times as many. 64 is published.
    depth : int
        Levels; 6 end at 4 px of 256.
    before, after : int
        Channels of what goes in and of what comes out.
    """

    def __init__(self, width: int = 32, depth: int = 6, before: int = 1, after: int = 3) -> None:
        super().__init__()
        sizes = [min(width * 2**k, 8 * width) for k in range(depth)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for k, wide in enumerate(sizes):
            layers: list[nn.Module] = [nn.Conv2d(before, wide, 4, 2, 1)]
            if 0 < k < depth - 1:
                layers.append(nn.InstanceNorm2d(wide, affine=True))
            self.down.append(nn.Sequential(*layers, nn.LeakyReLU(0.2)))
            before = wide
        for k in reversed(range(depth)):
            wide = sizes[k - 1] if k else width
            # enlarging before a convolution leaves no chequerboard
            layers = [nn.Upsample(scale_factor=2.0), nn.Conv2d(before, wide, 3, 1, 1)]
            self.up.append(nn.Sequential(*layers, nn.InstanceNorm2d(wide, affine=True), nn.ReLU()))
            before = 2 * wide if k else wide
        self.paint = nn.Conv2d(before, after, 3, 1, 1)

    def forward(self, ink: Tensor) -> Tensor:
        """Return the picture (N, after, S, S), −1 to 1, of ink (N, before, S, S), 0 paper to 1; S a multiple of 64."""
        x, kept = ink * 2 - 1, []
        for stage in self.down:
            x = stage(x)
            kept.append(x)
        kept.pop()
        for stage in self.up:
            x = stage(x)
            if kept:
                x = torch.cat([x, kept.pop()], 1)
        out: Tensor = torch.tanh(self.paint(x))
        return out
