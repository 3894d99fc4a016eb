"""Where things are on a head: points and cameras in → chart coordinates, part windows and rays.

The chart is a capsule: a vertical axis through neck and skull, rounded off above the brow. A point has an azimuth
coordinate `u` = sin(azimuth / 2) (0 ahead, ±1 behind, positive at the sitter's left), a height `v` in metres along the
axis and then over the crown, and a radius `r`: its distance from the axis. Face, ears, hair behind the neck and
shoulders are all height-fields `r(u, v)` here, which they are not over a plane. Only square roots are needed, so the
chart goes into a graph as it is.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from limner.geometry.camera import DISTANCE_M, FOV_DEG
from limner.records import HEAD_PARTS

__all__ = [
    "PARTS",
    "SIDE",
    "WINDOWS",
    "camera_points",
    "chart_grid",
    "chart_place",
    "from_chart",
    "picture_grid",
    "project",
    "rays",
    "rotation",
    "texel_centres",
    "to_chart",
    "to_windows",
]

PARTS = tuple(HEAD_PARTS)
#: Texels along each side of a part's maps.
SIDE = 64

#: Height where the axis ends and the rounding begins; how far behind the origin the axis stands; the rounding's scale.
_TOP_M, _BACK_M, _ROUND_M = 0.03, 0.01, 0.10
_CROWN_M = _TOP_M + _ROUND_M * math.sqrt(2)
_SLOPE = math.tan(math.radians(FOV_DEG / 2))

#: Of each part: largest |u|, lowest and highest v (m), radius at first (m), and how far the radius may go from it (m).
WINDOWS: dict[str, tuple[float, float, float, float, float]] = {
    "skin": (0.72, -0.125, _CROWN_M, 0.092, 0.035),
    "nose": (0.15, -0.060, 0.015, 0.105, 0.025),
    "eyes": (0.29, -0.012, 0.026, 0.092, 0.020),
    "brows": (0.36, -0.002, 0.048, 0.097, 0.020),
    "mouth": (0.19, -0.105, -0.035, 0.100, 0.030),
    "ears": (0.90, -0.065, 0.040, 0.076, 0.040),
    "hair": (1.00, -0.165, _CROWN_M, 0.103, 0.075),
    "neck": (0.95, -0.170, -0.030, 0.045, 0.060),
    "clothes": (1.00, -0.200, -0.070, 0.085, 0.110),
    "glasses": (0.55, -0.040, 0.040, 0.096, 0.030),
    "hat": (1.00, -0.020, _CROWN_M, 0.108, 0.065),
    "earrings": (0.95, -0.120, -0.020, 0.075, 0.060),
}


def rotation(pose_deg: Tensor) -> Tensor:
    """Return the cameras' axes as rows, (N, 3, 3), from yaw and pitch (N, 2): `geometry.camera`'s convention."""
    yaw, pitch = (pose_deg * (math.pi / 180)).unbind(-1)
    cy, sy, cp, sp = yaw.cos(), yaw.sin(), pitch.cos(), pitch.sin()
    right = torch.stack([cy, torch.zeros_like(cy), -sy], -1)
    down = torch.stack([sp * sy, -cp, sp * cy], -1)
    ahead = torch.stack([-cp * sy, -sp, -cp * cy], -1)
    return torch.stack([right, down, ahead], -2)


def rays(pose_deg: Tensor, where: Tensor) -> tuple[Tensor, Tensor]:
    """Return origins (N, 1, 3) and directions (N, R, 3) of rays.

    Parameters
    ----------
    pose_deg : Tensor of shape (N, 2)
        Yaw, pitch.
    where : Tensor of shape (N, R, 2)
        x to the right and y down on the picture, −1 to 1 from edge to edge.

    Returns
    -------
    origin, direction : Tensor
        World frame, m; a direction has length 1 along the camera's z, so a ray's parameter is the depth.
    """
    axes = rotation(pose_deg)
    local = torch.cat([where * _SLOPE, torch.ones_like(where[..., :1])], -1)
    return -DISTANCE_M * axes[:, 2:3], local @ axes


def camera_points(points_m: Tensor, pose_deg: Tensor) -> Tensor:
    """Return world points (N, R, 3) in the cameras' frames."""
    seen = points_m @ rotation(pose_deg).transpose(1, 2)
    return torch.cat([seen[..., :2], seen[..., 2:] + DISTANCE_M], -1)


def project(points_m: Tensor, pose_deg: Tensor) -> tuple[Tensor, Tensor]:
    """Return where world points (N, R, 3) are seen, (N, R, 2) in −1 to 1, and their depth (N, R), m."""
    seen = camera_points(points_m, pose_deg)
    depth = seen[..., 2]
    return seen[..., :2] / (depth * _SLOPE)[..., None], depth


def picture_grid(side: int, device: torch.device | None = None) -> Tensor:
    """Return the pixel centres of a square picture, (side · side, 2), in −1 to 1, row by row."""
    steps = (torch.arange(side, device=device, dtype=torch.float32) + 0.5) * (2 / side) - 1
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2)


def to_chart(points_m: Tensor) -> Tensor:
    """Return u, v, r of world points (..., 3)."""
    x, y, z = points_m.unbind(-1)
    z = z + _BACK_M
    flat = (x * x + z * z + 1e-8).sqrt()
    over = (y - _TOP_M).clamp(min=0.0)
    r = (flat * flat + over * over).sqrt()
    u = x / (2 * flat * (flat + z) + 1e-10).sqrt()
    rise = (over / r) / (0.5 * (1 + flat / r)).sqrt()
    return torch.stack([u, y.clamp(max=_TOP_M) + _ROUND_M * rise, r], -1)


def from_chart(chart: Tensor) -> Tensor:
    """Return the world points (..., 3) of u, v, r (..., 3): the inverse of `to_chart`."""
    u, v, r = chart.unbind(-1)
    rise = ((v - _TOP_M) / _ROUND_M).clamp(0.0, math.sqrt(2))
    up = rise * (1 - rise * rise / 4).clamp(min=0.0).sqrt()
    flat = r * (1 - rise * rise / 2)
    sine = 2 * u * (1 - u * u).clamp(min=0.0).sqrt()
    cosine = 1 - 2 * u * u
    y = v.clamp(max=_TOP_M) + r * up
    return torch.stack([flat * sine, y, flat * cosine - _BACK_M], -1)


def _window_scales(device: torch.device | None) -> tuple[Tensor, Tensor]:
    """Return centre (P, 2) and half size (P, 2) of the windows in (u, v)."""
    rows = [WINDOWS[name] for name in PARTS]
    centre = [[0.0, (low + high) / 2] for _, low, high, *_ in rows]
    half = [[u, (high - low) / 2] for u, low, high, *_ in rows]
    return torch.tensor(centre, device=device), torch.tensor(half, device=device)


def to_windows(chart: Tensor) -> Tensor:
    """Return chart coordinates as `grid_sample` coordinates of each part's maps; row 0 of a map is the window's top.

    Parameters
    ----------
    chart : Tensor of shape (N, P or 1, ..., 3)
        u, v, r; each part's own points, or the same for all.

    Returns
    -------
    Tensor of shape (N, P, ..., 2)
        −1 to 1 inside a part's window.
    """
    centre, half = _window_scales(chart.device)
    shape = (1, len(PARTS), *([1] * (chart.ndim - 3)), 2)
    sign = torch.tensor([1.0, -1.0], device=chart.device)
    return (chart[..., :2] - centre.view(shape)) * (sign / half).view(shape)


def texel_centres(device: torch.device | None = None) -> Tensor:
    """Return u, v of the texels of every part's maps, (P, SIDE, SIDE, 2)."""
    centre, half = _window_scales(device)
    grid = picture_grid(SIDE, device).view(1, SIDE, SIDE, 2)
    sign = torch.tensor([1.0, -1.0], device=device)
    return centre[:, None, None] + grid * (half * sign)[:, None, None]


def chart_grid(side: int, device: torch.device | None = None) -> Tensor:
    """Return u, v of a grid over the whole chart, (side, side, 2): −1 to 1; crown to below the shoulders."""
    grid = picture_grid(side, device).view(side, side, 2)
    low, high = WINDOWS["clothes"][1], _CROWN_M
    v = (high + low) / 2 - grid[..., 1] * (high - low) / 2
    return torch.stack([grid[..., 0], v], -1)


def chart_place(chart: Tensor) -> Tensor:
    """Return chart coordinates (..., 3) as `grid_sample` coordinates of a `chart_grid` map, (..., 2)."""
    low, high = WINDOWS["clothes"][1], _CROWN_M
    u, v = chart[..., 0], chart[..., 1]
    return torch.stack([u, ((high + low) / 2 - v) * (2 / (high - low))], -1)
