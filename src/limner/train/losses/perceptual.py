"""Distances that look rather than count: made and real pictures in → a loss on frozen features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["feature_distance", "pooled_l1", "weighted_mean"]


def weighted_mean(values: Tensor, weight: Tensor | None) -> Tensor:
    """Return the mean over pictures of each one's mean, weighted by (N,) `weight` if given."""
    each = values.float().flatten(1).mean(1)
    if weight is None:
        return each.mean()
    return (each * weight).sum() / weight.sum().clamp(min=1e-3)


def feature_distance(
    made: list[Tensor], real: list[Tensor], weight: Tensor | None = None
) -> Tensor:
    """Return the mean absolute difference of feature maps, each map as a share of its own size.

    Parameters
    ----------
    made, real : list of Tensor, (N, C, H, W)
        Maps of one frozen net; no gradient flows into `real`.
    weight : Tensor of shape (N,), optional
        How much each picture counts.

    Notes
    -----
    Dividing by the mean of the real map's magnitude makes maps of different nets and depths weigh the same.
    """
    parts = []
    for a, b in zip(made, real, strict=True):
        b = b.detach().float()
        scale = b.abs().mean().clamp(min=1e-4)
        parts.append(weighted_mean((a.float() - b).abs() / scale, weight))
    return torch.stack(parts).mean()


def pooled_l1(
    made: Tensor, real: Tensor, factors: tuple[int, ...], weight: Tensor | None = None
) -> Tensor:
    """Return the mean L1 between pictures shrunk by each factor.

    Drawings are off by a few pixels; at full size L1 answers that with blur, at a quarter it does not notice.
    """
    parts = []
    for k in factors:
        a, b = (functional.avg_pool2d(x.float(), k) if k > 1 else x.float() for x in (made, real))
        parts.append(weighted_mean((a - b).abs(), weight))
    return torch.stack(parts).mean()
