"""What survived of a photograph when the head turned, and the coarse rendering, in → the finished view.

References
----------
Rotate-and-Render (Zhou et al., CVPR 2020): turn a photograph there and back, and learn to mend what was lost. The gate
that keeps surviving pixels is ours.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.records import CLASSES
from limner.train.nets.head_chart import picture_grid, project, rays
from limner.train.nets.head_decoders import Block

__all__ = ["TOLERANCE_M", "HeadRefiner", "carry"]

#: A pixel is carried if the surface that it lies on is seen this near to where it should be.
TOLERANCE_M = 0.012
#: Steps of depth between neighbours at 256² that are an edge rather than a slope.
_EDGE_M = 0.010


def carry(
    picture: Tensor,
    depths: tuple[Tensor, Tensor],
    poses: tuple[Tensor, Tensor],
    there: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Carry a picture from one camera to another over a head's surface.

    Parameters
    ----------
    picture : Tensor of shape (N, C, S, S)
        As the first camera sees it.
    depths : two Tensors of shape (N, 1, S, S)
        m, of the head as the first and as the second camera see it; 0 where it is not.
    poses : two Tensors of shape (N, 2)
        Yaw and pitch of the cameras, degrees.
    there : Tensor of shape (N, 1, S, S), optional
        Where the picture is known, 0 to 1.

    Returns
    -------
    carried : Tensor of shape (N, C, S, S)
        As the second camera sees it; 0 where nothing came.
    visible : Tensor of shape (N, 1, S, S)
        0 to 1.

    Notes
    -----
    ``limner.heads.project`` does the same in numpy, at a photograph's own resolution.
    """
    (first, second), (pose_a, pose_b) = depths, poses
    n, _, side, _ = picture.shape
    grid = picture_grid(side, picture.device).expand(n, side * side, 2)
    origin, direction = rays(pose_b, grid)
    # nowhere is not the camera itself, where a projection has no answer
    points = origin + second.flatten(1)[..., None].clamp(min=0.5) * direction
    where, depth = project(points, pose_a)
    place = where.view(n, side, side, 2)
    steady = there_is_surface(first)
    known = steady if there is None else steady * there
    seen = functional.grid_sample(
        torch.cat([picture, first, known, steady], 1),
        place,
        "bilinear",
        "zeros",
        align_corners=False,
    )
    c = picture.shape[1]
    carried, found, known = seen[:, :c], seen[:, c : c + 1], seen[:, c + 1 : c + 2]
    whole = (seen[:, c + 2 :] > 0.98).float()  # every pixel looked at lies on one surface
    near = ((found - depth.view(n, 1, side, side)).abs() < TOLERANCE_M).float()
    visible = near * whole * known * (second > 0).float()
    return carried * (visible > 0), visible


def there_is_surface(depth: Tensor) -> Tensor:
    """Return 1 where a depth map (N, 1, S, S) shows one surface, 0 on the ground and along edges."""
    edge = _EDGE_M * 256 / depth.shape[-1]
    high = functional.max_pool2d(depth, 3, 1, 1)
    low = -functional.max_pool2d(-depth, 3, 1, 1)
    return ((depth > 0) & (high - low < 2 * edge)).float()


def toned(coarse: Tensor, survived: Tensor, visible: Tensor) -> Tensor:
    """Return the rendering with its colours shifted towards the pixels that survived.

    The difference is known where something survived; elsewhere it is taken from around, at ever larger scales, and
    fades to the whole head's. So skin that was painted meets skin that was photographed without a seam.
    """
    gaps = [(survived - coarse) * visible]
    weights = [visible]
    for _ in range(4):
        gaps.append(functional.avg_pool2d(gaps[-1], 2))
        weights.append(functional.avg_pool2d(weights[-1], 2))
    total = weights[-1].mean((2, 3), keepdim=True)
    shift = gaps[-1].mean((2, 3), keepdim=True) / (total + 0.02)
    for gap, weight in zip(gaps[:1:-1], weights[:1:-1], strict=True):
        wide = functional.avg_pool2d(functional.pad(gap, (1, 1, 1, 1)), 3, 1)
        near = functional.avg_pool2d(functional.pad(weight, (1, 1, 1, 1)), 3, 1)
        if shift.shape[-1] > 1:
            shift = functional.interpolate(
                shift, scale_factor=2.0, mode="bilinear", align_corners=False
            )
        shift = (wide + 0.1 * shift) / (near + 0.1)
    shift = functional.interpolate(shift, scale_factor=4.0, mode="bilinear", align_corners=False)
    return (coarse + shift).clamp(-1.0, 1.0)


class _Level(nn.Module):
    """One scale of the U-Net: down, what lies below, up again beside a shortcut."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        here, below, *rest = widths
        self.down = nn.Conv2d(here, below, 4, 2, 1)
        self.first = Block(below)
        self.below = _Level((below, *rest)) if rest else Block(below)
        self.last = Block(below)
        self.up = nn.Conv2d(below, here, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        y = self.last(self.below(self.first(self.down(x))))
        z: Tensor = x + self.up(functional.interpolate(y, scale_factor=2.0))
        return z


class HeadRefiner(nn.Module):
    """A gated U-Net.

    Parameters
    ----------
    width : int
        Channels at full size.

    Notes
    -----
    Input (N, C, H, W), sides multiples of 16: survived −1 to 1, visible 0 to 1, coarse −1 to 1, alpha 0 to 1, shares of
    the classes. Output: photo −1 to 1, alpha logit, gate 0 to 1. 1.3 M parameters, 2.3 GMAC at 256².
    """

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        channels = 3 + 1 + 3 + 1 + len(CLASSES)
        self.enter = nn.Conv2d(channels, width, 3, 1, 1)
        self.body = nn.Sequential(
            Block(width), _Level((width, 2 * width, 4 * width, 6 * width, 8 * width)), Block(width)
        )
        self.leave = nn.Conv2d(width, 5, 3, 1, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(
        self, survived: Tensor, visible: Tensor, coarse: Tensor, alpha: Tensor, shares: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return photo (N, 3, H, W), alpha logit (N, 1, H, W) and gate (N, 1, H, W)."""
        kept = survived * visible
        coarse = toned(coarse, survived, visible)
        whole = torch.cat([kept, visible, coarse, alpha, shares], 1)
        out = self.leave(functional.silu(self.body(self.enter(whole)))).float()
        painted = (
            (coarse + out[:, :3]).clamp(-1.0, 1.0) if not self.training else coarse + out[:, :3]
        )
        gate = (out[:, 3:4] + 3).sigmoid() * visible
        logit = (alpha.clamp(0.02, 0.98) / (1 - alpha.clamp(0.02, 0.98))).log() + out[:, 4:]
        return gate * survived + (1 - gate) * painted, logit, gate
