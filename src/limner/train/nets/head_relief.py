"""A photograph, its classes and the shell's depth of it in → the depth of the surface that the photograph shows."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.records import CLASSES
from limner.train.nets.head_decoders import Block

__all__ = ["HeadRelief", "filled"]

#: m: one unit of what the network sees and says.
_UNIT = 0.03
#: Halvings over which gaps of the shell are filled; 128 px become 4.
_HALVINGS = 5


def filled(depth: Tensor) -> Tensor:
    """Return a depth map (N, 1, S, S) whose zeros are filled softly from around them, at ever larger scales."""
    known = (depth > 0).float()
    sums, weights = [depth * known], [known]
    for _ in range(_HALVINGS):
        sums.append(functional.avg_pool2d(sums[-1], 2))
        weights.append(functional.avg_pool2d(weights[-1], 2))
    total = weights[-1].mean((2, 3), keepdim=True)
    out = sums[-1].mean((2, 3), keepdim=True) / total.clamp(min=1e-4)
    out = out.expand_as(sums[-1])
    for k in range(_HALVINGS, -1, -1):
        if k < _HALVINGS:
            out = functional.interpolate(out, scale_factor=2.0)
        near, weight = (functional.avg_pool2d(x, 3, 1, 1) for x in (sums[k], weights[k]))
        out = (near + 0.02 * out) / (weight + 0.02)
    return torch.where(depth > 0, depth, out)


def _normed(x: Tensor) -> Tensor:
    """Return every pixel's channels brought to a root mean square of 1: without it the U-Net grows until it is dead."""
    return x * torch.rsqrt(x.float().square().mean(1, keepdim=True) + 1e-4).to(x.dtype)


class _Block(Block):
    """The decoders' block after a norm: a relief is never decoded in patches."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        y: Tensor = x + self.second(functional.silu(self.first(functional.silu(_normed(x)))))
        return y


class HeadRelief(nn.Module):
    """A U-Net that says how much farther or nearer the surface is than the shell.

    Parameters
    ----------
    width : int
        Channels at full size.

    Notes
    -----
    Input: photograph (N, 3, 128, 128), −1 to 1; shares of the classes (N, 19, 128, 128); the shell's depth (N, 1, 128,
    128), m, 0 where it is not. Output (N, 1, 128, 128), m; only meaningful where the classes show the head. Depth is
    computed in f32 whatever the rest is computed in. 1.1 M parameters, 0.9 GMAC.
    """

    def __init__(self, width: int = 20) -> None:
        super().__init__()
        widths = [width, 2 * width, 4 * width, 6 * width, 6 * width]
        self.enter = nn.Conv2d(3 + len(CLASSES) + 2, width, 3, 1, 1)
        self.first = nn.ModuleList(_Block(w) for w in widths)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in itertools.pairwise(widths))
        self.up = nn.ModuleList(nn.Conv2d(b, a, 3, 1, 1) for a, b in itertools.pairwise(widths))
        self.last = nn.ModuleList(_Block(w) for w in widths[:-1])
        self.leave = nn.Conv2d(width, 1, 3, 1, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, photo: Tensor, shares: Tensor, shell: Tensor) -> Tensor:
        """Return the depth, m."""
        there = (shell > 0).float()
        whole = filled(shell)
        middle = (shell * there).sum((2, 3), keepdim=True)
        middle = middle / there.sum((2, 3), keepdim=True).clamp(min=1.0)
        x = self.enter(torch.cat([photo, shares, there, (whole - middle) / (2 * _UNIT)], 1))
        kept = []
        for k, block in enumerate(self.first):
            x = block(self.down[k - 1](x) if k else x)
            kept.append(x)
        for k in range(len(self.last) - 1, -1, -1):
            up = functional.interpolate(x, scale_factor=2.0)
            x = self.last[k](kept[k] + self.up[k](up))
        told: Tensor = self.leave(functional.silu(_normed(x))).float()
        return whole + _UNIT * told
