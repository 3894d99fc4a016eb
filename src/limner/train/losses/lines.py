"""How far the lines of two pictures of one person lie apart: inks in → differentiable losses.

References
----------
AiSketcher (Gao et al., IROS 2020), whose four terms these stand for: content, style, self-consistency and sparsity by
facial component. The gap is the soft form of `metrics.ink_agreement`, by which F is judged.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ink_gap", "manner", "stray_ink"]


def ink_gap(a: Tensor, b: Tensor, *, reach_px: int = 2, weight: Tensor | None = None) -> Tensor:
    """Return one minus the soft ink agreement of two inks, mean over pictures.

    Parameters
    ----------
    a, b : Tensor of shape (N, 1, H, W)
        0 paper to 1 ink; gradients flow into both.
    reach_px : int
        How far apart ink may lie and still agree.
    weight : Tensor of shape (N,), optional
        How much each picture counts.

    Notes
    -----
    P is the share of A's ink that lies under B's ink widened by the reach, R the same the other way; the gap is
    1 − 2PR / (P + R). The little ink added to each sum lets two blank sheets agree.
    """
    a, b = a.float(), b.float()
    wide_a, wide_b = widened(a, reach_px), widened(b, reach_px)
    some = 1e-3 * a[0].numel()

    def share(ink: Tensor, under: Tensor) -> Tensor:
        found: Tensor = ((ink * under).sum((1, 2, 3)) + some) / (ink.sum((1, 2, 3)) + some)
        return found

    p, r = share(a, wide_b), share(b, wide_a)
    gap = 1 - 2 * p * r / (p + r)
    if weight is None:
        return gap.mean()
    return (gap * weight).sum() / weight.sum().clamp(min=1e-3)


def widened(ink: Tensor, reach_px: int) -> Tensor:
    """Return at each place the most ink within a round reach."""
    halves = [(dy, math.isqrt(reach_px**2 - dy**2)) for dy in range(reach_px + 1)]
    pools = [functional.max_pool2d(ink, (2 * y + 1, 2 * x + 1), 1, (y, x)) for y, x in halves]
    return torch.stack(pools).amax(0)


def stray_ink(ink: Tensor, quiet: Tensor) -> Tensor:
    """Return the mean ink on places that should stay empty.

    Parameters
    ----------
    ink : Tensor of shape (N, 1, H, W)
        0 paper to 1 ink.
    quiet : Tensor of shape (N, 1, H, W)
        0 to 1: how much a place wants to stay empty (skin and neck far from features, clothes, wall).
    """
    return (ink.float() * quiet).sum() / quiet.sum().clamp(min=1)


def manner(made: list[Tensor], real: list[Tensor]) -> Tensor:
    """Return how far means and deviations of feature maps are apart, AdaIN's style loss, as a share of their size.

    Parameters
    ----------
    made, real : list of Tensor, (N, C, H, W) and (M, C, H, W)
        Maps of one frozen net for lines made and for an artist's lines; compared over all pictures together.
    """
    moments = (torch.mean, torch.std)
    parts = [
        (moment(a.float(), (0, 2, 3)) - moment(b.detach().float(), (0, 2, 3))).abs().mean()
        / b.detach().float().std().clamp(min=1e-4)
        for a, b in zip(made, real, strict=True)
        for moment in moments
    ]
    return torch.stack(parts).mean()
