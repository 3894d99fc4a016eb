"""The face detector: a picture in → for each cell of three grids a score, a box and five points.

One stage, no anchors (after FCOS: Tian et al., ICCV 2019; sized like YuNet: Wu et al., 2023): depthwise-separable
convolutions, a top-down path, heads shared by the three strides.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["STRIDES", "Detector"]

STRIDES = (8, 16, 32)


def _conv(before: int, after: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after, momentum=0.05),
        nn.ReLU(),
    )


class Separable(nn.Module):
    """A depthwise and a pointwise convolution, with a shortcut where the shape stays."""

    def __init__(self, before: int, after: int, stride: int = 1, kernel: int = 3) -> None:
        super().__init__()
        self.shortcut = stride == 1 and before == after
        self.depthwise = _conv(before, before, kernel, stride, groups=before)
        self.pointwise = _conv(before, after, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, after, H / stride, W / stride)."""
        y: Tensor = self.pointwise(self.depthwise(x))
        return x + y if self.shortcut else y


class Detector(nn.Module):
    """Faces in a picture of any size that is a multiple of 32.

    Parameters
    ----------
    width : int
        Channels at stride 8; the others follow.

    Notes
    -----
    Input (N, 3, H, W), (pixel − 127) / 128. Output: one (N, cells, 15) per stride, cells in row order: score logit,
    distances left, top, right, bottom from the cell's centre in strides (through exp, so always positive), five
    points (right eye, left eye, nose, right and left mouth corner; dx, dy in strides).
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        half, neck = width // 2, width
        self.stem = nn.Sequential(_conv(3, 16, 3, 2), Separable(16, half, 2), Separable(half, half))
        self.down8 = nn.Sequential(
            Separable(half, width, 2), *(Separable(width, width) for _ in range(3))
        )
        self.down16 = nn.Sequential(
            Separable(width, 2 * width, 2, 5), *(Separable(2 * width, 2 * width) for _ in range(3))
        )
        self.down32 = nn.Sequential(
            Separable(2 * width, 2 * width, 2, 5),
            *(Separable(2 * width, 2 * width, 1, 5) for _ in range(3)),
        )
        self.lateral = nn.ModuleList(_conv(c, neck, 1) for c in (width, 2 * width, 2 * width))
        self.smooth = nn.ModuleList(Separable(neck, neck) for _ in STRIDES)
        self.score_tower = nn.Sequential(Separable(neck, neck), Separable(neck, neck))
        self.box_tower = nn.Sequential(Separable(neck, neck), Separable(neck, neck))
        self.score = nn.Conv2d(neck, 1, 1)
        self.shape = nn.Conv2d(neck, 14, 1)
        self.scale = nn.Parameter(torch.tensor([1.0, 1.0, 1.0]))
        nn.init.constant_(self.score.bias, -4.0)  # type: ignore[arg-type]  # few cells hold a face
        nn.init.normal_(self.shape.weight, std=0.01)
        nn.init.zeros_(self.shape.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores, boxes and points of strides 8, 16 and 32."""
        c8 = self.down8(self.stem(x))
        c16 = self.down16(c8)
        c32 = self.down32(c16)
        p32 = self.lateral[2](c32)
        p16 = self.lateral[1](c16) + functional.interpolate(p32, scale_factor=2.0, mode="nearest")
        p8 = self.lateral[0](c8) + functional.interpolate(p16, scale_factor=2.0, mode="nearest")
        out = []
        for i, p in enumerate((p8, p16, p32)):
            q = self.smooth[i](p)
            score, shape = (
                self.score(self.score_tower(q)),
                self.shape(self.box_tower(q)) * self.scale[i],
            )
            box = torch.exp(shape[:, :4].clamp(-4, 4)) * 2
            cells = torch.cat([score, box, shape[:, 4:] * 4], 1)
            out.append(cells.flatten(2).transpose(1, 2))
        return out[0], out[1], out[2]
