"""How far the strokes of two drawings differ: made and real drawings in → the stroke loss through ψ.

References
----------
Gao et al., "Bridging Unpaired Facial Photos and Sketches by Line-drawings", ICASSP 2021, sec. 2.2: the norms of the
differences of ψ's maps, summed over patches and maps, weighted by 0.002. The code that its authors released takes mean
squares instead, and leaves ψ in training mode, so that its norms look at the batch; here ψ is in eval mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch

from limner.metrics.strokes import PATCH_PX

if TYPE_CHECKING:
    from torch import Tensor

    from limner.train.nets.strokes import StrokeNet

__all__ = ["patches", "stroke_distance"]


def patches(drawing: Tensor) -> Tensor:
    """Return the patches of drawings (N, 1, H, W) as (N · P, 1, 16, 16); what is left over at the ends is left out."""
    n, _, height, width = drawing.shape
    rows, columns = height // PATCH_PX, width // PATCH_PX
    whole = drawing[:, :, : rows * PATCH_PX, : columns * PATCH_PX]
    cells = whole.reshape(n, rows, PATCH_PX, columns, PATCH_PX).transpose(2, 3)
    return cells.reshape(-1, 1, PATCH_PX, PATCH_PX)


def stroke_distance(
    net: StrokeNet,
    made: Tensor,
    real: Tensor,
    *,
    kind: Literal["norms", "squares"] = "norms",
    weight: Tensor | None = None,
) -> Tensor:
    """Return the stroke loss, not yet weighted by λ.

    Parameters
    ----------
    net : StrokeNet
        ψ, in eval mode and without gradients of its own.
    made, real : Tensor of shape (N, 1, H, W)
        0 ink to 1 paper; no gradient flows into `real`.
    kind : {"norms", "squares"}
        As published: norms summed over patches and maps, mean over drawings; or as in the released code: mean squares
        summed over maps.
    weight : Tensor of shape (N,), optional
        How much each drawing counts.

    Raises
    ------
    ValueError
        If ψ is in training mode.
    """
    if net.training:
        raise ValueError("The stroke classifier is in training mode; call eval() on it.")
    count = len(made)
    with torch.no_grad():
        truth = [m.float() for m in net.maps(patches(real.float()))]
    seen = [m.float() for m in net.maps(patches(made.float()))]
    each = made.new_zeros(count, dtype=torch.float32)
    for a, b in zip(seen, truth, strict=True):
        off = (a - b).flatten(1)
        if kind == "norms":
            # the root of nothing has no slope
            by_patch = (off.square().sum(1) + 1e-8).sqrt()
            each = each + by_patch.reshape(count, -1).sum(1)
        else:
            each = each + off.square().reshape(count, -1).mean(1)
    if weight is None:
        return each.mean()
    return (each * weight).sum() / weight.sum().clamp(min=1e-3)
