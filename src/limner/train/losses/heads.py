"""How far a rendered head is off: a view, its maps and the truth in → losses of look, classes, masks and depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from limner.records import CLASSES, HEAD_PARTS
from limner.train.nets.head_chart import PARTS, rays, to_chart, to_windows

if TYPE_CHECKING:
    from limner.train.nets.head_decoders import Decoded
    from limner.train.nets.head_render import Maps, Rendered

__all__ = [
    "Truth",
    "class_weights",
    "depth_loss",
    "gradient_loss",
    "label_loss",
    "look_loss",
    "mask_loss",
    "mesh_loss",
    "part_shares",
    "smoothness",
    "surface_loss",
]

#: Classes that cover little and are looked at much.
_SMALL = (
    "eye_g",
    "l_eye",
    "r_eye",
    "l_brow",
    "r_brow",
    "mouth",
    "u_lip",
    "l_lip",
    "ear_r",
    "neck_l",
)
#: Parts whose depth the face mesh knows.
_MESH_PARTS = ("skin", "nose", "eyes", "brows", "mouth")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a square of rays should have met.

    Parameters
    ----------
    photo : Tensor of shape (N, 3, 4 R, 4 R)
        −1 to 1.
    labels : Tensor of shape (N, 4 R, 4 R), int64
        Classes.
    known : Tensor of shape (N, 1, 4 R, 4 R)
        0 beyond the photograph's edge, else 1.
    depth : Tensor of shape (N, 1, 2 R, 2 R)
        m; 0 where there is no head or no depth is known.
    pose : Tensor of shape (N, 2)
        Yaw and pitch in degrees.
    where : Tensor of shape (N, R · R, 2)
        The rays.
    """

    photo: Tensor
    labels: Tensor
    known: Tensor
    depth: Tensor
    pose: Tensor
    where: Tensor

    @property
    def side(self) -> int:
        """Rays along a side."""
        return self.photo.shape[-1] // 4

    @property
    def head(self) -> Tensor:
        """Share of head in each pixel, (N, 1, 4 R, 4 R): hard labels, softened by half a pixel."""
        hard = (self.labels > 0).float()[:, None]
        return functional.avg_pool2d(functional.pad(hard, (1, 1, 1, 1), mode="replicate"), 3, 1)


def class_weights(device: torch.device, small: float = 3.0) -> Tensor:
    """Return the weight of each class in a cross-entropy, (19,)."""
    return torch.tensor([small if n in _SMALL else 1.0 for n in CLASSES], device=device)


def part_shares(labels: Tensor, side: int) -> Tensor:
    """Return (N, P + 1, side, side): how much of each part, then of the background, a cell holds."""
    table = torch.full((len(CLASSES),), len(PARTS), device=labels.device)
    for number, classes in enumerate(HEAD_PARTS.values()):
        table[list(classes)] = number
    hot = functional.one_hot(table[labels], len(PARTS) + 1).movedim(-1, 1).float()
    return functional.avg_pool2d(hot, labels.shape[-1] // side)


def gradient_loss(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    """Return the weighted L1 distance of horizontal and vertical differences."""
    wide = (a[..., 1:] - a[..., :-1] - b[..., 1:] + b[..., :-1]).abs() * weight[..., 1:]
    tall = (a[..., 1:, :] - a[..., :-1, :] - b[..., 1:, :] + b[..., :-1, :]).abs() * weight[
        ..., 1:, :
    ]
    return wide.mean() + tall.mean()


def look_loss(seen: Decoded, truth: Truth) -> tuple[Tensor, Tensor, Tensor]:
    """Return L1, gradient loss, and the picture laid over the true ground (N, 3, H, W), −1 to 1."""
    head = truth.head
    laid = seen.photo * head + truth.photo * (1 - head)
    plain = ((laid - truth.photo).abs() * truth.known).mean()
    return plain, gradient_loss(laid, truth.photo, truth.known), laid


def label_loss(seen: Decoded, truth: Truth) -> tuple[Tensor, Tensor]:
    """Return the weighted cross-entropy of classes and of alpha."""
    weights = class_weights(seen.labels.device)
    entropy = functional.cross_entropy(seen.labels, truth.labels, weights, reduction="none")
    alpha = functional.binary_cross_entropy_with_logits(seen.alpha, truth.head, reduction="none")
    return (entropy[:, None] * truth.known).mean(), (alpha * truth.known).mean()


def mask_loss(rendered: Rendered, truth: Truth) -> Tensor:
    """Return the cross-entropy of the rendered part masks, small parts three times."""
    side = truth.side
    shares = part_shares(truth.labels, side)
    known = functional.avg_pool2d(truth.known, 4)
    weight = torch.ones(len(PARTS) + 1, device=shares.device)
    for name in ("eyes", "brows", "mouth", "glasses", "earrings"):
        weight[PARTS.index(name)] = 3.0
    masks = rendered.masks.view(*rendered.masks.shape[:2], side, side)
    entropy = -(shares * weight.view(1, -1, 1, 1) * (masks.clamp(min=0) + 1e-3).log())
    return (entropy.sum(1, keepdim=True) * known).mean()


def _ray_depth(truth: Truth) -> tuple[Tensor, Tensor]:
    """Return each ray's true depth (N, R · R), m, and where it is known and no edge."""
    depth = truth.depth
    high = functional.max_pool2d(depth, 2)
    low = -functional.max_pool2d(-torch.where(depth > 0, depth, torch.full_like(depth, 9.0)), 2)
    good = (
        (high > 0)
        & (low < 8)
        & (high - low < 0.012)
        & (functional.avg_pool2d((depth > 0).float(), 2) > 0.99)
    )
    return functional.avg_pool2d(depth, 2).flatten(1), good.float().flatten(1)


def depth_loss(rendered: Rendered, seen: Decoded, truth: Truth) -> tuple[Tensor, Tensor]:
    """Return how far the rendered and the decoded depth are off, in cm, on average over the head; capped at 5 cm."""
    goal, good = _ray_depth(truth)
    off = (rendered.depth - goal).abs().clamp(max=0.05) * 100
    solid = good * (1 - rendered.masks[:, -1]).detach()
    coarse = (off * solid).sum() / good.sum().clamp(min=1)
    fine = functional.avg_pool2d(seen.depth, 2)
    there = (truth.depth > 0).float()
    gap = (fine - truth.depth).abs().clamp(max=0.05) * 100
    return coarse, (gap * there).sum() / there.sum().clamp(min=1)


def surface_loss(maps: Maps, truth: Truth) -> Tensor:
    """Return how far the maps themselves are from the true surface: radius in cm, presence, and what hides it.

    A true point belongs to one part; that part's map must have its radius and be dense there, and no other part may be
    dense in front of it. Unlike the rendering, this also reaches parts that no ray has met yet.
    """
    depth, good = _ray_depth(truth)
    origin, direction = rays(truth.pose, truth.where)
    chart = to_chart(origin + depth[..., None] * direction)
    shares = part_shares(truth.labels, truth.side).flatten(2)[:, :-1]
    own = (shares > 0.6).float() * good[:, None]  # (N, P, R²)
    return _at_surface(maps, chart, own, in_front=0.008)


def _at_surface(maps: Maps, chart: Tensor, own: Tensor, *, in_front: float) -> Tensor:
    n, p, s, _ = maps.radius.shape
    grid = to_windows(chart[:, None])
    inside = (grid.abs().amax(-1) < 1).float()
    both = torch.stack([maps.radius, maps.density], 2).view(n * p, 2, s, s)
    found = functional.grid_sample(
        both, grid.flatten(0, 1)[:, :, None], "bilinear", "border", align_corners=False
    ).view(n, p, 2, -1)
    radius, density = found[:, :, 0], found[:, :, 1]
    gap = radius - chart[:, None, :, 2]
    mine = own * inside
    count = mine.sum().clamp(min=1)
    near = (gap.abs().clamp(max=0.04) * 100 * mine).sum() / count
    solid = (functional.softplus(-density) * mine).sum() / count
    someone = own.amax(1, keepdim=True)
    hides = (gap > in_front).float() * inside * (1 - own) * someone
    clear = (functional.softplus(density) * hides).sum() / someone.sum().clamp(min=1)
    return near + 0.3 * solid + 0.3 * clear


def mesh_loss(
    maps: Maps, points: Tensor, labels: Tensor, pose_deg: Tensor, middle_m: Tensor
) -> Tensor:
    """Return how far the face's maps are from a photograph's mesh, in cm; a head's own mean offset counts a quarter.

    Parameters
    ----------
    maps : Maps
        Of N heads.
    points : Tensor of shape (N, M, 3)
        x, y in px of the 256² crop, depth in m about its mean.
    labels : Tensor of shape (N, 256, 256), int64
        Says which part a point is on; points on hair, glasses or ground count nothing.
    pose_deg : Tensor of shape (N, 2)
        The photographs' cameras.
    middle_m : Tensor of shape (N,)
        Mean depth of an average head's mesh from those cameras.
    """
    where = (points[..., :2] + 0.5) / 128 - 1
    origin, direction = rays(pose_deg, where)
    depth = points[..., 2] + middle_m[:, None]
    chart = to_chart(origin + depth[..., None] * direction)
    place = points[..., :2].round().long().clamp(0, 255)
    flat = labels.flatten(1).gather(1, place[..., 1] * 256 + place[..., 0])
    table = torch.full((len(CLASSES),), -1, device=labels.device)
    for name in _MESH_PARTS:
        table[list(HEAD_PARTS[name])] = PARTS.index(name)
    part = table[flat]
    n, p, s, _ = maps.radius.shape
    grid = to_windows(chart[:, None])
    radius = functional.grid_sample(
        maps.radius.view(n * p, 1, s, s),
        grid.flatten(0, 1)[:, :, None],
        "bilinear",
        "border",
        align_corners=False,
    ).view(n, p, -1)
    own = radius.gather(1, part.clamp(min=0)[:, None])[:, 0]
    within = (where.abs().amax(-1) < 1) & (part >= 0)
    mine = within.float()
    gap = (own - chart[..., 2]) * mine
    mean = gap.sum(1, keepdim=True) / mine.sum(1, keepdim=True).clamp(min=1)
    shape = ((gap - mean * mine).abs().clamp(max=0.03) * mine).sum() / mine.sum().clamp(min=1)
    return (shape + 0.25 * mean.abs().clamp(max=0.03).mean()) * 100


def smoothness(maps: Maps) -> Tensor:
    """Return the mean bend of the radius maps, in cm a texel."""
    r = maps.radius * 100
    wide = (r[..., 2:] - 2 * r[..., 1:-1] + r[..., :-2]).abs().mean()
    tall = (r[..., 2:, :] - 2 * r[..., 1:-1, :] + r[..., :-2, :]).abs().mean()
    return wide + tall
