"""Part height-fields and a camera in → features, part masks and depth along rays.

A ray first searches the union of all parts' height-fields (one channel, no gradient), then takes a few samples of
radius and density around the surface that it found; features are looked up once per ray and part, where that part lies
on the ray on average. The lift of the published system, exp(−a (d − z)²), is evaluated at the samples and never stored.

References
----------
3D-SSGAN (arXiv 2401.03764) for the part-wise lift and the 3D-aware masks; the search is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.train.nets.head_chart import (
    chart_grid,
    chart_place,
    rays,
    to_chart,
    to_windows,
)

__all__ = ["Maps", "PartRenderer", "Rendered"]

#: Depth within which a head lies, m.
NEAR_M, FAR_M = 0.955, 1.305
#: Density of solid matter, 1/m: 5 mm of it hide 92 %.
_SOLID = 500.0
#: How the lift falls off outside and inside a part's surface, m.
_FRONT_M, _BACK_M = 0.004, 0.060
#: Samples around the surface, m along the ray.
_OFFSETS_M = (-0.014, -0.008, -0.004, -0.001, 0.002, 0.006, 0.014, 0.030)
_UNION_SIDE = 96
_LOOKS = 32


@dataclass(frozen=True, slots=True)
class Maps:
    """The canonical maps of all parts.

    Parameters
    ----------
    radius : Tensor of shape (N, P, S, S)
        Distance of the part's surface from the axis, m.
    density : Tensor of shape (N, P, S, S)
        Logit of how solid the part is there.
    features : Tensor of shape (N, P, C, S, S)
        What it looks like.
    """

    radius: Tensor
    density: Tensor
    features: Tensor

    def detached(self) -> Maps:
        """Return the same maps without their history."""
        return Maps(self.radius.detach(), self.density.detach(), self.features.detach())


@dataclass(frozen=True, slots=True)
class Rendered:
    """What rays meet; the last axis counts the rays.

    Parameters
    ----------
    features : Tensor of shape (N, C, R)
        Composed over parts.
    masks : Tensor of shape (N, P + 1, R)
        Share of each part, then of the background; they sum to 1.
    depth : Tensor of shape (N, R)
        Of what was met, m along the camera's z; meaningless where nothing was.
    point : Tensor of shape (N, 3, R)
        The same as a world point, m, weighted by opacity.
    """

    features: Tensor
    masks: Tensor
    depth: Tensor
    point: Tensor

    def stacked(self, side: int) -> Tensor:
        """Return all that a decoder reads, (N, C + P + 4, side, side)."""
        whole = torch.cat([self.features, self.masks, self.point * 10], 1)
        return whole.view(whole.shape[0], -1, side, side)


def _look(maps: Tensor, grid: Tensor, padding: str = "border") -> Tensor:
    """Return (M, C, R…) bilinear look-ups of maps (M, C, S, S) at (M, R, K, 2)."""
    return functional.grid_sample(maps, grid, "bilinear", padding, align_corners=False)


def _inside(grid: Tensor) -> Tensor:
    """Return 1 well inside a window, 0 outside it, and a ramp over two texels between."""
    return ((1 - grid.abs().amax(-1)) * 16).clamp(0.0, 1.0)


class PartRenderer(nn.Module):
    """Renders part maps; has no weights.

    Parameters
    ----------
    jitter_m : float
        In training, samples move along the ray by up to this much.
    """

    def __init__(self, jitter_m: float = 0.002) -> None:
        super().__init__()
        self.jitter_m = jitter_m
        grid = chart_grid(_UNION_SIDE)
        chart = torch.cat([grid, torch.zeros_like(grid[..., :1])], -1)[None]
        self.register_buffer("union_windows", to_windows(chart[:, None])[0], persistent=False)
        self.register_buffer("offsets", torch.tensor(_OFFSETS_M), persistent=False)

    def forward(self, maps: Maps, pose_deg: Tensor, where: Tensor) -> Rendered:
        """Return what rays at `where` (N, R, 2), −1 to 1, meet of heads seen from `pose_deg` (N, 2).

        Always in f32: half a millimetre of depth has no place in bf16.
        """
        with torch.autocast(pose_deg.device.type, enabled=False):
            maps = Maps(maps.radius.float(), maps.density.float(), maps.features.float())
            origin, direction = rays(pose_deg.float(), where.float())
            with torch.no_grad():
                start = self.search(self.union(maps), origin, direction)
            return self._march(maps, origin, direction, start)

    def union(self, maps: Maps) -> Tensor:
        """Return the outermost solid radius over the whole chart, (N, 1, U, U)."""
        n, p, s, _ = maps.radius.shape
        both = torch.stack([maps.radius, maps.density.sigmoid()], 2).view(n * p, 2, s, s)
        grid: Tensor = self.union_windows  # type: ignore[assignment]
        found = _look(both, grid.expand(n, *grid.shape).reshape(n * p, *grid.shape[1:]))
        found = found.view(n, p, 2, _UNION_SIDE, _UNION_SIDE)
        solid = (found[:, :, 1] * _inside(grid)) > 0.3
        return (found[:, :, 0] * solid).amax(1, keepdim=True)

    def search(self, union: Tensor, origin: Tensor, direction: Tensor) -> Tensor:
        """Return the depth (N, R) at which rays first go below the union, or come nearest to it."""
        steps = torch.linspace(NEAR_M, FAR_M, _LOOKS, device=union.device)

        def height(depth: Tensor) -> Tensor:
            chart = to_chart(origin[:, :, None] + depth[..., None] * direction[:, :, None])
            return chart[..., 2] - _look(union, chart_place(chart))[:, 0]

        every = height(steps.expand(*direction.shape[:2], _LOOKS))
        count = torch.arange(_LOOKS, 0, -1, device=union.device, dtype=every.dtype)
        rank = ((every < 0) * count).amax(
            -1, keepdim=True
        )  # no ties: runtimes break them differently
        first = (_LOOKS - rank).clamp(1, _LOOKS - 1).long()
        low, high = steps[first - 1], steps[first]
        low_f, high_f = every.gather(-1, first - 1), every.gather(-1, first)
        for _ in range(3):
            share = (low_f / (low_f - high_f).clamp(min=1e-6)).clamp(0.1, 0.9)
            middle = low + (high - low) * share
            middle_f = height(middle)
            below = middle_f < 0
            low, low_f = torch.where(below, low, middle), torch.where(below, low_f, middle_f)
            high, high_f = torch.where(below, middle, high), torch.where(below, middle_f, high_f)
        share = (low_f / (low_f - high_f).clamp(min=1e-6)).clamp(0.0, 1.0)
        nearest = steps[every.argmin(-1)]
        met = (low + (high - low) * share)[..., 0]
        return torch.where(rank[..., 0] > 0, met, nearest)

    def _march(self, maps: Maps, origin: Tensor, direction: Tensor, start: Tensor) -> Rendered:
        offsets: Tensor = self.offsets  # type: ignore[assignment]
        depth = start[..., None] + offsets
        if self.training and self.jitter_m > 0:
            depth = depth + (torch.rand_like(depth) - 0.5) * (2 * self.jitter_m)
            depth = depth.sort(-1).values
        points = origin[:, :, None] + depth[..., None] * direction[:, :, None]
        chart = to_chart(points)
        density = self.densities(maps, chart)  # (N, P, R, K)
        total = density.sum(1)
        step = torch.cat(
            [depth[..., 1:] - depth[..., :-1], 0.02 * torch.ones_like(depth[..., :1])], -1
        )
        optical = total * step
        reach = (optical - optical.cumsum(-1)).exp()  # what is left in front of each sample
        weight = reach * (1 - (-optical).exp())
        share = density * (weight / (total + 1e-4))[:, None]  # (N, P, R, K)
        masks = share.sum(-1)
        opacity = masks.sum(1)
        middle = (weight * depth).sum(-1) / (weight.sum(-1) + 1e-4)
        middle = torch.where(opacity > 1e-3, middle, start)
        own = (share * depth[:, None]).sum(-1) / (masks + 1e-4)
        own = torch.where(masks > 1e-3, own, start[:, None])
        features = self._features(maps, origin, direction, own, masks)
        point = (origin + middle[..., None] * direction).transpose(1, 2) * opacity[:, None]
        masks = torch.cat([masks, (1 - opacity)[:, None]], 1)
        return Rendered(features, masks, middle, point)

    def densities(self, maps: Maps, chart: Tensor) -> Tensor:
        """Return the density (N, P, R, K), 1/m, of every part at chart points (N, R, K, 3)."""
        n, p, s, _ = maps.radius.shape
        grid = to_windows(chart[:, None])
        both = torch.stack([maps.radius, maps.density], 2).view(n * p, 2, s, s)
        found = _look(both, grid.flatten(0, 1)).view(n, p, 2, *chart.shape[1:3])
        out = chart[:, None, ..., 2] - found[:, :, 0]
        lift = torch.where(out > 0, out / _FRONT_M, out / _BACK_M)
        return _SOLID * found[:, :, 1].sigmoid() * (-lift * lift).exp() * _inside(grid)

    def _features(
        self, maps: Maps, origin: Tensor, direction: Tensor, depth: Tensor, masks: Tensor
    ) -> Tensor:
        """Return (N, C, R): each part's features at its own depth (N, P, R), weighted by its mask."""
        n, p, c = maps.features.shape[:3]
        points = origin[:, None] + depth[..., None] * direction[:, None]
        windows = to_windows(to_chart(points))
        found = _look(maps.features.flatten(0, 1), windows.flatten(0, 1)[:, :, None])
        return (found.view(n, p, c, -1) * masks[:, :, None]).sum(1)
