"""How far points and angles are off: a network's outputs and the truth in → one loss a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["landmark_loss", "point_weights"]

#: Points that people look at: eyes, irises, brows, lips, contour.
_NOTABLE = (
    *(33, 133, 159, 145, 158, 153, 160, 144, 161, 163, 246, 7, 157, 154, 173, 155),
    *(263, 362, 386, 374, 385, 380, 387, 373, 388, 390, 466, 249, 384, 381, 398, 382),
    *(61, 291, 0, 17, 13, 14, 78, 308, 37, 267, 84, 314, 40, 270, 91, 321, 39, 269, 181, 405),
    *(70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    *(1, 2, 98, 327, 4, 5, 152, 234, 454, 148, 377, 176, 400, 149, 378, 150, 379, 136, 365),
    *range(468, 478),
)


def point_weights() -> Tensor:
    """Return (478,) weights, mean 1: notable points count thrice."""
    weights = torch.ones(478)
    weights[list(_NOTABLE)] = 3.0
    return weights / weights.mean()


def landmark_loss(
    found: tuple[Tensor, Tensor, Tensor], batch: dict[str, Tensor], weights: Tensor
) -> dict[str, Tensor]:
    """Return the losses of points (in hundredths of the crop), pose (degrees / 10) and presence.

    Parameters
    ----------
    found : tuple of Tensor
        Points (N, 478, 3), pose (N, 2), presence (N, 1).
    batch : dict of str to Tensor
        "points", "pose" (NaN where unknown), "present", "depth" (whether z is known).
    weights : Tensor of shape (478,)
        From `point_weights`.
    """
    points, pose, presence = (f.float() for f in found)
    present = batch["present"]
    error = (points - batch["points"]) * 100
    size = functional.smooth_l1_loss(error, torch.zeros_like(error), beta=0.3, reduction="none")
    flat = (size[..., :2].sum(-1) * weights).mean(1)
    deep = (size[..., 2] * weights).mean(1) * batch["depth"] * 0.3
    count = present.sum().clamp(min=1)
    known = torch.isfinite(batch["pose"]) & (present[:, None] > 0)
    turn = functional.smooth_l1_loss(
        pose / 10, torch.nan_to_num(batch["pose"]) / 10, beta=0.2, reduction="none"
    )
    return {
        "points": ((flat + deep) * present).sum() / count,
        "pose": (turn * known).sum() / known.sum().clamp(min=1),
        "presence": functional.binary_cross_entropy_with_logits(presence[:, 0], present),
    }
