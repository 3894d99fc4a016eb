"""A photograph, its classes and its camera in → codes of the head and what they miss, laid on the parts' windows.

Every texel of a part's map is a place on an average head; where the camera sees that place, the encoder's features are
looked up. A turned photograph therefore arrives unturned, and the field need not learn what a rotation is.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.records import CLASSES
from limner.train.nets.head_chart import (
    PARTS,
    SIDE,
    from_chart,
    picture_grid,
    project,
    rotation,
    texel_centres,
)
from limner.train.nets.head_field import Codes

__all__ = ["HeadEncoder"]

_P = len(PARTS)


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(8, channels)


class Residual(nn.Module):
    """Two normed 3 × 3 convolutions beside a shortcut."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1),
            _norm(after),
            nn.SiLU(),
            nn.Conv2d(after, after, 3, 1, 1),
            _norm(after),
        )
        plain = before == after and stride == 1
        self.skip = nn.Identity() if plain else nn.Conv2d(before, after, stride, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, after, H / stride, W / stride)."""
        y: Tensor = functional.silu(self.body(x) + self.skip(x))
        return y


class HeadEncoder(nn.Module):
    """Feed-forward: no optimising at use.

    Parameters
    ----------
    width : int
        Channels at 128²; a multiple of 8.
    base, codes, residual : int
        Sizes as in `PartField`.

    Notes
    -----
    A U-Net over the photograph (folded to 128² × 12) and its classes. Input: photo (N, 3, 256, 256) in −1 to 1; shares
    (N, 19, 128, 128), how much of each class a cell holds; pose (N, 2), degrees; template radius (P, S, S).
    """

    def __init__(
        self, *, width: int = 32, base: int = 64, codes: int = 48, residual: int = 24
    ) -> None:
        super().__init__()
        w = [width, 2 * width, 3 * width, 4 * width, 6 * width]
        self.stem = nn.Conv2d(12 + len(CLASSES) + 2, w[0], 3, 1, 1)
        self.down = nn.ModuleList(Residual(a, b, 2) for a, b in pairwise(w))
        self.top = Residual(w[0], w[0])
        self.up = nn.ModuleList(Residual(a + b, a) for a, b in pairwise(w))
        self.codes, self.residual = codes, residual
        self.whole = nn.Sequential(nn.Linear(2 * w[-1] + 2, 256), nn.SiLU())
        self.to_base = nn.Linear(256, base)
        self.to_parts = nn.Linear(256, _P * codes)
        self.to_residual = nn.Conv2d(_P * (w[0] + 2), _P * residual, 1, groups=_P)
        self.from_residual = nn.Parameter(
            torch.randn(_P, residual * 16, codes) / (residual * 16) ** 0.5
        )
        self.register_buffer("texels", texel_centres(), persistent=False)
        nn.init.normal_(self.to_base.weight, std=0.05)

    def forward(self, photo: Tensor, shares: Tensor, pose_deg: Tensor, radius: Tensor) -> Codes:
        """Return the head's codes."""
        n = photo.shape[0]
        place = picture_grid(128, photo.device).t().reshape(1, 2, 128, 128).to(photo.dtype)
        folded = functional.pixel_unshuffle(photo, 2)
        x = self.top(self.stem(torch.cat([folded, shares, place.expand(n, 2, 128, 128)], 1)))
        levels = [x]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = deepest = levels[-1]
        for level, up in zip(levels[-2::-1], reversed(self.up), strict=True):
            x = up(torch.cat([level, functional.interpolate(x, scale_factor=2.0)], 1))
        whole = torch.cat(
            [deepest.mean((2, 3)), deepest.amax((2, 3)), pose_deg.to(deepest.dtype) / 45], 1
        )
        hidden = self.whole(whole)
        residual = self._unturned(x, pose_deg, radius)
        pooled = functional.avg_pool2d(residual.flatten(0, 1), SIDE // 4).view(n, _P, 1, -1)
        local = (pooled @ self.from_residual)[:, :, 0]
        parts = self.to_parts(hidden).view(n, _P, self.codes) + local
        return Codes(self.to_base(hidden).float(), parts.float(), residual.float())

    def _unturned(self, features: Tensor, pose_deg: Tensor, radius: Tensor) -> Tensor:
        """Return (N, P, A, S, S): the picture's features as seen at each texel of an average head."""
        n = features.shape[0]
        with torch.autocast(features.device.type, enabled=False):
            texels: Tensor = self.texels  # type: ignore[assignment]
            chart = torch.cat([texels, radius.float()[..., None]], -1)
            points = from_chart(chart)
            outward = from_chart(chart + chart.new_tensor([0, 0, 1.0])) - points
            flat = points.view(1, -1, 3).expand(n, -1, 3)
            where, _ = project(flat, pose_deg.float())
            facing = -(outward.view(1, -1, 3) @ rotation(pose_deg.float())[:, 2, :, None])
            inside = (1 - where.abs().amax(-1, keepdim=True)).mul(32).clamp(0.0, 1.0)
            cues = torch.cat([facing, inside], -1).view(n, _P, SIDE, SIDE, 2).movedim(-1, 2)
            grid = where.view(n, _P * SIDE, SIDE, 2)
            seen = functional.grid_sample(
                features.float(), grid, "bilinear", "border", align_corners=False
            )
            seen = seen.view(n, -1, _P, SIDE, SIDE).movedim(2, 1)
        both = torch.cat([seen, cues], 2).flatten(1, 2)
        residual: Tensor = self.to_residual(both)
        return residual.view(n, _P, self.residual, SIDE, SIDE)
