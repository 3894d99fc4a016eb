"""A plain U-Net, as a measure: lines of 256 px in → a photograph of 256 px, with no idea of a face's components.

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
        Levels; 6 end at 4 px.
    """

    def __init__(self, width: int = 32, depth: int = 6) -> None:
        super().__init__()
        sizes = [min(width * 2**k, 8 * width) for k in range(depth)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        before = 1
        for k, after in enumerate(sizes):
            layers: list[nn.Module] = [nn.Conv2d(before, after, 4, 2, 1)]
            if 0 < k < depth - 1:
                layers.append(nn.InstanceNorm2d(after, affine=True))
            self.down.append(nn.Sequential(*layers, nn.LeakyReLU(0.2)))
            before = after
        for k in reversed(range(depth)):
            after = sizes[k - 1] if k else width
            # enlarging before a convolution leaves no chequerboard
            layers = [nn.Upsample(scale_factor=2.0), nn.Conv2d(before, after, 3, 1, 1)]
            self.up.append(nn.Sequential(*layers, nn.InstanceNorm2d(after, affine=True), nn.ReLU()))
            before = 2 * after if k else after
        self.paint = nn.Conv2d(before, 3, 3, 1, 1)

    def forward(self, ink: Tensor) -> Tensor:
        """Return the photograph (N, 3, S, S), −1 to 1, of ink (N, 1, S, S), 0 paper to 1."""
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
