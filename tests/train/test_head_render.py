"""Rendering part maps: exact depth of known surfaces, masks that sum to one, patches like the whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from limner.geometry.camera import Camera
from limner.train.nets.head_chart import PARTS, SIDE, picture_grid
from limner.train.nets.head_field import part_template
from limner.train.nets.head_render import Maps, PartRenderer

SKIN, NOSE = PARTS.index("skin"), PARTS.index("nose")


def maps(radius: float = 0.08, *, solid: tuple[int, ...] = (SKIN,), channels: int = 3) -> Maps:
    """Return a can of one radius, made of some parts."""
    template = part_template()[None]
    density = torch.full_like(template[:, :, 1], -30.0)
    density[:, list(solid)] = 8.0
    features = torch.zeros(1, len(PARTS), channels, SIDE, SIDE)
    for part in range(len(PARTS)):
        features[:, part] = float(part)
    return Maps(torch.full_like(density, radius), density, features)


def render(
    shown: Maps, pose: tuple[float, float] = (0.0, 0.0), side: int = 32
) -> tuple[torch.Tensor, ...]:
    with torch.no_grad():
        out = PartRenderer().eval()(shown, torch.tensor([pose]), picture_grid(side)[None])
    size = (side, side)
    return out.depth.view(size), out.masks[0].view(-1, *size), out.features[0].view(-1, *size)


def can_depth(radius: float, side: int) -> np.ndarray:
    """Return the depth of an upright can around the chart's axis, nan beside it; its rays are nearly parallel."""
    origin, direction = Camera(0, 0, side).rays()
    ox, oz = origin[0], origin[2] + 0.01
    a = direction[..., 0] ** 2 + direction[..., 2] ** 2
    b = 2 * (ox * direction[..., 0] + oz * direction[..., 2])
    c = ox**2 + oz**2 - radius**2
    with np.errstate(invalid="ignore"):
        return np.asarray((-b - np.sqrt(b * b - 4 * a * c)) / (2 * a))


def test_the_depth_of_a_can_is_exact_to_its_skin() -> None:
    depth, masks, _ = render(maps(0.08))
    rows = slice(14, 26)  # below the rounding, above the window's end
    goal = can_depth(0.08, 32)[rows]
    middle = np.abs(np.nan_to_num(goal, nan=9.0) - goal[0, 16]) < 0.03
    off = (depth[rows].numpy() - goal)[middle]
    assert np.abs(off).max() < 0.006
    assert masks[SKIN][rows][torch.from_numpy(middle)].min() > 0.95


def test_masks_and_background_sum_to_one() -> None:
    _, masks, _ = render(maps(solid=(SKIN, NOSE)), (20.0, -10.0))
    assert (masks.sum(0) - 1).abs().max() < 1e-4
    assert masks.min() > -1e-4


def test_a_ray_beside_the_head_meets_the_background() -> None:
    _, masks, _ = render(maps(0.05))
    assert masks[-1, 20, :6].min() > 0.99


def test_nothing_solid_means_nothing_seen() -> None:
    _, masks, features = render(maps(solid=()))
    assert masks[-1].min() > 0.99
    assert features.abs().max() < 0.1


def test_the_part_in_front_hides_the_part_behind() -> None:
    shown = maps(solid=(SKIN, NOSE))
    shown.radius[:, NOSE] = 0.10
    _, masks, features = render(shown)
    y, x = 17, 16  # the nose's window, seen from the front
    assert masks[NOSE, y, x] > 0.9
    assert features[0, y, x] == pytest.approx(NOSE, abs=0.2)


def test_from_the_sitters_left_the_nose_points_to_the_pictures_left() -> None:
    shown = maps(solid=(SKIN, NOSE))
    shown.radius[:, NOSE] = 0.11
    places = []
    for yaw in (-30.0, 0.0, 30.0):
        mask = render(shown, (yaw, 0.0))[1][NOSE]
        places.append(float((mask.sum(0) * torch.arange(32)).sum() / mask.sum()))
    assert places[0] > places[1] + 3 > places[2] + 6


def test_a_patch_of_rays_meets_what_the_whole_picture_meets() -> None:
    shown, pose = maps(solid=(SKIN, NOSE)), torch.tensor([[12.0, 4.0]])
    renderer, grid = PartRenderer().eval(), picture_grid(32)[None]
    few = torch.arange(300, 340)
    with torch.no_grad():
        whole, part = renderer(shown, pose, grid), renderer(shown, pose, grid[:, few])
    assert torch.equal(whole.masks[:, :, few], part.masks)
    assert torch.equal(whole.depth[:, few], part.depth)


def test_rendering_stays_exact_under_autocast() -> None:
    shown, pose, grid = maps(), torch.tensor([[12.0, 4.0]]), picture_grid(16)[None]
    renderer = PartRenderer().eval()
    with torch.no_grad():
        plain = renderer(shown, pose, grid)
        with torch.autocast("cpu", torch.bfloat16):
            cast = renderer(shown, pose, grid)
    assert cast.depth.dtype == torch.float32
    assert torch.equal(plain.depth, cast.depth)


def test_depth_pulls_at_the_radius_and_masks_at_the_density() -> None:
    shown, pose, grid = maps(), torch.zeros(1, 2), picture_grid(16)[None]
    radius = shown.radius.clone().requires_grad_()
    density = (shown.density * 0.1).clone().requires_grad_()
    out = PartRenderer().eval()(Maps(radius, density, shown.features), pose, grid)
    (pull,) = torch.autograd.grad(out.depth[:, 136], radius, retain_graph=True)
    assert pull[:, SKIN].sum() < -0.3  # a larger radius is nearer to the camera
    (push,) = torch.autograd.grad(out.masks[:, SKIN].mean(), density)
    assert push[:, SKIN].sum() > 0


def test_training_moves_samples_and_evaluation_does_not() -> None:
    renderer, grid = PartRenderer(), picture_grid(16)[None]
    shown, pose = maps(), torch.zeros(1, 2)
    with torch.no_grad():
        a, b = renderer.train()(shown, pose, grid), renderer(shown, pose, grid)
        c, d = renderer.eval()(shown, pose, grid), renderer(shown, pose, grid)
    assert not torch.equal(a.depth, b.depth)
    assert torch.equal(c.depth, d.depth)
