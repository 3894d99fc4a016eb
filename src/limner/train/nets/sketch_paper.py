"""The published networks at their published sizes: for comparison, and for whoever has the hardware.

References
----------
Chen et al., "DeepFaceDrawing", SIGGRAPH 2020, and the layers of its released inference code: batch norm, a leaky ReLU
of slope 1 (which is none) outside residual blocks, codes of 512 numbers, 32-channel maps, a pix2pixHD generator of
width 56. Windows as in the code: the nose's is 160 px, where the paper says 168.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "ORDER",
    "PAPER_WINDOWS",
    "PaperEncoder",
    "PaperFeatures",
    "PaperImage",
    "PaperPainter",
    "merge",
]

#: x, y, side on 512 px, in the order of merging: what comes later lies on top.
PAPER_WINDOWS: dict[str, tuple[int, int, int]] = {
    "rest": (0, 0, 512),
    "mouth": (169, 301, 192),
    "nose": (182, 232, 160),
    "right-eye": (108, 156, 128),
    "left-eye": (255, 156, 128),
}

ORDER: tuple[str, ...] = tuple(PAPER_WINDOWS)

CODE = 512


class _Residual(nn.Module):
    def __init__(self, width: int, norm: type[nn.Module] = nn.BatchNorm2d) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3),
            norm(width),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3),
            norm(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out


def _down(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 4, 2, 1), nn.BatchNorm2d(after))


def _up(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.ConvTranspose2d(before, after, 4, 2, 1), nn.BatchNorm2d(after))


class PaperEncoder(nn.Module):
    """A component's crop (N, 1, side, side), −1 to 1 → its code (N, 512).

    Parameters
    ----------
    side : int
        Of the window, a multiple of 32.
    width : int
        Channels after the first halving; 32 as published, less for tests.
    """

    def __init__(self, side: int, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = [_down(1, width)]
        for k in range(4):
            layers += [_Residual(width * 2**k), _down(width * 2**k, width * 2 ** (k + 1))]
        layers.append(_Residual(16 * width))
        self.body = nn.Sequential(*layers)
        self.code = nn.Linear(16 * width * (side // 32) ** 2, CODE)

    def forward(self, crop: Tensor) -> Tensor:
        """Return (N, 512)."""
        out: Tensor = self.code(self.body(crop).flatten(1))
        return out


class _FromCode(nn.Module):
    """A code → the smallest map."""

    def __init__(self, side: int, width: int) -> None:
        super().__init__()
        self.shape = (16 * width, side // 32, side // 32)
        self.enter = nn.Linear(CODE, 16 * width * (side // 32) ** 2)

    def forward(self, code: Tensor) -> Tensor:
        out: Tensor = self.enter(code)
        return out.reshape(-1, *self.shape)


class PaperImage(nn.Module):
    """A code → the component's drawing (N, 1, side, side), about −1 to 1."""

    def __init__(self, side: int, width: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = [_FromCode(side, width), _Residual(16 * width)]
        for k in (4, 3, 2, 1):
            layers += [_up(width * 2**k, width * 2 ** (k - 1)), _Residual(width * 2 ** (k - 1))]
        layers += [
            _up(width, width),
            _Residual(width),
            nn.ReflectionPad2d(2),
            nn.Conv2d(width, 1, 5),
        ]
        self.body = nn.Sequential(*layers)

    def forward(self, code: Tensor) -> Tensor:
        """Return the drawing."""
        out: Tensor = self.body(code)
        return out


class PaperFeatures(nn.Module):
    """A code → the component's feature map (N, 32, side, side)."""

    def __init__(self, side: int, width: int = 32, maps: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = [_FromCode(side, width), _Residual(16 * width)]
        widths = [16 * width, 8 * width, 8 * width, 4 * width, 2 * width, 2 * width]
        for a, b in itertools.pairwise(widths):
            layers += [_up(a, b), _Residual(b)]
        layers += [nn.ReflectionPad2d(2), nn.Conv2d(2 * width, maps, 5)]
        self.body = nn.Sequential(*layers)

    def forward(self, code: Tensor) -> Tensor:
        """Return the map."""
        out: Tensor = self.body(code)
        return out


class PaperPainter(nn.Module):
    """The merged map (N, 32, 512, 512) → the photograph: pix2pixHD's global generator.

    Parameters
    ----------
    maps : int
        Channels of the merged map.
    width : int
        56 as published, less for tests.
    blocks : int
        Residual blocks at the smallest size.
    """

    def __init__(self, maps: int = 32, width: int = 56, blocks: int = 9) -> None:
        super().__init__()
        norm, relu = nn.InstanceNorm2d, nn.ReLU
        layers: list[nn.Module] = [
            nn.ReflectionPad2d(3),
            nn.Conv2d(maps, width, 7),
            norm(width),
            relu(),
        ]
        for k in range(4):
            a, b = width * 2**k, width * 2 ** (k + 1)
            layers += [nn.Conv2d(a, b, 3, 2, 1), norm(b), relu()]
        layers += [_Residual(16 * width, norm) for _ in range(blocks)]
        for k in (4, 3, 2, 1):
            a, b = width * 2**k, width * 2 ** (k - 1)
            layers += [nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1), norm(b), relu()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
        self.body = nn.Sequential(*layers)

    def forward(self, merged: Tensor) -> Tensor:
        """Return (N, 3, H, W), −1 to 1."""
        out: Tensor = self.body(merged)
        return out


def merge(maps: dict[str, Tensor]) -> Tensor:
    """Return the components' maps on one canvas, each overwriting what lies below, as published: with hard rims."""
    canvas = maps["rest"]
    for name in ORDER[1:]:
        if name not in maps:
            continue
        x, y, side = PAPER_WINDOWS[name]
        size = canvas.shape[-1]
        x, y, side = (v * size // 512 for v in (x, y, side))
        part = functional.pad(maps[name], (x, size - x - side, y, size - y - side))
        inside = torch.zeros_like(canvas[:1, :1])
        inside[..., y : y + side, x : x + side] = 1
        canvas = canvas * (1 - inside) + part * inside
    return canvas
