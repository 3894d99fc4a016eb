"""sRender's own networks at the size of the paper: lines in → a drawing; drawing beside lines in → scores.

References
----------
Gao et al., ICASSP 2021, sec. 2; pix2pixHD's global generator and patch critics (Wang et al., CVPR 2018, appendix).
At ngf 64 and one channel the generator has 182,430,721 parameters, each of the two critics 2,763,713: what Limner
ships is 150 times smaller.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["PaperCritic", "PaperStylist"]


class _Residual(nn.Module):
    """Two reflecting convolutions with a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, channels, H, W)."""
        out: Tensor = x + self.body(x)
        return out


class PaperStylist(nn.Module):
    """The generator G.

    Parameters
    ----------
    ngf : int
        Channels at the picture's own size; 64 in the paper.
    halvings, blocks : int
        How often the size is halved, and residual blocks there; 4 and 9 in the paper.

    Notes
    -----
    Input (N, 1, H, W), lines, −1 ink to 1 paper, sides multiples of 2 ** halvings; output the same, a drawing.
    """

    def __init__(self, ngf: int = 64, halvings: int = 4, blocks: int = 9) -> None:
        super().__init__()
        width = ngf
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(1, width, 7), *_after(width)]
        for _ in range(halvings):
            layers += [nn.Conv2d(width, 2 * width, 3, 2, 1), *_after(2 * width)]
            width *= 2
        layers += [_Residual(width) for _ in range(blocks)]
        for _ in range(halvings):
            up = nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1)
            layers += [up, *_after(width // 2)]
            width //= 2
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 1, 7), nn.Tanh()]
        self.body = nn.Sequential(*layers)
        _begin(self)

    def forward(self, lines: Tensor) -> Tensor:
        """Return the drawing."""
        out: Tensor = self.body(lines)
        return out


class PaperCritic(nn.Module):
    """The critics D: drawing beside lines, judged at its own and at half its size.

    Parameters
    ----------
    ndf : int
        Channels of the first layer; 64 in the paper.
    layers : int
        Strided layers; 3 in the paper.
    scales : int
        Sizes; 2 in the paper.
    """

    def __init__(self, ndf: int = 64, layers: int = 3, scales: int = 2) -> None:
        super().__init__()
        self.scales = nn.ModuleList(self._one(ndf, layers) for _ in range(scales))
        _begin(self)

    @staticmethod
    def _one(ndf: int, layers: int) -> nn.ModuleList:
        stages = nn.ModuleList([nn.Sequential(nn.Conv2d(2, ndf, 4, 2, 2), nn.LeakyReLU(0.2))])
        width = ndf
        for number in range(1, layers + 1):
            after = min(2 * width, 8 * ndf)
            conv = nn.Conv2d(width, after, 4, 2 if number < layers else 1, 2)
            stages.append(nn.Sequential(conv, nn.InstanceNorm2d(after), nn.LeakyReLU(0.2)))
            width = after
        stages.append(nn.Conv2d(width, 1, 4, 1, 2))
        return stages

    def forward(self, drawing: Tensor, lines: Tensor) -> list[list[Tensor]]:
        """Return each scale's maps, the finest scale first, the scores last."""
        x, out = torch.cat([lines, drawing], 1), []
        for stages in self.scales:
            y, maps = x, []
            for stage in stages:  # type: ignore[attr-defined]
                y = stage(y)
                maps.append(y)
            out.append(maps)
            x = functional.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
        return out


def _after(channels: int) -> list[nn.Module]:
    return [nn.InstanceNorm2d(channels), nn.ReLU()]


def _begin(net: nn.Module) -> None:
    """Draw first weights as the paper's code does: normal, deviation 0.02."""
    for part in net.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(part.weight, 0.0, 0.02)
