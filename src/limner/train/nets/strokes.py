"""The stroke classifier ψ: 16² patches of drawings in → which of seven strokes they show, and what it saw on the way.

References
----------
Gao et al., ICASSP 2021, sec. 2.2: a DenseNet (Huang et al., CVPR 2017) of growth 6, depth 10, reduction 0.5, with
bottlenecks; 7,172 parameters.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.metrics.strokes import STROKE_TYPES

__all__ = ["StrokeNet"]

_GROWTH = 6


class _Dense(nn.Module):
    """A bottleneck whose `growth` new channels are put beside what came in."""

    def __init__(self, before: int) -> None:
        super().__init__()
        wide = 4 * _GROWTH
        self.norm1, self.conv1 = nn.BatchNorm2d(before), nn.Conv2d(before, wide, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(wide)
        self.conv2 = nn.Conv2d(wide, _GROWTH, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, before + growth, H, W)."""
        y = self.conv1(functional.relu(self.norm1(x)))
        y = self.conv2(functional.relu(self.norm2(y)))
        return torch.cat([x, y], 1)


class _Transition(nn.Module):
    """Half the channels, half the size."""

    def __init__(self, before: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(before)
        self.conv = nn.Conv2d(before, before // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, before // 2, H / 2, W / 2)."""
        return functional.avg_pool2d(self.conv(functional.relu(self.norm(x))), 2)


class StrokeNet(nn.Module):
    """Tells strokes apart.

    Notes
    -----
    Input (N, 1, 16, 16), 0 ink to 1 paper. Output (N, 7), logarithms of the probabilities of `STROKE_TYPES`.
    """

    def __init__(self) -> None:
        super().__init__()
        channels = 2 * _GROWTH
        self.enter = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.dense, self.transitions = nn.ModuleList(), nn.ModuleList()
        for _ in range(3):
            self.dense.append(_Dense(channels))
            self.transitions.append(_Transition(channels + _GROWTH))
            channels = (channels + _GROWTH) // 2
        self.dense.append(_Dense(channels))
        channels += _GROWTH
        self.norm = nn.BatchNorm2d(channels)
        self.leave = nn.Conv2d(channels, len(STROKE_TYPES), 2)

    def maps(self, patches: Tensor) -> list[Tensor]:
        """Return the four maps that a stroke loss compares: after each transition, and after the last dense block."""
        x = self.enter(patches * 2 - 1)
        seen = []
        for dense, transition in zip(self.dense, self.transitions, strict=False):
            x = transition(dense(x))
            seen.append(x)
        return [*seen, self.dense[-1](x)]

    def forward(self, patches: Tensor) -> Tensor:
        """Return the logarithms of the types' probabilities."""
        x = self.leave(functional.relu(self.norm(self.maps(patches)[-1])))
        return functional.log_softmax(x.flatten(1), 1)
