"""Published networks at their published sizes, untrained, in torch: a name in → what one picture costs them.

What a network costs does not depend on what it learned, so weights that nobody may pass on are not needed. Those that
`limner train` can teach are its own; U²-Net, which rembg runs at 320² and which draws portraits at 512², stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

#: RSU stages of U²-Net: height, channels in, between and out; dilated where the height is 0.
_DOWN = (
    (7, 3, 32, 64),
    (6, 64, 32, 128),
    (5, 128, 64, 256),
    (4, 256, 128, 512),
    (0, 512, 256, 512),
    (0, 512, 256, 512),
)
_UP = (
    (0, 1024, 256, 512),
    (4, 1024, 128, 256),
    (5, 512, 64, 128),
    (6, 256, 32, 64),
    (7, 128, 16, 64),
)


def _conv(before: int, after: int, dilation: int = 1) -> nn.Sequential:
    layer = nn.Conv2d(before, after, 3, padding=dilation, dilation=dilation)
    return nn.Sequential(layer, nn.BatchNorm2d(after), nn.ReLU())


class _Rsu(nn.Module):
    """A small U-Net with a shortcut; of height 0 it dilates four times instead of halving."""

    def __init__(self, height: int, before: int, between: int, after: int) -> None:
        super().__init__()
        self.halves = height > 0
        far = [1] * (height - 1) + [2] if height else [1, 2, 4, 8]
        self.enter = _conv(before, after)
        self.down = nn.ModuleList(
            _conv(between if k else after, between, d) for k, d in enumerate(far)
        )
        back = far[-2::-1]
        self.up = nn.ModuleList(
            _conv(2 * between, between if k < len(back) - 1 else after, d)
            for k, d in enumerate(back)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        kept: list[Tensor] = []
        y = x
        for k, block in enumerate(self.down):
            # neither before the first nor before the dilated last is anything halved
            if self.halves and 0 < k < len(self.down) - 1:
                y = functional.max_pool2d(y, 2, ceil_mode=True)
            y = block(y)
            kept.append(y)
        y = kept.pop()
        for block in self.up:
            beside = kept.pop()
            y = block(torch.cat([_sized(y, beside), beside], 1))
        return x + y


def _sized(x: Tensor, like: Tensor) -> Tensor:
    if x.shape[-2:] == like.shape[-2:]:
        return x
    return functional.interpolate(x, like.shape[-2:], mode="bilinear")


class U2Net(nn.Module):
    """U²-Net: a picture (N, 3, S, S) → its mask, or its drawing, (N, 1, S, S).

    References
    ----------
    Qin et al., "U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection", Pattern Recognition 2020,
    table 1: 44.0 M parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(_Rsu(*stage) for stage in _DOWN)
        self.up = nn.ModuleList(_Rsu(*stage) for stage in _UP)
        wide = [stage[-1] for stage in _UP[::-1]] + [_DOWN[-1][-1]]
        self.sides = nn.ModuleList(nn.Conv2d(c, 1, 3, padding=1) for c in wide)
        self.last = nn.Conv2d(len(wide), 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return values of 0 to 1."""
        picture, kept = x, []
        for k, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2, ceil_mode=True) if k else x)
            kept.append(x)
        x = kept.pop()
        seen = [x]
        for block in self.up:
            beside = kept.pop()
            x = block(torch.cat([_sized(x, beside), beside], 1))
            seen.append(x)
        told = [_sized(s(m), picture) for s, m in zip(self.sides, reversed(seen), strict=True)]
        out: Tensor = self.last(torch.cat(told, 1))
        return out.sigmoid()


class DeepFaceDrawing(nn.Module):
    """DeepFaceDrawing's way from a sketch (N, 1, 512, 512) to a photograph: five encoders, five maps, one painter."""

    def __init__(self) -> None:
        super().__init__()
        from limner.train.nets.sketch_paper import (
            PAPER_WINDOWS,
            PaperEncoder,
            PaperFeatures,
            PaperPainter,
        )

        self.windows = PAPER_WINDOWS
        self.encoders = nn.ModuleDict({n: PaperEncoder(w[2]) for n, w in self.windows.items()})
        self.features = nn.ModuleDict({n: PaperFeatures(w[2]) for n, w in self.windows.items()})
        self.painter = PaperPainter()

    def forward(self, sketch: Tensor) -> Tensor:
        """Return (N, 3, 512, 512), −1 to 1; neighbours are not looked up."""
        from limner.train.nets.sketch_paper import merge

        maps = {}
        for name, (x, y, side) in self.windows.items():
            code = self.encoders[name](sketch[..., y : y + side, x : x + side])
            maps[name] = self.features[name](code)
        out: Tensor = self.painter(merge(maps))
        return out


class Sage(nn.Module):
    """SAGE's way from noise (N, 256) to a view of 256² and its drawing: field, decoders, translator."""

    def __init__(self) -> None:
        super().__init__()
        from limner.train.nets.radiance import RadianceHead
        from limner.train.nets.translator import Translator

        self.head, self.translator = RadianceHead(), Translator(1)

    def forward(self, z: Tensor) -> Tensor:
        """Return drawings (N, 1, 256, 256)."""
        seen = self.head(z, torch.zeros(len(z), 2))
        style = torch.ones(len(z), 1)
        out: Tensor = self.translator(seen["photo"], seen["labels"].softmax(1), style)
        return out


def _generator(halvings: int, blocks: int) -> nn.Module:
    from limner.train.nets.stylist_paper import PaperStylist

    return PaperStylist(64, halvings, blocks)


#: Name → how its network is made, and how many channels its picture has; 0: it starts from noise.
NETS: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "srender": (lambda: _generator(4, 9), 1),
    "cyclegan": (lambda: _generator(2, 9), 1),
    "informative-drawings": (lambda: _generator(2, 3), 1),
    "u2net": (U2Net, 3),
    "deepfacedrawing": (DeepFaceDrawing, 1),
    "sage": (Sage, 0),
}


def once(name: str, side_px: int) -> Callable[[], object]:
    """Return a function that runs one of the networks on one picture.

    Parameters
    ----------
    name : str
        Of `NETS`.
    side_px : int
        Of the picture.
    """
    make, channels = NETS[name]
    net = make().eval()
    told = torch.zeros(1, channels, side_px, side_px) if channels else torch.zeros(1, 256)

    def run() -> object:
        with torch.inference_mode():
            return net(told)

    return run
