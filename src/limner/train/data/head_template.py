"""Synthetic heads with depth in → each part's average radius and presence, where a part field starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from limner.geometry.camera import Camera
from limner.records import HEAD_PARTS
from limner.train.nets.head_chart import PARTS, SIDE, WINDOWS, to_chart, to_windows

if TYPE_CHECKING:
    from torch import Tensor

    from limner.train.data.heads import HeadViews

__all__ = ["measured_template"]


def measured_template(views: HeadViews, *, every: int = 7) -> Tensor:
    """Return the average part maps of synthetic heads, (P, 2, S, S): radius in m, presence as a logit.

    Parameters
    ----------
    views : HeadViews
        With depth.
    every : int
        Use one view in so many.

    Notes
    -----
    Every pixel with depth is a point of one part; its radius is added to the texel that it falls into. Texels that no
    point fell into take the smoothed values around them. Three seconds for 376 views.
    """
    total = torch.zeros(len(PARTS), SIDE * SIDE)
    count = torch.zeros(len(PARTS), SIDE * SIDE)
    holds = torch.zeros(len(PARTS))
    for i in range(0, len(views), every):
        chart, part = _points(views, i)
        windows = to_windows(chart[None, None])[0]
        for k in range(len(PARTS)):
            mine = windows[k, part == k]
            inside = mine.abs().amax(-1) < 1
            cell = ((mine[inside] + 1) * (SIDE / 2)).long().clamp(0, SIDE - 1)
            flat = cell[:, 1] * SIDE + cell[:, 0]
            holds[k] += len(flat) > 0
            total[k].index_add_(0, flat, chart[part == k][inside][:, 2])
            count[k].index_add_(0, flat, torch.ones(len(flat)))
    return _filled(total, count, holds / holds.max().clamp(min=1))


def _points(views: HeadViews, i: int) -> tuple[Tensor, Tensor]:
    """Return chart coordinates (M, 3) and part numbers (M,) of a view's pixels away from depth edges."""
    assert views.depth_mm is not None  # noqa: S101
    depth = views.depth_mm[i].astype(np.float32) / 1000
    labels = views.labels[i][::2, ::2]
    part_of = np.full(256, -1)
    for k, classes in enumerate(HEAD_PARTS.values()):
        part_of[list(classes)] = k
    step = np.maximum(
        np.abs(np.diff(depth, axis=0, append=0)), np.abs(np.diff(depth, axis=1, append=0))
    )
    part = part_of[labels]
    good = (depth > 0) & (part >= 0) & (step < 0.02)
    yaw, pitch = (float(v) for v in views.pose_deg[i])
    points = Camera(yaw, pitch, 128).surface(np.where(depth > 0, depth, 1.0))
    chosen = torch.from_numpy(points[good].astype(np.float32))
    return to_chart(chosen), torch.from_numpy(part[good])


def _filled(total: Tensor, count: Tensor, share: Tensor) -> Tensor:
    """Return radius and presence, given the share (P,) of heads that have each part.

    Holes in the radius take what lies around them, at growing distance.
    """
    shape = (len(PARTS), 1, SIDE, SIDE)
    total, count = total.view(shape), count.view(shape)
    total, count = (
        total + total.flip(-1),
        count + count.flip(-1),
    )  # nobody's head, so a symmetric one
    start = torch.tensor([WINDOWS[n][3] for n in PARTS]).view(-1, 1, 1, 1)
    radius, known = total / count.clamp(min=1), (count >= 3).float()
    value, weight = radius * known, known
    result = torch.where(known > 0, radius, torch.zeros_like(radius))
    done = known
    for size in (3, 7, 15, 31, 63):
        near = functional.avg_pool2d(weight, size, 1, size // 2, count_include_pad=False)
        mean = functional.avg_pool2d(
            value, size, 1, size // 2, count_include_pad=False
        ) / near.clamp(min=1e-9)
        fresh = (near > 1e-6) & (done == 0)
        result = torch.where(fresh, mean, result)
        done = torch.where(fresh, torch.ones_like(done), done)
    result = torch.where(done > 0, result, start.expand_as(result))
    smooth = functional.avg_pool2d(functional.pad(result, (2, 2, 2, 2), mode="replicate"), 5, 1)
    # how often a texel is seen at all, against the part's busiest texels
    often = count / count.flatten(1).quantile(0.9, dim=1).clamp(min=1).view(-1, 1, 1, 1)
    often = functional.avg_pool2d(often.clamp(max=1), 3, 1, 1) * share.view(-1, 1, 1, 1)
    presence = ((often + 0.02) / (1.02 - often.clamp(max=0.98))).log().clamp(-3, 2) - 0.5
    return torch.cat([smooth, presence], 1)
